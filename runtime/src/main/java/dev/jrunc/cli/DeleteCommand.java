// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.DeleteContainer;

/** {@code delete}. */
final class DeleteCommand implements Command {

    @Override
    public String name() {
        return "delete";
    }

    @Override
    public String summary() {
        return "remove a container";
    }

    @Override
    public String arguments() {
        return "ID";
    }

    @Override
    public void declare(Options options) {
        options.flag("kill it first when it runs; a missing one is no error", "--force", "-f");
    }

    @Override
    public int run(Invocation invocation) {
        new DeleteContainer(invocation.context()).delete(invocation.onlyId(), invocation.flag("--force"));
        return 0;
    }
}
