// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.seccomp;

import org.jspecify.annotations.NullMarked;
