// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.EngineReleased;
import dev.jrunc.engine.Front;
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
     * @param continuation the arguments of the call that the front makes at the end, when it waited alone; the exit
     *     status is added
     * @return the exit status of the container's program, or 128 and its signal; 0 when detached
     * @throws EngineReleased when the front waits alone
     */
    public int run(String id, CreateOptions options, Mode mode, List<String> continuation) {
        ContainerState state = new CreateContainer(
                        context,
                        id,
                        options,
                        mode.detach ? CreateContainer.Terminal.SOCKETS : CreateContainer.Terminal.CALLERS)
                .create();
        StateFolder folder = context.folder(id);
        try {
            // A container that runs is not locked; and its folder must be this one still.
            List<Step<HostOperation>> steps = new ArrayList<>(List.of(folder.unlocking()));
            if (!mode.detach && mode.subreaper) {
                steps.add(Step.must(new HostOperation.BecomeSubreaper(Origin.rule("run"))));
            }
            front.execute(steps);
            new StartContainer(context).start(state);
        } catch (JruncException e) {
            deleteAfter(e, id);
            throw e;
        }
        if (mode.detach) {
            return 0;
        }
        long status = front.execute(
                        new HostOperation.Foreground(Origin.rule("run"), ENGINE_MILLIS, new ArrayList<>(continuation)))
                .value();
        int exitStatus = exitStatus(status);
        finish(id, mode.keep);
        return exitStatus;
    }

    /** Of a wait status, wait(2). */
    static int exitStatus(long waitStatus) {
        int signal = (int) (waitStatus & 0x7f);
        return signal == 0 ? (int) (waitStatus >> 8 & 0xff) : SIGNAL_BASE + signal;
    }

    /** The end of a container in the foreground. Somebody else may have deleted it already. */
    public void finish(String id, boolean keep) {
        if (!keep) {
            remove(id);
        }
    }

    /** A signal ends one operation, and only one: cleaning up is not left half done for it. */
    private void remove(String id) {
        DeleteContainer delete = new DeleteContainer(context);
        try {
            delete.delete(id, true);
        } catch (OperationFailed e) {
            if (e.errno() != Errno.EINTR.number()) {
                throw e;
            }
            delete.delete(id, true);
        }
    }

    private void deleteAfter(JruncException cause, String id) {
        try {
            remove(id);
        } catch (JruncException e) {
            cause.addSuppressed(e);
        }
    }
}
