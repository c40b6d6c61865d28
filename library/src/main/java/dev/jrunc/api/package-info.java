// SPDX-License-Identifier: Apache-2.0
/** Containers for JVM programs. {@link dev.jrunc.api.Jrunc} is where to begin. */
@NullMarked
package dev.jrunc.api;

import org.jspecify.annotations.NullMarked;
