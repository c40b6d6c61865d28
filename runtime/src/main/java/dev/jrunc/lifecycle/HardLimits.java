// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import java.util.Map;

/** The text of /proc/PID/limits, which has names of its own. */
final class HardLimits {

    private static final Map<String, String> LABELS = Map.ofEntries(
            Map.entry("RLIMIT_CPU", "Max cpu time"),
            Map.entry("RLIMIT_FSIZE", "Max file size"),
            Map.entry("RLIMIT_DATA", "Max data size"),
            Map.entry("RLIMIT_STACK", "Max stack size"),
            Map.entry("RLIMIT_CORE", "Max core file size"),
            Map.entry("RLIMIT_RSS", "Max resident set"),
            Map.entry("RLIMIT_NPROC", "Max processes"),
            Map.entry("RLIMIT_NOFILE", "Max open files"),
            Map.entry("RLIMIT_MEMLOCK", "Max locked memory"),
            Map.entry("RLIMIT_AS", "Max address space"),
            Map.entry("RLIMIT_LOCKS", "Max file locks"),
            Map.entry("RLIMIT_SIGPENDING", "Max pending signals"),
            Map.entry("RLIMIT_MSGQUEUE", "Max msgqueue size"),
            Map.entry("RLIMIT_NICE", "Max nice priority"),
            Map.entry("RLIMIT_RTPRIO", "Max realtime priority"),
            Map.entry("RLIMIT_RTTIME", "Max realtime timeout"));

    private HardLimits() {}

    /** The hard limit, unsigned; -1, which is the highest, for unlimited, and for what isn't said. */
    static long of(String limits, String name) {
        String label = LABELS.get(name);
        for (String line : limits.lines().toList()) {
            if (label != null && line.startsWith(label + " ")) {
                String[] words = line.substring(label.length()).strip().split(" +", -1);
                return words.length < 2 || words[1].equals("unlimited") ? -1 : Long.parseUnsignedLong(words[1]);
            }
        }
        return -1;
    }
}
