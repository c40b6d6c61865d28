// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.error.InvalidSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuListTest {

    @Test
    void numbersAndRanges() {
        assertEquals(List.of(), CpuList.parse(null, "/x"));
        assertEquals(List.of(), CpuList.parse("", "/x"));
        assertEquals(List.of(7L), CpuList.parse("7", "/x"));
        assertEquals(List.of(0L, 1L, 2L, 3L, 7L), CpuList.parse("0-3,7", "/x"));
        assertEquals(List.of(1023L), CpuList.parse("1023", "/x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1-", "-1", "a", "3-1", "1,,2", "1024", "99999999999999999999", "0-3,", "1-2-3"})
    void whatIsNone(String list) {
        InvalidSpec error = assertThrows(InvalidSpec.class, () -> CpuList.parse(list, "/process/x"));

        assertEquals(
                "config.json: /process/x: expected a list of CPUs from 0 to 1023 such as 0-3,7, found \"" + list + "\"",
                error.getMessage());
    }
}
