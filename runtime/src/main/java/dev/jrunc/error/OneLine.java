// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.error;

/** Words of a document in an error: on one line, whatever is in them, and no longer than somebody reads. */
public final class OneLine {

    /** In characters, before what is left out; the beginning has the place, the end what was expected. */
    static final int MAX_CHARACTERS = 1024;

    private static final int END = 256;

    private OneLine() {}

    public static String of(String text) {
        String shown = text.length() <= MAX_CHARACTERS
                ? text
                : text.substring(0, MAX_CHARACTERS - END - 1) + "…" + text.substring(text.length() - END);
        for (int i = 0; i < shown.length(); i++) {
            if (isHidden(shown.charAt(i))) {
                return escaped(shown);
            }
        }
        return shown;
    }

    /** Moves the cursor, ends the line, or turns the direction of what follows. */
    private static boolean isHidden(char c) {
        return c < ' ' || c >= 0x7f && c < 0xa0 || c >= 0x2028 && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isHidden(c)) {
                out.append("\\u").append(Integer.toHexString(0x10000 | c), 1, 5);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
