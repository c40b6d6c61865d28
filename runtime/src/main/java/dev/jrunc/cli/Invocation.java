// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.engine.Front;
import dev.jrunc.error.UsageError;
import dev.jrunc.kernel.NativeLibraries;
import dev.jrunc.lifecycle.Context;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/** A command with its options and arguments, as given. */
record Invocation(
        String command,
        ParseResult options,
        List<String> arguments,
        GlobalOptions global,
        Context context,
        NativeLibraries libraries) {

    Front front() {
        return context.front();
    }

    boolean flag(String name) {
        return options.hasMatchedOption(name);
    }

    @Nullable
    String value(String name) {
        return options.matchedOptionValue(name, null);
    }

    /** @throws UsageError for a value that is no number from 0 to that maximum */
    long number(String name, long absent, long maximum) {
        String value = value(name);
        if (value == null) {
            return absent;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= 0 && number <= maximum) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same message.
        }
        throw new UsageError(
                "invalid value \"" + value + "\" for " + name + ": expected a number from 0 to " + maximum);
    }

    /** The container's id, which has to be the only argument. */
    String onlyId() {
        require(1, 1);
        return arguments.getFirst();
    }

    /** @throws UsageError for fewer or more arguments */
    void require(int minimum, int maximum) {
        if (arguments.size() < minimum || arguments.size() > maximum) {
            String expected = minimum == maximum
                    ? "exactly " + minimum + " argument" + (minimum == 1 ? "" : "s")
                    : arguments.size() < minimum
                            ? "a minimum of " + minimum + " argument" + (minimum == 1 ? "" : "s")
                            : "a maximum of " + maximum + " arguments";
            throw new UsageError("\"" + command + "\" requires " + expected);
        }
    }

    void print(String text) {
        front().execute(new HostOperation.Output(Origin.rule("output"), 1, Bytes.utf8(text)));
    }
}
