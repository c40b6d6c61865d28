// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.plan.Bytes;

/** The message RESULT of one operation; fields as in native/protocol.def. */
public record Result(
        long index,
        long error,
        long value,
        Bytes data,
        String message,
        String operation,
        String origin,
        long began,
        long ended) {

    /** One that took no time. */
    public Result(long index, long error, long value, Bytes data, String message, String operation, String origin) {
        this(index, error, value, data, message, operation, origin, 0, 0);
    }

    public static Result decode(byte[] payload) throws ProtocolException {
        Decoder in = new Decoder(payload);
        Result result =
                new Result(in.u32(), in.u32(), in.i64(), in.bytes(), in.str(), in.str(), in.str(), in.u64(), in.u64());
        in.end();
        return result;
    }

    public boolean ok() {
        return error == 0;
    }
}
