// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.text;

/** CVE row "printed names": text of strangers, as a terminal or a page may show it: without characters that control it, or that hide or turn others. */
public final class Printable {

    private Printable() {}

    /** What isn't printable is written as it would be in JSON: {@code \n}, {@code \u202e}. */
    public static String of(String text) {
        boolean printable = true;
        for (int i = 0; i < text.length() && printable; i++) {
            printable = isPrintable(text.charAt(i));
        }
        if (printable) {
            return text;
        }
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            add(escaped, text.charAt(i));
        }
        return escaped.toString();
    }

    /** Plain words as they are, everything else in quotes. */
    public static String quoted(String text) {
        boolean plain = !text.isEmpty();
        for (int i = 0; i < text.length() && plain; i++) {
            char c = text.charAt(i);
            plain = c != ' ' && c != '"' && c != '\\' && c != '[' && c != ']' && isPrintable(c);
        }
        if (plain) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else {
                add(quoted, c);
            }
        }
        return quoted.append('"').toString();
    }

    private static void add(StringBuilder out, char c) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\t' -> out.append("\\t");
            default -> {
                if (isPrintable(c)) {
                    out.append(c);
                } else {
                    String digits = Integer.toHexString(c);
                    out.append("\\u").repeat('0', 4 - digits.length()).append(digits);
                }
            }
        }
    }

    private static boolean isPrintable(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
