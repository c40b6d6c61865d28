// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExitStatusTest {

    @Test
    void asOfWait() {
        assertEquals(new ExitStatus(7, 0), ExitStatus.of(0x700));
        assertEquals(new ExitStatus(0, 9), ExitStatus.of(9));
        assertEquals(new ExitStatus(0, 11), ExitStatus.of(0x8b));
        assertEquals(139, ExitStatus.of(0x8b).number());
        assertEquals(7, ExitStatus.of(0x700).number());
        assertTrue(ExitStatus.of(0).isSuccess());
        assertFalse(ExitStatus.of(9).isSuccess());
    }
}
