// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.RecoverContainer;

/** {@code recover}. */
final class RecoverCommand extends ContainerCommand {

    RecoverCommand() {
        super("recover", "undo an unfinished create");
    }

    @Override
    void run(Invocation invocation, String id) {
        RecoverContainer.recover(invocation.context(), id);
    }
}
