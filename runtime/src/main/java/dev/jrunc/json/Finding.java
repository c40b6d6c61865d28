// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import java.util.List;

/**
 * What {@code validate} has to say about a place in config.json.
 *
 * @param error whether create would fail; else it is a warning
 * @param pointer the place, a JSON pointer; empty for the whole document
 * @param message what was expected, and what was found
 */
public record Finding(boolean error, String pointer, String message) {

    public static Finding error(String pointer, String message) {
        return new Finding(true, pointer, message);
    }

    public static Finding warning(String pointer, String message) {
        return new Finding(false, pointer, message);
    }

    /** One line. */
    public String text() {
        return (error ? "error: " : "warning: ") + (pointer.isEmpty() ? "" : pointer + ": ") + message;
    }

    /** All of them, indented. */
    public static String toJson(List<Finding> findings) {
        JsonText json = new JsonText(true).beginObject();
        json.name("valid").literal(Boolean.toString(findings.stream().noneMatch(Finding::error)));
        json.name("findings").beginList();
        for (Finding finding : findings) {
            json.beginObject();
            json.name("severity").string(finding.error ? "error" : "warning");
            json.name("pointer").string(finding.pointer);
            json.name("message").string(finding.message);
            json.endObject();
        }
        return json.endList().endObject().toString();
    }
}
