// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.UsageError;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-1, -1",
        "4096, 4096",
        "4096b, 4096",
        "1k, 1024",
        "1K, 1024",
        "1kb, 1024",
        "1KiB, 1024",
        "64m, 67108864",
        "'64 m', 67108864",
        "1.5g, 1610612736",
        ".5g, 536870912",
        "2t, 2199023255552",
        "1p, 1125899906842624",
        "9223372036854775807, 9223372036854775807"
    })
    void sizes(String text, long bytes) {
        assertEquals(bytes, ByteSize.parse("--memory", text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "m",
                "-2",
                "-1m",
                "1mm",
                "1x",
                "1kib2",
                "1bb",
                "1.2.3",
                "1  m",
                "0x10",
                "1e3",
                "9999999999g",
                "9223372036854775808"
            })
    void whatIsNone(String text) {
        UsageError error = assertThrows(UsageError.class, () -> ByteSize.parse("--memory", text));

        assertTrue(error.getMessage().contains("invalid value \"" + text + "\" for --memory"), error.getMessage());
    }
}
