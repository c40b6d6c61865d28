// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalPathTest {

    /** What is refused by its path, such as /proc, is refused by every spelling of it. */
    @ParameterizedTest
    @CsvSource({
        "data, /data",
        "/a//b/./c/, /a/b/c",
        "/etc/../proc/sys, /proc/sys",
        "/proc/../evil, /evil",
        "/../../x, /x",
        "/.., /",
        "/a/.., /",
        "/..., /...",
    })
    void theTextAloneCounts(String given, String normal) {
        assertEquals(normal, NormalPath.of(given));
    }
}
