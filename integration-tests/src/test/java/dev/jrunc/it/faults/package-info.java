// SPDX-License-Identifier: Apache-2.0
/** Faults at chosen points: docs/decisions/faults.md. */
@NullMarked
package dev.jrunc.it.faults;

import org.jspecify.annotations.NullMarked;
