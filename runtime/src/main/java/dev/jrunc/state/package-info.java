// SPDX-License-Identifier: Apache-2.0
/** What jrunc keeps of a container, in one form, whoever serves the call. */
@NullMarked
package dev.jrunc.state;

import org.jspecify.annotations.NullMarked;
