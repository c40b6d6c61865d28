// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.error.UsageError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Arguments as callers of runc write them, in the form that picocli reads: long options with one dash or two, and flags with
 * {@code =true} or {@code =false}. Options end at the first argument that is none.
 */
final class Arguments {

    private final CommandSpec spec;
    private final List<String> options = new ArrayList<>();
    private final List<String> rest;
    private final @Nullable UsageError problem;

    Arguments(CommandSpec spec, List<String> args) {
        this.spec = spec;
        int at = 0;
        UsageError found = null;
        try {
            while (at < args.size() && isOption(args.get(at))) {
                if (args.get(at).equals("--")) {
                    at++;
                    break;
                }
                at = add(args, at);
            }
        } catch (UsageError e) {
            found = e;
        }
        this.problem = found;
        this.rest = List.copyOf(args.subList(at, args.size()));
    }

    /** @throws UsageError for an option that can't be meant; those before it are known all the same */
    void check() {
        if (problem != null) {
            throw problem;
        }
    }

    private static boolean isOption(String arg) {
        return arg.length() > 1 && arg.charAt(0) == '-';
    }

    /** Options, their values, and nothing else. */
    List<String> options() {
        return options;
    }

    /** What came behind the options. */
    List<String> rest() {
        return rest;
    }

    /** Adds the option at that place, and its value; returns the place behind them. */
    private int add(List<String> args, int at) {
        String arg = args.get(at);
        int equals = arg.indexOf('=');
        String given = equals < 0 ? arg : arg.substring(0, equals);
        OptionSpec option = find(given);
        if (option == null) {
            throw new UsageError("flag provided but not defined: " + given);
        }
        String name = option.longestName();
        if (option.arity().max() == 0) {
            if (equals < 0 || truth(given, arg.substring(equals + 1))) {
                options.add(name);
            }
            return at + 1;
        }
        if (equals >= 0) {
            options.addAll(List.of(name, arg.substring(equals + 1)));
            return at + 1;
        }
        if (at + 1 == args.size()) {
            throw new UsageError("flag needs an argument: " + given);
        }
        options.addAll(List.of(name, args.get(at + 1)));
        return at + 2;
    }

    private @Nullable OptionSpec find(String given) {
        OptionSpec option = spec.findOption(given);
        if (option == null && given.startsWith("--")) {
            option = given.length() == 3 ? spec.findOption(given.substring(1)) : null;
        } else if (option == null) {
            option = spec.findOption("-" + given);
        }
        return option;
    }

    private static boolean truth(String name, String value) {
        return switch (value) {
            case "1", "t", "T", "true", "True", "TRUE" -> true;
            case "0", "f", "F", "false", "False", "FALSE" -> false;
            default -> throw new UsageError("invalid boolean value \"" + value + "\" for " + name);
        };
    }
}
