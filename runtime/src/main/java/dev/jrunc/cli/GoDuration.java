// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.error.UsageError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A span of time as Go's {@code time.ParseDuration} reads it: {@code 300ms}, {@code 1.5h}, {@code -2h45m}; and 0. */
final class GoDuration {

    private record Unit(String name, double millis) {}

    /** Longer names first, as m begins ms. */
    private static final List<Unit> UNITS = List.of(
            new Unit("ns", 1e-6),
            new Unit("us", 1e-3),
            new Unit("µs", 1e-3),
            new Unit("ms", 1),
            new Unit("s", 1e3),
            new Unit("m", 60e3),
            new Unit("h", 3600e3));

    static final double MAX_MILLIS = 1e12;

    private GoDuration() {}

    /**
     * @return milliseconds, rounded away from 0
     * @throws UsageError for what is no duration
     */
    static long millis(String option, String text) {
        boolean negative = text.startsWith("-");
        int start = negative || text.startsWith("+") ? 1 : 0;
        if (text.substring(start).equals("0")) {
            return 0;
        }
        double millis = 0;
        int at = start;
        while (at < text.length()) {
            int digits = at;
            while (digits < text.length() && isNumber(text.charAt(digits))) {
                digits++;
            }
            Unit unit = unit(text, digits);
            if (digits == at || unit == null) {
                throw invalid(option, text);
            }
            try {
                millis += Double.parseDouble(text.substring(at, digits)) * unit.millis;
            } catch (NumberFormatException e) {
                throw invalid(option, text);
            }
            at = digits + unit.name.length();
        }
        if (at == start || millis > MAX_MILLIS) {
            throw invalid(option, text);
        }
        long rounded = (long) Math.ceil(millis);
        return negative ? -rounded : rounded;
    }

    private static boolean isNumber(char c) {
        return c >= '0' && c <= '9' || c == '.';
    }

    private static @Nullable Unit unit(String text, int at) {
        for (Unit unit : UNITS) {
            if (text.startsWith(unit.name, at)) {
                return unit;
            }
        }
        return null;
    }

    private static UsageError invalid(String option, String text) {
        return new UsageError(
                "invalid value \"" + text + "\" for " + option + ": expected a duration such as 5s or 100ms");
    }
}
