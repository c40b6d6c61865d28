// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.json.ContainerState;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import java.util.ArrayList;
import java.util.List;

/** Steps on the cgroups of a container that is there. */
final class Cgroups {

    /** How long processes that were killed may take to leave a cgroup. */
    static final long REMOVE_MILLIS = 10_000;

    private static final Origin ORIGIN = Origin.at("/linux/cgroupsPath");

    private Cgroups() {}

    /** To every process of the container; one hierarchy has them all, that of version 2 at once. */
    static List<Step<HostOperation>> signal(ContainerState state, long signal) {
        CgroupFolder chosen = null;
        for (CgroupFolder folder : state.cgroups()) {
            if (chosen == null || folder.version() == 2) {
                chosen = folder;
            }
        }
        return chosen == null
                ? List.of()
                : List.of(Step.mayFail(new HostOperation.CgroupSignal(ORIGIN, chosen.folder(), signal)));
    }

    static List<Step<HostOperation>> remove(ContainerState state) {
        List<Step<HostOperation>> steps = new ArrayList<>();
        for (CgroupFolder folder : state.cgroups()) {
            steps.add(Step.mayFail(
                    new HostOperation.CgroupRemove(ORIGIN, folder.mount(), folder.path(), 0, REMOVE_MILLIS)));
        }
        return steps;
    }
}
