// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.error.InvalidState;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.HostOperation;
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
        RecoverContainer.Found found = RecoverContainer.find(context, folder);
        return listed(found.state(), found.status());
    }

    /** All of the root folder, by id. One that vanishes meanwhile, or whose state can't be read, is left out. */
    public List<StateJson.Listed> all() {
        List<String> ids = StateFolder.ids(front, context.root());
        List<Step<HostOperation>> reads = new ArrayList<>();
        for (String id : ids) {
            reads.addAll(StateFolder.peek(context.root(), id));
        }
        List<Result> documents = front.execute(reads);
        List<ContainerState> states = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            Result opened = documents.get(2 * i);
            Result read = documents.get(2 * i + 1);
            if (opened.error() == Errno.EPERM.number()) {
                context.warnings().accept(opened.message());
            } else if (opened.ok() && read.ok()) {
                parse(ids.get(i), read, states);
            }
        }
        List<Step<HostOperation>> looks = new ArrayList<>();
        for (ContainerState state : states) {
            looks.addAll(StateFolder.lookingInto(context.root(), state));
        }
        List<Result> results = front.execute(looks);
        List<StateJson.Listed> listed = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            ContainerState state = states.get(i);
            Status status = StateFolder.statusOf(state, results.get(2 * i + 1).value());
            if (state.complete()) {
                listed.add(listed(state, status));
            } else {
                addUnfinished(state.id(), listed);
            }
        }
        return listed;
    }

    private void parse(String id, Result read, List<ContainerState> states) {
        try {
            states.add(StateFolder.parse(context.root(), id, read.data()));
        } catch (InvalidState e) {
            context.warnings().accept(e.getMessage());
        }
    }

    private void addUnfinished(String id, List<StateJson.Listed> listed) {
        try {
            listed.add(one(id));
        } catch (ContainerError e) {
            if (!e.isMissing()) {
                throw e;
            }
        }
    }

    private static StateJson.Listed listed(ContainerState state, Status status) {
        return new StateJson.Listed(state, status.toString(), status == Status.STOPPED ? 0 : state.pid());
    }
}
