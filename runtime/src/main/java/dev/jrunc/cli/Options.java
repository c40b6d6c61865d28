// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options by picocli's programmatic model: no annotations to look for, no reflection. */
final class Options {

    private Options() {}

    /** One without a value. */
    static void flag(CommandSpec spec, String description, String... names) {
        spec.addOption(OptionSpec.builder(names)
                .type(boolean.class)
                .arity("0")
                .description(description)
                .build());
    }

    /** One with a value, of which the last counts. */
    static void value(CommandSpec spec, String label, String description, String... names) {
        spec.addOption(OptionSpec.builder(names)
                .type(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build());
    }

    /** One that is accepted and not shown. */
    static void hiddenFlag(CommandSpec spec, String... names) {
        spec.addOption(OptionSpec.builder(names)
                .type(boolean.class)
                .arity("0")
                .hidden(true)
                .build());
    }
}
