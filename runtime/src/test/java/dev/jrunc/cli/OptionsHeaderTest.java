// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

/** native/options.h, from which the front knows the global options, is generated from picocli's model. */
class OptionsHeaderTest {

    private static final Path HEADER = Path.of("..", "native", "options.h");

    @Test
    void theHeaderIsThatOfTheModel() throws IOException {
        String generated = generate();
        if (Boolean.getBoolean("options.update")) {
            Files.writeString(HEADER, generated);
        }
        assertEquals(
                generated,
                Files.readString(HEADER),
                "generate it: mvn -pl runtime test -Dtest=OptionsHeaderTest -Doptions.update=true");
    }

    private static String generate() {
        StringBuilder header = new StringBuilder("""
                /* SPDX-License-Identifier: Apache-2.0 */
                /* The global options: OPTION(name, short name or "", takes a value). From the command-line model of the engine. */
                """);
        for (OptionSpec option : JruncCommandLine.globalSpec().options()) {
            String shortest = option.shortestName();
            header.append("OPTION(\"")
                    .append(option.longestName().substring(2))
                    .append("\", \"")
                    .append(shortest.startsWith("--") ? "" : shortest.substring(1))
                    .append("\", ")
                    .append(option.arity().max() > 0)
                    .append(")\n");
        }
        return header.toString();
    }
}
