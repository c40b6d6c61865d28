// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Residency;
import dev.jrunc.error.UsageError;
import dev.jrunc.kernel.NativeLibraries;
import dev.jrunc.lifecycle.Context;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command with its options and arguments, as given. */
record Invocation(
        String command,
        Arguments given,
        GlobalOptions global,
        Context context,
        NativeLibraries libraries,
        @Nullable Residency residency) {

    Front front() {
        return context.front();
    }

    /** What came behind the options. */
    List<String> arguments() {
        return given.rest();
    }

    boolean flag(String name) {
        return given.flag(name);
    }

    @Nullable
    String value(String name) {
        return given.value(name);
    }

    /** All values of an option that may be given several times. */
    List<String> values(String name) {
        return given.values(name);
    }

    /** @throws UsageError for a value that is no number from 0 to that maximum */
    long number(String name, long absent, long maximum) {
        String value = value(name);
        if (value == null) {
            return absent;
        }
        long number = number(name, value, maximum);
        if (number < 0 || number > maximum) {
            throw noNumber(name, value, maximum);
        }
        return number;
    }

    /**
     * Of one value of an option, which may be out of range.
     *
     * @throws UsageError for a value that is no number of 64 bits
     */
    static long number(String name, String value, long maximum) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw noNumber(name, value, maximum);
        }
    }

    private static UsageError noNumber(String name, String value, long maximum) {
        return new UsageError(
                "invalid value \"" + value + "\" for " + name + ": expected a number from 0 to " + maximum);
    }

    /**
     * Of --format, which is {@code json} or that other one, the default.
     *
     * @return whether it is {@code json}
     * @throws UsageError for a format that is neither
     */
    boolean json(String other) {
        return format(other, "json").equals("json");
    }

    /**
     * Of --format, which is one of these; the first is the default.
     *
     * @throws UsageError for a format that is none of them
     */
    String format(String... known) {
        String format = value("--format");
        if (format == null) {
            return known[0];
        }
        for (String one : known) {
            if (one.equals(format)) {
                return one;
            }
        }
        throw new UsageError("invalid format option \"" + format + "\": expected " + String.join(" or ", known));
    }

    /** The container's id, which has to be the only argument. */
    String onlyId() {
        require(1, 1);
        return arguments().getFirst();
    }

    /** @throws UsageError for fewer or more arguments */
    void require(int minimum, int maximum) {
        List<String> arguments = arguments();
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
