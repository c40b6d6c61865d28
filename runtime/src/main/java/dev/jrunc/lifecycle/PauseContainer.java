// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.error.ContainerError;
import dev.jrunc.json.ContainerState;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.state.StateFolder;
import dev.jrunc.state.Status;
import java.util.List;
import java.util.Optional;

/** {@code pause}: all processes of a container stand still. */
public final class PauseContainer {

    /** How long a cgroup may take to freeze, or to thaw. */
    private static final long FREEZE_MILLIS = 10_000;

    private final Context context;

    public PauseContainer(Context context) {
        this.context = context;
    }

    /** @throws ContainerError when it doesn't run, or has no cgroup that could be frozen */
    public void pause(String id) {
        StateFolder folder = context.folder(id);
        checkRunning(RecoverContainer.find(context, folder).status());
        // Frozen half way a start, or the process that a delete waits for, would not come to its end.
        ContainerState state = RecoverContainer.lockAndRead(context, folder);
        checkRunning(folder.status(state));
        context.front().execute(freeze(state, "pause", true));
    }

    private static void checkRunning(Status status) {
        if (status != Status.CREATED && status != Status.RUNNING) {
            throw ContainerError.notRunning();
        }
    }

    /** @throws ContainerError where there is no freezer */
    static HostOperation freeze(ContainerState state, String command, boolean frozen) {
        Optional<CgroupFolder> freezer = state.freezer();
        if (freezer.isEmpty()) {
            throw new ContainerError(
                    "no freezer: the container has neither a cgroup of the freezer hierarchy nor one of"
                            + " version 2");
        }
        CgroupFolder folder = freezer.get();
        return new HostOperation.Freeze(Origin.rule(command), folder.folder(), folder.version(), frozen, FREEZE_MILLIS);
    }

    /** What a signal that kills needs in a cgroup of version 1: there a frozen process doesn't even die. */
    static List<Step<HostOperation>> thaw(ContainerState state, String command) {
        Optional<CgroupFolder> freezer = state.freezer();
        return freezer.isPresent() && freezer.get().version() == 1
                ? List.of(Step.mayFail(freeze(state, command, false)))
                : List.of();
    }
}
