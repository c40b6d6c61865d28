// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.RecoverContainer;

/** {@code recover}. */
final class RecoverCommand implements Command {

    @Override
    public String name() {
        return "recover";
    }

    @Override
    public String summary() {
        return "undo an unfinished create";
    }

    @Override
    public String arguments() {
        return "ID";
    }

    @Override
    public void declare(Options options) {}

    @Override
    public int run(Invocation invocation) {
        RecoverContainer.recover(invocation.context(), invocation.onlyId());
        return 0;
    }
}
