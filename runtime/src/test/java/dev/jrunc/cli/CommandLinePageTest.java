// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.NamedTests;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/command-line.md has every option, and names tests that exist. */
class CommandLinePageTest {

    private static final String PAGE = "docs/command-line.md";

    /** Fewer mean that the table was not found. */
    private static final int LEAST_ROWS = 60;

    private static List<String> rows() throws IOException {
        return NamedTests.rows(PAGE, "where");
    }

    @Test
    void everyRowHasTestsThatExist() throws IOException {
        List<String> rows = rows();

        assertEquals(List.of(), NamedTests.wrong(rows));
        assertTrue(rows.size() >= LEAST_ROWS, "the table is there");
    }

    @Test
    void everyOptionHasItsRow() throws IOException {
        List<String> missing = new ArrayList<>();
        look("global", JruncCommandLine.globalOptions(), missing);
        for (Command command : JruncCommandLine.COMMANDS) {
            Options options = new Options();
            command.declare(options);
            look(command.name(), options, missing);
        }

        assertEquals(List.of(), missing);
    }

    /** Names are in code quotes in the second cell of a row whose first one has the command. */
    private static void look(String where, Options options, List<String> missing) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String row : rows()) {
            String[] cells = row.split("\\|", -1);
            if (Arrays.asList(cells[1].strip().split(", ", -1)).contains(where)) {
                text.append(cells[2]);
            }
        }
        if (text.isEmpty()) {
            missing.add(where);
        }
        for (Options.Option option : options.all()) {
            for (String name : option.names()) {
                if (!text.toString().contains("`" + name + "`")
                        && !text.toString().contains("`" + name + " ")) {
                    missing.add(where + " " + name);
                }
            }
        }
    }
}
