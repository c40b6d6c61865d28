// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.front.Calls;
import dev.jrunc.front.FrontProcess;
import dev.jrunc.front.Parent;
import dev.jrunc.lifecycle.CreateOptions;
import dev.jrunc.lifecycle.KeptContainer;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A container that belongs to this program: it is killed and deleted when it is closed, and when this program ends, however it ends.
 */
public final class OwnedContainer extends Container implements Running {

    private final Parent parent;
    private final KeptContainer kept;
    private final Stdio.Ends ends;
    private final CompletableFuture<ExitStatus> exit;
    private final Consumer<OwnedContainer> closing;
    private boolean closed;

    private OwnedContainer(
            Calls calls, KeptContainer kept, Parent parent, Stdio.Ends ends, Consumer<OwnedContainer> closing) {
        super(calls, kept.state().id());
        this.parent = parent;
        this.kept = kept;
        this.ends = ends;
        this.exit = parent.end().thenApply(ExitStatus::of);
        this.closing = closing;
    }

    static OwnedContainer create(
            Calls calls, String id, CreateOptions options, Stdio stdio, Consumer<OwnedContainer> closing)
            throws InterruptedException {
        Stdio.Started started = stdio.start(calls, List.of("create", id));
        FrontProcess process = started.process();
        OwnedContainer container;
        try {
            KeptContainer kept = calls.run(
                    process, () -> process.call(front -> KeptContainer.create(calls.context(front), id, options)));
            container = new OwnedContainer(calls, kept, new Parent(process, calls.threads()), started.ends(), closing);
        } catch (RuntimeException | InterruptedException e) {
            process.end();
            started.ends().close();
            throw e;
        }
        started.ends().receiveFor(container, stdio);
        return container;
    }

    /** {@inheritDoc} */
    @Override
    public void start() throws InterruptedException {
        if (!parent.tryTake()) {
            super.start();
            return;
        }
        try {
            calls().run(
                            parent.process(),
                            () -> parent.process().call(front -> {
                                kept.start();
                                return true;
                            }));
        } finally {
            parent.giveBack();
        }
        parent.watch();
    }

    @Override
    public CompletableFuture<ExitStatus> onExit() {
        parent.watch();
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

    /** {@inheritDoc} After it there is nothing left to close. */
    @Override
    public void delete(boolean force) throws InterruptedException {
        if (force || hasEnded()) {
            close();
        } else {
            super.delete(false);
            close();
        }
    }

    /** {@inheritDoc} When that fails it may be tried again, and is when the program ends. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        // What the program does at its end may close it as well, in this thread.
        closed = true;
        try {
            deleteByAFront();
        } catch (RuntimeException e) {
            closed = false;
            throw e;
        }
        ends.close();
        closing.accept(this);
    }

    private boolean hasEnded() {
        return exit.isDone() && !exit.isCompletedExceptionally();
    }

    /** By its own front, unless that waits for it or is gone. It stays until the container is deleted: its end is that of both. */
    private void deleteByAFront() {
        if (hasEnded()) {
            parent.take();
        } else if (exit.isDone() || !parent.tryTake()) {
            deleteByAnother();
            parent.release();
            return;
        }
        try {
            deleteByItsOwn();
        } catch (RuntimeException e) {
            parent.giveBack();
            throw e;
        }
        parent.endTaken();
    }

    private void deleteByItsOwn() {
        FrontProcess own = parent.process();
        try {
            calls().runUninterrupted(() -> own.call(front -> {
                kept.delete(calls().context(front));
                return true;
            }));
        } catch (RuntimeException e) {
            if (!own.isGone()) {
                throw e;
            }
            deleteByAnother();
        }
    }

    private void deleteByAnother() {
        calls().onceUninterrupted(List.of("delete", id()), context -> {
            kept.delete(context);
            return true;
        });
    }
}
