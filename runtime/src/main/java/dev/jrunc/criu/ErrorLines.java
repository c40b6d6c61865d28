// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.criu;

import dev.jrunc.text.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/** What is worth telling of criu's log: its last words. Of the errors before, some are none: criu tries what a kernel may not have. */
public final class ErrorLines {

    private static final int MAX_LINES = 3;
    private static final String ERROR = "Error ";

    /** A NUL byte follows each line that criu has kept until it knew where its log was to go. */
    private static final String LINE_ENDS = "\n\0";

    private ErrorLines() {}

    /** The last lines of a log that tell of errors, without their times, as one. */
    public static String of(String log) {
        List<String> lines = new ArrayList<>();
        StringTokenizer all = new StringTokenizer(log, LINE_ENDS);
        while (all.hasMoreTokens()) {
            String line = all.nextToken();
            int error = line.indexOf(ERROR);
            if (error >= 0) {
                lines.add(line.substring(error).strip());
            }
        }
        return joined(lines);
    }

    /** The last lines of what criu has printed. */
    static String ofOutput(String output) {
        List<String> lines = new ArrayList<>();
        StringTokenizer all = new StringTokenizer(output, LINE_ENDS);
        while (all.hasMoreTokens()) {
            String line = all.nextToken();
            if (!line.isBlank()) {
                lines.add(line.strip());
            }
        }
        return joined(lines);
    }

    private static String joined(List<String> lines) {
        return Printable.of(String.join("; ", lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size())));
    }
}
