// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

/** Fields of /proc/PID/mountinfo, where space, tab, line feed and backslash are written as {@code \040}. */
public final class Octal {

    private static final int DIGITS = 3;

    private Octal() {}

    public static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            int value = text.charAt(i) == '\\' ? value(text, i + 1) : -1;
            plain.append(value < 0 ? text.charAt(i) : (char) value);
            i += value < 0 ? 0 : DIGITS;
        }
        return plain.toString();
    }

    /** -1 for what are no three octal digits. */
    private static int value(String text, int start) {
        int value = 0;
        for (int i = start; i < start + DIGITS; i++) {
            int digit = i < text.length() ? text.charAt(i) - '0' : -1;
            if (digit < 0 || digit > 7) {
                return -1;
            }
            value = value * 8 + digit;
        }
        return value;
    }
}
