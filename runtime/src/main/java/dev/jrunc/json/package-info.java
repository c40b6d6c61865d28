// SPDX-License-Identifier: Apache-2.0
/** JSON documents to records and back, by hand: no reflection, no library to load. */
@NullMarked
package dev.jrunc.json;

import org.jspecify.annotations.NullMarked;
