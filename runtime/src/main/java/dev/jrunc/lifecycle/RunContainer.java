// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.EngineReleased;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.json.ContainerState;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.state.StateFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code run}: create and start, and in the foreground wait and delete. */
public final class RunContainer {

    /** How long the engine waits for a container that may end soon; then the front waits alone. */
    private static final long ENGINE_MILLIS = 500;

    private static final int SIGNAL_BASE = 128;

    private final Context context;
    private final Front front;

    public RunContainer(Context context) {
        this.context = context;
        this.front = context.front();
    }

    /**
     * @param detach don't wait
     * @param keep the container is not deleted at its end
     * @param subreaper orphans of a container without a pid namespace come to the front
     */
    public record Mode(boolean detach, boolean keep, boolean subreaper) {}

    /**
     * @param continuation the arguments of the call that the front makes at the end, when it waited alone; init's pid and start
     *     time, and the exit status are added
     * @return the exit status of the container's program, or 128 and its signal; 0 when detached
     * @throws EngineReleased when the front waits alone
     */
    public int run(String id, CreateOptions options, Mode mode, List<String> continuation) {
        CreateContainer.Terminal terminal =
                mode.detach ? CreateContainer.Terminal.SOCKETS : CreateContainer.Terminal.CALLERS;
        StateFolder folder = context.folder(id);
        CreateContainer.Created created = new CreateContainer(context, id, options, terminal)
                .create(state -> sequel(folder, state, mode, continuation));
        List<Result> results = created.results();
        boolean hooks = !created.state().poststart().isEmpty();
        try {
            Optional<OperationFailed> failure = Front.failure(created.then(), results);
            if (failure.isPresent()) {
                throw failure.get();
            }
            if (hooks) {
                new StartContainer(context).start(created.state());
            }
            if (mode.detach) {
                return 0;
            }
            if (hooks) {
                results = front.execute(waiting(folder, created.state(), mode, continuation));
            }
        } catch (JruncException e) {
            deleteAfter(e, created.state());
            throw e;
        }
        return conclude(folder, created.state(), mode, results);
    }

    /** @param results that end with those of waiting() */
    private int conclude(StateFolder folder, ContainerState state, Mode mode, List<Result> results) {
        int ended =
                results.size() - (mode.keep ? 1 : 1 + folder.lockingAndReading().size());
        if (!mode.keep) {
            remove(state.id(), results.subList(ended + 1, results.size()), DeleteContainer.Init.of(state), false);
        }
        return exitStatus(results.get(ended).value());
    }

    /**
     * In the foreground, one that runs already: run() from there on. Its folder is open.
     *
     * @throws EngineReleased when the front waits alone
     */
    int await(StateFolder folder, ContainerState state, Mode mode, List<String> continuation) {
        List<Step<HostOperation>> steps = new ArrayList<>();
        steps.add(folder.unlocking());
        if (mode.subreaper) {
            steps.add(Step.must(new HostOperation.BecomeSubreaper(Origin.rule("run"))));
        }
        steps.addAll(waiting(folder, state, mode, continuation));
        try {
            return conclude(folder, state, mode, front.execute(steps));
        } catch (JruncException e) {
            deleteAfter(e, state);
            throw e;
        }
    }

    /** A container that runs is not locked; and its folder must be this one still. Hooks come between start and waiting. */
    private static List<Step<HostOperation>> sequel(
            StateFolder folder, ContainerState state, Mode mode, List<String> continuation) {
        List<Step<HostOperation>> steps = new ArrayList<>();
        steps.add(folder.unlocking());
        if (!mode.detach && mode.subreaper) {
            steps.add(Step.must(new HostOperation.BecomeSubreaper(Origin.rule("run"))));
        }
        if (state.poststart().isEmpty()) {
            steps.add(Step.must(StartContainer.starting(state)));
            if (!mode.detach) {
                steps.addAll(waiting(folder, state, mode, continuation));
            }
        }
        return steps;
    }

    /** Until it has ended, and then a look at what is to be deleted. */
    private static List<Step<HostOperation>> waiting(
            StateFolder folder, ContainerState state, Mode mode, List<String> continuation) {
        List<String> arguments = new ArrayList<>(continuation);
        arguments.add(Long.toString(state.pid()));
        arguments.add(Long.toString(state.startTime()));
        List<Step<HostOperation>> steps = new ArrayList<>();
        steps.add(Step.must(new HostOperation.Foreground(Origin.rule("run"), ENGINE_MILLIS, arguments)));
        if (!mode.keep) {
            steps.addAll(folder.lockingAndReading());
        }
        return steps;
    }

    /** Of a wait status, wait(2). */
    static int exitStatus(long waitStatus) {
        int signal = (int) (waitStatus & 0x7f);
        return signal == 0 ? (int) (waitStatus >> 8 & 0xff) : SIGNAL_BASE + signal;
    }

    /**
     * The end of a container in the foreground, whose init had that pid and start time.
     *
     * @param keep it is not deleted
     */
    public void finish(String id, long pid, long startTime, boolean keep) {
        if (!keep) {
            remove(id, look(id), new DeleteContainer.Init(pid, startTime), false);
        }
    }

    /** Takes away what a call has made that failed. */
    void undo(String id, long pid, long startTime) {
        remove(id, look(id), new DeleteContainer.Init(pid, startTime), true);
    }

    private List<Result> look(String id) {
        return front.execute(context.folder(id).lockingAndReading());
    }

    /**
     * Somebody else may have deleted it already, and made another one of its id. A signal ends one operation, and only one: cleaning
     * up is not left half done for it.
     *
     * @param looked results of lockingAndReading()
     */
    private void remove(String id, List<Result> looked, DeleteContainer.Init init, boolean undoing) {
        DeleteContainer delete = new DeleteContainer(context);
        try {
            delete.delete(id, true, looked, init, undoing);
        } catch (OperationFailed e) {
            if (e.errno() != Errno.EINTR.number()) {
                throw e;
            }
            delete.delete(id, true, look(id), init, undoing);
        }
    }

    void deleteAfter(JruncException cause, ContainerState state) {
        try {
            undo(state.id(), state.pid(), state.startTime());
        } catch (JruncException e) {
            cause.addSuppressed(e);
        }
    }
}
