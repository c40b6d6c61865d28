// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.error.Signals;
import dev.jrunc.lifecycle.KillContainer;

/** {@code kill}. */
final class KillCommand implements Command {

    @Override
    public String name() {
        return "kill";
    }

    @Override
    public String summary() {
        return "send a signal to a container";
    }

    @Override
    public String arguments() {
        return "ID [SIGNAL]";
    }

    @Override
    public void declare(Options options) {
        options.hiddenFlag("--all", "-a");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(1, 2);
        String given =
                invocation.arguments().size() == 2 ? invocation.arguments().get(1) : "";
        String signal = given.isEmpty() ? "TERM" : given;
        new KillContainer(invocation.context())
                .kill(invocation.arguments().getFirst(), Signals.number(signal), invocation.flag("--all"));
        return 0;
    }
}
