// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.cgroup.CgroupPlan;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.json.ContainerState;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A container's cgroups: what is there of them, and their end. */
final class Cgroups {

    /** How long processes that were killed may take to leave a cgroup. */
    static final long REMOVE_MILLIS = 10_000;

    private static final Origin ORIGIN = Origin.at("/linux/cgroupsPath");

    private Cgroups() {}

    /** The operations that look what is there of the container's cgroups, before anything is made. */
    static List<Step<HostOperation>> looks(CgroupPlan plan) {
        List<Step<HostOperation>> looks = new ArrayList<>();
        for (CgroupFolder folder : plan.folders()) {
            for (int end = folder.path().length(); end > 0; end = folder.path().lastIndexOf('/', end - 1)) {
                String path = folder.mount() + folder.path().substring(0, end);
                looks.add(Step.mayFail(new HostOperation.RealPath(ORIGIN, path)));
            }
        }
        return looks;
    }

    /** @param results of looks() */
    static List<ContainerState.Cgroup> found(CgroupPlan plan, List<Result> results) {
        List<ContainerState.Cgroup> found = new ArrayList<>();
        int at = 0;
        for (CgroupFolder folder : plan.folders()) {
            int missing = 0;
            for (int end = folder.path().length(); end > 0; end = folder.path().lastIndexOf('/', end - 1)) {
                missing += results.get(at++).error() == Errno.ENOENT.number() ? 1 : 0;
            }
            found.add(new ContainerState.Cgroup(folder, missing));
        }
        return found;
    }

    /** The slices above a unit are systemd's. */
    static List<ContainerState.Cgroup> inUnit(List<ContainerState.Cgroup> found) {
        List<ContainerState.Cgroup> own = new ArrayList<>();
        for (ContainerState.Cgroup cgroup : found) {
            own.add(new ContainerState.Cgroup(cgroup.folder(), Math.min(cgroup.made(), 1)));
        }
        return own;
    }

    /** None of them is there yet. */
    static boolean areNew(List<ContainerState.Cgroup> found) {
        for (ContainerState.Cgroup cgroup : found) {
            if (cgroup.made() == 0) {
                return false;
            }
        }
        return true;
    }

    /** @throws ContainerError when other processes are in one of them: they would end with the container */
    static void checkEmpty(Front front, List<ContainerState.Cgroup> found, boolean optional) {
        for (ContainerState.Cgroup cgroup : found) {
            if (cgroup.made() == 0) {
                checkEmpty(front, cgroup.folder(), optional);
            }
        }
    }

    private static void checkEmpty(Front front, CgroupFolder folder, boolean optional) {
        HostOperation count = new HostOperation.CgroupSignal(ORIGIN, folder.folder(), 0);
        Result counted = optional ? front.attempt(count) : front.execute(count);
        if (counted.value() > 0) {
            throw new ContainerError(
                    "container's cgroup is not empty: " + counted.value() + " process(es) found in " + folder.folder());
        }
    }

    /**
     * Whether somebody else had made it, though we wanted to. In version 2 a cgroup is made in two steps, of which the first may fail
     * after it has made it.
     *
     * @param results of as many of the steps as were tried
     */
    static boolean wasThere(CgroupFolder folder, List<Step<HostOperation>> steps, List<Result> results) {
        boolean there = false;
        for (int i = 0; i < results.size(); i++) {
            if (steps.get(i).operation() instanceof HostOperation.CgroupCreate create
                    && folder.mount().equals(create.mount())
                    && folder.path().equals(create.path())) {
                if (results.get(i).value() > 0) {
                    return false;
                }
                there = there || results.get(i).ok();
            }
        }
        return there;
    }

    /** The cgroup that has all processes of the container: every hierarchy's has, and that of version 2 signals them at once. */
    static Optional<CgroupFolder> ofProcesses(ContainerState state) {
        CgroupFolder chosen = null;
        for (ContainerState.Cgroup cgroup : state.cgroups()) {
            if (hasItsProcesses(state, cgroup)
                    && (chosen == null || cgroup.folder().version() == 2)) {
                chosen = cgroup.folder();
            }
        }
        return Optional.ofNullable(chosen);
    }

    /** To every process of the container. */
    static List<Step<HostOperation>> signal(ContainerState state, long signal) {
        Optional<CgroupFolder> chosen = ofProcesses(state);
        return chosen.isEmpty()
                ? List.of()
                : List.of(Step.mayFail(
                        new HostOperation.CgroupSignal(ORIGIN, chosen.get().folder(), signal)));
    }

    /** May any of it be taken away? */
    static boolean isOwn(ContainerState state) {
        for (ContainerState.Cgroup cgroup : state.cgroups()) {
            if (isOwn(state, cgroup)) {
                return true;
            }
        }
        return false;
    }

    /** An init that was not finished dies with its front; what criu has made doesn't, in a cgroup that was empty before. */
    private static boolean hasItsProcesses(ContainerState state, ContainerState.Cgroup cgroup) {
        return state.criu() || isOwn(state, cgroup);
    }

    /** Until create is at its end, what was there before it may be somebody else's. */
    private static boolean isOwn(ContainerState state, ContainerState.Cgroup cgroup) {
        return state.complete() || cgroup.made() > 0;
    }

    /** @param parents with those that create has made: what failed leaves nothing, and a delete what the peers leave */
    static List<Step<HostOperation>> remove(ContainerState state, boolean parents) {
        List<Step<HostOperation>> steps = new ArrayList<>();
        for (ContainerState.Cgroup cgroup : state.cgroups()) {
            if (isOwn(state, cgroup)) {
                CgroupFolder folder = cgroup.folder();
                long above = parents ? Math.max(cgroup.made() - 1, 0) : 0;
                steps.add(Step.mayFail(
                        new HostOperation.CgroupRemove(ORIGIN, folder.mount(), folder.path(), above, REMOVE_MILLIS)));
            }
        }
        return steps;
    }
}
