// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ByteChannel;

/** Frames over a connected stream. */
public final class FrameChannel {

    private final ByteChannel channel;

    public FrameChannel(ByteChannel channel) {
        this.channel = channel;
    }

    public void send(int code, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(Protocol.FRAME_HEADER_BYTES + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(payload.length).putShort((short) code).putShort((short) 0).put(payload);
        frame.flip();
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    /**
     * @throws EOFException when the other side is gone
     * @throws ProtocolException for a header that breaks the rules
     */
    public Frame receive() throws IOException {
        ByteBuffer header = read(Protocol.FRAME_HEADER_BYTES);
        long length = header.getInt() & 0xffff_ffffL;
        int code = header.getShort() & 0xffff;
        int reserved = header.getShort();
        if (length > Protocol.MAX_FRAME_BYTES || reserved != 0) {
            throw new ProtocolException("a malformed frame of " + length + " bytes");
        }
        return new Frame(code, read((int) length).array());
    }

    private ByteBuffer read(int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the front is gone");
            }
        }
        return buffer.flip();
    }
}
