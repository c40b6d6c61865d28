// SPDX-License-Identifier: Apache-2.0
/** Tests of the JSON Schemas. */
@NullMarked
package dev.jrunc.schemas;

import org.jspecify.annotations.NullMarked;
