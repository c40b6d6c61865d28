// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.ResumeContainer;

/** {@code resume}. */
final class ResumeCommand extends ContainerCommand {

    ResumeCommand() {
        super("resume", "let the processes of a paused container go on");
    }

    @Override
    void run(Invocation invocation, String id) {
        new ResumeContainer(invocation.context()).resume(id);
    }
}
