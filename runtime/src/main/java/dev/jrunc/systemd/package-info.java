// SPDX-License-Identifier: Apache-2.0
/**
 * {@code --systemd-cgroup}: a container's cgroup is a transient unit of systemd, org.freedesktop.systemd1(5). The front connects, as
 * the caller; D-Bus is spoken here.
 */
@NullMarked
package dev.jrunc.systemd;

import org.jspecify.annotations.NullMarked;
