// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.doctor;

import dev.jrunc.json.EngineStatus;
import dev.jrunc.json.Examination;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All rows, in the order in which they are shown. */
public final class Doctor {

    private Doctor() {}

    /**
     * What is not the host's.
     *
     * @param jrunc the absolute path of the program that was called
     * @param libseccomp its version; empty where there is none
     * @param jdk the version of the JDK that serves this call
     * @param maps proc_pid_maps(5) of the engine that serves this call; empty where the caller may not look
     * @param status of the resident engine; null: a cold one serves this call
     * @param socket where a resident one would be; empty: nowhere
     */
    public record Own(
            String jrunc,
            Optional<String> libseccomp,
            String jdk,
            String maps,
            @Nullable EngineStatus status,
            String socket) {}

    public static Examination examine(Host host, Own own) {
        List<Examination.Row> rows = new ArrayList<>();
        rows.addAll(KernelRows.of(host));
        rows.addAll(CgroupRows.of(host));
        rows.addAll(SecurityRows.of(host, own.libseccomp));
        rows.addAll(UserRows.of(host));
        rows.addAll(EngineRows.of(host, own.jdk, own.maps, own.status, own.socket));
        rows.addAll(ClientRows.of(host, own.jrunc));
        return new Examination(rows);
    }
}
