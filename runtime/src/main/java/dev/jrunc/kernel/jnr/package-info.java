// SPDX-License-Identifier: Apache-2.0
/** Native libraries by jnr-ffi: the only user of it. */
@NullMarked
package dev.jrunc.kernel.jnr;

import org.jspecify.annotations.NullMarked;
