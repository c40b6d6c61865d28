// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.CreateContainer;

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
        new CreateContainer(invocation.context(), id, ConsoleOptions.of(invocation), CreateContainer.Terminal.SOCKETS)
                .create();
        return 0;
    }
}
