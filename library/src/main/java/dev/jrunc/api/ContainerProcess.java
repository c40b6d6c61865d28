// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.error.JruncException;
import dev.jrunc.error.Signals;
import dev.jrunc.front.Calls;
import dev.jrunc.front.Parent;
import dev.jrunc.lifecycle.Context;
import dev.jrunc.lifecycle.ExecProcess;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A process that {@link Container#exec} has made. It ends with this program, with its container, or when it is closed. */
public final class ContainerProcess implements Running {

    private final Calls calls;
    private final String id;
    private final ExecProcess.Entered entered;
    private final Stdio.Ends ends;
    private final CompletableFuture<ExitStatus> exit;

    ContainerProcess(Calls calls, String id, ExecProcess.Entered entered, Parent parent, Stdio.Ends ends) {
        this.calls = calls;
        this.id = id;
        this.entered = entered;
        this.ends = ends;
        this.exit = parent.end().thenApply(ExitStatus::of);
    }

    /** As this program sees it. */
    public long pid() {
        return entered.pid();
    }

    @Override
    public CompletableFuture<ExitStatus> onExit() {
        return exit.copy();
    }

    @Override
    public OutputStream stdin() {
        return ends.stdinOrFail();
    }

    @Override
    public InputStream stdout() {
        return ends.stdoutOrFail();
    }

    @Override
    public InputStream stderr() {
        return ends.stderrOrFail();
    }

    @Override
    public void resize(int columns, int rows) {
        ends.resize(columns, rows);
    }

    /**
     * Sends it a signal.
     *
     * @param signal a name such as {@code TERM}, or a number, signal(7)
     * @throws JruncException when it has ended
     */
    public void kill(String signal) throws InterruptedException {
        int number = Signals.number(signal);
        calls.once(List.of("kill", id), signalling(number));
    }

    private Function<Context, Boolean> signalling(int number) {
        return context -> {
            entered.signal(context, number);
            return true;
        };
    }

    @Override
    public void close() {
        if (!exit.isDone()) {
            calls.onceUninterrupted(List.of("kill", id), context -> {
                entered.kill(context);
                return true;
            });
        }
        ends.close();
    }
}
