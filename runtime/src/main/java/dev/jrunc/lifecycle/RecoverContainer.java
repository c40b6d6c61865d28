// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.error.ContainerError;
import dev.jrunc.error.JruncException;
import dev.jrunc.json.ContainerState;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import dev.jrunc.state.StateFolder;
import dev.jrunc.state.Status;
import java.util.List;
import java.util.Optional;

/** Undoes a create that was killed: by the front that lost its engine, or by the next command on the same id. */
public final class RecoverContainer {

    private RecoverContainer() {}

    /**
     * Removes what an unfinished create of that id has left; a finished container is not touched, unless it is the one that the call
     * has made which lost its engine.
     *
     * @param pid of the init that this call has made; 0: none
     * @param startTime of this init
     */
    public static void recover(Context context, String id, long pid, long startTime) {
        try {
            StateFolder folder = context.folder(id);
            if (recoverAbandoned(context, folder)) {
                return;
            }
            if (pid != 0) {
                new RunContainer(context).undo(id, pid, startTime);
            } else {
                find(context, folder);
            }
        } catch (ContainerError e) {
            if (!e.isMissing()) {
                throw e;
            }
        }
    }

    /** A container, and what its process is doing. */
    record Found(ContainerState state, Status status) {}

    /**
     * Looks for a container, without waiting for who works on it.
     *
     * @throws ContainerError when there is none, or no more than a killed create has left: that is removed
     */
    static Found find(Context context, StateFolder folder) {
        ContainerState state = folder.read();
        Status status = folder.status(state);
        if (state.complete()) {
            Found found = new Found(state, status);
            return state.criu() ? thawAbandoned(context, folder, found) : found;
        }
        if (recoverAbandoned(context, folder)) {
            throw ContainerError.doesNotExist();
        }
        return new Found(state, Status.CREATING);
    }

    /** One that a checkpoint was made of, which was killed, and criu with it: that has left it frozen. */
    private static Found thawAbandoned(Context context, StateFolder folder, Found found) {
        if (!folder.tryLock()) {
            return found;
        }
        thawLocked(context, folder, folder.readLocked().orElseThrow(ContainerError::doesNotExist));
        ContainerState now = folder.read();
        return new Found(now, folder.status(now));
    }

    /** Waits for who works on it. A checkpoint that was killed meanwhile doesn't leave it frozen. */
    static ContainerState lockAndRead(Context context, StateFolder folder) {
        return thawLocked(context, folder, folder.lockAndRead().orElseThrow(ContainerError::doesNotExist));
    }

    private static ContainerState thawLocked(Context context, StateFolder folder, ContainerState state) {
        if (!state.criu()) {
            return state;
        }
        try {
            thaw(context, folder, state);
            return state.withCriu(false);
        } catch (JruncException e) {
            // Left to who comes next: who only looks must not fail for it.
            return state;
        }
    }

    /** After criu, of which the state speaks as long as this fails. */
    static void thaw(Context context, StateFolder folder, ContainerState state) {
        context.front()
                .execute(List.of(
                        Step.must(PauseContainer.freeze(state, "checkpoint", false)),
                        folder.writing(state.withCriu(false))));
    }

    /** True when there is nothing left of that id: nobody was working on it, and it was never finished. */
    static boolean recoverAbandoned(Context context, StateFolder folder) {
        try {
            if (!folder.tryLock()) {
                return false;
            }
            Optional<ContainerState> state = folder.readLocked();
            if (state.isPresent() && state.get().complete()) {
                return false;
            }
            if (state.isPresent()) {
                new DeleteContainer(context).removeUnfinished(folder, state.get());
            } else {
                List<Step<HostOperation>> removal = List.of(folder.removal());
                context.front().execute(removal);
            }
            return true;
        } catch (ContainerError e) {
            if (e.isMissing()) {
                return true;
            }
            throw e;
        }
    }
}
