// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import java.util.List;

/**
 * What would fail, if it were tried on this host.
 *
 * @param origin the place in config.json, a JSON pointer, or the rule's or the option's name; empty for the whole document
 * @param command which would fail: mostly {@code create}
 * @param operation as in the plan; empty where there would be no plan
 * @param error as the command would tell it, {@code ENOENT (no such file or directory)}; empty for what is refused by jrunc
 * @param problem what was looked at, and what was found
 * @param mend what would help
 */
public record Prediction(String origin, String command, String operation, String error, String problem, String mend) {

    /** All of them, indented. */
    public static String toJson(List<Prediction> predictions) {
        JsonText json = new JsonText(true).beginObject();
        json.name("possible").literal(Boolean.toString(predictions.isEmpty()));
        json.name("errors").beginList();
        for (Prediction prediction : predictions) {
            json.beginObject();
            json.name("origin").string(prediction.origin);
            json.name("command").string(prediction.command);
            if (!prediction.operation.isEmpty()) {
                json.name("operation").string(prediction.operation);
            }
            if (!prediction.error.isEmpty()) {
                json.name("error").string(prediction.error);
            }
            json.name("problem").string(prediction.problem);
            json.name("mend").string(prediction.mend);
            json.endObject();
        }
        return json.endList().endObject().toString();
    }
}
