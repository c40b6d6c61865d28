// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.front;

import dev.jrunc.engine.Front;
import dev.jrunc.error.ContainerError;
import dev.jrunc.kernel.NativeLibraries;
import dev.jrunc.lifecycle.Context;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls of this program. Fronts are read by threads of the kernel, as a resident engine does, and because their sockets aren't the
 * JDK's; whoever calls waits for a future, which also a virtual thread may.
 */
public final class Calls implements AutoCloseable {

    private final Posix posix;
    private final String program;
    private final List<String> environment;
    private final String root;
    private final boolean systemdCgroup;
    private final NativeLibraries libraries;
    private final Consumer<String> warnings;
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("jrunc-", 0).daemon().factory());
    private volatile boolean closed;

    public Calls(
            Posix posix,
            String program,
            List<String> environment,
            String root,
            boolean systemdCgroup,
            NativeLibraries libraries,
            Consumer<String> warnings) {
        this.posix = posix;
        this.program = program;
        this.environment = List.copyOf(environment);
        this.root = root;
        this.systemdCgroup = systemdCgroup;
        this.libraries = libraries;
        this.warnings = warnings;
    }

    public Posix posix() {
        return posix;
    }

    public ExecutorService threads() {
        return threads;
    }

    /** What use cases of this program get. */
    public Context context(Front front) {
        return new Context(
                front, root, systemdCgroup, !front.call().isHostRoot(), InstantSource.system(), libraries, warnings);
    }

    /**
     * A front of its own.
     *
     * @param standard its fds 0 to 2
     */
    public FrontProcess start(List<String> command, StandardFds standard) {
        checkOpen();
        return begin(command, standard);
    }

    /** A front of its own, that neither reads nor writes. */
    public FrontProcess startQuiet(List<String> command) {
        checkOpen();
        return beginQuiet(command);
    }

    private FrontProcess begin(List<String> command, StandardFds standard) {
        return FrontProcess.start(posix, program, command, environment, standard.numbers());
    }

    private FrontProcess beginQuiet(List<String> command) {
        try (StandardFds fds = StandardFds.none(posix)) {
            return begin(command, fds);
        }
    }

    /** A use case, by a front that is there for it alone. */
    public <T> T once(List<String> command, Function<Context, T> useCase) throws InterruptedException {
        return once(command, useCase, true);
    }

    /** The same for the end of something, which an interruption must not leave half done; also when no more calls are wanted. */
    public <T> T onceUninterrupted(List<String> command, Function<Context, T> useCase) {
        try {
            return once(command, useCase, false);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private <T> T once(List<String> command, Function<Context, T> useCase, boolean interruptible)
            throws InterruptedException {
        FrontProcess process = interruptible ? startQuiet(command) : beginQuiet(command);
        Supplier<T> work = () -> {
            try {
                return process.call(front -> useCase.apply(context(front)));
            } finally {
                process.end();
            }
        };
        return interruptible ? run(process, work) : runUninterrupted(work);
    }

    /** Has a thread do it, and interrupts the front when the caller is interrupted. */
    public <T> T run(FrontProcess process, Supplier<T> work) throws InterruptedException {
        boolean interrupted = false;
        CompletableFuture<T> result = CompletableFuture.supplyAsync(work, threads);
        while (true) {
            try {
                T value = result.get();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return value;
            } catch (InterruptedException e) {
                if (!interrupted) {
                    process.interrupt();
                }
                interrupted = true;
            } catch (ExecutionException e) {
                if (interrupted) {
                    InterruptedException end = new InterruptedException(String.valueOf(e.getMessage()));
                    end.initCause(e.getCause());
                    throw end;
                }
                throw failure(e.getCause());
            }
        }
    }

    /** The same to its end; a caller that was interrupted still is. */
    public <T> T runUninterrupted(Supplier<T> work) {
        boolean interrupted = false;
        CompletableFuture<T> result = CompletableFuture.supplyAsync(work, threads);
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw failure(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException failure(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException e) {
            return e;
        }
        ContainerError failure = new ContainerError("the call failed: " + cause);
        failure.initCause(cause);
        return failure;
    }

    /** @throws IllegalStateException when no more calls are wanted */
    public void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this Jrunc is closed");
        }
    }

    public boolean isClosed() {
        return closed;
    }

    /** No more calls but those that clean up: threads end by themselves when they have nothing to do. */
    @Override
    public void close() {
        closed = true;
    }
}
