// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.json.ContainerState;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.state.StateFolder;
import dev.jrunc.state.Status;
import java.util.List;

/** {@code kill}: a signal for the container's init, or for all of its processes. */
public final class KillContainer {

    private static final Origin KILL = Origin.rule("kill");
    private static final long SIGKILL = 9;

    private final Context context;
    private final Front front;

    public KillContainer(Context context) {
        this.context = context;
        this.front = context.front();
    }

    /**
     * @param signal 1 to 64; 0 only asks whether there is somebody who could be sent one
     * @param all every process of its cgroup
     * @throws ContainerError when there is no such container, or it has stopped
     */
    public void kill(String id, long signal, boolean all) {
        StateFolder folder = context.folder(id);
        RecoverContainer.Found found = RecoverContainer.find(context, folder);
        ContainerState state = found.state();
        boolean known = Cgroups.ofProcesses(state).isPresent();
        if (all && !known && !(signal == SIGKILL && state.ownPidNamespace())) {
            throw new ContainerError("the container has no cgroup that could tell its processes");
        }
        // The end of the first process of a pid namespace is that of all.
        if (all && known) {
            signalAll(state, signal);
            if (signal == SIGKILL && found.status() == Status.PAUSED) {
                front.execute(PauseContainer.thaw(state, "kill"));
            }
            return;
        }
        if (found.status() == Status.STOPPED || state.pid() == 0) {
            throw ContainerError.notRunning();
        }
        // Without a pid namespace of its own, nothing else ends its other processes.
        if (signal == SIGKILL && !state.ownPidNamespace()) {
            signalAll(state, signal);
        }
        Result result = front.attempt(new HostOperation.Signal(KILL, state.pid(), state.startTime(), signal));
        if (result.error() == Errno.ESRCH.number() && signal != SIGKILL) {
            throw ContainerError.notRunning();
        }
        if (!result.ok() && result.error() != Errno.ESRCH.number()) {
            throw new OperationFailed("SIGNAL", KILL.text(), (int) result.error(), result.message());
        }
        if (signal == SIGKILL && found.status() == Status.PAUSED) {
            front.execute(PauseContainer.thaw(state, "kill"));
        }
    }

    private void signalAll(ContainerState state, long signal) {
        List<Step<HostOperation>> steps = Cgroups.signal(state, signal);
        List<OperationFailed> failures = Failures.of(steps, front.execute(steps));
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }
}
