// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.state.StateFolder;
import dev.jrunc.state.Status;
import java.util.ArrayList;
import java.util.List;

/** {@code state} and {@code list}. */
public final class ListContainers {

    private final Context context;
    private final Front front;

    public ListContainers(Context context) {
        this.context = context;
        this.front = context.front();
    }

    /** One; @throws dev.jrunc.error.ContainerError when there is no such container. */
    public StateJson.Listed one(String id) {
        StateFolder folder = context.folder(id);
        ContainerState state = folder.read();
        return listed(state, folder.status(state));
    }

    /** All of the root folder, by id. One that vanishes meanwhile, or whose state can't be read, is left out. */
    public List<StateJson.Listed> all() {
        List<Step<HostOperation>> reads = new ArrayList<>();
        for (String id : StateFolder.ids(front, context.root())) {
            reads.add(StateFolder.peek(context.root(), id));
        }
        List<ContainerState> states = new ArrayList<>();
        for (Result read : front.execute(reads)) {
            if (read.ok()) {
                parse(read, states);
            }
        }
        List<Step<HostOperation>> looks = new ArrayList<>();
        for (ContainerState state : states) {
            looks.add(Step.must(new HostOperation.ProcessStatus(Origin.rule("list"), state.pid(), state.startTime())));
        }
        List<Result> results = front.execute(looks);
        List<StateJson.Listed> listed = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            listed.add(listed(
                    states.get(i),
                    StateFolder.statusOf(states.get(i), results.get(i).value())));
        }
        return listed;
    }

    private void parse(Result read, List<ContainerState> states) {
        try {
            states.add(StateJson.read(read.data()));
        } catch (InvalidSpec e) {
            context.warnings().accept("a state.json can't be read: " + e.getMessage());
        }
    }

    private static StateJson.Listed listed(ContainerState state, Status status) {
        return new StateJson.Listed(state, status.toString(), status == Status.STOPPED ? 0 : state.pid());
    }
}
