// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import java.util.List;
import java.util.Map;

/** A value of a JSON document. */
sealed interface JsonValue {

    /** In their order; of a name that comes twice the last value. */
    record Members(Map<String, JsonValue> byName) implements JsonValue {}

    /** A list. */
    record Entries(List<JsonValue> list) implements JsonValue {}

    /** A string. */
    record Text(String value) implements JsonValue {}

    /** A number, as it is written. */
    record Numeral(String text) implements JsonValue {

        boolean isInteger() {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '.' || c == 'e' || c == 'E') {
                    return false;
                }
            }
            return true;
        }

        boolean isZero() {
            for (int i = 0; i < text.length() && text.charAt(i) != 'e' && text.charAt(i) != 'E'; i++) {
                if (text.charAt(i) >= '1' && text.charAt(i) <= '9') {
                    return false;
                }
            }
            return true;
        }
    }

    /** A word. */
    enum Word implements JsonValue {
        TRUE,
        FALSE,
        NULL
    }
}
