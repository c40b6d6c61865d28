// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.front;

import dev.jrunc.error.OperationFailed;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** The fds 0 to 2 of a front, and with that of the program in the container. Closed once the front has them. */
public final class StandardFds implements AutoCloseable {

    /** open(2). */
    private static final int O_WRONLY = 1;

    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0100;
    private static final int O_TRUNC = 01000;
    private static final int O_APPEND = 02000;
    private static final int O_NOCTTY = 0400;
    private static final int MODE = 0666;

    private final Posix posix;
    private final List<Integer> numbers = new ArrayList<>();
    private final List<Integer> own = new ArrayList<>();

    public StandardFds(Posix posix) {
        this.posix = posix;
    }

    /** All of them /dev/null. */
    static StandardFds none(Posix posix) {
        StandardFds fds = new StandardFds(posix);
        fds.addNull();
        fds.repeat();
        fds.repeat();
        return fds;
    }

    List<Integer> numbers() {
        return numbers;
    }

    private void add(int fd) {
        numbers.add(fd);
        own.add(fd);
    }

    /** The next one is this program's own. */
    public void addInherited() {
        numbers.add(numbers.size());
    }

    /** The next one is the same as that before it. */
    public void repeat() {
        numbers.add(numbers.getLast());
    }

    public void addNull() {
        add(posix.open("/dev/null", O_RDWR, 0));
    }

    public void addReading(String file) {
        add(posix.open(file, O_NOCTTY, 0));
    }

    public void addWriting(String file, boolean append) {
        add(posix.open(file, O_WRONLY | O_CREAT | O_NOCTTY | (append ? O_APPEND : O_TRUNC), MODE));
    }

    /** The first is where the front sends the terminal that takes the place of all three. */
    public Pty addPty() {
        int[] sockets = posix.socketPair();
        add(sockets[1]);
        addNull();
        repeat();
        return new Pty(posix, sockets[0]);
    }

    /** @return where this program writes what the next one reads */
    public OutputStream addInput() {
        int[] pipe = posix.pipe();
        add(pipe[0]);
        try {
            return new FileOutputStream(path(pipe[1]));
        } catch (IOException e) {
            throw cannotOpen(e);
        } finally {
            posix.close(pipe[1]);
        }
    }

    /** @return where this program reads what is written to the next one */
    public InputStream addOutput() {
        int[] pipe = posix.pipe();
        add(pipe[1]);
        try {
            return new FileInputStream(path(pipe[0]));
        } catch (IOException e) {
            throw cannotOpen(e);
        } finally {
            posix.close(pipe[0]);
        }
    }

    /** The same pipe, opened by the JDK: proc_pid_fd(5). */
    private static String path(int fd) {
        return "/proc/self/fd/" + fd;
    }

    private static OperationFailed cannotOpen(IOException cause) {
        OperationFailed failure = new OperationFailed("POSIX", "library", 0, "open a pipe: " + cause.getMessage());
        failure.initCause(cause);
        return failure;
    }

    @Override
    public void close() {
        own.forEach(posix::close);
        own.clear();
    }
}
