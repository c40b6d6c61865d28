// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.List;

/** Sees the fields of an operation, one after another: the encoder, {@code explain}, and the contract test are such. */
public interface Fields {

    void bool(String name, boolean value);

    /** An unsigned 32-bit number, 0 to 4294967295. */
    void u32(String name, long value);

    /** 64 bits, unsigned. */
    void u64(String name, long value);

    void i64(String name, long value);

    /** Text without a zero character. */
    void str(String name, String value);

    void bytes(String name, Bytes value);

    void strs(String name, List<String> values);

    void u32s(String name, List<Long> values);

    void operations(String name, List<Step<InitOperation>> values);
}
