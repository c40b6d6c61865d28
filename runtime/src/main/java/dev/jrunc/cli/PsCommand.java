// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.ListProcesses;
import java.util.List;
import java.util.SortedSet;

/** {@code ps}. */
final class PsCommand implements Command {

    private static final int MANY = 1024;

    @Override
    public String name() {
        return "ps";
    }

    @Override
    public String summary() {
        return "list the processes of a container";
    }

    @Override
    public String arguments() {
        return "ID [options of ps, default -ef]";
    }

    /** Behind the id they are those of ps. */
    @Override
    public boolean optionsBehind() {
        return false;
    }

    @Override
    public void declare(Options options) {
        options.value("table|json", "form of the output", "--format", "-f");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(1, MANY);
        boolean json = invocation.json("table");
        ListProcesses processes = new ListProcesses(invocation.context());
        SortedSet<Long> pids = processes.pids(invocation.arguments().getFirst());
        if (json) {
            invocation.print(json(pids));
            return 0;
        }
        List<String> options =
                invocation.arguments().subList(1, invocation.arguments().size());
        invocation.print(processes.table(pids, options.isEmpty() ? List.of("-ef") : options));
        return 0;
    }

    private static String json(SortedSet<Long> pids) {
        StringBuilder text = new StringBuilder("[");
        for (Long pid : pids) {
            text.append(text.length() == 1 ? "" : ",").append(pid);
        }
        return text.append("]\n").toString();
    }
}
