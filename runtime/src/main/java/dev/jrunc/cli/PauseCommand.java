// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.PauseContainer;

/** {@code pause}. */
final class PauseCommand extends ContainerCommand {

    PauseCommand() {
        super("pause", "stop all processes of a container where they are");
    }

    @Override
    void run(Invocation invocation, String id) {
        new PauseContainer(invocation.context()).pause(id);
    }
}
