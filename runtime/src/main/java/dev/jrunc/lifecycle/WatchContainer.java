// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.cgroup.CgroupStats;
import dev.jrunc.engine.EngineReleased;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.ContainerStats;
import dev.jrunc.json.EventJson;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.state.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code events}: lines about a container until it ends. It is the front that waits; the engine comes back for each line, or stays
 * where the next one is near.
 */
public final class WatchContainer {

    private static final Origin EVENTS = Origin.rule("events");
    private static final long MAX_FILE_BYTES = 1 << 20;

    /** How long a cold engine stays: to start another one costs more than to keep it. A resident one is at hand. */
    private static final long ENGINE_MILLIS = 1_000;

    /** A day. */
    public static final long MAX_INTERVAL_MILLIS = 86_400_000;

    /** WATCH_* bits of native/protocol.h. */
    private static final long BEAT = 1;

    private static final long OOM = 2;
    private static final long ENDED = 4;

    private final Context context;
    private final Front front;
    private final String id;
    private final long intervalMillis;
    private final long engineMillis;
    private final List<String> continuation;
    private final Listener listener;

    /** Who is told. */
    public interface Listener {

        /** From now on nothing is lost. */
        default void begun() {}

        /** What it uses now. */
        void stats(ContainerStats stats);

        /** Its memory has run out, and the kernel has killed. */
        void oom();
    }

    /** Prints lines. */
    private final class Printer implements Listener {

        @Override
        public void stats(ContainerStats stats) {
            print(EventJson.stats(id, stats));
        }

        @Override
        public void oom() {
            print(EventJson.oom(id));
        }
    }

    /**
     * For the command, which prints.
     *
     * @param intervalMillis how often what it uses is printed, from 1
     * @param resident a resident engine serves the call
     * @param continuation the arguments of the call that the front makes when something has happened; what it was is added
     */
    public WatchContainer(
            Context context, String id, long intervalMillis, boolean resident, List<String> continuation) {
        this.context = context;
        this.front = context.front();
        this.id = id;
        this.intervalMillis = intervalMillis;
        this.engineMillis = resident ? 0 : Math.min(ENGINE_MILLIS, intervalMillis + 1);
        this.continuation = List.copyOf(continuation);
        this.listener = new Printer();
    }

    /**
     * For a program that stays.
     *
     * @param intervalMillis how often what it uses is told, from 1 to {@link #MAX_INTERVAL_MILLIS}
     */
    public WatchContainer(Context context, String id, long intervalMillis, Listener listener) {
        this.context = context;
        this.front = context.front();
        this.id = id;
        this.intervalMillis = intervalMillis;
        this.engineMillis = 2 * MAX_INTERVAL_MILLIS;
        this.continuation = List.of();
        this.listener = listener;
    }

    /**
     * What it uses now, once.
     *
     * @throws ContainerError when it doesn't run
     */
    public void printOnce() {
        listener.stats(now());
    }

    /**
     * What it uses now.
     *
     * @throws ContainerError when it doesn't run
     */
    public ContainerStats now() {
        return stats(running())
                .orElseThrow(() -> new ContainerError("the container has no cgroup that could tell what it uses"));
    }

    /**
     * Until it ends.
     *
     * @return the exit status
     * @throws ContainerError when it doesn't run
     * @throws EngineReleased when the front waits alone
     */
    public int run() {
        return watch(running());
    }

    /** The same, and the listener is told when it has begun. */
    public int runAndTell() {
        ContainerState state = running();
        front.execute(operation(state, 0));
        listener.begun();
        return watch(state);
    }

    /** After the front has waited alone: what happened, as WATCH_* bits. */
    public int goOn(long happened) {
        if ((happened & OOM) != 0) {
            listener.oom();
        }
        if ((happened & ENDED) != 0) {
            return 0;
        }
        Optional<ContainerState> state = stillThere();
        if (state.isEmpty()) {
            return 0;
        }
        if ((happened & BEAT) != 0) {
            tellStats(state.get());
        }
        return watch(state.get());
    }

    private ContainerState running() {
        RecoverContainer.Found found = RecoverContainer.find(context, context.folder(id));
        if (found.status() == Status.STOPPED || found.status() == Status.CREATING) {
            throw ContainerError.notRunning();
        }
        return found.state();
    }

    /** Empty when it was deleted between. */
    private Optional<ContainerState> stillThere() {
        try {
            return Optional.of(context.folder(id).read());
        } catch (ContainerError e) {
            if (e.isMissing()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** @param interval 0: it begins, and doesn't wait */
    private HostOperation operation(ContainerState state, long interval) {
        CgroupFolder memory = memory(state);
        return new HostOperation.Watch(
                EVENTS,
                state.pid(),
                state.startTime(),
                memory == null ? "" : memory.folder(),
                memory == null ? 1 : memory.version(),
                interval,
                engineMillis,
                continuation);
    }

    private int watch(ContainerState state) {
        HostOperation watch = operation(state, intervalMillis);
        while (true) {
            long happened = front.execute(watch).value();
            if ((happened & OOM) != 0) {
                listener.oom();
            }
            if ((happened & ENDED) != 0) {
                return 0;
            }
            if ((happened & BEAT) != 0) {
                tellStats(state);
            }
        }
    }

    /** The cgroup in which memory is limited; null where there is none. In a hybrid host that is one of version 1. */
    private static @Nullable CgroupFolder memory(ContainerState state) {
        for (ContainerState.Cgroup cgroup : state.cgroups()) {
            if (cgroup.folder().controllers().contains("memory")) {
                return cgroup.folder();
            }
        }
        boolean unified = state.cgroups().size() == 1
                && state.cgroups().getFirst().folder().version() == 2;
        return unified ? state.cgroups().getFirst().folder() : null;
    }

    private void print(String line) {
        front.execute(new HostOperation.Output(EVENTS, 1, Bytes.utf8(line)));
    }

    private void tellStats(ContainerState state) {
        Optional<ContainerStats> stats = stats(state);
        if (stats.isPresent()) {
            listener.stats(stats.get());
        }
    }

    /** Empty when there is no file that tells anything: it has just been deleted. */
    private Optional<ContainerStats> stats(ContainerState state) {
        List<CgroupFolder> folders = new ArrayList<>();
        for (ContainerState.Cgroup cgroup : state.cgroups()) {
            folders.add(cgroup.folder());
        }
        if (folders.isEmpty()) {
            return Optional.empty();
        }
        CgroupStats stats = CgroupStats.of(folders, hugepages());
        Map<String, String> texts = read(stats.paths());
        return texts.isEmpty() ? Optional.empty() : Optional.of(stats.parse(texts));
    }

    private List<String> hugepages() {
        Result names = front.attempt(new HostOperation.ReadDirectory(EVENTS, CgroupStats.HUGEPAGES));
        List<String> sizes = new ArrayList<>();
        String text = names.data().utf8();
        int start = 0;
        for (int end = text.indexOf('\0'); end >= 0; end = text.indexOf('\0', start)) {
            sizes.add(text.substring(start, end));
            start = end + 1;
        }
        return sizes;
    }

    private Map<String, String> read(List<String> paths) {
        List<Step<HostOperation>> reads = new ArrayList<>();
        for (String path : paths) {
            reads.add(Step.mayFail(new HostOperation.ReadFile(EVENTS, path, MAX_FILE_BYTES)));
        }
        List<Result> results = front.execute(reads);
        Map<String, String> texts = new HashMap<>();
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i).ok()) {
                texts.put(paths.get(i), results.get(i).data().utf8());
            }
        }
        return texts;
    }
}
