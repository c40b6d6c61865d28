// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.front;

import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** The master of a pty, whose other side is the terminal of a process in a container. */
public final class Pty implements AutoCloseable {

    private static final int NONE = -1;

    private final Posix posix;

    /** Where it comes from; then NONE. */
    private int socket;

    private int master = NONE;

    /** That read or write: the fd may become another file's once it is closed. */
    private int users;

    private boolean closed;

    Pty(Posix posix, int socket) {
        this.posix = posix;
        this.socket = socket;
    }

    /** Takes it from the front, which has sent it. */
    public synchronized void receive() {
        master = posix.receiveFd(socket);
        posix.close(socket);
        socket = NONE;
    }

    /**
     * @param columns at least 1
     * @param rows at least 1
     * @throws IllegalStateException when it is closed
     */
    public synchronized void resize(int columns, int rows) {
        if (closed || master == NONE) {
            throw new IllegalStateException("the terminal is closed");
        }
        posix.resize(master, columns, rows);
    }

    /** What is written there; at its end once nobody has the other side open. */
    public InputStream input() {
        return new FromMaster();
    }

    /** What is read there. To close it does nothing: a terminal's end is a character. */
    public OutputStream output() {
        return new ToMaster();
    }

    private synchronized int enter() throws IOException {
        if (closed || master == NONE) {
            throw new IOException("the terminal is closed");
        }
        users++;
        return master;
    }

    private synchronized void leave() {
        users--;
        closeUnused();
    }

    @Override
    public synchronized void close() {
        closed = true;
        closeUnused();
    }

    private void closeUnused() {
        if (!closed || users > 0) {
            return;
        }
        if (socket != NONE) {
            posix.close(socket);
            socket = NONE;
        }
        if (master != NONE) {
            posix.close(master);
            master = NONE;
        }
    }

    /** The kernel says EIO when the other side is open no more. */
    private static boolean isHangup(IOException e) {
        return e.getCause() instanceof OperationFailed failed && failed.errno() == Errno.EIO.number();
    }

    private final class FromMaster extends InputStream {

        private final byte[] one = new byte[1];
        private @Nullable SocketInput input;

        @Override
        public int read() throws IOException {
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int fd = enter();
            try {
                if (input == null) {
                    input = new SocketInput(posix, fd);
                }
                return input.read(bytes, offset, length);
            } catch (IOException e) {
                if (isHangup(e)) {
                    return -1;
                }
                throw e;
            } finally {
                leave();
            }
        }
    }

    private final class ToMaster extends OutputStream {

        private @Nullable SocketOutput output;

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int fd = enter();
            try {
                if (output == null) {
                    output = new SocketOutput(posix, fd);
                }
                output.write(bytes, offset, length);
            } finally {
                leave();
            }
        }
    }
}
