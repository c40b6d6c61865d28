// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.text;

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
        return Printable.of(shown);
    }
}
