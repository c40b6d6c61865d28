// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.plan.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class NewSyscallsTest {

    private static final int ENOSYS = 0x0005_0026;
    private static final int FILTER = 0x7fff_0000;
    private static final int X32 = 0x4000_0000;
    private static final int OTHER = 0xc000_00b7;

    /** Before a filter that allows all. */
    private static SeccompInterpreter before(NewSyscalls.Newest... known) {
        byte[] first = NewSyscalls.program(List.of(known));
        byte[] whole = Arrays.copyOf(first, first.length + 8);
        whole[first.length] = 0x06;
        whole[first.length + 6] = (byte) 0xff;
        whole[first.length + 7] = 0x7f;
        return new SeccompInterpreter(Bytes.of(whole));
    }

    private static NewSyscalls.Newest newest(int architecture, long number) {
        return new NewSyscalls.Newest(architecture, number, OptionalLong.empty(), OptionalLong.empty());
    }

    @Test
    void whatIsNewerThanTheProfileHasEnosys() {
        SeccompInterpreter program = before(newest(SeccompInterpreter.I386, 400));

        assertEquals(FILTER, program.run(SeccompInterpreter.I386, 0));
        assertEquals(FILTER, program.run(SeccompInterpreter.I386, 400));
        assertEquals(ENOSYS, program.run(SeccompInterpreter.I386, 401));
        assertEquals(ENOSYS, program.run(SeccompInterpreter.I386, -2));
        assertEquals(FILTER, program.run(OTHER, 401));
    }

    @Test
    void eachArchitectureHasItsOwnNewest() {
        SeccompInterpreter program = before(
                new NewSyscalls.Newest(
                        SeccompInterpreter.X86_64, 300, OptionalLong.of(X32), OptionalLong.of(X32 + 200)),
                newest(SeccompInterpreter.I386, 400),
                newest(OTHER, 100));

        assertEquals(FILTER, program.run(SeccompInterpreter.X86_64, 300));
        assertEquals(ENOSYS, program.run(SeccompInterpreter.X86_64, 301));
        assertEquals(FILTER, program.run(SeccompInterpreter.X86_64, X32 + 200));
        assertEquals(ENOSYS, program.run(SeccompInterpreter.X86_64, X32 + 201));
        assertEquals(FILTER, program.run(SeccompInterpreter.I386, 400));
        assertEquals(ENOSYS, program.run(SeccompInterpreter.I386, 401));
        assertEquals(FILTER, program.run(OTHER, 100));
        assertEquals(ENOSYS, program.run(OTHER, 101));
        assertEquals(FILTER, program.run(0x1234, 5000));
    }

    @Test
    void numbersOfAnotherSetGoToTheFilter() {
        SeccompInterpreter program = before(
                new NewSyscalls.Newest(SeccompInterpreter.X86_64, 300, OptionalLong.of(X32), OptionalLong.empty()),
                newest(OTHER, 100));

        assertEquals(ENOSYS, program.run(SeccompInterpreter.X86_64, 301));
        assertEquals(FILTER, program.run(SeccompInterpreter.X86_64, X32));
        assertEquals(FILTER, program.run(SeccompInterpreter.X86_64, -1));
        assertEquals(FILTER, program.run(SeccompInterpreter.X86_64, 300));
    }

    @Test
    void nothingIsAddedWhereNothingIsKnown() {
        assertEquals(0, NewSyscalls.program(List.of()).length);
    }
}
