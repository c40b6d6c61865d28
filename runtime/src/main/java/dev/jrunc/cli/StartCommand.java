// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.StartContainer;

/** {@code start}. */
final class StartCommand implements Command {

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String summary() {
        return "run the program of a created container";
    }

    @Override
    public String arguments() {
        return "ID";
    }

    @Override
    public void declare(Options options) {}

    @Override
    public int run(Invocation invocation) {
        new StartContainer(invocation.context()).start(invocation.onlyId());
        return 0;
    }
}
