// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

/**
 * A hint for one failure.
 *
 * @param text its cause and what helps, with the names and numbers of this host
 */
public record Advice(Hint hint, String text) {

    /** @param values for the places that the hint's words leave open, in their order */
    static Advice of(Hint hint, String... values) {
        String words = hint.cause() + ": " + hint.mend();
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (String value : values) {
            int open = words.indexOf(Hint.OPEN, from);
            text.append(words, from, open).append(value);
            from = open + Hint.OPEN.length();
        }
        return new Advice(hint, text.append(words.substring(from)).toString());
    }
}
