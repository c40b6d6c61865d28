// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.error.ContainerError;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The container's own process, with what the options of {@code exec} say otherwise. */
final class ChangedProcess {

    private ChangedProcess() {}

    static Spec.Process of(Spec.Process own, ExecOptions.Change change) {
        if (change.args().isEmpty()) {
            throw new ContainerError("process args cannot be empty: give a command, or --process");
        }
        String profile = change.apparmorProfile();
        String label = change.selinuxLabel();
        String cwd = change.cwd();
        Boolean noNewPrivileges = change.noNewPrivileges();
        return new Spec.Process(
                change.terminal(),
                change.consoleSize(),
                cwd == null ? own.cwd() : cwd,
                joined(own.env(), change.env()),
                change.args(),
                own.rlimits(),
                capabilities(own.capabilities(), change.capabilities()),
                noNewPrivileges == null ? own.noNewPrivileges() : noNewPrivileges,
                own.oomScoreAdj(),
                profile == null ? own.apparmorProfile() : profile,
                label == null ? own.selinuxLabel() : label,
                own.scheduler(),
                own.ioPriority(),
                own.execCPUAffinity(),
                user(own.user(), change));
    }

    private static Spec.User user(Spec.User own, ExecOptions.Change change) {
        Long uid = change.uid();
        Long gid = change.gid();
        return new Spec.User(
                uid == null ? own.uid() : uid,
                gid == null ? own.gid() : gid,
                own.umask(),
                joined(own.additionalGids(), change.additionalGids()));
    }

    /** CVE-2022-29162: never to the inheritable ones, and so not to the ambient ones either. */
    private static Spec.@Nullable Capabilities capabilities(Spec.@Nullable Capabilities own, List<String> added) {
        if (added.isEmpty()) {
            return own;
        }
        if (own == null) {
            return new Spec.Capabilities(added, added, List.of(), added, List.of());
        }
        return new Spec.Capabilities(
                joined(own.bounding(), added),
                joined(own.effective(), added),
                own.inheritable(),
                joined(own.permitted(), added),
                own.ambient());
    }

    private static <T> List<T> joined(List<T> own, List<T> added) {
        List<T> all = new ArrayList<>(own);
        all.addAll(added);
        return all;
    }
}
