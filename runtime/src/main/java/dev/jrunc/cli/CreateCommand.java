// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.lifecycle.CreateContainer;
import dev.jrunc.lifecycle.CreateOptions;
import dev.jrunc.lifecycle.InvalidConfig;

/** {@code create}. */
final class CreateCommand implements Command {

    @Override
    public String name() {
        return "create";
    }

    @Override
    public String summary() {
        return "make a container, whose program waits for start";
    }

    @Override
    public String arguments() {
        return "ID";
    }

    @Override
    public void declare(Options options) {
        ConsoleOptions.declare(options);
    }

    @Override
    public int run(Invocation invocation) {
        String id = invocation.onlyId();
        CreateOptions options = ConsoleOptions.of(invocation);
        try {
            new CreateContainer(invocation.context(), id, options, CreateContainer.Terminal.SOCKETS).create();
        } catch (InvalidSpec e) {
            throw InvalidConfig.explain(invocation.context(), options, e);
        }
        return 0;
    }
}
