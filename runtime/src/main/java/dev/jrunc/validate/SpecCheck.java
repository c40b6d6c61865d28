// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.validate;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.CpuList;
import dev.jrunc.plan.Names;
import dev.jrunc.plan.NormalPath;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Planner;
import dev.jrunc.spec.NumericId;
import dev.jrunc.spec.Spec;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a configuration can't mean, found before anything is made. */
public final class SpecCheck {

    private static final long MAX_OOM_SCORE = 1000;
    private static final long MAX_UMASK = 0777;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    public static final String OLDEST_VERSION = "1.0.0";

    private static final char NEWEST_MINOR = '3';

    private static final List<String> NAMESPACES =
            List.of("pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time");

    /** Each may have an r before it: for all mounts below as well. */
    private static final List<String> PROPAGATIONS = List.of("shared", "slave", "private", "unbindable");

    /** Of the IPC namespace, relative to /proc/sys. */
    private static final Set<String> IPC_SYSCTLS = Set.of(
            "kernel/msgmax",
            "kernel/msgmnb",
            "kernel/msgmni",
            "kernel/sem",
            "kernel/shmall",
            "kernel/shmmax",
            "kernel/shmmni",
            "kernel/shm_rmid_forced");

    private final Spec spec;
    private final Spec.Linux linux;

    private SpecCheck(Spec spec) {
        this.spec = spec;
        this.linux = spec.linux();
    }

    /** @throws InvalidSpec at the first problem */
    public static void check(Spec spec) {
        new SpecCheck(spec).check();
    }

    /**
     * The same for linux.resources alone; places are those of a whole config.json.
     *
     * @throws InvalidSpec at the first problem
     */
    public static void checkResources(Spec.Resources resources) {
        ResourcesCheck.check(resources);
    }

    /**
     * Sysctls again, where more is known: a namespace that has a path may be the host's.
     *
     * @param hosts types of those that are
     * @throws InvalidSpec at the first problem
     */
    public static void checkSysctl(Spec spec, Set<String> hosts) {
        new SpecCheck(spec).checkSysctl(hosts);
    }

    private void check() {
        checkVersion();
        checkNamespaces();
        checkMaps();
        Spec.Process process = spec.process();
        if (process != null) {
            checkProcess(process, "/process");
        }
        checkNames();
        checkPaths();
        checkTimeOffsets();
        checkSysctl(Set.of());
        checkHooks();
        SchedulingCheck.check(linux);
        ResourcesCheck.check(linux.resources());
        NetDevicesCheck.check(linux);
        Spec.IntelRdt rdt = linux.intelRdt();
        if (rdt != null) {
            IntelRdtCheck.check(rdt);
        }
        Spec.Seccomp seccomp = linux.seccomp();
        if (seccomp != null) {
            SeccompCheck.check(seccomp);
        }
    }

    /** Semantic versions of one major version are compatible; 1.3 is the newest minor one that is known here. */
    private void checkVersion() {
        String version = spec.ociVersion();
        int dot = version.indexOf('.');
        int second = version.indexOf('.', dot + 1);
        boolean known = dot == 1
                && version.charAt(0) == '1'
                && second == dot + 2
                && version.charAt(dot + 1) >= '0'
                && version.charAt(dot + 1) <= NEWEST_MINOR
                && second + 1 < version.length()
                && Character.isDigit(version.charAt(second + 1));
        if (!known) {
            throw new InvalidSpec("/ociVersion", "expected " + OLDEST_VERSION + " to 1.3.x, found \"" + version + "\"");
        }
    }

    private Spec.@Nullable Namespace namespace(String type) {
        for (Spec.Namespace namespace : linux.namespaces()) {
            if (namespace.type().equals(type)) {
                return namespace;
            }
        }
        return null;
    }

    private void checkNamespaces() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < linux.namespaces().size(); i++) {
            Spec.Namespace namespace = linux.namespaces().get(i);
            String pointer = "/linux/namespaces/" + i;
            if (!Names.NAMESPACES.containsKey(namespace.type())) {
                throw new InvalidSpec(
                        pointer + "/type",
                        "expected pid, network, mount, ipc, uts, user, cgroup or time, found \"" + namespace.type()
                                + "\"" + Nearest.suggestion(namespace.type(), NAMESPACES));
            }
            if (!seen.add(namespace.type())) {
                throw new InvalidSpec(pointer, "the namespace \"" + namespace.type() + "\" is given twice (duplicate)");
            }
            String path = namespace.path();
            if (path != null && !path.startsWith("/")) {
                throw new InvalidSpec(pointer + "/path", "expected an absolute path, found \"" + path + "\"");
            }
        }
    }

    private void checkMaps() {
        Spec.Namespace user = namespace("user");
        boolean maps = !linux.uidMappings().isEmpty() || !linux.gidMappings().isEmpty();
        if (user == null && maps) {
            throw new InvalidSpec(
                    linux.uidMappings().isEmpty() ? "/linux/gidMappings" : "/linux/uidMappings",
                    "id mappings need a user namespace");
        }
        if (user != null
                && user.path() == null
                && (linux.uidMappings().isEmpty() || linux.gidMappings().isEmpty())) {
            throw new InvalidSpec(
                    linux.uidMappings().isEmpty() ? "/linux/uidMappings" : "/linux/gidMappings",
                    "is missing: a new user namespace needs it");
        }
        checkSizes(linux.uidMappings(), "/linux/uidMappings/");
        checkSizes(linux.gidMappings(), "/linux/gidMappings/");
    }

    private static void checkSizes(List<Spec.IdMapping> mappings, String pointer) {
        for (int i = 0; i < mappings.size(); i++) {
            if (mappings.get(i).size() == 0) {
                throw new InvalidSpec(pointer + i + "/size", "expected a number from 1 on, found 0");
            }
        }
    }

    /**
     * A process of config.json, or of a process.json.
     *
     * @param base the JSON pointer of it
     * @throws InvalidSpec at the first problem
     */
    public static void checkProcess(Spec.Process process, String base) {
        if (process.args().isEmpty()) {
            throw new InvalidSpec(base + "/args", "is missing or empty: there is no program to run");
        }
        if (process.args().getFirst().isEmpty()) {
            throw new InvalidSpec(base + "/args/0", "exec: \"\": executable file not found in $PATH: it is empty");
        }
        if (!process.cwd().startsWith("/")) {
            throw new InvalidSpec(base + "/cwd", "expected an absolute path, found \"" + process.cwd() + "\"");
        }
        for (int i = 0; i < process.env().size(); i++) {
            if (process.env().get(i).indexOf('=') <= 0) {
                throw new InvalidSpec(
                        base + "/env/" + i,
                        "expected NAME=value, found \"" + process.env().get(i) + "\"");
            }
        }
        Long score = process.oomScoreAdj();
        if (score != null && Math.abs(score) > MAX_OOM_SCORE) {
            throw new InvalidSpec(base + "/oomScoreAdj", "expected -1000 to 1000, found " + score);
        }
        checkIds(process.user(), base + "/user");
        Long umask = process.user().umask();
        if (umask != null && umask > MAX_UMASK) {
            throw new InvalidSpec(base + "/user/umask", "expected 0 to 511 (octal 777), found " + umask);
        }
        Spec.ExecCpuAffinity affinity = process.execCPUAffinity();
        if (affinity != null) {
            CpuList.parse(affinity.initial(), base + "/execCPUAffinity/initial");
            CpuList.parse(affinity.last(), base + "/execCPUAffinity/final");
        }
        checkRlimits(process.rlimits(), base);
        SchedulingCheck.check(process, base);
    }

    private static void checkRlimits(List<Spec.Rlimit> rlimits, String base) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < rlimits.size(); i++) {
            Spec.Rlimit rlimit = rlimits.get(i);
            String pointer = base + "/rlimits/" + i;
            if (Names.rlimit(rlimit.type()).isEmpty()) {
                throw new InvalidSpec(
                        pointer + "/type",
                        "expected a limit of getrlimit(2) such as RLIMIT_NOFILE, found \"" + rlimit.type() + "\""
                                + Nearest.suggestion(rlimit.type(), Names.RLIMITS));
            }
            if (!seen.add(rlimit.type())) {
                throw new InvalidSpec(pointer, rlimit.type() + " is given twice (duplicate)");
            }
        }
    }

    private void checkNames() {
        if (given(spec.hostname()) && namespace("uts") == null) {
            throw new InvalidSpec("/hostname", "unable to set hostname without a private UTS namespace");
        }
        if (given(spec.domainname()) && namespace("uts") == null) {
            throw new InvalidSpec("/domainname", "unable to set domainname without a private UTS namespace");
        }
    }

    private static boolean given(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    private void checkPaths() {
        Spec.Root root = spec.root();
        if (root == null || root.path().isEmpty()) {
            throw new InvalidSpec("/root/path", "is missing: a container needs a root file system");
        }
        if (namespace("mount") == null) {
            checkWithoutMounts(root);
        }
        String propagation = linux.rootfsPropagation();
        if (propagation != null && !propagation.isEmpty() && !isPropagation(propagation)) {
            throw new InvalidSpec(
                    "/linux/rootfsPropagation",
                    "expected shared, slave, private or unbindable, or these with an r before, found \"" + propagation
                            + "\"" + Nearest.suggestion(propagation, PROPAGATIONS));
        }
        checkDestinations();
        checkAbsolute(linux.maskedPaths(), "/linux/maskedPaths/");
        checkAbsolute(linux.readonlyPaths(), "/linux/readonlyPaths/");
    }

    /** A mount on the root itself would hide it. */
    private void checkDestinations() {
        for (int i = 0; i < spec.mounts().size(); i++) {
            String destination = spec.mounts().get(i).destination();
            if (NormalPath.of(destination).equals("/")) {
                throw new InvalidSpec(
                        "/mounts/" + i + "/destination",
                        "expected a path below the root, found \"" + destination + "\"");
            }
        }
    }

    /** What would be done to the host's own mounts. */
    private void checkWithoutMounts(Spec.Root root) {
        if (!spec.mounts().isEmpty()) {
            throw new InvalidSpec("/mounts", "mounts need a mount namespace of the container's own");
        }
        if (!linux.maskedPaths().isEmpty() || !linux.readonlyPaths().isEmpty()) {
            throw new InvalidSpec(
                    linux.maskedPaths().isEmpty() ? "/linux/readonlyPaths" : "/linux/maskedPaths",
                    "unable to restrict sys entries without a private MNT namespace");
        }
        if (root.readonly()) {
            throw new InvalidSpec("/root/readonly", "needs a mount namespace of the container's own");
        }
    }

    private static boolean isPropagation(String name) {
        return PROPAGATIONS.contains(name) || name.startsWith("r") && PROPAGATIONS.contains(name.substring(1));
    }

    private static void checkAbsolute(List<String> paths, String pointer) {
        for (int i = 0; i < paths.size(); i++) {
            if (!paths.get(i).startsWith("/")) {
                throw new InvalidSpec(pointer + i, "expected an absolute path, found \"" + paths.get(i) + "\"");
            }
        }
    }

    private void checkTimeOffsets() {
        Spec.Namespace time = namespace("time");
        if (!linux.timeOffsets().isEmpty() && (time == null || time.path() != null)) {
            throw new InvalidSpec("/linux/timeOffsets", "time offsets need a new time namespace");
        }
        for (Map.Entry<String, Spec.TimeOffset> offset : linux.timeOffsets().entrySet()) {
            if (!offset.getKey().equals("monotonic") && !offset.getKey().equals("boottime")) {
                throw new InvalidSpec(
                        Origin.pointer("/linux/timeOffsets", offset.getKey()), "expected monotonic or boottime");
            }
            if (offset.getValue().nanosecs() >= NANOS_PER_SECOND) {
                throw new InvalidSpec(
                        "/linux/timeOffsets/" + offset.getKey() + "/nanosecs", "expected less than 1000000000");
            }
        }
    }

    /** CVE-2016-3697 and its kin: 4294967295 is the kernel's word for "leave it as it is", and that would be root. */
    private static void checkIds(Spec.User user, String pointer) {
        checkId(user.uid(), pointer + "/uid");
        checkId(user.gid(), pointer + "/gid");
        for (int i = 0; i < user.additionalGids().size(); i++) {
            checkId(user.additionalGids().get(i), pointer + "/additionalGids/" + i);
        }
    }

    private static void checkId(long id, String pointer) {
        if (id > NumericId.MAX) {
            throw new InvalidSpec(pointer, "expected a number from 0 to " + NumericId.MAX + ", found " + id);
        }
    }

    /** Others would change the host. */
    private void checkSysctl(Set<String> hosts) {
        for (String key : linux.sysctl().keySet()) {
            String path = Planner.sysctlPath(key);
            String pointer = Origin.pointer("/linux/sysctl", key);
            if (path.contains("..")) {
                throw new InvalidSpec(pointer, "leads out of /proc/sys");
            }
            if (path.startsWith("net/")) {
                require("network", hosts, key, pointer, "not allowed in host network namespace");
            } else if (path.startsWith("fs/mqueue/") || IPC_SYSCTLS.contains(path)) {
                require("ipc", hosts, key, pointer, "is not allowed in the hosts ipc namespace");
            } else if (path.equals("kernel/domainname")) {
                require("uts", hosts, key, pointer, "not allowed in host uts namespace");
            } else if (path.equals("kernel/hostname")) {
                throw new InvalidSpec(
                        pointer,
                        "sysctl \"" + key
                                + "\" is not allowed as it conflicts with the OCI \"hostname\" field: set that instead");
            } else {
                throw new InvalidSpec(pointer, "sysctl \"" + key + "\" is not in a separate kernel namespace");
            }
        }
    }

    private void require(String namespace, Set<String> hosts, String key, String pointer, String refusal) {
        if (namespace(namespace) == null || hosts.contains(namespace)) {
            throw new InvalidSpec(pointer, "sysctl \"" + key + "\" " + refusal);
        }
    }

    private void checkHooks() {
        Spec.Hooks hooks = spec.hooks();
        checkHooks(hooks.prestart(), "prestart");
        checkHooks(hooks.createRuntime(), "createRuntime");
        checkHooks(hooks.createContainer(), "createContainer");
        checkHooks(hooks.startContainer(), "startContainer");
        checkHooks(hooks.poststart(), "poststart");
        checkHooks(hooks.poststop(), "poststop");
    }

    private static void checkHooks(List<Spec.Hook> hooks, String kind) {
        for (int i = 0; i < hooks.size(); i++) {
            Spec.Hook hook = hooks.get(i);
            String pointer = "/hooks/" + kind + "/" + i;
            if (!hook.path().startsWith("/")) {
                throw new InvalidSpec(pointer + "/path", "expected an absolute path, found \"" + hook.path() + "\"");
            }
            Long timeout = hook.timeout();
            if (timeout != null && (timeout <= 0 || timeout > Integer.MAX_VALUE)) {
                throw new InvalidSpec(pointer + "/timeout", "expected seconds from 1 on, found " + timeout);
            }
        }
    }
}
