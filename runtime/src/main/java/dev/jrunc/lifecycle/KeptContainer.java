// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
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

/**
 * A container that belongs to a program, whose front stays with it from create to delete: so it knows how init ends, and it ends
 * and deletes the container when the program vanishes. docs/decisions/embedding.md.
 */
public final class KeptContainer {

    private static final Origin KEEP = Origin.rule("keep");

    private final Context context;
    private final Front front;
    private final StateFolder folder;
    private final ContainerState state;

    private KeptContainer(Context context, ContainerState state) {
        this.context = context;
        this.front = context.front();
        this.folder = context.folder(state.id());
        this.state = state;
    }

    /** @throws JruncException when it failed; then nothing is left */
    public static KeptContainer create(Context context, String id, CreateOptions options) {
        StateFolder folder = context.folder(id);
        CreateContainer.Created created = new CreateContainer(context, id, options, CreateContainer.Terminal.SOCKETS)
                .create(state -> List.of(Step.must(deletion(context, state)), folder.unlocking()));
        KeptContainer kept = new KeptContainer(context, created.state());
        Optional<OperationFailed> failure = Front.failure(created.then(), created.results());
        if (failure.isPresent()) {
            kept.deleteAfter(failure.get());
            throw failure.get();
        }
        return kept;
    }

    /** Of this container, and no other that has its id by then. */
    private static HostOperation deletion(Context context, ContainerState state) {
        return new HostOperation.WhenVanished(
                KEEP,
                List.of(
                        "--root",
                        context.root(),
                        "finish-run",
                        "--",
                        state.id(),
                        Long.toString(state.pid()),
                        Long.toString(state.startTime()),
                        "0"));
    }

    private void deleteAfter(JruncException cause) {
        try {
            delete(context);
        } catch (JruncException e) {
            cause.addSuppressed(e);
        }
    }

    public ContainerState state() {
        return state;
    }

    /** @throws JruncException when it doesn't wait for it, or its program could not be executed */
    public void start() {
        List<Step<HostOperation>> steps = new ArrayList<>(folder.lockingAndReading());
        steps.add(Step.must(StateFolder.looking(state)));
        List<Result> results = front.execute(steps);
        Optional<ContainerState> found = folder.lockedAndRead(results);
        if (found.isEmpty() || !DeleteContainer.Init.of(state).isOf(found.get())) {
            throw ContainerError.doesNotExist();
        }
        try {
            StartContainer.checkWaits(
                    StateFolder.statusOf(state, results.getLast().value()));
            new StartContainer(context).start(state);
        } finally {
            front.execute(List.of(Step.mayFail(folder.unlocking().operation())));
        }
    }

    /** @return the wait status of init, wait(2), when it has ended */
    public static long await(Front front) {
        return front.execute(new HostOperation.WaitInit(KEEP)).value();
    }

    /**
     * Kills what is left of it, and deletes it; nothing when somebody else has done so.
     *
     * @param other that of this front, or of another one
     */
    public void delete(Context other) {
        try {
            new RunContainer(other).finish(state.id(), state.pid(), state.startTime(), false);
        } catch (JruncException e) {
            // Its front may live on, and must not keep others from it.
            other.front().execute(List.of(Step.mayFail(folder.unlocking().operation())));
            throw e;
        }
    }
}
