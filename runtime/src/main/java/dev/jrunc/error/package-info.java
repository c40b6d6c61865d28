// SPDX-License-Identifier: Apache-2.0
/** What can go wrong, and the kernel's own names for it. */
@NullMarked
package dev.jrunc.error;

import org.jspecify.annotations.NullMarked;
