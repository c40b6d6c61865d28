// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.RecoverContainer;
import java.util.List;

/** {@code recover}: of the init that the call has made, pid and start time follow. */
final class RecoverCommand implements Command {

    @Override
    public String name() {
        return "recover";
    }

    @Override
    public String summary() {
        return "undo what a call has made that lost its engine";
    }

    @Override
    public String arguments() {
        return "ID [PID START-TIME]";
    }

    @Override
    public void declare(Options options) {}

    @Override
    public int run(Invocation invocation) {
        invocation.require(1, 3);
        List<String> arguments = invocation.arguments();
        boolean made = arguments.size() == 3;
        RecoverContainer.recover(
                invocation.context(),
                arguments.get(0),
                made ? Long.parseLong(arguments.get(1)) : 0,
                made ? Long.parseLong(arguments.get(2)) : 0);
        return 0;
    }
}
