// SPDX-License-Identifier: Apache-2.0
/** What a host has of what containers need, a row each, from what was read of it: {@code jrunc doctor}. */
@NullMarked
package dev.jrunc.doctor;

import org.jspecify.annotations.NullMarked;
