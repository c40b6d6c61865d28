// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.cgroup.CgroupDriver;
import dev.jrunc.cgroup.CgroupLayout;
import dev.jrunc.cgroup.CgroupPlan;
import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.error.Unsupported;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.IntelRdtPlan;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Plan;
import dev.jrunc.plan.PlanRequest;
import dev.jrunc.plan.Planner;
import dev.jrunc.plan.SeccompFilter;
import dev.jrunc.plan.Step;
import dev.jrunc.seccomp.KeptFilters;
import dev.jrunc.spec.Annotation;
import dev.jrunc.spec.Spec;
import dev.jrunc.validate.HostCheck;
import dev.jrunc.validate.SeccompCheck;
import dev.jrunc.validate.SpecCheck;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A bundle as this caller on this host sees it, read and compiled: nothing is made yet. */
final class Bundle {

    private static final Origin READING = Origin.rule("bundle");
    private static final Origin ROOT_PATH = Origin.at("/root/path");
    static final long MAX_MOUNTINFO_BYTES = 32L * 1024 * 1024;
    private static final long MAX_SETGROUPS_BYTES = 64;

    private final String id;
    private final CreateOptions options;
    private final String path;
    private final String rootfs;
    private final Bytes config;
    private final Spec spec;
    private final Call call;
    private final @Nullable SystemdUnit unit;
    private final CgroupPlan cgroups;
    private final List<ContainerState.Cgroup> foundCgroups;
    private final @Nullable SeccompFilter seccomp;
    private final boolean selinux;
    private final Map<String, Long> netDevices;
    private final @Nullable IntelRdtPlan intelRdt;
    private final boolean setGroupsDenied;
    private final boolean copiesTrees;

    private Bundle(
            String id,
            CreateOptions options,
            String path,
            String rootfs,
            Bytes config,
            Spec spec,
            Call call,
            @Nullable SystemdUnit unit,
            CgroupPlan cgroups,
            List<ContainerState.Cgroup> foundCgroups,
            @Nullable SeccompFilter seccomp,
            boolean selinux,
            Map<String, Long> netDevices,
            @Nullable IntelRdtPlan intelRdt,
            boolean setGroupsDenied,
            boolean copiesTrees) {
        this.id = id;
        this.options = options;
        this.path = path;
        this.rootfs = rootfs;
        this.config = config;
        this.spec = spec;
        this.call = call;
        this.unit = unit;
        this.cgroups = cgroups;
        this.foundCgroups = foundCgroups;
        this.seccomp = seccomp;
        this.selinux = selinux;
        this.netDevices = netDevices;
        this.intelRdt = intelRdt;
        this.setGroupsDenied = setGroupsDenied;
        this.copiesTrees = copiesTrees;
    }

    /** @throws dev.jrunc.error.JruncException for a bundle that can't become a container here */
    static Bundle read(Context context, String id, CreateOptions options) {
        Call call = context.front().call();
        String path = call.absolute(options.bundle());
        List<Result> results = context.front()
                .execute(List.of(
                        Step.must(new HostOperation.RealPath(READING, path)),
                        Step.must(new HostOperation.ReadFile(
                                READING, path + "/config.json", ConfigReader.MAX_CONFIG_BYTES)),
                        // Without it the container would have no cgroups.
                        Step.must(new HostOperation.ReadFile(READING, "/proc/self/mountinfo", MAX_MOUNTINFO_BYTES))));
        String real = results.get(0).data().utf8();
        Bytes config = results.get(1).data();
        Spec spec = ConfigReader.read(config);
        SpecCheck.check(spec);
        String mountinfo = results.get(2).data().utf8();
        boolean selinux = SecurityLabels.hasSelinux(mountinfo);
        checkLabels(context, spec, selinux);
        checkSysctl(context.front(), spec);
        CgroupLayout layout = CgroupLayout.parse(mountinfo, call.cgroups().utf8());
        SystemdUnit unit =
                context.systemdCgroup() ? SystemdUnit.of(context.front(), spec, id, layout.isUnified()) : null;
        CgroupPlan cgroups = unit == null
                ? CgroupDriver.plan(layout, spec, id, call.isHostRoot(), context.rootless())
                : CgroupDriver.planGiven(
                        layout, spec, unit.path(), SubCgroups.ofUnit(spec.annotations()), call.isHostRoot());
        SubCgroups.check(spec, cgroups);
        List<Step<HostOperation>> looks = new ArrayList<>();
        looks.add(Step.mayFail(new HostOperation.RealPath(ROOT_PATH, rootfs(real, spec))));
        looks.addAll(Cgroups.looks(cgroups));
        List<Result> looked = context.front().execute(looks);
        if (!looked.getFirst().ok()) {
            throw new OperationFailed(
                    "REAL_PATH",
                    ROOT_PATH.text(),
                    (int) looked.getFirst().error(),
                    "root file system " + rootfs(real, spec));
        }
        return new Bundle(
                id,
                options,
                real,
                looked.getFirst().data().utf8(),
                config,
                spec,
                call,
                unit,
                cgroups,
                Cgroups.found(cgroups, looked.subList(1, looked.size())),
                seccomp(context, spec),
                selinux,
                netDevices(context, spec),
                Resctrl.plan(context.front(), id, spec, mountinfo),
                !call.inInitialUserNamespace() && setGroupsDenied(context.front(), "self"),
                call.hasSysAdmin());
    }

    /** They have to be there before anything is made. */
    private static Map<String, Long> netDevices(Context context, Spec spec) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        for (String name : spec.linux().netDevices().keySet()) {
            Origin origin = Origin.at(Origin.pointer("/linux/netDevices", name));
            Result found = context.front().execute(new HostOperation.FindNetdev(origin, name));
            numbers.put(name, found.value());
        }
        return numbers;
    }

    /** user_namespaces(7): for good, in the process's user namespace and all below it. */
    static boolean setGroupsDenied(Front front, String process) {
        Result read = front.attempt(
                new HostOperation.ReadFile(READING, "/proc/" + process + "/setgroups", MAX_SETGROUPS_BYTES));
        return read.ok() && read.data().utf8().startsWith("deny");
    }

    /** CVE row "sysctls of the host": a namespace's path may lead to the caller's own. */
    private static void checkSysctl(Front front, Spec spec) {
        if (spec.linux().sysctl().isEmpty()) {
            return;
        }
        Set<String> hosts = new HashSet<>();
        for (Spec.Namespace namespace : spec.linux().namespaces()) {
            String path = namespace.path();
            String file = HostCheck.KERNEL_NAMES.get(namespace.type());
            if (path != null
                    && Look.at(front, READING, path).isSame(Look.at(front, READING, "/proc/self/ns/" + file))) {
                hosts.add(namespace.type());
            }
        }
        SpecCheck.checkSysctl(spec, hosts);
    }

    private static void checkLabels(Context context, Spec spec, boolean selinux) {
        Spec.Process process = spec.process();
        if (process == null) {
            return;
        }
        SecurityLabels.missing(context.front(), process, () -> selinux).ifPresent(missing -> {
            throw new Unsupported("/process/" + missing.property(), missing.why());
        });
    }

    static @Nullable SeccompFilter seccomp(Context context, Spec spec) {
        Spec.Seccomp profile = spec.linux().seccomp();
        if (profile == null) {
            return null;
        }
        List<String> forbidden = SeccompCheck.forbidden(profile);
        if (!forbidden.isEmpty()) {
            throw new InvalidSpec(
                    "/linux/seccomp",
                    "the filter forbids " + String.join(" and ", forbidden) + ": no program could be started");
        }
        return new KeptFilters(context.front(), context.libraries(), context.warnings())
                .of(profile, Annotation.SECCOMP_FAIL_UNKNOWN_SYSCALL.isSet(spec.annotations()));
    }

    private static String rootfs(String bundle, Spec spec) {
        Spec.Root root = spec.root();
        String given = root == null ? "" : root.path();
        return given.startsWith("/") ? given : bundle + "/" + given;
    }

    String id() {
        return id;
    }

    /** Absolute, without links. */
    String path() {
        return path;
    }

    String rootfs() {
        return rootfs;
    }

    /** config.json as it is. */
    Bytes config() {
        return config;
    }

    Spec spec() {
        return spec;
    }

    /** With --systemd-cgroup. */
    @Nullable
    SystemdUnit unit() {
        return unit;
    }

    CgroupPlan cgroups() {
        return cgroups;
    }

    /** What was there of them when the bundle was read. */
    List<ContainerState.Cgroup> foundCgroups() {
        return foundCgroups;
    }

    @Nullable
    IntelRdtPlan intelRdt() {
        return intelRdt;
    }

    @Nullable
    SeccompFilter seccomp() {
        return seccomp;
    }

    /** The same where some of the cgroups could not be made. */
    Bundle with(CgroupPlan possible) {
        return possible.optional() ? with(possible, copiesTrees) : this;
    }

    /** The same where the front may not copy mount trees: init opens them by itself. */
    Bundle withoutTrees() {
        return with(cgroups, false);
    }

    private Bundle with(CgroupPlan possible, boolean trees) {
        return new Bundle(
                id,
                options,
                path,
                rootfs,
                config,
                spec,
                call,
                unit,
                possible,
                foundCgroups,
                seccomp,
                selinux,
                netDevices,
                intelRdt,
                setGroupsDenied,
                trees);
    }

    boolean terminal() {
        Spec.Process process = spec.process();
        return process != null && process.terminal();
    }

    boolean ownPidNamespace() {
        for (Spec.Namespace namespace : spec.linux().namespaces()) {
            if (namespace.type().equals("pid")) {
                return namespace.path() == null;
            }
        }
        return false;
    }

    /** Does the plan depend on init's pid, or is init put into its cgroups before it gets it? */
    boolean waitsForPid() {
        Spec.Hooks hooks = spec.hooks();
        return unit != null
                || !hooks.createContainer().isEmpty()
                || !hooks.startContainer().isEmpty()
                || !ownPidNamespace() && call.environment("LISTEN_FDS") != null;
    }

    /** @param pid of init, for the hooks that it runs; 0 before there is one */
    Plan plan(long pid) {
        List<String> listen = listenEnvironment(pid);
        long listenFds = listen.isEmpty() ? 0 : Long.parseLong(listen.getFirst().substring("LISTEN_FDS=".length()));
        long preserveFds = listenFds + options.preserveFds();
        checkInherited(call, options.preserveFds(), preserveFds);
        String notifySocket = call.environment("NOTIFY_SOCKET");
        return Planner.plan(new PlanRequest(
                id,
                path,
                rootfs,
                spec,
                call.hasSysAdmin(),
                copiesTrees,
                cgroups.ofProcesses(),
                cgroups.inherited(),
                cgroups.optional(),
                unit != null,
                options.noPivot(),
                options.noNewKeyring(),
                preserveFds,
                listen,
                seccomp,
                selinux,
                netDevices,
                mapHelpers(),
                setGroupsDenied,
                notifySocket == null ? "" : notifySocket,
                StateJson.hookState(id, "creating", pid, path, spec.annotations()),
                StateJson.hookState(id, "created", pid, path, spec.annotations())));
    }

    /** user_namespaces(7): without privilege one may map oneself, and nobody else. */
    private boolean mapHelpers() {
        return !call.hasSysAdmin()
                && !(isOnly(spec.linux().uidMappings(), call.euid())
                        && isOnly(spec.linux().gidMappings(), call.egid()));
    }

    private static boolean isOnly(List<Spec.IdMapping> mappings, long id) {
        return mappings.size() == 1
                && mappings.getFirst().size() == 1
                && mappings.getFirst().hostID() == id;
    }

    /**
     * @param asked the value of --preserve-fds
     * @param needed fds from 3 on, of which some may be those of LISTEN_FDS
     */
    static void checkInherited(Call call, long asked, long needed) {
        if (needed > call.inheritedFds()) {
            throw new ContainerError("--preserve-fds " + asked + ": fd " + (3 + call.inheritedFds()) + " is not open");
        }
    }

    /** sd_listen_fds(3): the fds go on to the program, which is process 1 of its own pid namespace. */
    private List<String> listenEnvironment(long pid) {
        String fds = call.environment("LISTEN_FDS");
        String listenPid = call.environment("LISTEN_PID");
        boolean forUs = listenPid == null || listenPid.equals(Long.toString(call.pid()));
        if (fds == null || !forUs || !isCount(fds)) {
            return List.of();
        }
        List<String> environment = new ArrayList<>();
        environment.add("LISTEN_FDS=" + fds);
        environment.add("LISTEN_PID=" + (ownPidNamespace() ? 1 : pid));
        String names = call.environment("LISTEN_FDNAMES");
        if (names != null) {
            environment.add("LISTEN_FDNAMES=" + names);
        }
        return environment;
    }

    private static boolean isCount(String text) {
        if (text.isEmpty() || text.length() > 4) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
