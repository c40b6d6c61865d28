// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.doctor;

import dev.jrunc.json.EngineStatus;
import dev.jrunc.json.Examination.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What jrunc itself runs on. */
final class EngineRows {

    private static final String AREA = "engine";
    private static final long MIB = 1024 * 1024;
    private static final long MILLIS_PER_SECOND = 1000;

    private EngineRows() {}

    /**
     * @param jdk the version of the JDK that serves this call
     * @param maps proc_pid_maps(5) of the engine that serves this call; empty where the caller may not look
     * @param status of a resident engine; null: a cold one serves this call
     * @param socket where a resident one would be; empty: nowhere
     */
    static List<Row> of(Host host, String jdk, String maps, @Nullable EngineStatus status, String socket) {
        List<Row> rows = new ArrayList<>();
        rows.add(Row.good(AREA, "JDK", jdk));
        rows.add(cache(maps));
        rows.add(resident(status, socket));
        rows.add(criu(host));
        return rows;
    }

    private static Row cache(String maps) {
        int end = maps.indexOf("/jrunc.aot");
        if (end >= 0) {
            return Row.good(
                    AREA, "AOT cache", maps.substring(maps.lastIndexOf(' ', end) + 1, end) + "/jrunc.aot, in use");
        }
        return maps.isEmpty()
                ? Row.note(
                        AREA,
                        "AOT cache",
                        "not told",
                        "the engine is another user's, whose memory map the caller may not see")
                : Row.warning(
                        AREA,
                        "AOT cache",
                        "not in use",
                        "each cold call takes several times as long: lib/jrunc/jrunc.aot belongs to the jars beside it, with their times;"
                                + " install the whole tree again (cp --preserve=timestamps)");
    }

    private static Row resident(@Nullable EngineStatus status, String socket) {
        if (status == null) {
            return Row.note(
                    AREA,
                    "resident engine",
                    "none" + (socket.isEmpty() ? "" : " at " + socket),
                    "each call starts a JVM, 30 ms or so: systemctl enable --now jrunc-engine.socket (--user when not root), or jrunc"
                            + " engine serve");
        }
        return Row.good(
                AREA,
                "resident engine",
                "pid " + status.pid() + ", for " + status.uptimeMillis() / MILLIS_PER_SECOND + " s, objects "
                        + status.heapBytes() / MIB + " MiB, " + declined(status) + " calls declined");
    }

    private static long declined(EngineStatus status) {
        long calls = 0;
        for (EngineStatus.Declined declined : status.declined()) {
            calls += declined.calls();
        }
        return calls;
    }

    private static Row criu(Host host) {
        String path = host.program("criu");
        if (path.isEmpty()) {
            return Row.note(AREA, "CRIU", "not installed", "checkpoint and restore want it");
        }
        String version = ClientRows.version(host.output("criu", "--version"));
        return version.isEmpty()
                ? Row.warning(AREA, "CRIU", path, "it does not say its version: criu --version")
                : Row.good(AREA, "CRIU", version + ", " + path);
    }
}
