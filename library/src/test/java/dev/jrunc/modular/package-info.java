// SPDX-License-Identifier: Apache-2.0
/** A program with the library on its module path. */
@NullMarked
package dev.jrunc.modular;

import org.jspecify.annotations.NullMarked;
