// SPDX-License-Identifier: Apache-2.0
package dev.jrunc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/specification.md names tests that exist. */
class SpecificationTest {

    /** Fewer mean that the table was not found. */
    private static final int LEAST_ROWS = 40;

    @Test
    void everyRowHasTestsThatExist() throws IOException {
        List<String> rows = NamedTests.rows("docs/specification.md", "property");

        assertEquals(List.of(), NamedTests.wrong(rows));
        assertEquals(
                List.of(), rows.stream().filter(row -> row.endsWith("| - |")).toList());
        assertTrue(rows.size() >= LEAST_ROWS, "the table is there");
    }
}
