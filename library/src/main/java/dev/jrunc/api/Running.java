// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.error.ContainerError;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A process in a container that belongs to this program: its end, and the other ends of its pipes. */
public sealed interface Running extends AutoCloseable permits OwnedContainer, ContainerProcess {

    /**
     * Completed when the process has ended; exceptionally, with a {@link ContainerError}, when it is not known how: its front was
     * killed. What depends on it runs in a thread of the library's: it should not wait there.
     */
    CompletableFuture<ExitStatus> onExit();

    /**
     * Waits until the process has ended. To be interrupted does it no harm.
     *
     * @throws ContainerError when it is not known how it ended
     */
    default ExitStatus waitFor() throws InterruptedException {
        try {
            return onExit().get();
        } catch (ExecutionException e) {
            throw Exits.failure(e);
        }
    }

    /**
     * The same with a limit.
     *
     * @return empty when it hasn't ended by then
     */
    default Optional<ExitStatus> waitFor(Duration limit) throws InterruptedException {
        try {
            return Optional.of(onExit().get(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            throw Exits.failure(e);
        } catch (TimeoutException e) {
            return Optional.empty();
        }
    }

    /**
     * Where the process reads from. Closed, it is at its end; that of a terminal isn't: what a terminal takes for the end is a character, Ctrl-D.
     *
     * @throws IllegalStateException when that is neither a {@link Stdio#pipes() pipe} nor a {@link Stdio#terminal terminal}
     */
    OutputStream stdin();

    /**
     * What the process writes to its standard output, or to its terminal. To read what comes of a terminal takes a thread that isn't virtual.
     *
     * @throws IllegalStateException when that is neither a {@link Stdio#pipes() pipe} nor a {@link Stdio#terminal terminal}
     */
    InputStream stdout();

    /**
     * What the process writes to its standard error output.
     *
     * @throws IllegalStateException when that is no {@link Stdio#pipes() pipe}
     */
    InputStream stderr();

    /**
     * Another size of its terminal, of which it hears by SIGWINCH.
     *
     * @throws IllegalStateException when it has no {@link Stdio#terminal terminal}, or is closed
     */
    void resize(int columns, int rows);

    /** Kills it if it hasn't ended, and takes away what belongs to it. Not interrupted: it is done when this returns. */
    @Override
    void close();
}
