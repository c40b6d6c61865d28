// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.PauseContainer;

/** {@code pause}. */
final class PauseCommand implements Command {

    @Override
    public String name() {
        return "pause";
    }

    @Override
    public String summary() {
        return "stop all processes of a container where they are";
    }

    @Override
    public String arguments() {
        return "ID";
    }

    @Override
    public void declare(Options options) {}

    @Override
    public int run(Invocation invocation) {
        new PauseContainer(invocation.context()).pause(invocation.onlyId());
        return 0;
    }
}
