// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import dev.jrunc.plan.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.types.Variant;

/** GVariant's text format, as far as D-Bus has its types: {@code uint64 5}, {@code ['a', 'b']}, {@code @as []}, {@code true}. */
final class VariantText {

    private static final int MAX_DEPTH = 32;

    private static final Map<String, String> KEYWORDS = Map.ofEntries(
            Map.entry("boolean", "b"),
            Map.entry("byte", "y"),
            Map.entry("int16", "n"),
            Map.entry("uint16", "q"),
            Map.entry("int32", "i"),
            Map.entry("uint32", "u"),
            Map.entry("int64", "x"),
            Map.entry("uint64", "t"),
            Map.entry("double", "d"),
            Map.entry("string", "s"),
            Map.entry("objectpath", "o"),
            Map.entry("signature", "g"));

    private final String text;
    private int at;

    private VariantText(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException with a reason for people */
    static Variant<?> parse(String text) {
        VariantText parser = new VariantText(text);
        VariantNode node = parser.node(0);
        parser.skipSpace();
        if (parser.at < text.length()) {
            throw parser.wrong("more than one value");
        }
        String signature = VariantNode.signature(node);
        if (signature == null) {
            throw parser.wrong("its type is not to be seen");
        }
        return new Variant<>(VariantValue.value(node, signature), signature);
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what + " at character " + (at + 1));
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private char peek() {
        skipSpace();
        return at < text.length() ? text.charAt(at) : 0;
    }

    private boolean take(char wanted) {
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    private void need(char wanted) {
        if (!take(wanted)) {
            throw wrong("expected " + wanted);
        }
    }

    private VariantNode node(int depth) {
        if (depth > MAX_DEPTH) {
            throw wrong("nested too deep");
        }
        char first = peek();
        if (first == '\'' || first == '"') {
            return new VariantNode.Text(quoted());
        }
        if (first == 'b' && at + 1 < text.length() && "'\"".indexOf(text.charAt(at + 1)) >= 0) {
            at++;
            return new VariantNode.ByteText(Bytes.of((quoted() + "\0").getBytes(StandardCharsets.ISO_8859_1)));
        }
        if ("[({<@".indexOf(first) < 0 || first == 0) {
            return word(depth);
        }
        at++;
        return switch (first) {
            case '[' -> new VariantNode.Sequence(items(']', depth));
            case '(' -> new VariantNode.Tuple(items(')', depth));
            case '{' -> dictionary(depth);
            case '<' -> boxed(depth);
            default -> typed(depth);
        };
    }

    private VariantNode boxed(int depth) {
        VariantNode inside = node(depth + 1);
        need('>');
        return new VariantNode.Boxed(inside);
    }

    private VariantNode typed(int depth) {
        int begin = at;
        while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        String signature = text.substring(begin, at);
        VariantType.check(signature);
        return new VariantNode.Typed(signature, node(depth + 1));
    }

    private VariantNode word(int depth) {
        int begin = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "+-.".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        String word = text.substring(begin, at);
        if (word.isEmpty()) {
            throw wrong("expected a value");
        }
        String keyword = KEYWORDS.get(word);
        return keyword == null ? new VariantNode.Word(word) : new VariantNode.Typed(keyword, node(depth + 1));
    }

    private List<VariantNode> items(char end, int depth) {
        List<VariantNode> items = new ArrayList<>();
        while (!take(end)) {
            if (!items.isEmpty()) {
                need(',');
                if (end == ')' && take(end)) { // (1,)
                    break;
                }
            }
            items.add(node(depth + 1));
        }
        return items;
    }

    private VariantNode dictionary(int depth) {
        List<VariantNode> keys = new ArrayList<>();
        List<VariantNode> values = new ArrayList<>();
        while (!take('}')) {
            if (!keys.isEmpty()) {
                need(',');
            }
            keys.add(node(depth + 1));
            need(':');
            values.add(node(depth + 1));
        }
        return new VariantNode.Dictionary(keys, values);
    }

    private String quoted() {
        char quote = text.charAt(at++);
        StringBuilder plain = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            char c = text.charAt(at++);
            plain.appendCodePoint(c == '\\' && at < text.length() ? escaped() : c);
        }
        if (at == text.length()) {
            throw wrong("expected " + quote);
        }
        at++;
        return plain.toString();
    }

    private int escaped() {
        char c = text.charAt(at++);
        return switch (c) {
            case 'a' -> 7;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 11;
            case 'u' -> codePoint(4);
            case 'U' -> codePoint(8);
            default -> c;
        };
    }

    private int codePoint(int digits) {
        int end = at + digits;
        try {
            int point = end <= text.length() ? Integer.parseInt(text, at, end, 16) : -1;
            at = end;
            if (Character.isValidCodePoint(point)) {
                return point;
            }
        } catch (NumberFormatException e) {
            // The same.
        }
        throw wrong("no character");
    }
}
