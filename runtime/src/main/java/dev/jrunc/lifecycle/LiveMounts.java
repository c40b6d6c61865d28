// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.json.LiveContainer;
import dev.jrunc.plan.MountInfo;
import dev.jrunc.plan.NormalPath;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/** The mounts that a container's process sees, beside those of its config.json. */
final class LiveMounts {

    private LiveMounts() {}

    /** @param mountinfo the text of /proc/PID/mountinfo, proc_pid_mountinfo(5) */
    static List<LiveContainer.Mount> of(Spec spec, String mountinfo) {
        List<LiveContainer.Mount> mounts = new ArrayList<>();
        boolean[] seen = new boolean[spec.mounts().size()];
        for (MountInfo mount : MountInfo.parse(mountinfo)) {
            String path = mount.point();
            String now = mount.type() + " " + mount.source() + " " + mount.options() + "," + mount.superOptions();
            int at = find(spec, seen, path);
            if (at >= 0) {
                seen[at] = true;
                mounts.add(new LiveContainer.Mount(
                        path, "/mounts/" + at, asked(spec.mounts().get(at)), now));
            } else {
                mounts.add(new LiveContainer.Mount(path, origin(spec, path), "", now));
            }
        }
        for (int i = 0; i < seen.length; i++) {
            if (!seen[i]) {
                Spec.Mount mount = spec.mounts().get(i);
                mounts.add(
                        new LiveContainer.Mount(NormalPath.of(mount.destination()), "/mounts/" + i, asked(mount), ""));
            }
        }
        return mounts;
    }

    /** The first that isn't taken; -1 for none. */
    private static int find(Spec spec, boolean[] taken, String path) {
        for (int i = 0; i < taken.length; i++) {
            if (!taken[i] && NormalPath.of(spec.mounts().get(i).destination()).equals(path)) {
                return i;
            }
        }
        return -1;
    }

    private static String asked(Spec.Mount mount) {
        String type = mount.type();
        String source = mount.source();
        return (type == null ? "bind" : type) + " " + (source == null ? "none" : source)
                + (mount.options().isEmpty() ? "" : " " + String.join(",", mount.options()));
    }

    /** Of what is no mount in config.json, but comes from it; empty for none. */
    private static String origin(Spec spec, String path) {
        if (path.equals("/")) {
            return "/root/path";
        }
        int masked = spec.linux().maskedPaths().indexOf(path);
        if (masked >= 0) {
            return "/linux/maskedPaths/" + masked;
        }
        int readonly = spec.linux().readonlyPaths().indexOf(path);
        if (readonly >= 0) {
            return "/linux/readonlyPaths/" + readonly;
        }
        return path.equals("/dev/console") ? "/process/terminal" : "";
    }
}
