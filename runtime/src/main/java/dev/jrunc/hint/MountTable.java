// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** proc_pid_mountinfo(5), as far as hints want it. */
public final class MountTable {

    private static final int POINT = 4;
    private static final int OPTIONS = 5;

    /** @param options of the mount itself, with commas between */
    public record Line(String point, String options, String type) {

        public boolean has(String option) {
            return ("," + options + ",").contains("," + option + ",");
        }
    }

    private final List<Line> lines = new ArrayList<>();

    public MountTable(String mountinfo) {
        StringTokenizer rows = new StringTokenizer(mountinfo, "\n");
        while (rows.hasMoreTokens()) {
            String[] fields = rows.nextToken().split(" ");
            for (int i = OPTIONS + 1; i + 1 < fields.length; i++) {
                if (fields[i].equals("-")) {
                    lines.add(new Line(fields[POINT], fields[OPTIONS], fields[i + 1]));
                    break;
                }
            }
        }
    }

    int size() {
        return lines.size();
    }

    /** The mount that holds a path; null where the table has none. */
    public @Nullable Line holding(String path) {
        Line found = null;
        for (Line line : lines) {
            boolean holds = line.point.equals("/") || path.equals(line.point) || path.startsWith(line.point + "/");
            if (holds && (found == null || line.point.length() >= found.point.length())) {
                found = line;
            }
        }
        return found;
    }

    /** The first mount below a path, not at it; null where there is none. */
    @Nullable
    Line below(String path) {
        for (Line line : lines) {
            if (line.point.startsWith(path + "/")) {
                return line;
            }
        }
        return null;
    }
}
