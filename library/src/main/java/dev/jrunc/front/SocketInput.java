// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.front;

import dev.jrunc.error.OperationFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** What comes from a front. The thread that reads can't be interrupted: the front can. */
final class SocketInput extends InputStream {

    private static final int BUFFER_BYTES = 16 * 1024;

    private final Posix posix;
    private final int fd;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

    SocketInput(Posix posix, int fd) {
        this.posix = posix;
        this.fd = fd;
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, buffer.remaining());
        buffer.get(bytes, offset, count);
        return count;
    }

    /** False at the end. */
    private boolean fill() throws IOException {
        if (!buffer.hasRemaining()) {
            buffer.clear();
            try {
                buffer.limit(posix.read(fd, buffer)).position(0);
            } catch (OperationFailed e) {
                buffer.limit(0);
                throw new IOException(e);
            }
        }
        return buffer.hasRemaining();
    }
}
