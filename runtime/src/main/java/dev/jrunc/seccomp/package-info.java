// SPDX-License-Identifier: Apache-2.0
/** {@code linux.seccomp}: from a profile to the BPF program that init installs. */
@NullMarked
package dev.jrunc.seccomp;

import org.jspecify.annotations.NullMarked;
