// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

/** A line of a log, in the two forms that callers of a runtime parse. */
public final class LogLine {

    private LogLine() {}

    /** {@code {"level":"error","msg":"…","time":"…"}}. */
    public static String json(String level, String message, String time) {
        JsonText json = new JsonText(false).beginObject();
        json.name("level").string(level);
        json.name("msg").string(message);
        json.name("time").string(time);
        return json.endObject().toString();
    }

    /** logfmt: {@code time="…" level=error msg="…"}. */
    public static String text(String level, String message, String time) {
        return "time=\"" + time + "\" level=" + level + " msg=" + new JsonText(false).string(message);
    }
}
