// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.lifecycle.CreateOptions;
import dev.jrunc.lifecycle.InvalidConfig;
import dev.jrunc.lifecycle.RunContainer;
import java.util.List;

/** {@code run}. */
final class RunCommand implements Command {

    @Override
    public String name() {
        return "run";
    }

    @Override
    public String summary() {
        return "create and start a container, and wait for its end";
    }

    @Override
    public String arguments() {
        return "ID";
    }

    @Override
    public void declare(Options options) {
        ConsoleOptions.declare(options);
        options.flag("don't wait", "--detach", "-d");
        options.flag("don't delete it at its end", "--keep");
        options.flag("orphans don't come to jrunc", "--no-subreaper");
    }

    @Override
    public int run(Invocation invocation) {
        String id = invocation.onlyId();
        boolean keep = invocation.flag("--keep");
        List<String> continuation =
                invocation.global().toArguments(invocation.context().root());
        continuation.add(FinishRunCommand.NAME);
        if (keep) {
            continuation.add("--keep");
        }
        continuation.add("--");
        continuation.add(id);
        CreateOptions options = ConsoleOptions.of(invocation);
        RunContainer.Mode mode =
                new RunContainer.Mode(invocation.flag("--detach"), keep, !invocation.flag("--no-subreaper"));
        try {
            return new RunContainer(invocation.context()).run(id, options, mode, continuation);
        } catch (InvalidSpec e) {
            throw InvalidConfig.explain(invocation.context(), options, e);
        }
    }
}
