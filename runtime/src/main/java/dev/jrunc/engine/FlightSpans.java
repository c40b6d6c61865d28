// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.json.TraceEvents.Row;
import java.util.Map;

/** The spans of one call, given to JDK Flight Recorder. Nothing of it is loaded unless something is recorded. */
public final class FlightSpans {

    private final String command;
    private final long front;
    private CallSpan turn = new CallSpan();

    FlightSpans(String command, long front) {
        this.command = command;
        this.front = front;
        turn();
    }

    /** The engine's turn begins. */
    void turn() {
        turn = new CallSpan();
        turn.begin();
    }

    /**
     * @param began and ended in nanoseconds of CLOCK_MONOTONIC
     * @param arguments of {@link TracingFront}
     */
    void span(Row row, String operation, long began, long ended, Map<String, String> arguments) {
        CallSpan span = row == Row.ENGINE ? turn : new CallSpan();
        span.row = row.title();
        span.operation = operation;
        span.origin = arguments.getOrDefault("origin", "");
        span.failure = arguments.getOrDefault("error", arguments.getOrDefault("errno", ""));
        span.command = command;
        span.front = front;
        span.began = began;
        span.took = Math.max(0, ended - began);
        span.commit();
    }
}
