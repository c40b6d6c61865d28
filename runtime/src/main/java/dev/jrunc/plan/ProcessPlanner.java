// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.spec.Annotation;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** {@code process}: who the program runs as, what it may do, and itself. */
final class ProcessPlanner {

    /** Where the configuration gives none, as runc has it. */
    private static final long DEFAULT_UMASK = 0022;

    private static final long SYS_ADMIN = 1L << 21;

    private final String base;
    private final List<String> listenEnvironment;
    private final @Nullable SeccompFilter seccomp;
    private final Spec spec;
    private final Spec.Process process;
    private final boolean setGroups;
    private final NotifySocket notifySocket;
    private final List<Step<InitOperation>> steps;
    private final List<String> warnings;
    private long finalEffective;
    private long finalPermitted;

    /**
     * @param base where the process is: /process in config.json, the empty string in a process.json
     * @param listenEnvironment LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES
     * @param seccomp the container's compiled filter
     * @param spec the container's configuration
     */
    ProcessPlanner(
            String base,
            List<String> listenEnvironment,
            @Nullable SeccompFilter seccomp,
            Spec spec,
            Spec.Process process,
            boolean setGroups,
            NotifySocket notifySocket,
            List<Step<InitOperation>> steps,
            List<String> warnings) {
        this.base = base;
        this.listenEnvironment = listenEnvironment;
        this.seccomp = seccomp;
        this.spec = spec;
        this.process = process;
        this.setGroups = setGroups;
        this.notifySocket = notifySocket;
        this.steps = steps;
        this.warnings = warnings;
    }

    private Origin at(String pointer) {
        return Origin.at(base + pointer);
    }

    private void add(InitOperation operation) {
        steps.add(Step.must(operation));
    }

    /** A terminal, or at least a session of its own. */
    void planSession() {
        Spec.ConsoleSize size = process.consoleSize();
        if (process.terminal()) {
            add(new InitOperation.Console(
                    at("/terminal"),
                    size == null ? 0 : size.height(),
                    size == null ? 0 : size.width(),
                    process.user().uid()));
        } else {
            add(new InitOperation.NewSession(Origin.rule("session of its own")));
        }
    }

    /**
     * All that comes after the root file system is finished, up to waiting for start.
     *
     * @param first the container's first process: a missing working directory is made, and it waits at the point LIMITS in any
     *     case, until the front has written down which process it is
     */
    void planIdentity(boolean first) {
        Spec.User user = process.user();
        Long umask = user.umask();
        add(
                umask == null
                        ? new InitOperation.Umask(Origin.rule("default umask"), DEFAULT_UMASK)
                        : new InitOperation.Umask(at("/user/umask"), umask));
        add(new InitOperation.StdioOwner(at("/user"), user.uid(), user.gid()));
        // Only root may be able to make it, and only the user may be able to enter it.
        steps.add(Step.mayFail(new InitOperation.Cwd(at("/cwd"), process.cwd(), first)));
        planPersonality();
        planMemoryPolicy();
        planLabels();
        List<Step<HostOperation>> limits = limits();
        if (!limits.isEmpty()) {
            Origin origin = limits.getFirst().operation().origin();
            add(new InitOperation.SyncPoint(process.rlimits().isEmpty() ? origin : at("/rlimits"), Plan.SYNC_LIMITS));
        } else if (first) {
            add(new InitOperation.SyncPoint(Origin.rule("state of the container"), Plan.SYNC_LIMITS));
        }
        if (process.noNewPrivileges()) {
            add(new InitOperation.NoNewPrivileges(at("/noNewPrivileges")));
        }
        planCapabilities(user);
        add(new InitOperation.Cwd(at("/cwd"), process.cwd(), false));
    }

    private void planPersonality() {
        Spec.Personality personality = spec.linux().personality();
        if (personality != null) {
            add(new InitOperation.Personality(
                    Origin.at("/linux/personality/domain"),
                    Objects.requireNonNull(Names.PERSONALITIES.get(personality.domain()))));
        }
    }

    private void planMemoryPolicy() {
        Spec.MemoryPolicy policy = spec.linux().memoryPolicy();
        if (policy == null) {
            return;
        }
        long mode = Names.MEMORY_POLICIES.indexOf(policy.mode());
        for (String flag : policy.flags()) {
            mode |= Objects.requireNonNull(Names.MEMORY_POLICY_FLAGS.get(flag));
        }
        String nodes = policy.nodes();
        add(new InitOperation.MemoryPolicy(
                Origin.at("/linux/memoryPolicy"),
                policy.mode(),
                mode,
                nodes == null ? List.of() : NumberList.parse(nodes).orElseThrow()));
    }

    private void planLabels() {
        String profile = process.apparmorProfile();
        if (profile != null) {
            add(new InitOperation.ExecLabel(at("/apparmorProfile"), "apparmor", profile));
        }
        String label = process.selinuxLabel();
        if (label != null) {
            add(new InitOperation.ExecLabel(at("/selinuxLabel"), "selinux", label));
        }
    }

    private void planCapabilities(Spec.User user) {
        Origin origin = at("/capabilities");
        Spec.Capabilities given = process.capabilities();
        Spec.Capabilities sets =
                given == null ? new Spec.Capabilities(List.of(), List.of(), List.of(), List.of(), List.of()) : given;
        long permitted = mask(sets.permitted(), "permitted");
        long inheritable = mask(sets.inheritable(), "inheritable");
        long ambient = mask(sets.ambient(), "ambient");
        // The kernel lets only what is permitted and inheritable be ambient; callers ask for more, and runc lets them.
        add(new InitOperation.BoundingSet(origin, mask(sets.bounding(), "bounding")));
        boolean keepGroups = Annotation.KEEP_ORIGINAL_GROUPS.isSet(spec.annotations());
        if (!setGroups && !keepGroups && !user.additionalGids().isEmpty()) {
            warnings.add(base + "/user/additionalGids: ignored: setgroups is denied in the user namespace");
        }
        add(new InitOperation.User(
                at("/user"), user.uid(), user.gid(), setGroups && !keepGroups, user.additionalGids()));
        long effective = mask(sets.effective(), "effective");
        finalEffective = effective;
        finalPermitted = permitted;
        add(new InitOperation.Capabilities(
                origin,
                effective,
                privilegedSeccomp() ? permitted | SYS_ADMIN : permitted,
                inheritable,
                ambient & permitted & inheritable));
    }

    /** Without no_new_privs the kernel lets only CAP_SYS_ADMIN install a filter. */
    private boolean privilegedSeccomp() {
        return seccomp != null && !process.noNewPrivileges();
    }

    /** CVE row "seccomp last", and after "no_new_privs": as late as can be, docs/decisions/seccomp-order.md. */
    void planSeccomp() {
        SeccompFilter filter = seccomp;
        if (filter == null) {
            return;
        }
        boolean privileged = privilegedSeccomp();
        add(new InitOperation.Seccomp(
                Origin.at("/linux/seccomp"),
                filter.flags(),
                filter.program(),
                privileged,
                privileged ? finalEffective : 0,
                privileged ? finalPermitted : 0));
    }

    private long mask(List<String> names, String set) {
        long mask = 0;
        for (String name : names) {
            OptionalInt number = Names.capability(name);
            if (number.isPresent()) {
                mask |= 1L << number.getAsInt();
            } else {
                warnings.add(base + "/capabilities/" + set + ": ignoring unknown capability \"" + name + "\"");
            }
        }
        return mask;
    }

    void planProgram() {
        Map<String, String> environment = environment();
        add(new InitOperation.ResolveProgram(
                at("/args/0"),
                process.args().getFirst(),
                environment.getOrDefault("PATH", ""),
                !environment.containsKey("HOME"),
                process.user().uid()));
    }

    void planExecve() {
        List<String> environment = new ArrayList<>();
        for (Map.Entry<String, String> variable : environment().entrySet()) {
            environment.add(variable.getKey() + "=" + variable.getValue());
        }
        add(new InitOperation.Execve(at("/args"), process.args(), environment));
    }

    /** Of several variables with one name the last one counts, and the supervisor's before all; an empty HOME is none. */
    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String variable : process.env()) {
            put(environment, variable);
        }
        for (String variable : listenEnvironment) {
            put(environment, variable);
        }
        if (notifySocket.isBound()) {
            environment.put("NOTIFY_SOCKET", NotifySocket.TARGET);
        }
        environment.remove("HOME", "");
        return environment;
    }

    private static void put(Map<String, String> environment, String variable) {
        int equals = variable.indexOf('=');
        String name = equals < 0 ? variable : variable.substring(0, equals);
        environment.put(name, variable.substring(equals + 1));
    }

    /** What the front sets, with its own rights, right before the user change. */
    List<Step<HostOperation>> limits() {
        List<Step<HostOperation>> limits = new ArrayList<>();
        for (int i = 0; i < process.rlimits().size(); i++) {
            Spec.Rlimit rlimit = process.rlimits().get(i);
            limits.add(Step.must(new HostOperation.Rlimit(
                    at("/rlimits/" + i),
                    rlimit.type(),
                    Names.rlimit(rlimit.type()).orElseThrow(),
                    rlimit.soft(),
                    rlimit.hard())));
        }
        Spec.Scheduler scheduler = process.scheduler();
        if (scheduler != null) {
            limits.add(Step.must(scheduler(scheduler)));
        }
        Spec.IoPriority priority = process.ioPriority();
        if (priority != null) {
            limits.add(Step.must(new HostOperation.IoPriority(
                    at("/ioPriority"),
                    priority.ioClass(),
                    Names.IO_CLASSES.indexOf(priority.ioClass()) + 1L,
                    priority.priority())));
        }
        return limits;
    }

    private HostOperation scheduler(Spec.Scheduler scheduler) {
        long flags = 0;
        for (String flag : scheduler.flags()) {
            flags |= 1L << Names.SCHEDULER_FLAGS.indexOf(flag);
        }
        return new HostOperation.Scheduler(
                at("/scheduler"),
                scheduler.policy(),
                Names.SCHEDULERS.indexOf(scheduler.policy()),
                flags,
                scheduler.nice(),
                scheduler.priority(),
                scheduler.runtime(),
                scheduler.deadline(),
                scheduler.period());
    }

    /** What the front does for init once it is there. */
    List<Step<HostOperation>> afterSpawn() {
        List<Step<HostOperation>> after = new ArrayList<>();
        Long score = process.oomScoreAdj();
        if (score != null) {
            after.add(Step.must(new HostOperation.OomScoreAdj(at("/oomScoreAdj"), score)));
        }
        long owner = process.terminal() ? -1 : hostUser();
        if (owner >= 0) {
            after.add(Step.must(new HostOperation.GiveStdio(at("/user/uid"), owner)));
        }
        return after;
    }

    /** Who the user is on the host, where config.json maps it; -1 where nothing is mapped, or it isn't said. */
    private long hostUser() {
        long uid = process.user().uid();
        for (Spec.IdMapping mapping : spec.linux().uidMappings()) {
            long offset = uid - mapping.containerID();
            if (offset >= 0 && offset < mapping.size()) {
                return mapping.hostID() + offset;
            }
        }
        return -1;
    }
}
