// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Residency;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.UsageError;
import dev.jrunc.json.EngineStatus;
import dev.jrunc.lifecycle.ServeEngine;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import java.util.Arrays;
import java.util.Locale;
import java.util.StringTokenizer;

/** {@code engine serve}, {@code engine status}, {@code engine record} and {@code engine stop}. */
final class EngineCommand implements Command {

    private static final int MAX_STATUS_BYTES = 1 << 16;
    private static final long RECORDED_MILLIS = 10_000;
    private static final long MAX_RECORDED_MILLIS = 24L * 3600 * 1000;
    private static final int PART_BYTES = 1 << 20;
    private static final long STDOUT_BIT = 1 << 1;
    private static final long KIB = 1024;
    private static final long MIB = 1024 * 1024;
    private static final double MICROS_PER_MILLI = 1000;
    private static final long MILLIS_PER_SECOND = 1000;

    @Override
    public String name() {
        return "engine";
    }

    @Override
    public String summary() {
        return "the resident engine, which answers calls faster: serve it, show it, record it, stop it";
    }

    @Override
    public String arguments() {
        return "serve|status|record|stop";
    }

    @Override
    public void declare(Options options) {
        options.value("PATH", "serve: socket to listen on", "--socket");
        options.value("DURATION", "serve: end when no call came for so long (0: never)", "--idle-timeout");
        options.value("NAME", "serve: user to run as, when root serves", "--user");
        options.value("DURATION", "record: for how long (default 10s)", "--duration");
        options.value("table|json", "status: form of the output", "--format", "-f");
    }

    @Override
    public boolean namesContainer() {
        return false;
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(1, 1);
        switch (invocation.arguments().getFirst()) {
            case "serve" -> serve(invocation);
            case "status" -> status(invocation);
            case "record" -> record(invocation);
            case "stop" -> resident(invocation).stop();
            default ->
                throw new UsageError("unknown argument \""
                        + invocation.arguments().getFirst() + "\": expected serve, status, record or stop");
        }
        return 0;
    }

    private static void serve(Invocation invocation) {
        String given = invocation.value("--socket");
        String socket = given == null
                ? ServeEngine.socket(invocation.front().call())
                : invocation.front().call().absolute(given);
        if (socket.isEmpty()) {
            throw new UsageError("--socket is needed: XDG_RUNTIME_DIR is not set");
        }
        String idle = invocation.value("--idle-timeout");
        long idleMillis = idle == null ? 0 : GoDuration.millis("--idle-timeout", idle);
        if (idleMillis < 0) {
            throw new UsageError("invalid value \"" + idle + "\" for --idle-timeout: expected 0 or more");
        }
        new ServeEngine(invocation.context()).serve(socket, invocation.value("--user"), idleMillis);
    }

    /** The one that serves this call. */
    private static Residency resident(Invocation invocation) {
        Residency residency = invocation.residency();
        if (residency == null) {
            String socket = ServeEngine.socket(invocation.front().call());
            throw new ContainerError("no resident engine answers"
                    + (socket.isEmpty() ? ": XDG_RUNTIME_DIR is not set" : " at " + socket)
                    + "; jrunc engine serve starts one");
        }
        return residency;
    }

    private static void status(Invocation invocation) {
        boolean json = invocation.json("table");
        EngineStatus status = withResidentSet(invocation, resident(invocation).status());
        invocation.print(json ? status.toJson() + "\n" : table(status));
    }

    /** To standard output, which is the caller's: the engine writes no file that anybody names. */
    private static void record(Invocation invocation) {
        String given = invocation.value("--duration");
        long millis = given == null ? RECORDED_MILLIS : GoDuration.millis("--duration", given);
        if (millis <= 0 || millis > MAX_RECORDED_MILLIS) {
            throw new UsageError(
                    "invalid value \"" + given + "\" for --duration: expected more than 0, and at most 24h");
        }
        Front front = invocation.front();
        if ((front.call().terminals() & STDOUT_BIT) != 0) {
            throw new ContainerError("standard output is a terminal; give it a file: >engine.jfr");
        }
        Origin origin = Origin.rule("engine record");
        byte[] recording = resident(invocation)
                .record(millis, () -> front.execute(new HostOperation.Output(origin, 1, Bytes.EMPTY)));
        for (int at = 0; at < recording.length; at += PART_BYTES) {
            byte[] part = Arrays.copyOfRange(recording, at, Math.min(recording.length, at + PART_BYTES));
            front.execute(new HostOperation.Output(origin, 1, Bytes.of(part)));
        }
    }

    /** The front looks: where the engine is a process that the caller sees. */
    private static EngineStatus withResidentSet(Invocation invocation, EngineStatus status) {
        HostOperation read = new HostOperation.ReadFile(
                Origin.rule("engine status"), "/proc/" + status.pid() + "/status", MAX_STATUS_BYTES);
        StringTokenizer fields =
                new StringTokenizer(invocation.front().attempt(read).data().utf8());
        while (fields.hasMoreTokens()) {
            if (fields.nextToken().equals("VmRSS:")) {
                return status.withResidentBytes(Long.parseLong(fields.nextToken()) * KIB);
            }
        }
        return status;
    }

    private static String table(EngineStatus status) {
        StringBuilder text = new StringBuilder();
        text.append("pid       ").append(status.pid()).append('\n');
        text.append("uptime    ")
                .append(status.uptimeMillis() / MILLIS_PER_SECOND)
                .append(" s\n");
        text.append("memory    ")
                .append(status.residentBytes() / MIB)
                .append(" MiB, objects ")
                .append(status.heapBytes() / MIB)
                .append(" MiB\n");
        text.append("active    ").append(status.active()).append('\n');
        for (EngineStatus.Declined declined : status.declined()) {
            text.append("declined  ")
                    .append(declined.calls())
                    .append(": ")
                    .append(declined.reason())
                    .append('\n');
        }
        Table table = new Table("COMMAND", "CALLS", "P50 ms", "P90 ms", "P99 ms", "MAX ms");
        for (EngineStatus.Latency latency : status.commands()) {
            table.row(
                    latency.command(),
                    Long.toString(latency.calls()),
                    millis(latency.p50()),
                    millis(latency.p90()),
                    millis(latency.p99()),
                    millis(latency.max()));
        }
        return text.append('\n').append(table).toString();
    }

    private static String millis(long micros) {
        return String.format(Locale.ROOT, "%.2f", micros / MICROS_PER_MILLI);
    }
}
