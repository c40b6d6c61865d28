// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

import dev.jrunc.plan.MountInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which mount holds a path. */
public final class MountTable {

    private final List<MountInfo> lines;

    public MountTable(String mountinfo) {
        lines = MountInfo.parse(mountinfo);
    }

    int size() {
        return lines.size();
    }

    /** The mount that holds a path; null where the table has none. */
    public @Nullable MountInfo holding(String path) {
        MountInfo found = null;
        for (MountInfo line : lines) {
            boolean holds =
                    line.point().equals("/") || path.equals(line.point()) || path.startsWith(line.point() + "/");
            if (holds
                    && (found == null || line.point().length() >= found.point().length())) {
                found = line;
            }
        }
        return found;
    }

    /** The first mount below a path, not at it; null where there is none. */
    @Nullable
    MountInfo below(String path) {
        for (MountInfo line : lines) {
            if (line.point().startsWith(path + "/")) {
                return line;
            }
        }
        return null;
    }
}
