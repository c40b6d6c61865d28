// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Decoder;
import dev.jrunc.engine.ProtocolException;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.Fields;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.Step;
import java.util.List;
import java.util.Objects;

/** Compares an operation, field by field, with what is decoded. */
final class DecodedFields implements Fields {

    private interface Reading<T> {
        T read() throws ProtocolException;
    }

    private final String operation;
    private final Decoder in;

    private DecodedFields(String operation, Decoder in) {
        this.operation = operation;
        this.in = in;
    }

    static void compare(List<? extends Step<? extends Operation>> steps, Decoder in) throws ProtocolException {
        for (Step<? extends Operation> step : steps) {
            Decoder.Operation decoded = in.operation();
            Operation operation = step.operation();
            boolean same = decoded.code() == operation.code()
                    && decoded.mayFail() == step.mayFail()
                    && decoded.origin().equals(operation.origin().text());
            PlanProperties.require(same, "decoded as another: " + operation);
            operation.fields(new DecodedFields(operation.name(), decoded.fields()));
            decoded.fields().end();
        }
    }

    private <T> void same(String name, T value, Reading<T> reading) {
        try {
            T found = reading.read();
            PlanProperties.require(
                    Objects.equals(value, found), operation + " " + name + ": " + value + " decoded as " + found);
        } catch (ProtocolException e) {
            throw new AssertionError(operation + " " + name, e);
        }
    }

    @Override
    public void bool(String name, boolean value) {
        same(name, value, in::bool);
    }

    @Override
    public void u32(String name, long value) {
        same(name, value, in::u32);
    }

    @Override
    public void u64(String name, long value) {
        same(name, value, in::u64);
    }

    @Override
    public void i64(String name, long value) {
        same(name, value, in::i64);
    }

    @Override
    public void str(String name, String value) {
        same(name, value, in::str);
    }

    @Override
    public void bytes(String name, Bytes value) {
        same(name, value, in::bytes);
    }

    @Override
    public void strs(String name, List<String> values) {
        same(name, values, in::strs);
    }

    @Override
    public void u32s(String name, List<Long> values) {
        same(name, values, in::u32s);
    }

    @Override
    public void operations(String name, List<Step<InitOperation>> values) {
        try {
            Decoder nested = new Decoder(in.bytes().toArray());
            compare(values, nested);
            nested.end();
        } catch (ProtocolException e) {
            throw new AssertionError(operation + " " + name, e);
        }
    }
}
