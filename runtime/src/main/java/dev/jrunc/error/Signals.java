// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.error;

import java.util.List;
import java.util.Locale;

/** Names and numbers of signals, signal(7), on x86-64 and arm64. */
public final class Signals {

    /** Each at the index that is its number. */
    private static final List<String> NAMES = List.of(
            "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
            "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
            "PROF", "WINCH", "IO", "PWR", "SYS");

    private static final int REALTIME_MINIMUM = 34;
    private static final int MAXIMUM = 64;

    private Signals() {}

    /** {@code SIGSEGV}; {@code signal 40} for a number without a name. */
    public static String name(int number) {
        return number > 0 && number < NAMES.size() ? "SIG" + NAMES.get(number) : "signal " + number;
    }

    /** How a process has ended, by its wait status, wait(2): {@code exit status 3} or {@code killed by SIGKILL}. */
    public static String ending(long waitStatus) {
        int signal = (int) (waitStatus & 0x7f);
        return signal == 0 ? "exit status " + (waitStatus >> 8 & 0xff) : "killed by " + name(signal);
    }

    /**
     * @param signal a name with or without SIG in any case, or a number; 0 for none, kill(2)
     * @throws UsageError for one that isn't known
     */
    public static int number(String signal) {
        String name = signal.toUpperCase(Locale.ROOT);
        if (name.startsWith("SIG")) {
            name = name.substring(3);
        }
        int number = NAMES.indexOf(name);
        if (number > 0) {
            return number;
        }
        return switch (name) {
            case "IOT" -> 6;
            case "POLL" -> 29;
            case "CLD" -> 17;
            case "RTMIN" -> REALTIME_MINIMUM;
            case "RTMAX" -> MAXIMUM;
            default -> other(signal, name);
        };
    }

    private static int other(String signal, String name) {
        int from = name.startsWith("RTMIN+") || name.startsWith("RTMAX-") ? 6 : 0;
        try {
            int number = Integer.parseInt(name.substring(from));
            int meant = from == 0 ? number : name.startsWith("RTMIN") ? REALTIME_MINIMUM + number : MAXIMUM - number;
            if (number >= 0 && meant >= (from == 0 ? 0 : REALTIME_MINIMUM) && meant <= MAXIMUM) {
                return meant;
            }
        } catch (NumberFormatException e) {
            // The same message.
        }
        throw new UsageError("unknown signal \"" + signal + "\"");
    }
}
