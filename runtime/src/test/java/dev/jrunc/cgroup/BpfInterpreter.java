// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.plan.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a program of type BPF_PROG_TYPE_CGROUP_DEVICE, and refuses what the kernel's verifier would. */
final class BpfInterpreter {

    private final ByteBuffer program;
    private final int length;

    BpfInterpreter(Bytes bytes) {
        program = ByteBuffer.wrap(bytes.toArray()).order(ByteOrder.LITTLE_ENDIAN);
        length = bytes.length() / 8;
        if (bytes.length() != length * 8 || length == 0) {
            throw new IllegalArgumentException("not a list of instructions: " + bytes);
        }
        boolean[] reached = new boolean[length];
        reach(0, reached);
        for (int i = 0; i < length; i++) {
            if (!reached[i]) {
                throw new IllegalArgumentException("instruction " + i + " can't be reached");
            }
        }
    }

    private int code(int at) {
        return program.get(at * 8) & 0xff;
    }

    private int offset(int at) {
        return program.getShort(at * 8 + 2);
    }

    private static boolean isJump(int code) {
        return code == 0x16 || code == 0x56;
    }

    private void reach(int start, boolean[] reached) {
        for (int at = start; ; at++) {
            if (at < 0 || at >= length) {
                throw new IllegalArgumentException("runs out of the program");
            }
            if (reached[at]) {
                return;
            }
            reached[at] = true;
            if (code(at) == 0x95) {
                return;
            }
            if (isJump(code(at))) {
                if (offset(at) < 0) {
                    throw new IllegalArgumentException("jumps back");
                }
                reach(at + 1 + offset(at), reached);
            }
        }
    }

    /** @return register 0 at the end */
    long run(int kind, int rights, long major, long minor) {
        long[] registers = new long[11];
        int[] context = {rights << 16 | kind, (int) major, (int) minor};
        for (int at = 0; ; at++) {
            int destination = program.get(at * 8 + 1) & 0xf;
            int source = (program.get(at * 8 + 1) & 0xff) >>> 4;
            int number = program.getInt(at * 8 + 4);
            long low = registers[destination] & 0xffff_ffffL;
            switch (code(at)) {
                case 0x61 -> registers[destination] = context[offset(at) / 4] & 0xffff_ffffL;
                case 0xbc -> registers[destination] = registers[source] & 0xffff_ffffL;
                case 0xb4 -> registers[destination] = number & 0xffff_ffffL;
                case 0x54 -> registers[destination] = low & number & 0xffff_ffffL;
                case 0x74 -> registers[destination] = low >>> number;
                case 0x56 -> at += (int) low != number ? offset(at) : 0;
                case 0x16 -> at += (int) low == number ? offset(at) : 0;
                case 0x95 -> {
                    return registers[0];
                }
                default -> throw new IllegalArgumentException("unknown instruction " + code(at));
            }
        }
    }
}
