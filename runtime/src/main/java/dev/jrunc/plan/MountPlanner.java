// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.Unsupported;
import dev.jrunc.spec.Annotation;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code mounts[]}: file systems, bind mounts, and the container's own cgroups. */
final class MountPlanner {

    /** What may be mounted below /proc: more would let an image or volume switch off what init writes there. */
    private static final Set<String> ALLOWED_BELOW_PROC = Set.of(
            "/proc/cpuinfo",
            "/proc/diskstats",
            "/proc/meminfo",
            "/proc/stat",
            "/proc/swaps",
            "/proc/uptime",
            "/proc/loadavg",
            "/proc/slabinfo",
            "/proc/net/dev",
            "/proc/sys/kernel/ns_last_pid",
            "/proc/sys/crypto/fips_enabled");

    /** The kernel labels what is in these by itself. */
    private static final Set<String> UNLABELLED = Set.of("proc", "sysfs", "mqueue", "cgroup", "cgroup2");

    private static final List<String> CONTEXTS = List.of("context", "fscontext", "defcontext", "rootcontext");

    private final PlanRequest request;
    private final boolean byTree;
    private final boolean cgroupNamespace;
    private final NotifySocket notifySocket;
    private final List<Step<HostOperation>> trees;
    private final List<Step<InitOperation>> mounts = new ArrayList<>();
    private final List<Step<InitOperation>> remounts = new ArrayList<>();

    MountPlanner(
            PlanRequest request,
            boolean byTree,
            boolean cgroupNamespace,
            NotifySocket notifySocket,
            List<Step<HostOperation>> trees) {
        this.request = request;
        this.byTree = byTree;
        this.cgroupNamespace = cgroupNamespace;
        this.notifySocket = notifySocket;
        this.trees = trees;
    }

    /** Mounts in order. */
    List<Step<InitOperation>> mounts() {
        return mounts;
    }

    /** What becomes read-only after everything was put into it. */
    List<Step<InitOperation>> remounts() {
        return remounts;
    }

    void plan() {
        List<Spec.Mount> all = request.spec().mounts();
        for (int i = 0; i < all.size(); i++) {
            plan(all.get(i), "/mounts/" + i);
        }
        if (notifySocket.isBound()) {
            mounts.add(Step.must(new InitOperation.Bind(
                    NotifySocket.ORIGIN,
                    notifySocket.path(),
                    tree(NotifySocket.ORIGIN, notifySocket.path(), false),
                    NotifySocket.TARGET,
                    false,
                    0,
                    0,
                    0,
                    0,
                    0)));
        }
    }

    private void plan(Spec.Mount mount, String pointer) {
        Origin origin = Origin.at(pointer);
        // Absolute since 1.0; older configurations mean the same without the slash.
        String target = NormalPath.of(mount.destination());
        MountOptions options = MountOptions.of(mount.options());
        boolean idmapped = options.isIdmap()
                || !mount.uidMappings().isEmpty()
                || !mount.gidMappings().isEmpty();
        String type = mount.type();
        boolean bind = options.isBind() || "bind".equals(type);
        checkProc(target, mount, bind, pointer);
        finishCovered(target);
        if (idmapped && !bind) {
            throw new Unsupported(pointer, "only bind mounts can be idmapped");
        }
        if (bind) {
            planBind(origin, mount, target, options, pointer, idmapped);
        } else if (type == null || type.isEmpty()) {
            throw new InvalidSpec(pointer + "/type", "is missing: a mount that is no bind mount needs one");
        } else if (type.equals("cgroup") || type.equals("cgroup2")) {
            planCgroup(origin, target, options);
        } else {
            planFileSystem(origin, type, mount.source(), target, options);
        }
    }

    /** What comes over an earlier mount hides it, so that its path means another one afterwards: it has to be read-only by now. */
    private void finishCovered(String target) {
        String below = target.equals("/") ? "/" : target + "/";
        for (int i = 0; i < remounts.size(); i++) {
            String path = ((InitOperation.Remount) remounts.get(i).operation()).path();
            if (path.equals(target) || path.startsWith(below)) {
                mounts.add(remounts.remove(i--));
            }
        }
    }

    /** CVE-2019-16884, CVE-2023-27561, CVE-2025-54867: a mount over procfs hides it from init. */
    private static void checkProc(String target, Spec.Mount mount, boolean bind, String pointer) {
        if (target.equals("/proc")) {
            String source = mount.source();
            /* The host's links aren't known here: what .. leads to isn't, either. Of a bind the type says nothing. */
            boolean procfs = bind
                    ? source != null
                            && source.startsWith("/")
                            && !source.contains("..")
                            && NormalPath.of(source).equals("/proc")
                    : "proc".equals(mount.type());
            if (!procfs) {
                throw new InvalidSpec(pointer + "/destination", "only procfs may be mounted on /proc");
            }
        } else if (target.startsWith("/proc/") && !ALLOWED_BELOW_PROC.contains(target)) {
            throw new InvalidSpec(
                    pointer + "/destination", "\"" + target + "\" cannot be mounted because it is inside /proc");
        }
    }

    private void planBind(
            Origin origin, Spec.Mount mount, String target, MountOptions options, String pointer, boolean idmapped) {
        String given = mount.source();
        if (given == null || given.isEmpty()) {
            throw new InvalidSpec(pointer + "/source", "is missing: a bind mount needs one");
        }
        String source = given.startsWith("/") ? given : request.bundle() + "/" + given;
        mounts.add(Step.must(new InitOperation.Bind(
                origin,
                source,
                idmapped
                        ? idmappedTree(origin, mount, source, options, pointer)
                        : tree(origin, source, options.isRecursive()),
                target,
                options.isRecursive(),
                options.attributesSet(),
                options.attributesClear(),
                options.recursiveSet(),
                options.recursiveClear(),
                options.propagation())));
    }

    /** With a user namespace, the container's root may not reach the source: the front opens it. */
    private long tree(Origin origin, String source, boolean recursive) {
        if (!byTree) {
            return -1;
        }
        return openTree(origin, source, recursive);
    }

    /** Its index: init gets the trees in their order. */
    private long openTree(Origin origin, String source, boolean recursive) {
        long index = 0;
        for (Step<HostOperation> step : trees) {
            index += step.operation() instanceof HostOperation.OpenTree ? 1 : 0;
        }
        trees.add(Step.must(new HostOperation.OpenTree(origin, source, recursive)));
        return index;
    }

    /** Only who has rights over the file system may map its ids: the front, whether or not there is a user namespace. */
    private long idmappedTree(Origin origin, Spec.Mount mount, String source, MountOptions options, String pointer) {
        long tree = openTree(origin, source, options.isRecursive());
        boolean own = !mount.uidMappings().isEmpty() || !mount.gidMappings().isEmpty();
        if (own && (mount.uidMappings().isEmpty() || mount.gidMappings().isEmpty())) {
            throw new InvalidSpec(
                    pointer + (mount.uidMappings().isEmpty() ? "/uidMappings" : "/gidMappings"),
                    "is missing: uidMappings and gidMappings go together");
        }
        Spec.Linux linux = request.spec().linux();
        String path = own ? "" : userNamespace(pointer);
        boolean made = path.isEmpty();
        trees.add(Step.must(new HostOperation.IdmapTree(
                origin,
                tree,
                options.isRecursiveIdmap(),
                made ? Planner.triples(own ? mount.uidMappings() : linux.uidMappings()) : List.of(),
                made ? Planner.triples(own ? mount.gidMappings() : linux.gidMappings()) : List.of(),
                path)));
        return tree;
    }

    /** The path of the one that the container joins; empty for a new one, which is made after the mount, with the same maps. */
    private String userNamespace(String pointer) {
        for (Spec.Namespace namespace : request.spec().linux().namespaces()) {
            if (namespace.type().equals("user")) {
                String path = namespace.path();
                return path == null ? "" : path;
            }
        }
        throw new InvalidSpec(
                pointer + "/uidMappings",
                "is missing: an idmapped mount needs it, or a user namespace of the container's");
    }

    private void planFileSystem(
            Origin origin, String type, @Nullable String source, String target, MountOptions options) {
        boolean later = type.equals("tmpfs") && options.isReadonly();
        List<String> parameters = new ArrayList<>(options.parameters());
        addLabel(type, parameters);
        if (options.isReadonly() && !later) {
            parameters.add("ro");
        }
        long attributes = options.attributes() & (later ? ~MountOptions.RDONLY : ~0L);
        mounts.add(Step.must(new InitOperation.Mount(
                origin,
                type,
                source == null || source.isEmpty() ? type : source,
                target,
                attributes,
                parameters,
                options.propagation(),
                options.isCopyUp())));
        if (later) {
            remounts.add(Step.must(new InitOperation.Remount(origin, target, MountOptions.RDONLY)));
        }
    }

    /** linux.mountLabel, for what has no labels of its own. */
    private void addLabel(String type, List<String> parameters) {
        String label = request.spec().linux().mountLabel();
        if (label == null || !request.selinux() || UNLABELLED.contains(type)) {
            return;
        }
        String asked = Annotation.MOUNT_CONTEXT_TYPE.in(request.spec().annotations());
        String context = asked.isEmpty() ? CONTEXTS.getFirst() : asked;
        if (!CONTEXTS.contains(context)) {
            throw new InvalidSpec(
                    Origin.pointer("/annotations", Annotation.MOUNT_CONTEXT_TYPE.key()),
                    "expected one of " + String.join(", ", CONTEXTS) + ", found \"" + context + "\"");
        }
        parameters.add(context + "=" + label);
    }

    /** The container's own cgroups: one mount on v2; on v1 a tmpfs with one for each hierarchy. */
    private void planCgroup(Origin origin, String target, MountOptions options) {
        List<CgroupFolder> cgroups = new ArrayList<>(request.cgroups());
        cgroups.addAll(request.inheritedCgroups());
        if (cgroups.size() == 1 && cgroups.getFirst().version() == 2) {
            planHierarchy(origin, cgroups.getFirst(), target, options);
            return;
        }
        List<String> parameters = new ArrayList<>(List.of("mode=755"));
        addLabel("tmpfs", parameters);
        mounts.add(Step.must(new InitOperation.Mount(
                origin,
                "tmpfs",
                "tmpfs",
                target,
                options.attributes() & ~MountOptions.RDONLY,
                parameters,
                options.propagation(),
                false)));
        for (CgroupFolder cgroup : cgroups) {
            // A version 2 hierarchy beside those of version 1 has no place of its own there, as with runc.
            if (cgroup.version() == 1) {
                planHierarchy(origin, cgroup, target + "/" + cgroup.name(), options);
                planControllerLinks(origin, cgroup, target);
            }
        }
        if (options.isReadonly()) {
            remounts.add(Step.must(new InitOperation.Remount(origin, target, MountOptions.RDONLY)));
        }
    }

    /** {@code cpu -> cpu,cpuacct}. */
    private void planControllerLinks(Origin origin, CgroupFolder cgroup, String target) {
        if (cgroup.controllers().size() < 2) {
            return;
        }
        for (String controller : cgroup.controllers()) {
            if (!controller.equals(cgroup.name())) {
                mounts.add(Step.must(new InitOperation.Symlink(origin, cgroup.name(), target + "/" + controller)));
            }
        }
    }

    private void planHierarchy(Origin origin, CgroupFolder cgroup, String target, MountOptions options) {
        // CVE-2023-25809: a cgroup that isn't the container's own is not its to change.
        long attributes =
                options.attributes() | (request.inheritedCgroups().contains(cgroup) ? MountOptions.RDONLY : 0);
        if (!cgroupNamespace) {
            mounts.add(Step.must(new InitOperation.Bind(
                    origin,
                    cgroup.folder(),
                    tree(origin, cgroup.folder(), false),
                    target,
                    false,
                    attributes,
                    options.otherAccessTime(),
                    0,
                    0,
                    options.propagation())));
            return;
        }
        List<String> parameters = new ArrayList<>();
        if (cgroup.version() == 1) {
            if (cgroup.controllers().getFirst().startsWith("name=")) {
                parameters.add("none");
            }
            parameters.addAll(cgroup.controllers());
        }
        mounts.add(Step.must(new InitOperation.Mount(
                origin,
                cgroup.version() == 1 ? "cgroup" : "cgroup2",
                "cgroup",
                target,
                attributes,
                parameters,
                options.propagation(),
                false)));
    }
}
