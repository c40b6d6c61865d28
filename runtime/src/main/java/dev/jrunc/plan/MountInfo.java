// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * A line of /proc/PID/mountinfo, proc_pid_mountinfo(5), its paths and options as they are.
 *
 * @param root what of the file system is mounted
 * @param point where
 * @param options of the mount itself, with commas between
 * @param type of the file system
 * @param superOptions of the file system, with commas between
 */
public record MountInfo(String root, String point, String options, String type, String source, String superOptions) {

    private static final String SEPARATOR = " - ";

    /** Whether the mount itself has an option. */
    public boolean has(String option) {
        return has(options, option);
    }

    /** Whether the file system has all of these options; of version 1 of cgroups these are its controllers. */
    public boolean hasAll(List<String> names) {
        for (String name : names) {
            if (!has(superOptions, name)) {
                return false;
            }
        }
        return true;
    }

    private static boolean has(String list, String entry) {
        for (int at = list.indexOf(entry); at >= 0; at = list.indexOf(entry, at + 1)) {
            int end = at + entry.length();
            if ((at == 0 || list.charAt(at - 1) == ',') && (end == list.length() || list.charAt(end) == ',')) {
                return true;
            }
        }
        return false;
    }

    /** The lines of a text, in its order; what is no such line is left out. */
    public static List<MountInfo> parse(String text) {
        List<MountInfo> mounts = new ArrayList<>();
        StringTokenizer lines = new StringTokenizer(text, "\n");
        while (lines.hasMoreTokens()) {
            MountInfo mount = of(lines.nextToken());
            if (mount != null) {
                mounts.add(mount);
            }
        }
        return mounts;
    }

    /** Null for what is no such line. */
    public static @Nullable MountInfo of(String line) {
        int separator = line.indexOf(SEPARATOR);
        if (separator < 0) {
            return null;
        }
        StringTokenizer before = new StringTokenizer(line.substring(0, separator), " ");
        StringTokenizer after = new StringTokenizer(line.substring(separator + SEPARATOR.length()), " ");
        if (before.countTokens() < 6 || after.countTokens() < 3) {
            return null;
        }
        before.nextToken(); // id
        before.nextToken(); // parent
        before.nextToken(); // device
        return new MountInfo(next(before), next(before), before.nextToken(), next(after), next(after), next(after));
    }

    private static String next(StringTokenizer fields) {
        return Octal.unescape(fields.nextToken());
    }
}
