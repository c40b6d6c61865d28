// SPDX-License-Identifier: Apache-2.0
/** Wrong configurations, for the tests of the engine and those of the whole. */
@NullMarked
package dev.jrunc.mutation;

import org.jspecify.annotations.NullMarked;
