// SPDX-License-Identifier: Apache-2.0
/** Hooks that run in the runtime's namespaces. */
@NullMarked
package dev.jrunc.hook;

import org.jspecify.annotations.NullMarked;
