// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The beginning of a filter: system calls that are newer than all that the profile names fail with ENOSYS, so that programs fall
 * back to older ones. What the profile's author couldn't know shouldn't fail with EPERM. Everything else goes on to the filter.
 */
final class NewSyscalls {

    /** Classic BPF, linux/filter.h. */
    private static final int LD_W_ABS = 0x20;

    private static final int JA = 0x05;
    private static final int JEQ_K = 0x15;
    private static final int JGT_K = 0x25;
    private static final int JGE_K = 0x35;
    private static final int RET_K = 0x06;

    /** Offsets in struct seccomp_data. */
    private static final int DATA_NUMBER = 0;

    private static final int DATA_ARCHITECTURE = 4;

    private static final int ENOSYS = 38;

    /** Numbers from special on are another set: x32's, or those that only ARM has; they go to the filter unless newestSpecial is known. */
    record Newest(int auditArchitecture, long number, OptionalLong special, OptionalLong newestSpecial) {}

    private record Instruction(int code, int whenTrue, int whenFalse, long k) {}

    private NewSyscalls() {}

    /** An array of struct sock_filter to be put before a filter. */
    static byte[] program(List<Newest> known) {
        List<Instruction> program = new ArrayList<>();
        if (!known.isEmpty()) {
            program.add(new Instruction(LD_W_ABS, 0, 0, DATA_ARCHITECTURE));
        }
        for (int i = 0; i < known.size(); i++) {
            List<Instruction> rest = i + 1 < known.size() ? blocks(known.subList(i + 1, known.size())) : List.of();
            program.addAll(block(known.get(i), rest.size()));
        }
        return encode(program);
    }

    private static List<Instruction> blocks(List<Newest> known) {
        List<Instruction> all = new ArrayList<>();
        for (Newest newest : known) {
            all.addAll(block(newest, 0));
        }
        return all;
    }

    /** @param behind how many instructions come after it, up to the filter */
    private static List<Instruction> block(Newest newest, int behind) {
        List<Instruction> block = new ArrayList<>();
        boolean special = newest.special().isPresent();
        boolean known = newest.newestSpecial().isPresent();
        int length = 5 + (special ? 1 : 0) + (known ? 2 : 0);
        long toFilter = behind + 1L;
        block.add(new Instruction(JEQ_K, 0, length - 1, newest.auditArchitecture()));
        block.add(new Instruction(LD_W_ABS, 0, 0, DATA_NUMBER));
        if (special) {
            // Two behind it, where its own comparison or the way to the filter is.
            block.add(new Instruction(JGE_K, known ? 2 : 1, 0, newest.special().getAsLong()));
        }
        block.add(new Instruction(JGT_K, known ? 3 : 1, 0, newest.number()));
        if (known) {
            block.add(new Instruction(JA, 0, 0, toFilter + 2));
            block.add(new Instruction(JGT_K, 1, 0, newest.newestSpecial().getAsLong()));
        }
        block.add(new Instruction(JA, 0, 0, toFilter));
        block.add(new Instruction(RET_K, 0, 0, SeccompNames.RET_ERRNO | ENOSYS));
        return block;
    }

    private static byte[] encode(List<Instruction> program) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * program.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (Instruction instruction : program) {
            bytes.putShort((short) instruction.code)
                    .put((byte) instruction.whenTrue)
                    .put((byte) instruction.whenFalse)
                    .putInt((int) instruction.k);
        }
        return bytes.array();
    }
}
