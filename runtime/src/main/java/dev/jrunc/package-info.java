// SPDX-License-Identifier: Apache-2.0
/** jrunc's engine: an OCI container runtime that decides everything and touches nothing. */
@NullMarked
package dev.jrunc;

import org.jspecify.annotations.NullMarked;
