// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jrunc.lifecycle.PlanProperties;
import java.util.List;

/** Durations, sizes, lists and whole command lines, an argument for each line feed; the target of a fuzzer. */
public final class ArgumentsFuzz {

    private ArgumentsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, UTF_8);
        PlanProperties.refused(() -> checkMillis(text, GoDuration.millis("--timeout", text)));
        PlanProperties.refused(() -> ByteSize.parse("--memory", text));
        List<String> arguments = List.of(text.split("\n", -1));
        PlanProperties.refused(() -> new Arguments(JruncCommandLine.globalOptions(), arguments).check());
        for (Command command : JruncCommandLine.COMMANDS) {
            PlanProperties.refused(() -> new Arguments(JruncCommandLine.options(command), arguments).check());
        }
    }

    private static void checkMillis(String text, long millis) {
        if (Math.abs(millis) > GoDuration.MAX_MILLIS || millis < 0 && !text.startsWith("-")) {
            throw new AssertionError(millis + " ms");
        }
    }
}
