// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.error.InvalidState;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.hook.RuntimeHooks;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.HookOutput;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import dev.jrunc.state.StateFolder;
import dev.jrunc.state.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code delete}: takes away what is left of a container. */
public final class DeleteContainer {

    private static final Origin DELETE = Origin.rule("delete");
    private static final long SIGKILL = 9;
    private static final long EXIT_MILLIS = 30_000;

    private final Context context;
    private final Front front;

    public DeleteContainer(Context context) {
        this.context = context;
        this.front = context.front();
    }

    /**
     * @param force a running one is killed, and a missing one is no error
     * @throws ContainerError for a running one, or a missing one
     * @throws InvalidState when its state can't be read; by force it is removed as it is
     */
    public void delete(String id, boolean force) {
        delete(id, force, front.execute(context.folder(id).lockingAndReading()), null, false);
    }

    /** Which container it is, where the id may be another's by now. */
    record Init(long pid, long startTime) {

        static Init of(ContainerState state) {
            return new Init(state.pid(), state.startTime());
        }

        /** Not equals: that of a record costs a cold engine 10 ms. */
        boolean isOf(ContainerState state) {
            return pid == state.pid() && startTime == state.startTime();
        }
    }

    /**
     * @param looked results of the folder's lockingAndReading()
     * @param init of the one that is meant; null: whichever has the id
     * @param undoing what has made it failed: of its cgroups those above go as well
     */
    void delete(String id, boolean force, List<Result> looked, @Nullable Init init, boolean undoing) {
        StateFolder folder = context.folder(id);
        try {
            Optional<ContainerState> state = folder.lockedAndRead(looked);
            if (init != null && (state.isEmpty() || !init.isOf(state.get()))) {
                return;
            }
            if (state.isEmpty()) {
                front.execute(List.of(folder.removal()));
                return;
            }
            if (!force) {
                checkStopped(folder, state.get());
            }
            remove(folder, state.get(), undoing);
        } catch (ContainerError e) {
            if (!force || !e.isMissing()) {
                throw e;
            }
        } catch (InvalidState e) {
            if (!force) {
                throw e;
            }
            context.warnings().accept(e.getMessage() + ": its process and cgroups are not known any more, and stay");
            front.execute(List.of(folder.removal()));
        }
    }

    private static void checkStopped(StateFolder folder, ContainerState state) {
        Status status = folder.status(state);
        boolean waiting = status == Status.CREATED || status == Status.CREATING;
        if (status != Status.STOPPED && !waiting) {
            throw new ContainerError("cannot delete container " + state.id() + " that is not stopped: " + status);
        }
    }

    /** Kills what is left of one that was never finished, and removes it. The folder is open and locked. */
    void removeUnfinished(StateFolder folder, ContainerState state) {
        remove(folder, state, true);
    }

    /** @param undoing one that was never finished */
    void remove(StateFolder folder, ContainerState state, boolean undoing) {
        List<Spec.Hook> poststop = state.complete() ? state.poststop() : List.of();
        List<Step<HostOperation>> steps = new ArrayList<>();
        addEnd(steps, state);
        if (state.unit() != null && Cgroups.isOwn(state)) {
            runThrough(steps);
            steps.clear();
            stopUnit(state.unit());
        }
        List<Step<HostOperation>> cgroups = Cgroups.remove(state, undoing || !state.complete());
        int ended = steps.size();
        for (Step<HostOperation> step : cgroups) {
            steps.add(Step.must(step.operation()));
        }
        // With something left, the state has to stay: else nobody could find it again.
        boolean more = !poststop.isEmpty() || state.resctrl() != null;
        if (!more) {
            steps.add(folder.removal());
        }
        List<Result> results = runThrough(steps);
        Optional<OperationFailed> failure = Front.failure(steps, results);
        if (failure.isPresent()) {
            removeOthers(cgroups, results.size() - ended, failure.get());
            throw failure.get();
        }
        if (more) {
            for (HostOperation removal : Resctrl.removal(front, state.resctrl())) {
                front.execute(removal);
            }
            RuntimeHooks.runAll(
                    front,
                    "poststop",
                    poststop,
                    state.bundle(),
                    StateJson.hookState(state.id(), "stopped", 0, state.bundle(), state.annotations()),
                    HookOutput.of(state.annotations(), state.bundle()),
                    context.warnings());
            front.execute(List.of(folder.removal()));
        }
    }

    /** It has no process any more, and ends by itself where systemd can't be told: then only that it failed may be left. */
    private void stopUnit(ContainerState.Unit unit) {
        try {
            SystemdUnit.stop(front, unit);
        } catch (OperationFailed | ContainerError e) {
            context.warnings().accept(String.valueOf(e.getMessage()));
        }
    }

    /** A signal ends one operation, and only one: cleaning up is not left half done for it. */
    private List<Result> runThrough(List<Step<HostOperation>> steps) {
        List<Result> results = front.run(steps);
        Optional<OperationFailed> failure = Front.failure(steps, results);
        boolean interrupted = failure.isPresent() && failure.get().errno() == Errno.EINTR.number();
        return interrupted ? front.run(steps) : results;
    }

    /** What can be removed of the cgroups, when one of them could not. */
    private void removeOthers(List<Step<HostOperation>> cgroups, int tried, OperationFailed failure) {
        if (tried > 0 && tried < cgroups.size()) {
            List<Step<HostOperation>> others = cgroups.subList(tried, cgroups.size());
            Failures.suppress(failure, others, front.execute(others));
        }
    }

    private static void addEnd(List<Step<HostOperation>> steps, ContainerState state) {
        if (state.pid() != 0) {
            steps.add(Step.mayFail(new HostOperation.Signal(DELETE, state.pid(), state.startTime(), SIGKILL)));
        }
        steps.addAll(Cgroups.signal(state, SIGKILL));
        steps.addAll(PauseContainer.thaw(state, "delete"));
        if (state.pid() != 0) {
            steps.add(Step.must(new HostOperation.WaitExit(DELETE, state.pid(), state.startTime(), EXIT_MILLIS)));
        }
    }
}
