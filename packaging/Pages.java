// SPDX-License-Identifier: Apache-2.0
import dev.jrunc.cli.CommandModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * Pages PROSE OUT VERSION: writes manual pages in AsciiDoc, and completions for bash, zsh and fish, of the command line's model. The
 * file of a command in PROSE is what its page has beside synopsis and options.
 */
public final class Pages {

    private static final String OPTIONS = "// tag::picocli-generated-man-section-options[]";
    private static final String ARGUMENTS = "// tag::picocli-generated-man-section-arguments[]";
    private static final String ARGUMENTS_END = "// end::picocli-generated-man-section-arguments[]";
    private static final String END = "// end::picocli-generated-full-manpage[]";

    private static final String LIST = "jrunc list --quiet 2>/dev/null";

    private Pages() {}

    public static void main(String[] args) throws IOException {
        Path prose = Path.of(args[0]);
        Path out = Path.of(args[1]);
        CommandSpec root = CommandModel.of();
        root.version(args[2]);
        CommandLine commands = new CommandLine(root);
        Files.createDirectories(out);
        page(root, prose.resolve("jrunc.adoc"), out.resolve("jrunc.1.adoc"), "");
        for (CommandLine command : commands.getSubcommands().values()) {
            CommandSpec spec = command.getCommandSpec();
            spec.version(args[2]);
            page(spec, prose.resolve(spec.name() + ".adoc"), out.resolve("jrunc-" + spec.name() + ".1.adoc"),
                    "*jrunc*(1)");
        }
        String bash = AutoComplete.bash("jrunc", commands).replace("(\"" + CommandModel.ID + "\")", "($(" + LIST + "))");
        Files.writeString(out.resolve("jrunc.bash"), bash);
        Files.writeString(out.resolve("_jrunc"), "#compdef jrunc\nautoload -U +X bashcompinit && bashcompinit\n" + bash
                + "# What bash alone has.\n(( $+commands[compopt] + $+functions[compopt] )) || compopt() { : }\n# zsh reads this file when it completes for the first time.\n_bash_complete -o default -F _complete_jrunc\n");
        Files.writeString(out.resolve("jrunc.fish"), fish(commands));
    }

    /** The prose's part before a line of four dashes follows the synopsis; what is behind it ends the page. */
    private static void page(CommandSpec spec, Path prose, Path out, String seeAlso) throws IOException {
        StringWriter text = new StringWriter();
        ManPageGenerator.writeSingleManPage(new PrintWriter(text), spec);
        String[] parts = Files.readString(prose).split("(?m)^----$\n?", 2);
        StringBuilder page = new StringBuilder(text.toString());
        page.insert(page.indexOf(OPTIONS), parts[0] + "\n");
        // The model describes no arguments: the synopsis names them.
        int arguments = page.indexOf(ARGUMENTS);
        if (arguments >= 0) {
            page.delete(arguments, page.indexOf(ARGUMENTS_END));
        }
        String end = parts.length > 1 ? parts[1] + "\n" : "";
        if (!seeAlso.isEmpty()) {
            end += "== See also\n\n" + seeAlso + "\n\n";
        }
        page.insert(page.indexOf(END), end);
        Files.writeString(out, page);
    }

    /** fish reads one line for each command and option. */
    private static String fish(CommandLine commands) {
        List<String> lines = new ArrayList<>();
        lines.add("# jrunc's commands, options and containers");
        lines.add("complete -c jrunc -f");
        for (OptionSpec option : commands.getCommandSpec().options()) {
            lines.add(fish("__fish_use_subcommand", option));
        }
        commands.getSubcommands().forEach((name, command) -> {
            CommandSpec spec = command.getCommandSpec();
            String used = "__fish_seen_subcommand_from " + name;
            lines.add("complete -c jrunc -n __fish_use_subcommand -a " + name + " -d " + quoted(spec.usageMessage().description()[0]));
            for (OptionSpec option : spec.options()) {
                lines.add(fish(used, option));
            }
            for (PositionalParamSpec positional : spec.positionalParameters()) {
                if (positional.completionCandidates() != null) {
                    lines.add("complete -c jrunc -n " + quoted(used) + " -a " + quoted("(" + LIST + ")"));
                }
            }
        });
        return String.join("\n", lines) + "\n";
    }

    private static String fish(String condition, OptionSpec option) {
        StringBuilder line = new StringBuilder("complete -c jrunc -n " + quoted(condition));
        for (String name : option.names()) {
            line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        if (option.arity().max() > 0) {
            line.append(option.type().getSimpleName().equals("Path") ? " -r -F" : " -x");
            if (option.completionCandidates() != null) {
                line.append(" -a ").append(quoted(String.join(" ", option.completionCandidates())));
            }
        }
        if (option.description().length > 0) {
            line.append(" -d ").append(quoted(option.description()[0]));
        }
        return line.toString();
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
