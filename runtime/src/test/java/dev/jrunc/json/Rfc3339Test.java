// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {

    private static final long DAYS = 200L * 366;

    @Test
    void everyDayOfTwoCenturiesIsThatOfTheJdk() {
        Instant first = LocalDate.of(1904, 2, 28).atStartOfDay().toInstant(ZoneOffset.UTC);
        for (long day = 0; day < DAYS; day++) {
            Instant time = first.plus(day, ChronoUnit.DAYS).plusSeconds(day);

            assertEquals(time.toString(), Rfc3339.seconds(time));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-02T23:59:59.000000006Z",
                "1970-01-01T00:00:00.120Z",
                "1970-01-01T00:00:00.000120Z",
                "2026-01-02T03:04:05.678901Z",
                "2026-01-02T03:04:05Z"
            })
    void asExactAsItIs(String time) {
        assertEquals(Instant.parse(time).toString(), Rfc3339.exact(Instant.parse(time)));
        assertEquals(time.substring(0, 19) + "Z", Rfc3339.seconds(Instant.parse(time)));
    }
}
