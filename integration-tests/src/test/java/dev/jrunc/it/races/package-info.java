// SPDX-License-Identifier: Apache-2.0
/** Commands on one container at the same time, and a model that says what may come of them. */
@NullMarked
package dev.jrunc.it.races;

import org.jspecify.annotations.NullMarked;
