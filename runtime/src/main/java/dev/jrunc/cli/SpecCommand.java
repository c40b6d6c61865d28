// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.WriteSpec;

/** {@code spec}. */
final class SpecCommand implements Command {

    @Override
    public String name() {
        return "spec";
    }

    @Override
    public String summary() {
        return "write a config.json to start from";
    }

    @Override
    public String arguments() {
        return "";
    }

    @Override
    public void declare(Options options) {
        ConsoleOptions.bundle(options);
        options.flag("for a user without root's rights", "--rootless");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(0, 0);
        String bundle = invocation.value("--bundle");
        new WriteSpec(invocation.context()).write(bundle == null ? "" : bundle, invocation.flag("--rootless"));
        return 0;
    }
}
