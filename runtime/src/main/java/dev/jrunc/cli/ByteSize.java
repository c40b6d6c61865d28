// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.error.UsageError;
import java.math.BigDecimal;
import java.util.Locale;

/** A size as callers of runc write it: {@code 67108864}, {@code 64m}, {@code 1.5 GiB}; binary units, any case; -1 for no limit. */
final class ByteSize {

    private static final String UNITS = "kmgtp";
    private static final int UNIT_BITS = 10;

    private ByteSize() {}

    /** @throws UsageError for what is no size */
    static long parse(String option, String text) {
        if (text.equals("-1")) {
            return -1;
        }
        int digits = 0;
        while (digits < text.length() && isNumber(text.charAt(digits))) {
            digits++;
        }
        int unit = digits < text.length() && text.charAt(digits) == ' ' ? digits + 1 : digits;
        int bits = bits(text.substring(unit).toLowerCase(Locale.ROOT));
        try {
            if (bits >= 0) {
                return new BigDecimal(text.substring(0, digits))
                        .multiply(BigDecimal.valueOf(1L << bits))
                        .toBigInteger()
                        .longValueExact();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // The same message.
        }
        throw new UsageError("invalid value \"" + text + "\" for " + option
                + ": invalid size: expected bytes, or a number with k, m or g, or -1 for no limit");
    }

    private static boolean isNumber(char c) {
        return c >= '0' && c <= '9' || c == '.';
    }

    /** Of the factor that a unit stands for; -1 for what is none. */
    private static int bits(String unit) {
        if (unit.isEmpty() || unit.equals("b")) {
            return 0;
        }
        int known = UNITS.indexOf(unit.charAt(0));
        String rest = unit.substring(1);
        return known >= 0 && (rest.isEmpty() || rest.equals("b") || rest.equals("ib")) ? UNIT_BITS * (known + 1) : -1;
    }
}
