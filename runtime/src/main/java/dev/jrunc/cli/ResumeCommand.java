// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.ResumeContainer;

/** {@code resume}. */
final class ResumeCommand implements Command {

    @Override
    public String name() {
        return "resume";
    }

    @Override
    public String summary() {
        return "let the processes of a paused container go on";
    }

    @Override
    public String arguments() {
        return "ID";
    }

    @Override
    public void declare(Options options) {}

    @Override
    public int run(Invocation invocation) {
        new ResumeContainer(invocation.context()).resume(invocation.onlyId());
        return 0;
    }
}
