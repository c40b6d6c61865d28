// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Bytes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON text to a tree: RFC 8259 to the letter, in UTF-8. */
final class JsonTree {

    /** How deep objects and lists may be nested. */
    static final int MAX_DEPTH = 100;

    private static final int HEXADECIMAL = 16;
    private static final int HEX_DIGITS = 4;

    private final String text;
    private int at;
    private int depth;

    private JsonTree(String text) {
        this.text = text;
    }

    /** @throws InvalidSpec with line and column when it isn't JSON */
    static Place read(Bytes document) {
        JsonTree tree = new JsonTree(document.utf8());
        if (tree.text.indexOf('\ufffd') >= 0) {
            tree.checkEncoding(document);
        }
        tree.skipSpace();
        if (tree.atEnd()) {
            throw new InvalidSpec("", "is empty");
        }
        JsonValue root = tree.value();
        tree.skipSpace();
        if (!tree.atEnd()) {
            throw tree.syntax("more text after the end of the document");
        }
        return new Place(root, "");
    }

    /** U+FFFD is what malformed bytes become, and may be in a document. */
    private void checkEncoding(Bytes document) {
        CharBuffer decoded = CharBuffer.allocate(text.length());
        if (UTF_8.newDecoder()
                .decode(ByteBuffer.wrap(document.toArray()), decoded, true)
                .isError()) {
            at = decoded.position();
            throw syntax("bytes that are not UTF-8");
        }
    }

    /** At the place that was reached. */
    private InvalidSpec syntax(String problem) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < at; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new InvalidSpec("", "is not JSON: line " + line + ", column " + (at - lineStart + 1) + ": " + problem);
    }

    private InvalidSpec unexpected(String expected) {
        if (atEnd()) {
            return syntax("the document ends where " + expected + " should be");
        }
        String found = new String(Character.toChars(text.codePointAt(at)));
        return syntax("expected " + expected + ", found " + new JsonText(false).string(found));
    }

    private boolean atEnd() {
        return at == text.length();
    }

    private boolean isNext(char expected) {
        return at < text.length() && text.charAt(at) == expected;
    }

    private boolean take(char expected) {
        if (isNext(expected)) {
            at++;
            return true;
        }
        return false;
    }

    private void skipSpace() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
                return;
            }
            at++;
        }
    }

    private JsonValue value() {
        if (isNext('"')) {
            return new JsonValue.Text(string());
        }
        if (isNext('{')) {
            return object();
        }
        if (isNext('[')) {
            return list();
        }
        if (isNext('-') || isDigit()) {
            return number();
        }
        return word();
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw syntax("objects and lists are nested to a depth of more than " + MAX_DEPTH);
        }
        at++;
        skipSpace();
    }

    private JsonValue object() {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        enter();
        if (!take('}')) {
            do {
                skipSpace();
                if (!isNext('"')) {
                    throw unexpected("a name in double quotes");
                }
                String name = string();
                skipSpace();
                if (!take(':')) {
                    throw unexpected("':'");
                }
                skipSpace();
                members.put(name, value());
                skipSpace();
            } while (take(','));
            if (!take('}')) {
                throw unexpected("',' or '}'");
            }
        }
        depth--;
        return new JsonValue.Members(members);
    }

    private JsonValue list() {
        List<JsonValue> entries = new ArrayList<>();
        enter();
        if (!take(']')) {
            do {
                skipSpace();
                entries.add(value());
                skipSpace();
            } while (take(','));
            if (!take(']')) {
                throw unexpected("',' or ']'");
            }
        }
        depth--;
        return new JsonValue.Entries(entries);
    }

    private JsonValue word() {
        if (takeWord("true")) {
            return JsonValue.Word.TRUE;
        }
        if (takeWord("false")) {
            return JsonValue.Word.FALSE;
        }
        if (takeWord("null")) {
            return JsonValue.Word.NULL;
        }
        throw unexpected("a value");
    }

    private boolean takeWord(String word) {
        if (!text.startsWith(word, at)) {
            return false;
        }
        at += word.length();
        return true;
    }

    private boolean isDigit() {
        return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    private void digits() {
        if (!isDigit()) {
            throw unexpected("a digit");
        }
        while (isDigit()) {
            at++;
        }
    }

    private JsonValue number() {
        int start = at;
        take('-');
        if (take('0')) {
            if (isDigit()) {
                throw syntax("a number that begins with 0");
            }
        } else {
            digits();
        }
        if (take('.')) {
            digits();
        }
        if (take('e') || take('E')) {
            if (!take('+')) {
                take('-');
            }
            digits();
        }
        return new JsonValue.Numeral(text.substring(start, at));
    }

    private String string() {
        int start = ++at;
        while (!isNext('"')) {
            if (isNext('\\')) {
                return stringWithEscapes(start);
            }
            plainCharacter();
        }
        return text.substring(start, at++);
    }

    private char plainCharacter() {
        if (atEnd()) {
            throw unexpected("the end of a string");
        }
        char c = text.charAt(at);
        if (c < ' ') {
            throw syntax("a control character in a string: it has to be written as an escape");
        }
        at++;
        return c;
    }

    private String stringWithEscapes(int start) {
        StringBuilder string = new StringBuilder(text.substring(start, at));
        while (!take('"')) {
            if (take('\\')) {
                escape(string);
            } else {
                string.append(plainCharacter());
            }
        }
        return string.toString();
    }

    private void escape(StringBuilder string) {
        char c = atEnd() ? 0 : text.charAt(at);
        switch (c) {
            case '"', '\\', '/' -> string.append(c);
            case 'b' -> string.append('\b');
            case 'f' -> string.append('\f');
            case 'n' -> string.append('\n');
            case 'r' -> string.append('\r');
            case 't' -> string.append('\t');
            case 'u' -> {
                at++;
                unicode(string);
                return;
            }
            default -> throw unexpected("one of \" \\ / b f n r t u behind a backslash");
        }
        at++;
    }

    /** Half of a surrogate pair is no character: nothing can be written from it. */
    private void unicode(StringBuilder string) {
        char first = hexadecimal();
        string.append(first);
        if (Character.isHighSurrogate(first) && takeWord("\\u")) {
            char second = hexadecimal();
            if (Character.isLowSurrogate(second)) {
                string.append(second);
                return;
            }
        }
        if (Character.isSurrogate(first)) {
            throw syntax("half of a surrogate pair");
        }
    }

    private char hexadecimal() {
        int value = 0;
        for (int i = 0; i < HEX_DIGITS; i++) {
            int digit = atEnd() || text.charAt(at) > 'f' ? -1 : Character.digit(text.charAt(at), HEXADECIMAL);
            if (digit < 0) {
                throw unexpected("a hexadecimal digit");
            }
            value = value * HEXADECIMAL + digit;
            at++;
        }
        return (char) value;
    }
}
