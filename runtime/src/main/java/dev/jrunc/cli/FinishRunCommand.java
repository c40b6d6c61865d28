// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.RunContainer;
import java.util.List;

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
        return "ID PID START-TIME STATUS";
    }

    @Override
    public void declare(Options options) {
        options.flag("don't delete it", "--keep");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(4, 4);
        List<String> arguments = invocation.arguments();
        new RunContainer(invocation.context())
                .finish(
                        arguments.get(0),
                        Long.parseLong(arguments.get(1)),
                        Long.parseLong(arguments.get(2)),
                        invocation.flag("--keep"));
        return Integer.parseInt(arguments.get(3));
    }
}
