// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.error.ContainerError;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.Signals;
import dev.jrunc.front.Calls;
import dev.jrunc.front.FrontProcess;
import dev.jrunc.front.Parent;
import dev.jrunc.lifecycle.Context;
import dev.jrunc.lifecycle.DeleteContainer;
import dev.jrunc.lifecycle.ExecProcess;
import dev.jrunc.lifecycle.KillContainer;
import dev.jrunc.lifecycle.ListContainers;
import dev.jrunc.lifecycle.ListProcesses;
import dev.jrunc.lifecycle.PauseContainer;
import dev.jrunc.lifecycle.ResumeContainer;
import dev.jrunc.lifecycle.StartContainer;
import dev.jrunc.lifecycle.UpdateContainer;
import dev.jrunc.lifecycle.UpdateOptions;
import dev.jrunc.lifecycle.WatchContainer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A container by its id, whoever made it. All methods throw a {@link JruncException} when they fail: a {@link ContainerError} when
 * there is no such container. To interrupt the thread that has called one ends what is being done, as Ctrl-C ends a command.
 */
public sealed class Container permits OwnedContainer {

    private final Calls calls;
    private final String id;

    Container(Calls calls, String id) {
        this.calls = calls;
        this.id = id;
    }

    /** Its id. */
    public final String id() {
        return id;
    }

    final Calls calls() {
        return calls;
    }

    private <T> T call(String command, Function<Context, T> useCase) throws InterruptedException {
        return calls.once(List.of(command, id), useCase);
    }

    private void run(String command, Consumer<Context> useCase) throws InterruptedException {
        call(command, context -> {
            useCase.accept(context);
            return true;
        });
    }

    /** What it is doing now. */
    public final State state() throws InterruptedException {
        return State.of(call("state", context -> new ListContainers(context).one(id)));
    }

    /**
     * Lets its program run.
     *
     * @throws JruncException also when the program can't be executed
     */
    public void start() throws InterruptedException {
        run("start", context -> new StartContainer(context).start(id));
    }

    /**
     * Sends a signal to its first process, which is its program.
     *
     * @param signal a name such as {@code TERM}, or a number, signal(7)
     */
    public final void kill(String signal) throws InterruptedException {
        int number = Signals.number(signal);
        run("kill", context -> new KillContainer(context).kill(id, number, false));
    }

    /** Its processes stand still, until {@link #resume}. */
    public final void pause() throws InterruptedException {
        run("pause", context -> new PauseContainer(context).pause(id));
    }

    /** Its processes go on. */
    public final void resume() throws InterruptedException {
        run("resume", context -> new ResumeContainer(context).resume(id));
    }

    /** Changes its limits: all of these or none. */
    public final void update(Limits limits) throws InterruptedException {
        UpdateOptions options = new UpdateOptions(null, limits.resources(List.of()), Map.of(), null, null);
        run("update", context -> new UpdateContainer(context, options).update(id));
    }

    /** The pids of its processes, as this program sees them, ascending. */
    public final List<Long> processes() throws InterruptedException {
        return List.copyOf(call("ps", context -> new ListProcesses(context).pids(id)));
    }

    /** What it uses. */
    public final Stats stats() throws InterruptedException {
        return Stats.of(
                id, call("events", context -> watch(context, 1, Events.NOBODY).now()));
    }

    private WatchContainer watch(Context context, long intervalMillis, WatchContainer.Listener listener) {
        return new WatchContainer(context, id, intervalMillis, listener);
    }

    /**
     * What happens to it from now on, until it has ended or the stream is closed; none is lost between. A thread that is interrupted
     * while it waits for the next one gets no more.
     *
     * {@snippet file="dev/jrunc/api/Snippets.java" region="events"}
     *
     * @param interval of {@link Event.Usage}: from a millisecond to a day
     */
    public final Stream<Event> events(Duration interval) {
        long millis = interval.toMillis();
        if (millis < 1 || millis > WatchContainer.MAX_INTERVAL_MILLIS) {
            throw new IllegalArgumentException("interval: expected a millisecond to a day, found " + interval);
        }
        return Events.stream(
                calls,
                id,
                listener -> context -> watch(context, millis, listener).runAndTell());
    }

    /**
     * Executes another program in it.
     *
     * {@snippet file="dev/jrunc/api/Snippets.java" region="exec"}
     *
     * @return it runs
     * @throws JruncException also when it can't be executed
     */
    public final ContainerProcess exec(Exec exec, Stdio stdio) throws InterruptedException {
        Stdio.Started started =
                stdio.start(calls, List.of("exec", id, exec.args().getFirst()));
        FrontProcess process = started.process();
        ContainerProcess made;
        try {
            ExecProcess.Entered entered = calls.run(
                    process,
                    () -> process.call(
                            front -> new ExecProcess(calls.context(front), id, exec.options(stdio)).enter()));
            Parent parent = new Parent(process, calls.threads());
            parent.watchToTheEnd();
            made = new ContainerProcess(calls, id, entered, parent, started.ends());
        } catch (RuntimeException | InterruptedException e) {
            process.end();
            started.ends().close();
            throw e;
        }
        started.ends().receiveFor(made, stdio);
        return made;
    }

    /**
     * Takes away what is left of it.
     *
     * @param force one that runs is killed, and a missing one is no error; else both are
     */
    public void delete(boolean force) throws InterruptedException {
        run("delete", context -> new DeleteContainer(context).delete(id, force));
    }
}
