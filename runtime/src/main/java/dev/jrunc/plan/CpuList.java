// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.error.InvalidSpec;
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
        if (list == null || list.isEmpty()) {
            return List.of();
        }
        List<Long> cpus = NumberList.parse(list).orElseThrow(() -> wrong(list, pointer));
        for (long cpu : cpus) {
            if (cpu >= MAX_CPUS) {
                throw wrong(list, pointer);
            }
        }
        return cpus;
    }

    private static InvalidSpec wrong(String list, String pointer) {
        return new InvalidSpec(
                pointer,
                "expected a list of CPUs from 0 to " + (MAX_CPUS - 1) + " such as 0-3,7, found \"" + list + "\"");
    }
}
