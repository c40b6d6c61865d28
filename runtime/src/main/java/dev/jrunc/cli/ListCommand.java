// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.json.ContainerState;
import dev.jrunc.json.StateJson;
import dev.jrunc.lifecycle.ListContainers;
import dev.jrunc.text.Printable;
import java.util.List;

/** {@code list}. */
final class ListCommand implements Command {

    @Override
    public String name() {
        return "list";
    }

    @Override
    public String summary() {
        return "list the containers of the root folder";
    }

    @Override
    public String arguments() {
        return "";
    }

    @Override
    public void declare(Options options) {
        options.value("table|json", "form of the output", "--format", "-f");
        options.flag("only ids", "--quiet", "-q");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(0, 0);
        boolean json = invocation.json("table");
        List<StateJson.Listed> containers = new ListContainers(invocation.context()).all();
        if (invocation.flag("--quiet")) {
            StringBuilder ids = new StringBuilder();
            for (StateJson.Listed listed : containers) {
                ids.append(listed.state().id()).append('\n');
            }
            invocation.print(ids.toString());
        } else if (json) {
            invocation.print(StateJson.list(containers) + "\n");
        } else {
            invocation.print(table(containers));
        }
        return 0;
    }

    private static String table(List<StateJson.Listed> containers) {
        Table table = new Table("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER");
        for (StateJson.Listed listed : containers) {
            ContainerState state = listed.state();
            table.row(
                    state.id(),
                    Long.toString(listed.pid()),
                    listed.status(),
                    Printable.of(state.bundle()),
                    state.created(),
                    state.owner());
        }
        return table.toString();
    }
}
