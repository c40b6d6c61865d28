// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What picocli makes of the options, for people: no command that is called right needs it. */
final class Help {

    private Help() {}

    /** The lines about usage and options. */
    static String usage(Options options, String synopsis) {
        CommandSpec spec = spec(options);
        spec.usageMessage().customSynopsis(synopsis).sortOptions(false);
        return new CommandLine(spec).getUsageMessage(CommandLine.Help.Ansi.OFF);
    }

    /** picocli's model of the same options. */
    static CommandSpec spec(Options options) {
        CommandSpec spec = CommandSpec.create();
        for (Options.Option option : options.all()) {
            spec.addOption(spec(option));
        }
        return spec;
    }

    private static OptionSpec spec(Options.Option option) {
        OptionSpec.Builder builder = OptionSpec.builder(option.names().toArray(new String[0]));
        if (option.label() == null) {
            builder.type(boolean.class).arity("0");
        } else {
            builder.type(String.class).arity("1").paramLabel(option.label());
        }
        if (option.description() == null) {
            builder.hidden(true);
        } else {
            builder.description(option.description());
        }
        return builder.build();
    }
}
