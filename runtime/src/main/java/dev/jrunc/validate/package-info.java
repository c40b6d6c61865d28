// SPDX-License-Identifier: Apache-2.0
/** Checks of a configuration beyond the types of its values. */
@NullMarked
package dev.jrunc.validate;

import org.jspecify.annotations.NullMarked;
