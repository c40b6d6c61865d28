// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.json.StateJson;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.SeccompFilter;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What others are told of an init that is being made, by create and exec alike. */
final class InitReports {

    /** WRITE_FILE dispositions of native/protocol.h. */
    private static final long REPLACE = 3;

    private static final long PID_FILE_MODE = 0644;

    private InitReports() {}

    /** To the caller: --pid-file and --pidfd-socket. */
    static List<Step<HostOperation>> toCaller(@Nullable String pidFile, @Nullable String pidfdSocket, long pid) {
        List<Step<HostOperation>> steps = new ArrayList<>();
        if (pidFile != null) {
            steps.add(Step.must(new HostOperation.WriteFile(
                    Origin.rule("--pid-file"), pidFile, Bytes.utf8(Long.toString(pid)), PID_FILE_MODE, REPLACE)));
        }
        if (pidfdSocket != null) {
            steps.add(Step.must(new HostOperation.SendPidfd(Origin.rule("--pidfd-socket"), pidfdSocket)));
        }
        return steps;
    }

    /**
     * The container that a process is made in.
     *
     * @param pid of its first process
     */
    record Container(String id, String status, long pid, String bundle, Map<String, String> annotations) {}

    /**
     * To linux.seccomp.listenerPath: the fd of the filter's notifications, with the state that config-linux.md section "The
     * Container Process State" wants. Nothing where the filter has none.
     *
     * @param pid of the process that the filter is for
     */
    static List<Step<HostOperation>> toSeccompListener(
            Spec spec, @Nullable SeccompFilter filter, long pid, Container container) {
        Spec.Seccomp profile = spec.linux().seccomp();
        String listener = profile == null ? null : profile.listenerPath();
        if (filter == null || !filter.notifies() || profile == null || listener == null) {
            return List.of();
        }
        String metadata = profile.listenerMetadata();
        return List.of(Step.must(new HostOperation.SendSeccompListener(
                Origin.at("/linux/seccomp/listenerPath"),
                listener,
                StateJson.seccompState(
                        pid,
                        metadata == null ? "" : metadata,
                        container.id,
                        container.status,
                        container.pid,
                        container.bundle,
                        container.annotations))));
    }
}
