// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.plan.Bytes;
import dev.jrunc.spec.Spec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Device rules as a program of type BPF_PROG_TYPE_CGROUP_DEVICE, an array of struct bpf_insn of linux/bpf.h. The last rule that
 * matches decides; where none does, the answer is no.
 */
final class DeviceProgram {

    private static final int INSTRUCTION_BYTES = 8;

    /** Opcodes: a class, an operation and a source, linux/bpf_common.h. */
    private static final int LOAD_WORD = 0x61;

    private static final int MOVE = 0xbf;
    private static final int MOVE_NUMBER = 0xb7;
    private static final int AND_NUMBER = 0x57;
    private static final int SHIFT_RIGHT_NUMBER = 0x77;
    private static final int JUMP_NOT_EQUAL = 0x5d;
    private static final int JUMP_NOT_EQUAL_NUMBER = 0x55;
    private static final int JUMP_EQUAL_NUMBER = 0x15;
    private static final int EXIT = 0x95;

    /** Registers: the answer, the context and scratch, then what is read from the context. */
    private static final int ANSWER = 0;

    private static final int SCRATCH = 1;
    private static final int TYPE = 2;
    private static final int ACCESS = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;

    /** BPF_DEVCG_*. */
    private static final int BLOCK = 1;

    private static final int CHARACTER = 2;
    private static final int MKNOD = 1;
    private static final int READ = 2;
    private static final int WRITE = 4;

    private record Instruction(int code, int destination, int source, int offset, int number) {}

    private final List<Instruction> program = new ArrayList<>();

    private DeviceProgram() {}

    static Bytes compile(List<Spec.DeviceRule> rules) {
        DeviceProgram compiled = new DeviceProgram();
        compiled.readContext();
        boolean decided = false;
        for (int i = rules.size() - 1; i >= 0 && !decided; i--) {
            decided = compiled.add(rules.get(i));
        }
        if (!decided) {
            compiled.answer(false);
        }
        return compiled.encode();
    }

    private void emit(int code, int destination, int source, int offset, int number) {
        program.add(new Instruction(code, destination, source, offset, number));
    }

    /** struct bpf_cgroup_dev_ctx: access_type (access in the upper half, type in the lower), major, minor. */
    private void readContext() {
        emit(LOAD_WORD, TYPE, SCRATCH, 0, 0);
        emit(MOVE, ACCESS, TYPE, 0, 0);
        emit(AND_NUMBER, TYPE, 0, 0, 0xffff);
        emit(SHIFT_RIGHT_NUMBER, ACCESS, 0, 0, 16);
        emit(LOAD_WORD, MAJOR, SCRATCH, 4, 0);
        emit(LOAD_WORD, MINOR, SCRATCH, 8, 0);
    }

    private void answer(boolean allow) {
        emit(MOVE_NUMBER, ANSWER, 0, 0, allow ? 1 : 0);
        emit(EXIT, 0, 0, 0, 0);
    }

    /** True when the rule matches everything, so that what comes before it has no say. */
    private boolean add(Spec.DeviceRule rule) {
        List<Instruction> before = new ArrayList<>(program);
        program.clear();
        boolean all = rule.type().equals("a");
        if (!all) {
            test(rule);
        }
        answer(rule.allow());
        List<Instruction> block = new ArrayList<>(program);
        program.clear();
        program.addAll(before);
        for (int i = 0; i < block.size(); i++) {
            Instruction one = block.get(i);
            boolean jump =
                    one.code == JUMP_NOT_EQUAL || one.code == JUMP_NOT_EQUAL_NUMBER || one.code == JUMP_EQUAL_NUMBER;
            emit(one.code, one.destination, one.source, jump ? block.size() - 1 - i : one.offset, one.number);
        }
        return all;
    }

    /** Jumps, whose offsets add() fills in, lead behind the rule where it doesn't match. */
    private void test(Spec.DeviceRule rule) {
        emit(JUMP_NOT_EQUAL_NUMBER, TYPE, 0, 0, rule.type().equals("b") ? BLOCK : CHARACTER);
        int access = access(rule.access());
        if (access != (MKNOD | READ | WRITE)) {
            emit(MOVE, SCRATCH, ACCESS, 0, 0);
            emit(AND_NUMBER, SCRATCH, 0, 0, access);
            if (rule.allow()) {
                emit(JUMP_NOT_EQUAL, SCRATCH, ACCESS, 0, 0);
            } else {
                emit(JUMP_EQUAL_NUMBER, SCRATCH, 0, 0, 0);
            }
        }
        Long major = rule.major();
        if (major != null) {
            emit(JUMP_NOT_EQUAL_NUMBER, MAJOR, 0, 0, (int) major.longValue());
        }
        Long minor = rule.minor();
        if (minor != null) {
            emit(JUMP_NOT_EQUAL_NUMBER, MINOR, 0, 0, (int) minor.longValue());
        }
    }

    private static int access(String letters) {
        int access = 0;
        for (int i = 0; i < letters.length(); i++) {
            access |= switch (letters.charAt(i)) {
                case 'm' -> MKNOD;
                case 'r' -> READ;
                default -> WRITE;
            };
        }
        return access;
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
