// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jrunc.plan.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads fields as native/protocol.def lays them out, never beyond the payload's end. */
public final class Decoder {

    private final byte[] bytes;
    private int at;

    public Decoder(byte[] payload) {
        this.bytes = payload;
    }

    /** All must have been read. */
    public void end() throws ProtocolException {
        if (at != bytes.length) {
            throw new ProtocolException((bytes.length - at) + " bytes too many in a frame");
        }
    }

    public boolean hasMore() {
        return at < bytes.length;
    }

    /** An operation, as in the lists of BATCH and PLAN. */
    public record Operation(int code, boolean mayFail, String origin, Decoder fields) {}

    public Operation operation() throws ProtocolException {
        int code = (int) number(2);
        boolean mayFail = number(2) == Protocol.MAY_FAIL;
        Decoder body = new Decoder(bytes().toArray());
        return new Operation(code, mayFail, body.str(), body);
    }

    public boolean bool() throws ProtocolException {
        long value = number(1);
        if (value > 1) {
            throw new ProtocolException("a boolean of " + value);
        }
        return value == 1;
    }

    private void need(long count) throws ProtocolException {
        if (count > bytes.length - at) {
            throw new ProtocolException("a frame ends too early");
        }
    }

    private long number(int width) throws ProtocolException {
        need(width);
        long value = 0;
        for (int i = 0; i < width; i++) {
            value |= (bytes[at++] & 0xffL) << (8 * i);
        }
        return value;
    }

    public long u32() throws ProtocolException {
        return number(4);
    }

    public long u64() throws ProtocolException {
        return number(8);
    }

    public long i64() throws ProtocolException {
        return number(8);
    }

    public String str() throws ProtocolException {
        long length = u32();
        need(length + 1);
        int end = at + (int) length;
        for (int i = at; i < end; i++) {
            if (bytes[i] == 0) {
                throw new ProtocolException("a string with a zero byte");
            }
        }
        if (bytes[end] != 0) {
            throw new ProtocolException("a string without its end");
        }
        String text = new String(bytes, at, (int) length, UTF_8);
        at = end + 1;
        return text;
    }

    public Bytes bytes() throws ProtocolException {
        long length = u32();
        need(length);
        Bytes read = Bytes.of(Arrays.copyOfRange(bytes, at, at + (int) length));
        at += (int) length;
        return read;
    }

    public List<String> strs() throws ProtocolException {
        long count = count();
        List<String> read = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            read.add(str());
        }
        return read;
    }

    public List<Long> u32s() throws ProtocolException {
        long count = count();
        List<Long> read = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            read.add(u32());
        }
        return read;
    }

    private long count() throws ProtocolException {
        long count = u32();
        if (count > Protocol.MAX_STRINGS) {
            throw new ProtocolException("a list of " + count + " entries");
        }
        return count;
    }
}
