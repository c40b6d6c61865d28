// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import java.util.List;

/**
 * A mounted hierarchy, as the caller sees it, cgroups(7).
 *
 * @param mount where it is mounted
 * @param version 1 or 2
 * @param controllers of version 1: their names, or {@code name=systemd} alone; empty for version 2
 * @param own the caller's own cgroup in it, below the mount, with a slash at the beginning
 */
public record Hierarchy(String mount, int version, List<String> controllers, String own) {

    public Hierarchy {
        controllers = List.copyOf(controllers);
    }
}
