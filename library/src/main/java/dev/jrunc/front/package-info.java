// SPDX-License-Identifier: Apache-2.0
/** The fronts that this program starts, and the calls that they carry out for it. */
@NullMarked
package dev.jrunc.front;

import org.jspecify.annotations.NullMarked;
