// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.json.StateJson;
import dev.jrunc.lifecycle.ListContainers;

/** {@code state}. */
final class StateCommand implements Command {

    @Override
    public String name() {
        return "state";
    }

    @Override
    public String summary() {
        return "print the state of a container";
    }

    @Override
    public String arguments() {
        return "ID";
    }

    @Override
    public void declare(Options options) {}

    @Override
    public int run(Invocation invocation) {
        StateJson.Listed listed = new ListContainers(invocation.context()).one(invocation.onlyId());
        invocation.print(StateJson.shown(listed.state(), listed.status(), listed.pid()) + "\n");
        return 0;
    }
}
