// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import java.util.List;

/**
 * What a resident engine has done so far.
 *
 * @param pid of the engine, in its own pid namespace
 * @param uptimeMillis since it began to serve
 * @param active calls that are being served, the asking one among them
 * @param residentBytes its resident set, VmRSS of proc_pid_status(5); 0: not known
 * @param heapBytes of these, what its objects take
 * @param declined calls that it didn't take, by reason
 * @param commands one for each command that was called, by name
 */
public record EngineStatus(
        long pid,
        long uptimeMillis,
        long active,
        long residentBytes,
        long heapBytes,
        List<Declined> declined,
        List<Latency> commands) {

    public EngineStatus {
        declined = List.copyOf(declined);
        commands = List.copyOf(commands);
    }

    public EngineStatus withResidentBytes(long bytes) {
        return new EngineStatus(pid, uptimeMillis, active, bytes, heapBytes, declined, commands);
    }

    /** How many calls were not taken for that reason; their fronts made cold engines. */
    public record Declined(String reason, long calls) {}

    /** From ACCEPT to EXIT, in microseconds, of the latest calls of a command; {@code calls} counts all. */
    public record Latency(String command, long calls, long p50, long p90, long p99, long max) {}

    /** As JSON, indented; latencies in microseconds. */
    public String toJson() {
        JsonText json = new JsonText(true).beginObject();
        json.name("pid").literal(Long.toString(pid));
        json.name("uptimeMillis").literal(Long.toString(uptimeMillis));
        json.name("active").literal(Long.toString(active));
        json.name("residentBytes").literal(Long.toString(residentBytes));
        json.name("heapBytes").literal(Long.toString(heapBytes));
        json.name("declined").beginList();
        for (Declined reason : declined) {
            json.beginObject().name("reason").string(reason.reason);
            json.name("calls").literal(Long.toString(reason.calls)).endObject();
        }
        json.endList().name("commands").beginList();
        for (Latency latency : commands) {
            json.beginObject().name("command").string(latency.command);
            json.name("calls").literal(Long.toString(latency.calls));
            json.name("p50Micros").literal(Long.toString(latency.p50));
            json.name("p90Micros").literal(Long.toString(latency.p90));
            json.name("p99Micros").literal(Long.toString(latency.p99));
            json.name("maxMicros").literal(Long.toString(latency.max)).endObject();
        }
        return json.endList().endObject().toString();
    }
}
