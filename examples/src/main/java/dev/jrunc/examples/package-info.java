// SPDX-License-Identifier: Apache-2.0
/** Programs that embed jrunc. */
@NullMarked
package dev.jrunc.examples;

import org.jspecify.annotations.NullMarked;
