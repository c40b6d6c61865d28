// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.error.UsageError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Arguments as callers of runc write them: long options with one dash or two, and flags also with {@code =true} or
 * {@code =false}. Options end at {@code --}, and for some commands at the first argument that is none. Of an option that is given
 * twice the last one counts.
 */
final class Arguments {

    private final Options options;
    private final Map<String, String> given = new LinkedHashMap<>();
    private final Map<String, List<String>> all = new HashMap<>();
    private final List<String> rest = new ArrayList<>();
    private final @Nullable UsageError problem;

    Arguments(Options options, List<String> args) {
        this(options, args, false);
    }

    /** @param behind options may also come behind the first argument that is none; what is no option of theirs is an argument there */
    Arguments(Options options, List<String> args, boolean behind) {
        this.options = options;
        int at = 0;
        UsageError found = null;
        try {
            while (at < args.size()) {
                String arg = args.get(at);
                if (arg.equals("--")) {
                    at++;
                    break;
                }
                if (isOption(arg) && (rest.isEmpty() || find(name(arg)) != null)) {
                    at = add(args, at);
                } else if (behind) {
                    rest.add(arg);
                    at++;
                } else {
                    break;
                }
            }
        } catch (UsageError e) {
            found = e;
        }
        this.problem = found;
        this.rest.addAll(args.subList(at, args.size()));
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

    /** @param name the option's first name */
    boolean flag(String name) {
        return given.containsKey(name);
    }

    /** @param name the option's first name */
    @Nullable
    String value(String name) {
        return given.get(name);
    }

    /** All values of an option that may be given several times; of a flag true and false. */
    List<String> values(String name) {
        return all.getOrDefault(name, List.of());
    }

    String value(String name, String absent) {
        return given.getOrDefault(name, absent);
    }

    /** The options that were given, by their first names; flags have an empty value. */
    Map<String, String> given() {
        return given;
    }

    /** What came behind the options. */
    List<String> rest() {
        return List.copyOf(rest);
    }

    /** Takes the option at that place, and its value; returns the place behind them. */
    private int add(List<String> args, int at) {
        String arg = args.get(at);
        int equals = arg.indexOf('=');
        String name = name(arg);
        Options.Option option = find(name);
        if (option == null) {
            throw new UsageError("flag provided but not defined: " + name);
        }
        if (!option.takesValue()) {
            boolean truth = equals < 0 || truth(name, arg.substring(equals + 1));
            if (truth) {
                given.put(option.name(), "");
            } else {
                given.remove(option.name());
            }
            keep(option, Boolean.toString(truth));
            return at + 1;
        }
        if (equals >= 0) {
            given.put(option.name(), arg.substring(equals + 1));
            keep(option, arg.substring(equals + 1));
            return at + 1;
        }
        if (at + 1 == args.size()) {
            throw new UsageError("flag needs an argument: " + name);
        }
        given.put(option.name(), args.get(at + 1));
        keep(option, args.get(at + 1));
        return at + 2;
    }

    private static String name(String arg) {
        int equals = arg.indexOf('=');
        return equals < 0 ? arg : arg.substring(0, equals);
    }

    private void keep(Options.Option option, String value) {
        all.computeIfAbsent(option.name(), name -> new ArrayList<>()).add(value);
    }

    private Options.@Nullable Option find(String name) {
        Options.Option option = options.find(name);
        if (option == null && name.startsWith("--")) {
            option = name.length() == 3 ? options.find(name.substring(1)) : null;
        } else if (option == null) {
            option = options.find("-" + name);
        }
        return option;
    }

    private static boolean truth(String name, String value) {
        Boolean truth = truth(value);
        if (truth == null) {
            throw new UsageError("invalid boolean value \"" + value + "\" for " + name);
        }
        return truth;
    }

    /** As callers of runc write it; null: it is neither. */
    static @Nullable Boolean truth(String value) {
        return switch (value) {
            case "1", "t", "T", "true", "True", "TRUE" -> true;
            case "0", "f", "F", "false", "False", "FALSE" -> false;
            default -> null;
        };
    }
}
