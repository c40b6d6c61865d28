// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.cgroup.CgroupPlan;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.Unsupported;
import dev.jrunc.json.ContainerState;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Annotation;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Cgroups below the container's own, in which the processes are by annotations of crun's. Limits are of the container's own. */
final class SubCgroups {

    /** Enabled where they can be, for what the container divides its cgroup by. */
    private static final List<String> USUAL = List.of("cpu", "cpuset", "io", "memory", "pids", "hugetlb");

    private SubCgroups() {}

    /**
     * Below the cgroup of a unit of systemd: with a slash before it, or empty.
     *
     * @throws InvalidSpec for what is no name of a folder
     */
    static String ofUnit(Map<String, String> annotations) {
        return below(Annotation.SYSTEMD_SUBGROUP, annotations);
    }

    /** The same for the one that is handed to the container. */
    static String delegated(Map<String, String> annotations) {
        return below(Annotation.DELEGATE_CGROUP, annotations);
    }

    /** Where in a container's cgroups its processes are. */
    static String ofProcesses(ContainerState state) {
        String unit = state.unit() == null ? "" : ofUnit(state.annotations());
        return unit + delegated(state.annotations());
    }

    private static String below(Annotation annotation, Map<String, String> annotations) {
        String given = annotation.in(annotations);
        String name = given.startsWith("/") ? given.substring(1) : given;
        if (name.indexOf('/') >= 0 || name.equals(".") || name.equals("..")) {
            throw new InvalidSpec(pointer(annotation), "\"" + given + "\" is no name of a cgroup");
        }
        return name.isEmpty() ? "" : "/" + name;
    }

    private static String pointer(Annotation annotation) {
        return Origin.pointer("/annotations", annotation.key());
    }

    /** @throws dev.jrunc.error.JruncException for a cgroup that can't be handed to the container here */
    static void check(Spec spec, CgroupPlan cgroups) {
        if (delegated(spec.annotations()).isEmpty()) {
            return;
        }
        List<CgroupFolder> folders = cgroups.folders();
        if (folders.size() != 1 || folders.getFirst().version() != 2) {
            throw new Unsupported(
                    pointer(Annotation.DELEGATE_CGROUP), "only a cgroup of version 2 can be handed to a container");
        }
    }

    /**
     * After init has its cgroup namespace, whose root is the container's own cgroup, it goes below it. Controllers come last: no cgroup
     * that gives some to those below it may have a process itself.
     */
    static List<Step<HostOperation>> delegation(Spec spec, CgroupPlan cgroups) {
        String name = delegated(spec.annotations());
        List<Step<HostOperation>> steps = new ArrayList<>();
        if (name.isEmpty()) {
            return steps;
        }
        check(spec, cgroups);
        Origin origin = Origin.at(pointer(Annotation.DELEGATE_CGROUP));
        CgroupFolder parent = cgroups.ofProcesses().getFirst();
        String path = parent.path() + name;
        steps.add(Step.must(new HostOperation.CgroupCreate(origin, parent.mount(), path, false, List.of())));
        steps.add(Step.must(new HostOperation.CgroupAttach(origin, List.of(parent.mount() + path))));
        steps.add(Step.mayFail(new HostOperation.CgroupCreate(origin, parent.mount(), path, false, USUAL)));
        long uid = rootOf(spec.linux().uidMappings());
        long gid = rootOf(spec.linux().gidMappings());
        if (uid >= 0 && gid >= 0) {
            steps.add(Step.must(new HostOperation.CgroupDelegate(origin, parent.mount() + path, uid, gid)));
        }
        return steps;
    }

    /** Who on the host is 0 in the container; -1 where that isn't said. */
    private static long rootOf(List<Spec.IdMapping> mappings) {
        for (Spec.IdMapping mapping : mappings) {
            if (mapping.containerID() == 0 && mapping.size() > 0) {
                return mapping.hostID();
            }
        }
        return -1;
    }
}
