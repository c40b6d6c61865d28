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
        PlanProperties.refused(() -> notNegative(GoDuration.millis("--timeout", text)));
        PlanProperties.refused(() -> ByteSize.parse("--memory", text));
        List<String> arguments = List.of(text.split("\n", -1));
        PlanProperties.refused(() -> new Arguments(JruncCommandLine.globalOptions(), arguments).check());
        for (Command command : JruncCommandLine.COMMANDS) {
            PlanProperties.refused(() -> new Arguments(JruncCommandLine.options(command), arguments).check());
        }
    }

    private static void notNegative(long millis) {
        if (millis < 0) {
            throw new AssertionError(millis + " ms");
        }
    }
}
