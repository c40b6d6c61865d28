// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.cgroup;

import org.jspecify.annotations.NullMarked;
