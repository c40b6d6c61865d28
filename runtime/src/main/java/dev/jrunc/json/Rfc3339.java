// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import java.time.Instant;

/** Times as documents and logs have them, in UTC: the JDK's formatters are sixty classes, which a short call would load for one line. */
public final class Rfc3339 {

    private static final int SECONDS_PER_MINUTE = 60;
    private static final int SECONDS_PER_HOUR = 3600;
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int NANO_DIGITS = 9;
    private static final int THREE_DIGITS = 1000;

    private static final int MONTHS = 12;
    private static final int DAYS_PER_ERA = 146_097;
    private static final int YEARS_PER_ERA = 400;

    /** From 0000-03-01 to 1970-01-01. */
    private static final int DAYS_TO_EPOCH = 719_468;

    private Rfc3339() {}

    /** To the second, such as 2026-01-02T03:04:05Z. */
    public static String seconds(Instant time) {
        return toSecond(time.getEpochSecond()).append('Z').toString();
    }

    /** As exact as it is, in groups of three digits, such as 2026-01-02T03:04:05.006Z. */
    public static String exact(Instant time) {
        StringBuilder text = toSecond(time.getEpochSecond());
        int fraction = time.getNano();
        if (fraction != 0) {
            int width = NANO_DIGITS;
            while (fraction % THREE_DIGITS == 0) {
                fraction /= THREE_DIGITS;
                width -= 3;
            }
            digits(text.append('.'), fraction, width);
        }
        return text.append('Z').toString();
    }

    private static StringBuilder toSecond(long epochSecond) {
        StringBuilder text = new StringBuilder();
        date(text, Math.floorDiv(epochSecond, SECONDS_PER_DAY));
        int second = Math.floorMod(epochSecond, SECONDS_PER_DAY);
        text.append('T');
        digits(text, second / SECONDS_PER_HOUR, 2);
        text.append(':');
        digits(text, second / SECONDS_PER_MINUTE % SECONDS_PER_MINUTE, 2);
        text.append(':');
        digits(text, second % SECONDS_PER_MINUTE, 2);
        return text;
    }

    /** The Gregorian calendar, with years that begin in March, so that the leap day is the last of its year. */
    private static void date(StringBuilder text, long epochDay) {
        long day = epochDay + DAYS_TO_EPOCH;
        long era = Math.floorDiv(day, DAYS_PER_ERA);
        int dayOfEra = Math.floorMod(day, DAYS_PER_ERA);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int marchMonth = (5 * dayOfYear + 2) / 153;
        int month = marchMonth < 10 ? marchMonth + 3 : marchMonth + 3 - MONTHS;
        digits(text, era * YEARS_PER_ERA + yearOfEra + (month <= 2 ? 1 : 0), 4);
        text.append('-');
        digits(text, month, 2);
        text.append('-');
        digits(text, dayOfYear - (153 * marchMonth + 2) / 5 + 1L, 2);
    }

    private static void digits(StringBuilder text, long number, int width) {
        String digits = Long.toString(number);
        text.repeat('0', width - digits.length()).append(digits);
    }
}
