// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

/** A command that takes a container's id, and nothing else. */
abstract class ContainerCommand implements Command {

    private final String name;
    private final String summary;

    ContainerCommand(String name, String summary) {
        this.name = name;
        this.summary = summary;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String summary() {
        return summary;
    }

    @Override
    public final String arguments() {
        return "ID";
    }

    @Override
    public final void declare(Options options) {}

    @Override
    public final int run(Invocation invocation) {
        run(invocation, invocation.onlyId());
        return 0;
    }

    abstract void run(Invocation invocation, String id);
}
