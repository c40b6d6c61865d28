// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.error.ContainerError;
import dev.jrunc.json.EngineStatus;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * An engine that serves many calls at once, each in a thread of its own, until it has been idle for some time or is stopped. The
 * threads are the kernel's: one that waits for a front is woken by the front itself, a virtual one by two other threads in
 * turn, which costs every round trip more than the front takes for most batches. CVE row "resident engine": it serves its own
 * user and root alone, within limits, and does nothing: that is the front's, with its caller's own rights. It holds nothing of
 * a call beyond its channel: killed at any moment, it leaves nothing to clean up but what the fronts then clean up themselves.
 */
public final class ResidentEngine implements Residency {

    /** More at once go to cold engines. */
    static final int MAX_CALLS = 1024;

    /** A caller that has connected and says nothing is not waited for. */
    private static final long ARRIVAL_NANOS = 10_000_000_000L;

    private static final long LOOK_MILLIS = 1_000;
    private static final int CALLS_COLLECTED = 2_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int BUFFER_BYTES = 4096;

    private final ServerSocketChannel server;
    private final Selector selector;
    private final Set<UserPrincipal> callers;
    private final Session.Handler handler;
    private final Consumer<Throwable> failures;
    private final EngineStatistics statistics = new EngineStatistics();
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("call").daemon().factory());
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger uncollected = new AtomicInteger();
    private final AtomicBoolean reserved = new AtomicBoolean();
    private final AtomicBoolean recording = new AtomicBoolean();
    /** Channels without a call so far, with the time when they came. */
    private final Map<SocketChannel, Long> arriving = new ConcurrentHashMap<>();

    private final long began = System.nanoTime();
    private volatile long lastCall = began;
    private volatile boolean stopping;

    /**
     * @param server listens; it is closed at the end
     * @param callers users whose calls are served
     * @param handlers makes what serves the calls
     * @param failures takes what must not happen: a fault of the engine itself
     */
    public ResidentEngine(
            ServerSocketChannel server,
            Set<UserPrincipal> callers,
            Function<Residency, Session.Handler> handlers,
            Consumer<Throwable> failures)
            throws IOException {
        this.server = server;
        this.selector = Selector.open();
        this.callers = Set.copyOf(callers);
        this.handler = handlers.apply(this);
        this.failures = failures;
    }

    /** @param idleMillis ends when no call came for so long; 0: never */
    public void serve(long idleMillis) throws IOException {
        try (server;
                selector;
                threads) {
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            while (!isOver(idleMillis)) {
                boolean watching = !arriving.isEmpty() || active.get() > 0;
                boolean looking = watching || idleMillis > 0 || uncollected.get() > 0;
                selector.select(looking ? Math.min(LOOK_MILLIS, timeout(idleMillis)) : 0);
                selector.selectedKeys().clear();
                collect();
                for (SocketChannel caller = accept(); caller != null; caller = accept()) {
                    take(caller);
                }
                giveUpSilent();
            }
        }
    }

    private static long timeout(long idleMillis) {
        return idleMillis > 0 ? Math.max(1, idleMillis) : Long.MAX_VALUE;
    }

    /**
     * Gives back what calls have left of the heap, while nobody waits: after a second without a call, and where they don't let up, now
     * and then between two of them. The collector by itself would do so only when the heap is full.
     */
    private void collect() {
        int calls = uncollected.get();
        boolean quiet = System.nanoTime() - lastCall >= LOOK_MILLIS * NANOS_PER_MILLI;
        if (active.get() == 0 && (calls >= CALLS_COLLECTED || calls > 0 && quiet)) {
            uncollected.set(0);
            System.gc();
        }
    }

    private boolean isOver(long idleMillis) {
        if (active.get() > 0) {
            return false;
        }
        return stopping || idleMillis > 0 && System.nanoTime() - lastCall >= idleMillis * NANOS_PER_MILLI;
    }

    /** The next caller; null when there is none now, or no more are taken. */
    private @Nullable SocketChannel accept() throws IOException {
        return stopping ? null : server.accept();
    }

    private void take(SocketChannel caller) {
        lastCall = System.nanoTime();
        uncollected.incrementAndGet();
        active.incrementAndGet();
        arriving.put(caller, lastCall);
        try {
            threads.execute(() -> {
                try {
                    answer(caller);
                } finally {
                    end(caller);
                }
            });
        } catch (OutOfMemoryError e) { // no more threads: the front goes to a cold engine
            close(caller);
            end(caller);
            statistics.declined("busy");
        }
    }

    private void answer(SocketChannel caller) {
        try (caller) {
            serve(caller);
        } catch (IOException | UncheckedIOException e) {
            // The front is gone, or breaks the protocol; it cleans up itself.
        } catch (RuntimeException | Error e) {
            failures.accept(e);
        }
    }

    private void end(SocketChannel caller) {
        arriving.remove(caller);
        lastCall = System.nanoTime();
        if (active.decrementAndGet() == 0 && stopping) {
            selector.wakeup();
        }
    }

    private void close(SocketChannel caller) {
        try {
            caller.close();
        } catch (IOException e) {
            failures.accept(e);
        }
    }

    private void serve(SocketChannel caller) throws IOException {
        FrameChannel channel = new FrameChannel(
                new BufferedInputStream(Channels.newInputStream(caller), BUFFER_BYTES),
                Channels.newOutputStream(caller));
        String refusal = refusal(caller);
        if (!refusal.isEmpty()) {
            statistics.declined(refusal);
            Session.decline(channel, refusal);
            return;
        }
        Session session = new Session(channel, handler);
        try {
            if (session.accept(() -> arriving.remove(caller) != null)) {
                session.serve();
            } else {
                statistics.declined("another build");
            }
        } catch (IOException e) {
            if (!session.accepted()) {
                statistics.declined("gone before it was taken");
            }
            throw e;
        }
    }

    private String refusal(SocketChannel caller) throws IOException {
        if (!callers.contains(
                caller.getOption(ExtendedSocketOptions.SO_PEERCRED).user())) {
            return "not a user whom this engine serves";
        }
        return active.get() > MAX_CALLS ? "busy" : "";
    }

    private void giveUpSilent() {
        long now = System.nanoTime();
        arriving.forEach((caller, since) -> {
            if (now - since > ARRIVAL_NANOS && arriving.remove(caller) != null) {
                close(caller);
            }
        });
    }

    @Override
    public void served(String command, long nanos) {
        statistics.served(command, nanos);
    }

    @Override
    public EngineStatus status() {
        Runtime runtime = Runtime.getRuntime();
        return new EngineStatus(
                ProcessHandle.current().pid(),
                (System.nanoTime() - began) / NANOS_PER_MILLI,
                active.get(),
                0,
                runtime.totalMemory() - runtime.freeMemory(),
                statistics.declined(),
                statistics.latencies());
    }

    @Override
    public @Nullable FlightSpans flight(String command, Call call) {
        return recording.get() ? new FlightSpans(command, call.pid()) : null;
    }

    @Override
    public byte[] record(long millis, Runnable beat) {
        if (!reserved.compareAndSet(false, true)) {
            throw new ContainerError("the engine is being recorded already");
        }
        try {
            return FlightRecording.record(millis, beat, recording);
        } finally {
            reserved.set(false);
        }
    }

    @Override
    public void stop() {
        stopping = true;
        selector.wakeup();
    }
}
