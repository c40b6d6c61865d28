// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.front;

import dev.jrunc.error.OperationFailed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** What goes to a front. */
final class SocketOutput extends OutputStream {

    private static final int BUFFER_BYTES = 16 * 1024;

    private final Posix posix;
    private final int fd;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    SocketOutput(Posix posix, int fd) {
        this.posix = posix;
        this.fd = fd;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            buffer.clear();
            int count = Math.min(length - done, buffer.capacity());
            buffer.put(bytes, offset + done, count).flip();
            try {
                done += posix.write(fd, buffer);
            } catch (OperationFailed e) {
                throw new IOException(e);
            }
        }
    }
}
