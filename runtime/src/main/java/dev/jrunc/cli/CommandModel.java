// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** picocli's model of the whole command line. Manual pages and completions are made of it, when jrunc is packaged. */
public final class CommandModel {

    /** What is completed where a container's id is wanted: completions have the command that lists them in its place. */
    public static final String ID = "ID";

    private CommandModel() {}

    /** The command jrunc, with all commands that its help shows below it. */
    public static CommandSpec of() {
        CommandSpec all = Help.spec(JruncCommandLine.globalOptions()).name("jrunc");
        all.usageMessage().description("an OCI container runtime that can explain itself");
        for (Command command : JruncCommandLine.COMMANDS) {
            all.addSubcommand(command.name(), spec(command));
        }
        return all;
    }

    private static CommandSpec spec(Command command) {
        CommandSpec spec = Help.spec(JruncCommandLine.options(command)).name(command.name());
        spec.usageMessage().description(command.summary()).sortOptions(false);
        String arguments = command.arguments();
        String id = arguments.startsWith(ID) ? ID : arguments.startsWith("[ID]") ? "[ID]" : "";
        if (!id.isEmpty()) {
            spec.addPositional(
                    positional(id).index("0").completionCandidates(List.of(ID)).build());
        }
        if (arguments.length() > id.length()) {
            String others = arguments.substring(id.length()).strip();
            spec.addPositional(
                    positional(others).index(id.isEmpty() ? "0..*" : "1..*").build());
        }
        return spec;
    }

    private static PositionalParamSpec.Builder positional(String label) {
        return PositionalParamSpec.builder()
                .type(String.class)
                .arity("0..1")
                .paramLabel(label)
                .hideParamSyntax(true);
    }
}
