// SPDX-License-Identifier: Apache-2.0
/** Why the kernel refused something, as far as this host tells, and what helps. Asked after a failure only. */
@NullMarked
package dev.jrunc.hint;

import org.jspecify.annotations.NullMarked;
