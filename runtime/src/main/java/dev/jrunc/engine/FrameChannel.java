// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Frames over a connected stream. */
public final class FrameChannel {

    private final InputStream in;
    private final OutputStream out;

    public FrameChannel(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    public void send(int code, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(Protocol.FRAME_HEADER_BYTES + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(payload.length).putShort((short) code).putShort((short) 0).put(payload);
        out.write(frame.array());
        out.flush();
    }

    /**
     * @throws EOFException when the other side is gone
     * @throws ProtocolException for a header that breaks the rules
     */
    public Frame receive() throws IOException {
        ByteBuffer header = ByteBuffer.wrap(read(Protocol.FRAME_HEADER_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        long length = header.getInt() & 0xffff_ffffL;
        int code = header.getShort() & 0xffff;
        int reserved = header.getShort();
        if (length > Protocol.MAX_FRAME_BYTES || reserved != 0) {
            throw new ProtocolException("a malformed frame of " + length + " bytes");
        }
        return new Frame(code, read((int) length));
    }

    private byte[] read(int length) throws IOException {
        byte[] content = in.readNBytes(length);
        if (content.length < length) {
            throw new EOFException("the front is gone");
        }
        return content;
    }
}
