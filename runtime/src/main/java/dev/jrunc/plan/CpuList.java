// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.error.InvalidSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list of CPUs as cpuset(7) has it: 0-3,7. */
public final class CpuList {

    /** The kernel's CPU_SETSIZE. */
    private static final int MAX_CPUS = 1024;

    private CpuList() {}

    /**
     * @param list null or empty for none
     * @param pointer where it is from
     * @throws InvalidSpec when it is none
     */
    public static List<Long> parse(@Nullable String list, String pointer) {
        List<Long> cpus = new ArrayList<>();
        if (list == null || list.isEmpty()) {
            return cpus;
        }
        for (String part : list.split(",", -1)) {
            int dash = part.indexOf('-');
            long first = number(dash < 0 ? part : part.substring(0, dash), list, pointer);
            long last = dash < 0 ? first : number(part.substring(dash + 1), list, pointer);
            if (last < first) {
                throw wrong(list, pointer);
            }
            for (long cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    private static long number(String text, String list, String pointer) {
        String digits = text.strip();
        long number = 0;
        for (int i = 0; i < digits.length() && number < MAX_CPUS; i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                throw wrong(list, pointer);
            }
            number = number * 10 + (c - '0');
        }
        if (digits.isEmpty() || number >= MAX_CPUS) {
            throw wrong(list, pointer);
        }
        return number;
    }

    private static InvalidSpec wrong(String list, String pointer) {
        return new InvalidSpec(
                pointer,
                "expected a list of CPUs from 0 to " + (MAX_CPUS - 1) + " such as 0-3,7, found \"" + list + "\"");
    }
}
