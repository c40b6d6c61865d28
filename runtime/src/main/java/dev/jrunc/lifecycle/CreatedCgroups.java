// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.cgroup.CgroupPlan;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import java.util.ArrayList;
import java.util.List;

/** The cgroups of a container that is being created, as far as its caller has a right to them. */
final class CreatedCgroups {

    private static final Origin ORIGIN = Origin.rule("cgroups of the container");

    private final Front front;
    private CgroupPlan plan;

    /** Of what was made in each hierarchy. */
    private final List<HostOperation.CgroupRemove> removals = new ArrayList<>();

    CreatedCgroups(Front front, CgroupPlan plan) {
        this.front = front;
        this.plan = plan;
    }

    /** What is left of it. */
    CgroupPlan plan() {
        return plan;
    }

    /**
     * One by one known, and tried in all hierarchies.
     *
     * @throws OperationFailed for a cgroup that could not be made, and that the container needs
     */
    void create() {
        List<Step<HostOperation>> wanted = plan.create();
        List<Step<HostOperation>> steps = new ArrayList<>();
        for (Step<HostOperation> step : wanted) {
            steps.add(Step.mayFail(step.operation()));
        }
        List<Result> results = front.execute(steps);
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i).value() > 0 && steps.get(i).operation() instanceof HostOperation.CgroupCreate made) {
                removals.add(new HostOperation.CgroupRemove(
                        made.origin(), made.mount(), made.path(), results.get(i).value() - 1, Cgroups.REMOVE_MILLIS));
            }
        }
        for (int i = 0; i < results.size(); i++) {
            if (!results.get(i).ok()
                    && !wanted.get(i).mayFail()
                    && steps.get(i).operation() instanceof HostOperation.CgroupCreate failed) {
                Result result = results.get(i);
                goWithout(
                        folder(failed.mount() + failed.path()),
                        "CGROUP_CREATE",
                        result.error(),
                        failed.origin(),
                        result.message());
            }
        }
    }

    /**
     * Puts init into what was made. A user may have been given a cgroup, and none of those above it and its own at once, and then
     * has no right to bring a process there: cgroups(7), "Delegation containment".
     *
     * @throws OperationFailed for a cgroup that could not be joined, and that the container needs
     */
    void join() {
        List<Step<HostOperation>> steps = new ArrayList<>();
        List<CgroupFolder> folders = plan.ofProcesses();
        for (CgroupFolder folder : folders) {
            steps.add(Step.mayFail(new HostOperation.CgroupAttach(ORIGIN, List.of(folder.folder()))));
        }
        List<Result> results = front.execute(steps);
        for (int i = 0; i < results.size(); i++) {
            Result result = results.get(i);
            if (!result.ok()) {
                goWithout(folders.get(i), "CGROUP_ATTACH", result.error(), ORIGIN, result.message());
            }
        }
    }

    private CgroupFolder folder(String path) {
        for (CgroupFolder folder : plan.folders()) {
            if (folder.folder().equals(path)) {
                return folder;
            }
        }
        throw new IllegalStateException(path);
    }

    private void goWithout(CgroupFolder folder, String operation, long error, Origin origin, String tried) {
        OperationFailed failure = new OperationFailed(operation, origin.text(), (int) error, tried);
        if (!plan.optional() || !isRefusal(error)) {
            throw failure;
        }
        plan = plan.without(folder, failure);
        for (HostOperation.CgroupRemove removal : List.copyOf(removals)) {
            if (removal.mount().equals(folder.mount())) {
                removals.remove(removal);
                front.attempt(removal);
            }
        }
    }

    private static boolean isRefusal(long error) {
        return error == Errno.EACCES.number() || error == Errno.EPERM.number() || error == Errno.EROFS.number();
    }
}
