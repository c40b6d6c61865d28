// SPDX-License-Identifier: Apache-2.0
/** Cgroups of versions 1 and 2 and of both at once: where a container's are, and what is written into them. Pure. */
@NullMarked
package dev.jrunc.cgroup;

import org.jspecify.annotations.NullMarked;
