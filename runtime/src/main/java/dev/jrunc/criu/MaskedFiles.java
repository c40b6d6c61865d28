// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.criu;

import dev.jrunc.plan.MountInfo;
import java.util.ArrayList;
import java.util.List;

/** Which masked paths are files: on these lies /dev/null, on folders an empty file system. */
public final class MaskedFiles {

    private MaskedFiles() {}

    /** @param mountinfo of a process of the container, proc_pid_mountinfo(5) */
    public static List<String> of(String mountinfo, List<String> maskedPaths) {
        List<String> files = new ArrayList<>();
        for (MountInfo mount : MountInfo.parse(mountinfo)) {
            String path = mount.point();
            if (mount.root().endsWith("/null") && maskedPaths.contains(path) && !files.contains(path)) {
                files.add(path);
            }
        }
        return files;
    }
}
