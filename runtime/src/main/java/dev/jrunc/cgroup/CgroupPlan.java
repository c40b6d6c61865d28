// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * A container's cgroups.
 *
 * @param folders in every hierarchy
 * @param below where in each of them the processes are: empty, or a folder's name with a slash before it
 * @param callers where the caller itself is: in each of these, and then in the hierarchies where the container has no cgroup
 * @param create makes them
 * @param limits writes what {@code linux.resources} asks for
 * @param optional where the caller has no right to one, and nothing asks for it, the container goes without
 * @param warnings what is not done, and does no harm
 */
public record CgroupPlan(
        List<CgroupFolder> folders,
        String below,
        List<CgroupFolder> callers,
        List<Step<HostOperation>> create,
        List<Step<HostOperation>> limits,
        boolean optional,
        List<String> warnings) {

    public CgroupPlan {
        folders = List.copyOf(folders);
        callers = List.copyOf(callers);
        create = List.copyOf(create);
        limits = List.copyOf(limits);
        warnings = List.copyOf(warnings);
    }

    /** Those that the processes are in. */
    public List<CgroupFolder> ofProcesses() {
        List<CgroupFolder> own = new ArrayList<>();
        for (CgroupFolder folder : folders) {
            own.add(new CgroupFolder(folder.mount(), folder.path() + below, folder.version(), folder.controllers()));
        }
        return own;
    }

    /** In these hierarchies the container is where its caller is: those that the container has no cgroup in. */
    public List<CgroupFolder> inherited() {
        return callers.subList(folders.size(), callers.size());
    }

    /**
     * The plan without the cgroup that the caller has no right to.
     *
     * @param refused what was tried, and how it failed
     * @throws OperationFailed when it was asked for: a limit is in it
     */
    public CgroupPlan without(CgroupFolder folder, OperationFailed refused) {
        for (Step<HostOperation> limit : limits) {
            String file = fileOf(limit.operation());
            if (!limit.mayFail() && file.startsWith(folder.folder() + "/")) {
                String name = file.substring(folder.folder().length() + 1);
                throw new OperationFailed(
                        refused.operation(),
                        limit.operation().origin().text(),
                        refused.errno(),
                        "cannot set " + name.substring(0, name.indexOf('.'))
                                + " limit: container could not join or create cgroup " + folder.folder());
            }
        }
        int at = folders.indexOf(folder);
        List<CgroupFolder> left = new ArrayList<>(folders);
        left.remove(at);
        List<CgroupFolder> own = new ArrayList<>(callers);
        own.add(own.remove(at));
        List<Step<HostOperation>> possible = new ArrayList<>();
        for (Step<HostOperation> limit : limits) {
            if (!fileOf(limit.operation()).startsWith(folder.folder() + "/")) {
                possible.add(limit);
            }
        }
        return new CgroupPlan(left, below, own, create, possible, optional, warnings);
    }

    private static String fileOf(HostOperation limit) {
        return switch (limit) {
            case HostOperation.WriteFile write -> write.path();
            case HostOperation.WriteFirst write -> write.paths().getFirst();
            case HostOperation.DeviceProgram program -> program.folder() + "/devices.";
            default -> throw new IllegalStateException(limit.name() + " limits no cgroup");
        };
    }
}
