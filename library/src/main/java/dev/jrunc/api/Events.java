// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.engine.EngineReleased;
import dev.jrunc.error.JruncException;
import dev.jrunc.front.Calls;
import dev.jrunc.front.FrontProcess;
import dev.jrunc.json.ContainerStats;
import dev.jrunc.lifecycle.Context;
import dev.jrunc.lifecycle.WatchContainer;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The events of one container, from the thread that watches to the one that reads the stream. */
final class Events implements WatchContainer.Listener {

    /** For one look, which tells nobody. */
    static final WatchContainer.Listener NOBODY = new WatchContainer.Listener() {

        @Override
        public void stats(ContainerStats stats) {}

        @Override
        public void oom() {}
    };

    private static final int QUEUE = 64;

    /** What is in the queue: an event, a failure, or with neither the end. */
    private record Entry(@Nullable Event event, @Nullable JruncException failure) {}

    /** The reader has closed the stream. */
    private static final class Closed extends RuntimeException {

        private static final long serialVersionUID = 1;
    }

    private final String id;
    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE);

    /** It watches, or never will. */
    private final CompletableFuture<Void> begun = new CompletableFuture<>();

    private volatile boolean closed;

    private Events(String id) {
        this.id = id;
    }

    /** @param useCase watches, and tells that listener */
    static Stream<Event> stream(
            Calls calls, String id, Function<WatchContainer.Listener, Function<Context, Integer>> useCase) {
        Events events = new Events(id);
        FrontProcess process = calls.startQuiet(List.of("events", id));
        calls.threads().execute(() -> events.watch(calls, process, useCase.apply(events)));
        events.begun.join();
        return StreamSupport.stream(events.new Reader(), false).onClose(() -> events.close(process));
    }

    private void watch(Calls calls, FrontProcess process, Function<Context, Integer> useCase) {
        JruncException failure = null;
        try {
            process.call(front -> watch(useCase, calls.context(front)));
        } catch (JruncException e) {
            failure = e;
        } finally {
            begun.complete(null);
        }
        process.end();
        try {
            add(new Entry(null, failure));
        } catch (Closed e) {
            // Nobody reads it.
        }
    }

    private static int watch(Function<Context, Integer> useCase, Context context) {
        try {
            return useCase.apply(context);
        } catch (Closed | EngineReleased e) { // the reader doesn't want any more
            return 0;
        }
    }

    /** The front waits, when the reader is slow. */
    private void add(Entry entry) {
        try {
            if (closed) {
                throw new Closed();
            }
            queue.put(entry);
        } catch (InterruptedException e) {
            throw new Closed();
        }
    }

    private void close(FrontProcess process) {
        closed = true;
        process.interrupt();
        queue.clear();
    }

    @Override
    public void begun() {
        begun.complete(null);
    }

    @Override
    public void stats(ContainerStats stats) {
        add(new Entry(new Event.Usage(Stats.of(id, stats)), null));
    }

    @Override
    public void oom() {
        add(new Entry(new Event.OutOfMemory(), null));
    }

    private final class Reader extends Spliterators.AbstractSpliterator<Event> {

        private boolean ended;

        Reader() {
            super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        }

        @Override
        public boolean tryAdvance(Consumer<? super Event> action) {
            if (ended) {
                return false;
            }
            Entry entry;
            try {
                entry = queue.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            if (entry.failure != null) {
                throw entry.failure;
            }
            if (entry.event == null) {
                ended = true;
                return false;
            }
            action.accept(entry.event);
            return true;
        }
    }
}
