// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import java.util.Map;

/**
 * Events of Chrome's trace event format, as Perfetto and chrome://tracing show them: a process for each call, with a row each
 * for front, engine and init. One line for each event, with commas between.
 */
public final class TraceEvents {

    /** Who did it: the rows of a call. */
    public enum Row {
        FRONT(1, "front"),
        ENGINE(2, "engine"),
        INIT(3, "init");

        private final int number;
        private final String title;

        Row(int number, String title) {
            this.number = number;
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    private static final int NANOS_PER_MICRO = 1000;

    private final StringBuilder lines = new StringBuilder();
    private final long pid;

    /** @param pid of the front */
    public TraceEvents(long pid) {
        this.pid = pid;
    }

    /** Names the call, and its rows. */
    public void begin(String call) {
        metadata("process_name", 0, call);
        for (Row row : Row.values()) {
            metadata("thread_name", row.number, row.title);
        }
    }

    private void metadata(String kind, int row, String name) {
        JsonText json = event(kind, "M", row);
        json.name("args").beginObject().name("name").string(name).endObject();
        add(json);
    }

    /** @param began and ended in nanoseconds of CLOCK_MONOTONIC */
    public void span(Row row, String name, long began, long ended, Map<String, String> arguments) {
        JsonText json = event(name, "X", row.number);
        json.name("ts").literal(micros(began));
        json.name("dur").literal(micros(Math.max(0, ended - began)));
        json.name("args").beginObject();
        arguments.forEach((key, value) -> json.name(key).string(value));
        json.endObject();
        add(json);
    }

    private JsonText event(String name, String phase, int row) {
        JsonText json = new JsonText(false).beginObject();
        json.name("name").string(name).name("ph").string(phase);
        json.name("pid").literal(Long.toString(pid));
        json.name("tid").literal(Integer.toString(row));
        return json;
    }

    private static String micros(long nanos) {
        String rest = Long.toString(nanos % NANOS_PER_MICRO + NANOS_PER_MICRO);
        return nanos / NANOS_PER_MICRO + "." + rest.substring(1);
    }

    private void add(JsonText json) {
        if (!lines.isEmpty()) {
            lines.append(",\n");
        }
        lines.append(json.endObject());
    }

    /** Those since it was asked last. */
    public String take() {
        String taken = lines.toString();
        lines.setLength(0);
        return taken;
    }
}
