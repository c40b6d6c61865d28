// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.error.ContainerError;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.spec.Spec;
import dev.jrunc.text.OneLine;
import dev.jrunc.validate.SpecCheck;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code exec} runs: the container's own process, with what the caller says otherwise. */
final class ChangedProcess {

    private static final String PROCESS = "/process";

    private ChangedProcess() {}

    /** @throws dev.jrunc.error.JruncException at the first problem; one of what the caller says names the option */
    static Spec.Process of(Spec.Process own, ExecOptions.Change change) {
        Spec.Process changed = changed(own, change);
        try {
            SpecCheck.checkProcess(changed, PROCESS);
        } catch (InvalidSpec e) {
            String option = option(e.pointer(), change);
            throw option == null ? e : new ContainerError(OneLine.of(option + ": " + e.problem()));
        }
        return changed;
    }

    /** The one that has given what is at a pointer, such as {@code /process/env/3}; null where it is the container's own. */
    static @Nullable String option(String pointer, ExecOptions.Change change) {
        if (!pointer.startsWith(PROCESS + "/")) {
            return null;
        }
        String property = pointer.substring(PROCESS.length() + 1);
        int slash = property.indexOf('/');
        return switch (slash < 0 ? property : property.substring(0, slash)) {
            case "args" -> "COMMAND";
            case "cwd" -> change.cwd() == null ? null : "--cwd";
            case "env" -> change.env().isEmpty() ? null : "--env";
            case "user" -> userOption(property, change);
            case "capabilities" -> change.capabilities().isEmpty() ? null : "--cap";
            case "noNewPrivileges" -> change.noNewPrivileges() == null ? null : "--no-new-privs";
            case "apparmorProfile" -> change.apparmorProfile() == null ? null : "--apparmor";
            case "selinuxLabel" -> change.selinuxLabel() == null ? null : "--process-label";
            case "terminal" -> change.terminal() ? "--tty" : null;
            default -> null;
        };
    }

    private static @Nullable String userOption(String property, ExecOptions.Change change) {
        if (property.equals("user/umask")) {
            return null;
        }
        boolean groups = property.startsWith("user/additionalGids");
        if (!groups && (change.uid() != null || change.gid() != null)) {
            return "--user";
        }
        boolean whole = property.equals("user");
        return (groups || whole) && !change.additionalGids().isEmpty() ? "--additional-gids" : null;
    }

    private static Spec.Process changed(Spec.Process own, ExecOptions.Change change) {
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
     * CVE row "unconfined exec": a process.json, and where it says nothing of how the program is confined, what the container's own process
     * has: a program in the container is under its profiles unless somebody wants it otherwise.
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
