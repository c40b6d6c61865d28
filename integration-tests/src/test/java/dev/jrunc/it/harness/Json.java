// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as trees. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    /**
     * One JSON value.
     *
     * @throws AssertionError when the text isn't one
     */
    public static JsonNode parse(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    /** A JSON value from one that is written with ' for ". */
    public static JsonNode quoted(String text) {
        return parse(text.replace('\'', '"'));
    }

    /** A tree from a Java value: a list, a map, a string, a number. */
    public static JsonNode of(Object value) {
        return MAPPER.valueToTree(value);
    }
}
