// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Takes whoever connects to a Unix socket, and keeps what it is sent unread, with the fds in it. */
final class Listener implements AutoCloseable {
    private final Path path;
    private final ServerSocketChannel listening;
    private final List<SocketChannel> taken = new ArrayList<>();

    Listener(Path path) {
        this.path = path;
        try {
            listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(path));
            listening.configureBlocking(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes what has come, and keeps it open: who comes to a queue that is full waits. */
    void take() {
        try {
            for (SocketChannel next = listening.accept(); next != null; next = listening.accept()) {
                taken.add(next);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes all that has come. */
    void drop() {
        take();
        try {
            for (SocketChannel channel : taken) {
                channel.close();
            }
            taken.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        drop();
        try {
            listening.close();
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
