// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.Fields;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.Step;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes fields as native/protocol.def lays them out: little-endian, with lengths before what is long. */
public final class Encoder implements Fields {

    private static final long U32_MAX = 0xffff_ffffL;
    private static final int MIB = 1024 * 1024;

    private byte[] bytes = new byte[1024];
    private int length;
    /** The one that is written, where there is one: too long is what its place in config.json has made so. */
    private @Nullable Operation operation;

    public byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    /** All steps, one after another. */
    public Encoder steps(List<? extends Step<? extends Operation>> steps) {
        for (Step<? extends Operation> step : steps) {
            step(step);
        }
        return this;
    }

    private void step(Step<? extends Operation> step) {
        operation = step.operation();
        number(operation.code(), 2);
        number(step.mayFail() ? Protocol.MAY_FAIL : 0, 2);
        int lengthAt = length;
        number(0, 4);
        text(operation.origin().text());
        operation.fields(this);
        patch(lengthAt);
    }

    /** The length of what came after the place for it. */
    private void patch(int lengthAt) {
        int end = length;
        length = lengthAt;
        number(end - lengthAt - 4, 4);
        length = end;
    }

    private void room(int more) {
        if (more > Protocol.MAX_FRAME_BYTES - length) {
            throw tooLong();
        }
        if (length + more > bytes.length) {
            int twice = Math.min(bytes.length * 2, Protocol.MAX_FRAME_BYTES);
            bytes = Arrays.copyOf(bytes, Math.max(length + more, twice));
        }
    }

    private RuntimeException tooLong() {
        if (operation == null) {
            return new IllegalArgumentException("more than " + Protocol.MAX_FRAME_BYTES + " bytes for one frame");
        }
        return new OperationFailed(
                operation.name(),
                operation.origin().text(),
                0,
                "the plan is larger than " + Protocol.MAX_FRAME_BYTES / MIB + " MiB");
    }

    private void number(long value, int width) {
        room(width);
        for (int i = 0; i < width; i++) {
            bytes[length++] = (byte) (value >>> (8 * i));
        }
    }

    private void raw(byte[] content) {
        room(content.length);
        System.arraycopy(content, 0, bytes, length, content.length);
        length += content.length;
    }

    private void text(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a string with a zero character");
        }
        byte[] content = value.getBytes(UTF_8);
        number(content.length, 4);
        raw(content);
        number(0, 1);
    }

    @Override
    public void bool(String name, boolean value) {
        number(value ? 1 : 0, 1);
    }

    @Override
    public void u32(String name, long value) {
        if (value < 0 || value > U32_MAX) {
            throw new IllegalArgumentException(name + ": " + value + " is no unsigned 32-bit number");
        }
        number(value, 4);
    }

    @Override
    public void u64(String name, long value) {
        number(value, 8);
    }

    @Override
    public void i64(String name, long value) {
        number(value, 8);
    }

    @Override
    public void str(String name, String value) {
        text(value);
    }

    @Override
    public void bytes(String name, Bytes value) {
        number(value.length(), 4);
        raw(value.toArray());
    }

    @Override
    public void strs(String name, List<String> values) {
        number(values.size(), 4);
        for (String value : values) {
            text(value);
        }
    }

    @Override
    public void u32s(String name, List<Long> values) {
        number(values.size(), 4);
        for (long value : values) {
            u32(name, value);
        }
    }

    @Override
    public void operations(String name, List<Step<InitOperation>> values) {
        operations(values);
    }

    /** A field that is a list of operations. */
    Encoder operations(List<? extends Step<? extends Operation>> steps) {
        int lengthAt = length;
        number(0, 4);
        steps(steps);
        patch(lengthAt);
        return this;
    }
}
