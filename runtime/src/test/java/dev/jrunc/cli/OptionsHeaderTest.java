// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** native/options.h, from which the front knows the global options, is generated from their definition. */
class OptionsHeaderTest {

    private static final Path HEADER = Path.of("..", "native", "options.h");

    @Test
    void theHeaderIsThatOfTheDefinition() throws IOException {
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
        for (Options.Option option : JruncCommandLine.globalOptions().all()) {
            String last = option.names().getLast();
            header.append("OPTION(\"")
                    .append(option.name().substring(2))
                    .append("\", \"")
                    .append(last.startsWith("--") ? "" : last.substring(1))
                    .append("\", ")
                    .append(option.takesValue())
                    .append(")\n");
        }
        return header.toString();
    }
}
