// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.criu;

import java.util.ArrayList;
import java.util.List;

/** Which masked paths are files: on these lies /dev/null, on folders an empty file system. */
public final class MaskedFiles {

    private static final int ROOT_FIELD = 3;
    private static final int TARGET_FIELD = 4;

    private MaskedFiles() {}

    /** @param mountinfo of a process of the container, proc_pid_mountinfo(5) */
    public static List<String> of(String mountinfo, List<String> maskedPaths) {
        List<String> files = new ArrayList<>();
        for (String line : mountinfo.split("\n", -1)) {
            String[] fields = line.split(" ", TARGET_FIELD + 2);
            if (fields.length > TARGET_FIELD
                    && fields[ROOT_FIELD].endsWith("/null")
                    && maskedPaths.contains(fields[TARGET_FIELD])
                    && !files.contains(fields[TARGET_FIELD])) {
                files.add(fields[TARGET_FIELD]);
            }
        }
        return files;
    }
}
