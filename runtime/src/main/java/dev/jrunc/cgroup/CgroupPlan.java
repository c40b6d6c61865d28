// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.util.List;

/**
 * A container's cgroups.
 *
 * @param folders in every hierarchy
 * @param create makes them
 * @param limits writes what {@code linux.resources} asks for
 * @param optional the caller may have no right to any, and nothing asks for one
 * @param warnings what is not done, and does no harm
 */
public record CgroupPlan(
        List<CgroupFolder> folders,
        List<Step<HostOperation>> create,
        List<Step<HostOperation>> limits,
        boolean optional,
        List<String> warnings) {

    public CgroupPlan {
        folders = List.copyOf(folders);
        create = List.copyOf(create);
        limits = List.copyOf(limits);
        warnings = List.copyOf(warnings);
    }
}
