// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.seccomp;

import dev.jrunc.plan.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Classic BPF as the kernel executes it on struct seccomp_data: what libseccomp emits, and no more. */
final class SeccompInterpreter {

    static final int X86_64 = 0xc000_003e;
    static final int I386 = 0x4000_0003;

    private final ByteBuffer program;

    SeccompInterpreter(Bytes program) {
        this.program = ByteBuffer.wrap(program.toArray()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The filter's answer, SECCOMP_RET_*. */
    int run(int architecture, int number, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(number).putInt(architecture).putLong(0);
        for (long argument : arguments) {
            data.putLong(argument);
        }
        int accumulator = 0;
        for (int at = 0; ; at++) {
            int code = program.getShort(8 * at);
            int whenTrue = program.get(8 * at + 2) & 0xff;
            int whenFalse = program.get(8 * at + 3) & 0xff;
            int k = program.getInt(8 * at + 4);
            switch (code) {
                case 0x20 -> accumulator = data.getInt(k);
                case 0x54 -> accumulator &= k;
                case 0x05 -> at += k;
                case 0x15 -> at += accumulator == k ? whenTrue : whenFalse;
                case 0x25 -> at += Integer.compareUnsigned(accumulator, k) > 0 ? whenTrue : whenFalse;
                case 0x35 -> at += Integer.compareUnsigned(accumulator, k) >= 0 ? whenTrue : whenFalse;
                case 0x45 -> at += (accumulator & k) != 0 ? whenTrue : whenFalse;
                case 0x06 -> {
                    return k;
                }
                default -> throw new IllegalStateException("instruction " + at + " has code " + code);
            }
        }
    }
}
