// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.plan.MountInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The hierarchies of this host that are mounted where the caller sees them. */
public record CgroupLayout(List<Hierarchy> hierarchies) {

    public CgroupLayout {
        hierarchies = List.copyOf(hierarchies);
    }

    /** Only version 2. */
    public boolean isUnified() {
        return hierarchies.size() == 1 && hierarchies.getFirst().version() == 2;
    }

    /**
     * @param mountinfo the text of /proc/self/mountinfo, proc_pid_mountinfo(5)
     * @param cgroups the text of /proc/self/cgroup, cgroups(7)
     */
    public static CgroupLayout parse(String mountinfo, String cgroups) {
        List<MountInfo> mounts = mounts(mountinfo, " - cgroup");
        List<Hierarchy> hierarchies = new ArrayList<>();
        for (String line : lines(cgroups)) {
            int first = line.indexOf(':');
            int second = line.indexOf(':', first + 1);
            if (first < 0 || second < 0) {
                continue;
            }
            String controllers = line.substring(first + 1, second);
            int version = controllers.isEmpty() ? 2 : 1;
            List<String> names = version == 2 ? List.of() : split(controllers, ',');
            MountInfo mount = find(mounts, version, names);
            if (mount != null) {
                String own = below(mount.root(), line.substring(second + 1));
                hierarchies.add(new Hierarchy(mount.point(), version, names, own));
            }
        }
        return new CgroupLayout(hierarchies);
    }

    private static @Nullable MountInfo find(List<MountInfo> mounts, int version, List<String> controllers) {
        for (MountInfo mount : mounts) {
            if (version == 2
                    ? mount.type().equals("cgroup2")
                    : mount.type().equals("cgroup") && mount.hasAll(controllers)) {
                return mount;
            }
        }
        return null;
    }

    /** The part of path below the mount's root; the root itself when the caller's cgroup isn't below it. */
    private static String below(String root, String path) {
        String own = path.endsWith(" (deleted)") ? path.substring(0, path.length() - " (deleted)".length()) : path;
        if (root.equals("/")) {
            return own.contains("/..") ? "/" : own;
        }
        if (own.equals(root)) {
            return "/";
        }
        return own.startsWith(root + "/") ? own.substring(root.length()) : "/";
    }

    /**
     * Where the resctrl file system is mounted, as a whole.
     *
     * @param mountinfo the text of /proc/self/mountinfo
     */
    public static Optional<String> resctrl(String mountinfo) {
        for (MountInfo mount : mounts(mountinfo, " - resctrl ")) {
            if (mount.root().equals("/")) {
                return Optional.of(mount.point());
            }
        }
        return Optional.empty();
    }

    private static List<MountInfo> mounts(String mountinfo, String type) {
        List<MountInfo> mounts = new ArrayList<>();
        for (String line : lines(mountinfo)) {
            MountInfo mount = line.contains(type) ? MountInfo.of(line) : null;
            if (mount != null) {
                mounts.add(mount);
            }
        }
        return mounts;
    }

    private static List<String> lines(String text) {
        return split(text, '\n');
    }

    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf(separator, start);
            if (end < 0) {
                end = text.length();
            }
            if (end > start) {
                parts.add(text.substring(start, end));
            }
            start = end + 1;
        }
        return parts;
    }
}
