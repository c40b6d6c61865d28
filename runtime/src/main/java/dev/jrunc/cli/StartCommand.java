// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.StartContainer;

/** {@code start}. */
final class StartCommand extends ContainerCommand {

    StartCommand() {
        super("start", "run the program of a created container");
    }

    @Override
    void run(Invocation invocation, String id) {
        new StartContainer(invocation.context()).start(id);
    }
}
