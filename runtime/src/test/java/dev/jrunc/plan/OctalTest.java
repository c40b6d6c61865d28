// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class OctalTest {

    @Test
    void whatTheKernelEscapes() {
        assertEquals("a b\tc\nd\\e", Octal.unescape("a\\040b\\011c\\012d\\134e"));
    }

    @Test
    void whatIsNoEscapeStays() {
        assertEquals("\\", Octal.unescape("\\"));
        assertEquals("\\04", Octal.unescape("\\04"));
        assertEquals("\\08x", Octal.unescape("\\08x"));
    }
}
