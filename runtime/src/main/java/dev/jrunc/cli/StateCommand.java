// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.json.StateJson;
import dev.jrunc.lifecycle.ListContainers;

/** {@code state}. */
final class StateCommand extends ContainerCommand {

    StateCommand() {
        super("state", "print the state of a container");
    }

    @Override
    void run(Invocation invocation, String id) {
        StateJson.Listed listed = new ListContainers(invocation.context()).one(id);
        invocation.print(StateJson.shown(listed.state(), listed.status(), listed.pid()) + "\n");
    }
}
