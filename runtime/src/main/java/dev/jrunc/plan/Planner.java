// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.spec.Annotation;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compiles a checked configuration to the operations that make its container. Pure. */
public final class Planner {

    /** pivot_method of native/protocol.h. */
    static final long PIVOT = 0;

    static final long MOVE = 1;
    static final long CHROOT = 2;

    private final PlanRequest request;
    private final Spec spec;
    private final Spec.Linux linux;
    private final List<Step<HostOperation>> trees = new ArrayList<>();
    private final List<Step<InitOperation>> init = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private Planner(PlanRequest request) {
        this.request = request;
        this.spec = request.spec();
        this.linux = request.spec().linux();
    }

    /**
     * @throws dev.jrunc.error.InvalidSpec for what can't be compiled
     * @throws dev.jrunc.error.Unsupported for what this version can't do
     */
    public static Plan plan(PlanRequest request) {
        return new Planner(request).plan();
    }

    private Plan plan() {
        Spec.Process process = spec.process();
        if (process == null) {
            throw new InvalidSpec("/process", "is missing: it is needed to create a container");
        }
        checkGroups(process.user());
        boolean ownMounts = namespace("mount") != null;
        NotifySocket notify = new NotifySocket(ownMounts ? request.notifySocket() : "");
        ProcessPlanner program = new ProcessPlanner(
                "/process",
                request.listenEnvironment(),
                request.seccomp(),
                spec,
                process,
                setGroups(),
                notify,
                init,
                warnings);
        boolean runtimeHooks = !spec.hooks().prestart().isEmpty()
                || !spec.hooks().createRuntime().isEmpty();
        if (linux.mountLabel() != null && !request.selinux()) {
            warnings.add("/linux/mountLabel: ignored: SELinux is not enabled on this host");
        }
        planNamespaces();
        List<Step<InitOperation>> remounts = ownMounts ? planMounts(notify) : List.of();
        if (runtimeHooks) {
            add(new InitOperation.SyncPoint(Origin.rule("hooks of the runtime"), Plan.SYNC_RUNTIME_HOOKS));
        }
        planHookOutput();
        planHooks("createContainer", spec.hooks().createContainer(), request.creatingState());
        planRoot(ownMounts, program);
        planNames();
        init.addAll(remounts);
        planConfinedPaths();
        program.planIdentity(true);
        program.planProgram();
        add(new InitOperation.Detach(Origin.rule("start"), request.preserveFds()));
        program.planSeccomp();
        add(new InitOperation.WaitStart(Origin.rule("start")));
        planHooks("startContainer", spec.hooks().startContainer(), request.createdState());
        program.planExecve();
        return new Plan(
                trees,
                spawn(),
                program.afterSpawn(),
                netDevices(),
                init,
                program.limits(),
                runtimeHooks,
                process.terminal(),
                warnings);
    }

    private void add(InitOperation operation) {
        init.add(Step.must(operation));
    }

    private Spec.@Nullable Namespace namespace(String type) {
        for (Spec.Namespace namespace : linux.namespaces()) {
            if (namespace.type().equals(type)) {
                return namespace;
            }
        }
        return null;
    }

    private boolean isNew(String type) {
        Spec.Namespace namespace = namespace(type);
        return namespace != null && namespace.path() == null;
    }

    /** With a user namespace the container's root may not reach what its creator can: the front opens it. */
    private boolean byTree() {
        return request.copiesTrees() && namespace("user") != null;
    }

    /**
     * CVE row "setgroups denied": an unprivileged user may write a map of one group only after it gave up setgroups, by which it
     * could leave a group that keeps it out of a file.
     */
    private boolean setGroups() {
        return !request.setGroupsDenied() && (request.privileged() || namespace("user") == null || mapHelpers());
    }

    private boolean mapHelpers() {
        return request.mapHelpers() && isNew("user");
    }

    /** Where they were denied before, as for root of somebody's user namespace, runc goes on without them, and so do we. */
    private void checkGroups(Spec.User user) {
        if (!user.additionalGids().isEmpty() && !setGroups() && !request.setGroupsDenied()) {
            throw new InvalidSpec(
                    "/process/user/additionalGids",
                    "cannot set any additional groups in a rootless container that maps one group: map a range of"
                            + " subordinate ids");
        }
    }

    private void planNamespaces() {
        if (isNew("network")) {
            add(new InitOperation.LoopbackUp(Origin.rule("loopback of a new network namespace")));
        }
        if (isNew("cgroup")) {
            add(new InitOperation.UnshareCgroup(origin("cgroup")));
        }
        if (!request.noNewKeyring()) {
            add(new InitOperation.SessionKeyring(Origin.rule("session keyring"), "_ses." + request.id()));
        }
    }

    private Origin origin(String type) {
        for (int i = 0; i < linux.namespaces().size(); i++) {
            if (linux.namespaces().get(i).type().equals(type)) {
                return Origin.at("/linux/namespaces/" + i);
            }
        }
        return Origin.at("/linux/namespaces");
    }

    private List<Step<InitOperation>> planMounts(NotifySocket notify) {
        long propagation = MountOptions.MS_SLAVE | MountOptions.MS_REC;
        String asked = linux.rootfsPropagation();
        if (asked != null && !asked.isEmpty()) {
            propagation = MountOptions.propagationOf(asked);
        }
        long tree = -1;
        if (byTree()) {
            trees.add(Step.must(new HostOperation.OpenTree(Origin.at("/root/path"), request.rootfs(), true)));
            tree = 0;
        }
        add(new InitOperation.Root(Origin.at("/root/path"), request.rootfs(), tree, propagation));
        MountPlanner mounts = new MountPlanner(request, byTree(), namespace("cgroup") != null, notify, trees);
        mounts.plan();
        init.addAll(mounts.mounts());
        init.addAll(DevicePlanner.plan(spec));
        return mounts.remounts();
    }

    /** Init opens none of these: they are the runtime's files, and it has left its mounts by the time of startContainer. */
    private void planHookOutput() {
        HookOutput output = HookOutput.of(spec.annotations(), request.bundle());
        boolean hooks = !spec.hooks().createContainer().isEmpty()
                || !spec.hooks().startContainer().isEmpty();
        if (output.isNone() || !hooks) {
            return;
        }
        add(new InitOperation.HookOutput(
                Origin.rule("output of hooks"),
                open(Annotation.HOOKS_STDOUT, output.standardOutput()),
                open(Annotation.HOOKS_STDERR, output.standardError())));
    }

    /** After all mount trees: its index among what init gets. */
    private long open(Annotation annotation, String path) {
        if (path.isEmpty()) {
            return -1;
        }
        long index = 0;
        for (Step<HostOperation> step : trees) {
            boolean counts = step.operation() instanceof HostOperation.OpenTree
                    || step.operation() instanceof HostOperation.OpenAppend;
            index += counts ? 1 : 0;
        }
        trees.add(Step.must(
                new HostOperation.OpenAppend(Origin.at(Origin.pointer("/annotations", annotation.key())), path)));
        return index;
    }

    private void planHooks(String kind, List<Spec.Hook> hooks, Bytes state) {
        for (int i = 0; i < hooks.size(); i++) {
            Spec.Hook hook = hooks.get(i);
            Long timeout = hook.timeout();
            add(new InitOperation.InitHook(
                    Origin.at("/hooks/" + kind + "/" + i),
                    kind,
                    hook.path(),
                    hook.args().isEmpty() ? List.of(hook.path()) : hook.args(),
                    hook.env(),
                    state,
                    timeout == null ? 0 : timeout));
        }
    }

    private void planRoot(boolean ownMounts, ProcessPlanner program) {
        if (!ownMounts) {
            add(new InitOperation.Root(Origin.at("/root/path"), request.rootfs(), -1, 0));
        }
        long method = !ownMounts ? CHROOT : request.noPivot() ? MOVE : PIVOT;
        add(new InitOperation.PivotRoot(Origin.at("/root/path"), method));
        String asked = linux.rootfsPropagation();
        if (ownMounts && asked != null && !asked.isEmpty()) {
            add(new InitOperation.RootPropagation(
                    Origin.at("/linux/rootfsPropagation"), MountOptions.propagationOf(asked)));
        }
        program.planSession();
    }

    private void planNames() {
        String hostname = spec.hostname();
        if (hostname != null && !hostname.isEmpty()) {
            add(new InitOperation.Hostname(Origin.at("/hostname"), hostname));
        }
        String domainname = spec.domainname();
        if (domainname != null && !domainname.isEmpty()) {
            add(new InitOperation.Domainname(Origin.at("/domainname"), domainname));
        }
        for (Map.Entry<String, String> sysctl : linux.sysctl().entrySet()) {
            add(new InitOperation.Sysctl(
                    Origin.at(Origin.pointer("/linux/sysctl", sysctl.getKey())),
                    sysctlPath(sysctl.getKey()),
                    sysctl.getValue()));
        }
    }

    /** As sysctl(8) reads it: dots separate, and then slashes stand for dots; or the other way round. */
    public static String sysctlPath(String key) {
        int dot = key.indexOf('.');
        int slash = key.indexOf('/');
        if (dot < 0 || slash >= 0 && slash < dot) {
            return key;
        }
        StringBuilder path = new StringBuilder(key.length());
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            path.append(c == '.' ? '/' : c == '/' ? '.' : c);
        }
        return path.toString();
    }

    private void planConfinedPaths() {
        for (int i = 0; i < linux.readonlyPaths().size(); i++) {
            add(new InitOperation.ReadonlyPath(
                    Origin.at("/linux/readonlyPaths/" + i),
                    linux.readonlyPaths().get(i)));
        }
        for (int i = 0; i < linux.maskedPaths().size(); i++) {
            add(new InitOperation.MaskPath(
                    Origin.at("/linux/maskedPaths/" + i), linux.maskedPaths().get(i)));
        }
        Spec.Root root = spec.root();
        if (root != null && root.readonly()) {
            add(new InitOperation.ReadonlyRoot(Origin.at("/root/readonly")));
        }
    }

    private List<Step<HostOperation>> netDevices() {
        List<Step<HostOperation>> moves = new ArrayList<>();
        for (Map.Entry<String, Spec.NetDevice> device : linux.netDevices().entrySet()) {
            String name = device.getKey();
            String inside = device.getValue().name();
            moves.add(Step.must(new HostOperation.MoveNetdev(
                    Origin.at(Origin.pointer("/linux/netDevices", name)),
                    Objects.requireNonNull(request.netDevices().get(name)),
                    name,
                    inside == null ? name : inside)));
        }
        return moves;
    }

    private HostOperation.Spawn spawn() {
        long made = 0;
        List<String> paths = new ArrayList<>();
        List<Long> kinds = new ArrayList<>();
        for (Spec.Namespace namespace : linux.namespaces()) {
            long bit = Names.namespace(namespace.type()).orElseThrow();
            String path = namespace.path();
            if (path == null) {
                made |= bit;
            } else {
                paths.add(path);
                kinds.add(bit);
            }
        }
        boolean maps = isNew("user");
        List<String> cgroups = new ArrayList<>();
        String unified = "";
        for (CgroupFolder folder : request.cgroupsLater() ? List.<CgroupFolder>of() : request.cgroups()) {
            if (folder.version() == 1) {
                cgroups.add(folder.folder());
            } else {
                unified = folder.folder();
            }
        }
        return new HostOperation.Spawn(
                Origin.at("/linux/namespaces"),
                made,
                paths,
                kinds,
                timeOffsets(),
                maps ? triples(linux.uidMappings()) : List.of(),
                maps ? triples(linux.gidMappings()) : List.of(),
                maps && !request.privileged() && !mapHelpers(),
                mapHelpers(),
                request.preserveFds(),
                cgroups,
                unified,
                request.cgroupsMayFail());
    }

    /** For /proc/self/timens_offsets, time_namespaces(7). */
    private String timeOffsets() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Spec.TimeOffset> offset : linux.timeOffsets().entrySet()) {
            text.append(offset.getKey())
                    .append(' ')
                    .append(offset.getValue().secs())
                    .append(' ')
                    .append(offset.getValue().nanosecs())
                    .append('\n');
        }
        return text.toString();
    }

    static List<Long> triples(List<Spec.IdMapping> mappings) {
        List<Long> triples = new ArrayList<>();
        for (Spec.IdMapping mapping : mappings) {
            triples.add(mapping.containerID());
            triples.add(mapping.hostID());
            triples.add(mapping.size());
        }
        return triples;
    }
}
