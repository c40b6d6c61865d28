// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.text.Printable;
import org.junit.jupiter.api.Test;

class PrintableTest {

    @Test
    void plainTextIsLeftAlone() {
        assertEquals("héllo wörld \"[]\\", Printable.of("héllo wörld \"[]\\"));
    }

    @Test
    void whatControlsATerminalIsShown() {
        assertEquals("\\u001b[31mred\\u0007", Printable.of("\u001b[31mred\u0007"));
        assertEquals("\\u009b2J", Printable.of("\u009b2J"));
        assertEquals("a\\nb\\tc\\u000d", Printable.of("a\nb\tc\r"));
        assertEquals("\\u007f", Printable.of("\u007f"));
    }

    @Test
    void whatTurnsOrHidesTextIsShown() {
        assertEquals("\\u202efdp.exe", Printable.of("\u202efdp.exe"));
        assertEquals("a\\u200bb\\u2028", Printable.of("a\u200bb\u2028"));
    }

    @Test
    void anOriginIsPrintableToo() {
        Operation sysctl = new InitOperation.Sysctl(Origin.at("/linux/sysctl/\u001b[2J"), "k", "v");

        assertEquals("SYSCTL key=k value=v [/linux/sysctl/\\u001b[2J]", PlanText.line(Step.must(sysctl)));
    }
}
