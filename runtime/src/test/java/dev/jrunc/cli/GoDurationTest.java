// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.error.UsageError;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0s, 0",
        "300ms, 300",
        "1.5h, 5400000",
        "2h45m, 9900000",
        "1m30s, 90000",
        ".5s, 500",
        "1us, 1",
        "1500us, 2",
        "2µs, 1",
        "1ns, 1",
        "1h1m1s1ms, 3661001",
        "-5s, -5000",
        "-1ns, -1",
        "+5s, 5000",
        "-0, 0"
    })
    void durations(String text, long millis) {
        assertEquals(millis, GoDuration.millis("--idle-timeout", text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "s",
                "-",
                "--5s",
                "5s-5s",
                "5 s",
                "5d",
                "1.2.3s",
                ".s",
                "5s5",
                "1e3s",
                "99999999999999h",
                "NaNs"
            })
    void whatIsNone(String text) {
        UsageError error = assertThrows(UsageError.class, () -> GoDuration.millis("--idle-timeout", text));

        assertEquals(
                "invalid value \"" + text + "\" for --idle-timeout: expected a duration such as 5s or 100ms",
                error.getMessage());
    }
}
