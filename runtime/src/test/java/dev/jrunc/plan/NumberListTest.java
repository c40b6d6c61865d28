// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberListTest {

    @Test
    void numbersAndRanges() {
        assertEquals(Optional.of(List.of(0L, 1L, 2L, 7L)), NumberList.parse("0-2,7"));
        assertEquals(Optional.of(List.of(3L, 1L)), NumberList.parse(" 3 , 1 - 1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ",", "1,", "-1", "1-", "2-1", "x", "0x1", "1 2", "99999999999", "65536", "0-65535,0-65535"})
    void whatIsNone(String text) {
        assertEquals(Optional.empty(), NumberList.parse(text));
    }
}
