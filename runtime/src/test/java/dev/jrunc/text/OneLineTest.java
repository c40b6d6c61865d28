// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.Unsupported;
import dev.jrunc.error.UsageError;
import org.junit.jupiter.api.Test;

class OneLineTest {

    @Test
    void whatMovesTheCursorIsWritten() {
        assertEquals("a\\nb\\u001b[31m\\u202eé", OneLine.of("a\nb\u001b[31m\u202eé"));
    }

    @Test
    void ofALongOneBeginningAndEndAreLeft() {
        String line = OneLine.of("/place: found " + "x".repeat(200_000) + ", expected less");

        assertEquals(OneLine.MAX_CHARACTERS, line.length());
        assertTrue(line.startsWith("/place: found xxx") && line.contains("…") && line.endsWith("xxx, expected less"));
    }

    @Test
    void errorsOfDocumentsAndCommandLinesAreSuch() {
        assertEquals("config.json: /a\\n: no", new InvalidSpec("/a\n", "no").getMessage());
        assertEquals("config.json: /a\\n: no", new Unsupported("/a\n", "no").getMessage());
        assertEquals("value \"\\n\"", new UsageError("value \"\n\"").getMessage());
    }
}
