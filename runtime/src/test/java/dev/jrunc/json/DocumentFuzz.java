// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.lifecycle.PlanProperties;
import dev.jrunc.plan.Bytes;
import java.util.Arrays;

/** The other documents, behind a byte that chooses one: process.json, linux.resources, state.json; the target of a fuzzer. */
public final class DocumentFuzz {

    private static final ConfigSchema SCHEMA = new ConfigSchema((unknown, known) -> "");

    private DocumentFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Bytes document = Bytes.of(Arrays.copyOfRange(input, 1, input.length));
        PlanProperties.refused(() -> {
            switch (input[0] & 3) {
                case 0 -> ConfigReader.readProcess(document);
                case 1 -> ConfigReader.readResources(document);
                case 2 -> SCHEMA.check(document);
                default -> state(document);
            }
        });
    }

    /** What was read is written as what is read again. */
    private static void state(Bytes document) {
        ContainerState state = StateJson.read(document);
        Bytes written = StateJson.write(state);
        if (!written.equals(StateJson.write(StateJson.read(written)))) {
            throw new AssertionError("written again, it differs");
        }
    }
}
