// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

/** Writes JSON, one value after another: on one line, or with a line for each value, indented by tabs. */
final class JsonText {

    private final StringBuilder out = new StringBuilder();
    private final boolean indented;
    private int depth;
    private boolean first = true;
    private boolean named;

    JsonText(boolean indented) {
        this.indented = indented;
    }

    /** Everything so far. */
    @Override
    public String toString() {
        return out.toString();
    }

    JsonText beginObject() {
        return begin('{');
    }

    JsonText endObject() {
        return end('}');
    }

    JsonText beginList() {
        return begin('[');
    }

    JsonText endList() {
        return end(']');
    }

    /** Of the member whose value comes next. */
    JsonText name(String name) {
        separate();
        quote(name);
        out.append(indented ? ": " : ":");
        named = true;
        return this;
    }

    JsonText string(String value) {
        separate();
        quote(value);
        return this;
    }

    /** A number, true, false or null, as it is written. */
    JsonText literal(String value) {
        separate();
        out.append(value);
        return this;
    }

    private JsonText begin(char bracket) {
        separate();
        out.append(bracket);
        depth++;
        first = true;
        return this;
    }

    private JsonText end(char bracket) {
        depth--;
        if (!first) {
            line();
        }
        out.append(bracket);
        first = false;
        return this;
    }

    private void separate() {
        if (!named && depth > 0) {
            if (!first) {
                out.append(',');
            }
            line();
        }
        first = false;
        named = false;
    }

    private void line() {
        if (indented) {
            out.append('\n');
            for (int i = 0; i < depth; i++) {
                out.append('\t');
            }
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append(c < 16 ? "\\u000" : "\\u00").append(Integer.toHexString(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
