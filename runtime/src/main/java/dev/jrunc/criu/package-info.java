// SPDX-License-Identifier: Apache-2.0
/** CRIU, which the front starts and whose messages it relays: what is asked of it, and what it answers. */
@NullMarked
package dev.jrunc.criu;

import org.jspecify.annotations.NullMarked;
