// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.front;

import dev.jrunc.error.ContainerError;
import dev.jrunc.lifecycle.KeptContainer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** A front that is the parent of a container's process, and so knows how it ends. */
public final class Parent {

    private final FrontProcess process;
    private final ExecutorService threads;
    private final Semaphore free = new Semaphore(1);
    private final AtomicBoolean watching = new AtomicBoolean();
    private final CompletableFuture<Long> end = new CompletableFuture<>();

    public Parent(FrontProcess process, ExecutorService threads) {
        this.process = process;
        this.threads = threads;
    }

    public FrontProcess process() {
        return process;
    }

    /** The wait status, wait(2); exceptionally where nobody can know it any more. */
    public CompletableFuture<Long> end() {
        return end;
    }

    /** Has the front wait: until the process has ended it does nothing else. */
    public void watch() {
        if (watching.compareAndSet(false, true)) {
            threads.execute(this::await);
        }
    }

    /** The same, and then there is nothing left for it to do. */
    public void watchToTheEnd() {
        threads.execute(() -> {
            await();
            process.end();
        });
    }

    private void await() {
        free.acquireUninterruptibly();
        long status = 0;
        ContainerError failure = null;
        try {
            status = process.call(KeptContainer::await);
        } catch (RuntimeException e) {
            failure = new ContainerError("how the process ended is not known: " + e.getMessage());
            failure.initCause(e);
        }
        free.release();
        if (failure == null) {
            end.complete(status);
        } else {
            end.completeExceptionally(failure);
        }
    }

    /** Takes the front where it doesn't wait, or does so no more; it has to be given back. */
    public boolean tryTake() {
        return free.tryAcquire();
    }

    public void take() {
        free.acquireUninterruptibly();
    }

    public void giveBack() {
        free.release();
    }

    /** Lets the front go that was taken. */
    public void endTaken() {
        process.end();
        end.completeExceptionally(new ContainerError("the container was deleted"));
        free.release();
    }

    /** Lets the front go, once it doesn't wait any more. */
    public void release() {
        take();
        endTaken();
    }
}
