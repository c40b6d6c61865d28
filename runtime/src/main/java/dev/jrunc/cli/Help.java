// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What picocli makes of the options, for people: no command that is called right needs it. */
final class Help {

    private Help() {}

    /**
     * In sections called as those of runc's help are.
     *
     * @param name of the command, with what it is
     */
    static String usage(String name, String synopsis, String heading, Options options) {
        CommandSpec spec = spec(options);
        spec.usageMessage()
                .headerHeading("NAME:%n")
                .header("   " + name)
                .synopsisHeading("%nUSAGE:%n   ")
                .customSynopsis(synopsis)
                .optionListHeading("%n" + heading + ":%n")
                .sortOptions(false);
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
            builder.type(type(option.label())).arity("1").paramLabel(option.label());
            List<String> words = words(option.label());
            if (!words.isEmpty()) {
                builder.completionCandidates(words);
            }
        }
        if (option.description() == null) {
            builder.hidden(true);
        } else {
            builder.description(option.description());
        }
        return builder.build();
    }

    /** A shell completes files. */
    private static Class<?> type(String label) {
        return label.equals("PATH") || label.equals("FILE") ? Path.class : String.class;
    }

    /** Of a label such as text|json: the values to choose from; none for one that stands for other values. */
    private static List<String> words(String label) {
        List<String> words = new ArrayList<>();
        StringTokenizer tokens = new StringTokenizer(label, "|");
        while (label.indexOf('|') > 0 && tokens.hasMoreTokens()) {
            String word = tokens.nextToken();
            if (word.equals(word.toLowerCase(Locale.ROOT))) {
                words.add(word);
            }
        }
        return words;
    }
}
