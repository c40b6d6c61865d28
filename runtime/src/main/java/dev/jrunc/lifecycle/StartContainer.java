// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.JruncException;
import dev.jrunc.hook.RuntimeHooks;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.HookOutput;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.state.StateFolder;
import dev.jrunc.state.Status;
import java.util.List;

/** {@code start}: lets the program of a created container run, and says what became of it. */
public final class StartContainer {

    private static final Origin START = Origin.rule("start");
    private static final long SIGKILL = 9;

    private final Context context;
    private final Front front;

    public StartContainer(Context context) {
        this.context = context;
        this.front = context.front();
    }

    /** @throws JruncException when the container can't be started, or its program not be executed */
    public void start(String id) {
        StateFolder folder = context.folder(id);
        ContainerState state = folder.lockAndRead().orElseThrow(ContainerError::doesNotExist);
        if (!state.complete()) {
            // Who was creating it would have the lock.
            new DeleteContainer(context).removeUnfinished(folder, state);
            throw ContainerError.doesNotExist();
        }
        checkWaits(folder.status(state));
        start(state);
    }

    /** @throws ContainerError for one that isn't waiting for start */
    static void checkWaits(Status status) {
        switch (status) {
            case CREATING, CREATED -> {}
            case PAUSED -> throw new ContainerError("cannot start a container in the paused state: container paused");
            case RUNNING -> throw new ContainerError("cannot start an already running container");
            case STOPPED -> throw new ContainerError("cannot start a container that has stopped");
        }
    }

    /** The operation that lets the program of one whose folder is open run. */
    static HostOperation starting(ContainerState state) {
        return new HostOperation.Start(START, state.pid(), state.startTime());
    }

    /** One whose folder is open. */
    void start(ContainerState state) {
        front.execute(starting(state));
        poststart(state);
    }

    /** Of one that runs, whose folder is open. A hook that fails stops it, config.md section "Poststart". */
    void poststart(ContainerState state) {
        if (!state.poststart().isEmpty()) {
            // They may call jrunc for this container.
            front.execute(List.of(context.folder(state.id()).unlocking()));
        }
        try {
            RuntimeHooks.run(
                    front,
                    "poststart",
                    state.poststart(),
                    state.bundle(),
                    StateJson.hookState(state.id(), "running", state.pid(), state.bundle(), state.annotations()),
                    HookOutput.of(state.annotations(), state.bundle()));
        } catch (JruncException e) {
            List<Step<HostOperation>> steps =
                    List.of(Step.mayFail(new HostOperation.Signal(START, state.pid(), state.startTime(), SIGKILL)));
            front.execute(steps);
            throw e;
        }
    }
}
