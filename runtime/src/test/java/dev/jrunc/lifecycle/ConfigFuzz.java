// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import java.util.Arrays;
import java.util.List;

/** config.json, behind a byte that chooses the host; the target of a fuzzer. */
public final class ConfigFuzz {

    private static final List<String> HOSTS = List.of("hybrid", "v1", "v2", "resctrl");

    private ConfigFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            PlanProperties.check(
                    Arrays.copyOfRange(input, 1, input.length), HOSTS.get((input[0] & 0xff) % HOSTS.size()));
        }
    }
}
