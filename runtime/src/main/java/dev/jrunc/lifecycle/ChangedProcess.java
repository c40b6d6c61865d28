// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.error.ContainerError;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code exec} runs: the container's own process, with what the caller says otherwise. */
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

    /**
     * A process.json, and where it says nothing of how the program is confined, what the container's own process has: a program in
     * the container is under its profiles unless somebody wants it otherwise.
     */
    static Spec.Process completed(Spec.Process given, Spec.@Nullable Process own) {
        if (own == null) {
            return given;
        }
        return new Spec.Process(
                given.terminal(),
                given.consoleSize(),
                given.cwd(),
                given.env(),
                given.args(),
                given.rlimits(),
                given.capabilities() == null ? own.capabilities() : given.capabilities(),
                given.noNewPrivileges(),
                given.oomScoreAdj() == null ? own.oomScoreAdj() : given.oomScoreAdj(),
                given.apparmorProfile() == null ? own.apparmorProfile() : given.apparmorProfile(),
                given.selinuxLabel() == null ? own.selinuxLabel() : given.selinuxLabel(),
                given.scheduler(),
                given.ioPriority(),
                given.execCPUAffinity(),
                given.user());
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
