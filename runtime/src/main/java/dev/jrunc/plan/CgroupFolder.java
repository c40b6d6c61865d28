// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.List;

/**
 * The container's cgroup in one hierarchy.
 *
 * @param mount where the hierarchy is mounted, without a slash at the end
 * @param path below the mount, with a slash at the beginning
 * @param version 1 or 2
 * @param controllers of the hierarchy; for a named one {@code name=systemd} alone
 */
public record CgroupFolder(String mount, String path, int version, List<String> controllers) {

    public CgroupFolder {
        controllers = List.copyOf(controllers);
    }

    /** The whole path. */
    public String folder() {
        return mount + path;
    }

    /** The mount's own name, such as {@code cpu,cpuacct}. */
    public String name() {
        return mount.substring(mount.lastIndexOf('/') + 1);
    }
}
