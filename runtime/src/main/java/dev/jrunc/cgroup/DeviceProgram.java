// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.plan.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Device rules as a program of type BPF_PROG_TYPE_CGROUP_DEVICE, an array of struct bpf_insn of linux/bpf.h. It goes through
 * the rules from the last to the first and keeps the rights that none has decided yet: a denied one ends it with no, and it
 * ends with yes when all are allowed.
 */
final class DeviceProgram {

    private static final int INSTRUCTION_BYTES = 8;

    /** Opcodes: class, operation and source, linux/bpf.h and linux/bpf_common.h. All numbers are of 32 bits. */
    private static final int LOAD_WORD = 0x61;

    private static final int MOVE = 0xbc;
    private static final int MOVE_NUMBER = 0xb4;
    private static final int AND_NUMBER = 0x54;
    private static final int SHIFT_RIGHT_NUMBER = 0x74;
    private static final int JUMP_NOT_EQUAL_NUMBER = 0x56;
    private static final int JUMP_EQUAL_NUMBER = 0x16;
    private static final int EXIT = 0x95;

    /** Registers: the answer; the context; what is read from it. */
    private static final int ANSWER = 0;

    private static final int CONTEXT = 1;
    private static final int KIND = 2;
    private static final int UNDECIDED = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;

    private record Instruction(int code, int destination, int source, int offset, int number) {}

    private final List<Instruction> program = new ArrayList<>();

    private DeviceProgram() {}

    /** @param rules the first one is total */
    static Bytes compile(List<DeviceRules.Rule> rules) {
        DeviceProgram compiled = new DeviceProgram();
        compiled.readContext();
        for (int i = rules.size() - 1; i >= 0; i--) {
            DeviceRules.Rule rule = rules.get(i);
            if (rule.isTotal()) {
                compiled.answer(rule.allow());
                break; // What can't be reached is refused by the kernel.
            }
            compiled.add(rule);
        }
        return compiled.encode();
    }

    private void emit(int code, int destination, int source, int offset, int number) {
        program.add(new Instruction(code, destination, source, offset, number));
    }

    /** struct bpf_cgroup_dev_ctx: access_type (rights in the upper half, kind in the lower), major, minor. */
    private void readContext() {
        emit(LOAD_WORD, KIND, CONTEXT, 0, 0);
        emit(MOVE, UNDECIDED, KIND, 0, 0);
        emit(SHIFT_RIGHT_NUMBER, UNDECIDED, 0, 0, 16);
        emit(AND_NUMBER, KIND, 0, 0, 0xffff);
        emit(LOAD_WORD, MAJOR, CONTEXT, 4, 0);
        emit(LOAD_WORD, MINOR, CONTEXT, 8, 0);
    }

    private void answer(boolean allow) {
        emit(MOVE_NUMBER, ANSWER, 0, 0, allow ? 1 : 0);
        emit(EXIT, 0, 0, 0, 0);
    }

    /** Tests that lead behind the rule where it is about other devices, then the decision. */
    private void add(DeviceRules.Rule rule) {
        final int decisionLength = rule.allow() ? 4 : 5;
        int tests = (rule.kind() == 0 ? 0 : 1) + (rule.major() == null ? 0 : 1) + (rule.minor() == null ? 0 : 1);
        tests = test(KIND, rule.kind() == 0 ? null : Long.valueOf(rule.kind()), tests, decisionLength);
        tests = test(MAJOR, rule.major(), tests, decisionLength);
        test(MINOR, rule.minor(), tests, decisionLength);
        if (rule.allow()) {
            emit(AND_NUMBER, UNDECIDED, 0, 0, ~rule.rights());
            emit(JUMP_NOT_EQUAL_NUMBER, UNDECIDED, 0, 2, 0);
        } else {
            emit(MOVE, ANSWER, UNDECIDED, 0, 0);
            emit(AND_NUMBER, ANSWER, 0, 0, rule.rights());
            emit(JUMP_EQUAL_NUMBER, ANSWER, 0, 2, 0);
        }
        answer(rule.allow());
    }

    /** @return how many tests are still to come */
    private int test(int register, @Nullable Long number, int tests, int decisionLength) {
        if (number == null) {
            return tests;
        }
        emit(JUMP_NOT_EQUAL_NUMBER, register, 0, tests - 1 + decisionLength, (int) number.longValue());
        return tests - 1;
    }

    private Bytes encode() {
        ByteBuffer bytes =
                ByteBuffer.allocate(program.size() * INSTRUCTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Instruction one : program) {
            bytes.put((byte) one.code);
            bytes.put((byte) (one.source << 4 | one.destination));
            bytes.putShort((short) one.offset);
            bytes.putInt(one.number);
        }
        return Bytes.of(bytes.array());
    }
}
