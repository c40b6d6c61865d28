// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.front;

import dev.jrunc.engine.EngineReleased;
import dev.jrunc.engine.FrameChannel;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Session;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.JruncException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A front that this program has started: it carries out what the engine decides, which is this program. One thread at a time has
 * it.
 */
public final class FrontProcess {

    /** The fd of the front's at which its engine is. */
    private static final int CHANNEL = 3;

    private static final int SIGTERM = 15;

    private final Posix posix;
    private final int pid;
    private final int fd;
    private final Session session;
    private @Nullable Front front;
    private boolean ending;

    private volatile boolean gone;

    /** A fault of the engine: what was begun is not undone. */
    private volatile boolean failed;

    private FrontProcess(Posix posix, int pid, int fd) {
        this.posix = posix;
        this.pid = pid;
        this.fd = fd;
        this.session = new Session(new FrameChannel(new SocketInput(posix, fd), new SocketOutput(posix, fd)), _ -> {
            throw new IllegalStateException("calls are taken, not served");
        });
    }

    /**
     * @param command what it is for, as ps shows it
     * @param standard its fds 0 to 2
     */
    static FrontProcess start(
            Posix posix, String program, List<String> command, List<String> environment, List<Integer> standard) {
        int[] sockets = posix.socketPair();
        try {
            List<String> args = new ArrayList<>(List.of("jrunc", "--engine", "fd:" + CHANNEL));
            args.addAll(command);
            List<Integer> fds = new ArrayList<>(standard);
            fds.add(sockets[1]);
            return new FrontProcess(posix, posix.spawn(program, args, environment, fds), sockets[0]);
        } catch (RuntimeException e) {
            posix.close(sockets[0]);
            throw e;
        } finally {
            posix.close(sockets[1]);
        }
    }

    /**
     * Has the front carry out a use case.
     *
     * @throws dev.jrunc.error.JruncException when that failed, or the front is gone
     */
    public <T> T call(Function<Front, T> useCase) {
        try {
            if (front == null) {
                front = session.take();
            }
            return useCase.apply(front);
        } catch (JruncException | EngineReleased e) {
            throw e;
        } catch (IOException | UncheckedIOException e) {
            throw gone(e);
        } catch (RuntimeException | Error e) {
            failed = true;
            throw e;
        }
    }

    private ContainerError gone(Exception cause) {
        gone = true;
        ContainerError failure = new ContainerError("the front of this call is gone: " + cause.getMessage());
        failure.initCause(cause);
        return failure;
    }

    /** It was killed, or has ended by itself: it can do nothing any more. */
    public boolean isGone() {
        return gone;
    }

    /** Ends what it is doing as a signal would: the engine then cleans up. */
    public synchronized void interrupt() {
        if (!ending) {
            posix.signal(pid, SIGTERM);
        }
    }

    /** Lets it go, and reaps it. After a fault of the engine it takes it for vanished, and cleans up. */
    public void end() {
        synchronized (this) {
            if (ending) {
                return;
            }
            ending = true;
        }
        try {
            if (!failed) {
                session.finish();
            }
        } catch (IOException e) {
            // It is gone already.
        }
        posix.close(fd);
        posix.reap(pid);
    }
}
