// SPDX-License-Identifier: Apache-2.0
/** JSON documents to records and back: the only user of Jackson. */
@NullMarked
package dev.jrunc.json;

import org.jspecify.annotations.NullMarked;
