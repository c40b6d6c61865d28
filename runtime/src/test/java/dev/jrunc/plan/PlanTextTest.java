// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTextTest {

    private static final Origin HERE = Origin.at("/here");

    private static String line(Operation operation) {
        return PlanText.line(Step.must(operation));
    }

    @Test
    void whatIsEmptyOrOffIsNotShown() {
        assertEquals(
                "MOUNT type=proc target=/proc [/here]",
                line(new InitOperation.Mount(HERE, "proc", "", "/proc", 0, List.of(), 0, false)));
        assertEquals(
                "BIND source=/a tree=0 target=/b recursive recursiveSet=ro,0x4000000 [/here]",
                line(new InitOperation.Bind(HERE, "/a", 0, "/b", true, 0, 0, 0x400_0001, 0, 0)));
    }

    @Test
    void aStepThatMayFailSaysSo() {
        assertEquals(
                "CWD path=/ create (may fail) [/here]",
                PlanText.line(Step.mayFail(new InitOperation.Cwd(HERE, "/", true))));
    }

    @Test
    void noLimitIsAWord() {
        assertEquals(
                "RLIMIT name=RLIMIT_CORE resource=4 soft=0 hard=unlimited [/here]",
                line(new HostOperation.Rlimit(HERE, "RLIMIT_CORE", 4, 0, -1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain/word:1=2|plain/word:1=2",
                "two words|\"two words\"",
                "say \"hi\"|\"say \\\"hi\\\"\"",
                "back\\slash|\"back\\\\slash\"",
                "[x]|\"[x]\"",
                "é€|é€"
            })
    void whatIsNotOnePlainWordIsInQuotes(String value, String shown) {
        assertEquals("HOSTNAME name=" + shown + " [/here]", line(new InitOperation.Hostname(HERE, value)));
    }

    @Test
    void controlCharactersNeverReachTheTerminal() {
        assertEquals(
                "HOSTNAME name=\"a\\u001b[2J\\u0007\\n\\tb\\u007f\" [/here]",
                line(new InitOperation.Hostname(HERE, "a\u001b[2J\u0007\n\tb\u007f")));
        assertEquals(
                "WRITE_STATE name=x content=<2 bytes> [/here]",
                line(new HostOperation.WriteState(HERE, "x", Bytes.of(new byte[] {27, (byte) 200}))));
        assertEquals(
                "WRITE_STATE name=x content=<201 bytes> [/here]",
                line(new HostOperation.WriteState(HERE, "x", Bytes.utf8("y".repeat(201)))));
    }
}
