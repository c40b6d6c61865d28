// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.RunContainer;

/** {@code finish-run}. */
final class FinishRunCommand implements Command {

    static final String NAME = "finish-run";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String summary() {
        return "the end of a run in the foreground";
    }

    @Override
    public String arguments() {
        return "ID STATUS";
    }

    @Override
    public void declare(Options options) {
        options.flag("don't delete it", "--keep");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(2, 2);
        new RunContainer(invocation.context()).finish(invocation.arguments().getFirst(), invocation.flag("--keep"));
        return Integer.parseInt(invocation.arguments().get(1));
    }
}
