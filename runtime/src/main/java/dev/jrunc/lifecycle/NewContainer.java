// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.cgroup.CgroupPlan;
import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.JruncException;
import dev.jrunc.hook.RuntimeHooks;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.Rfc3339;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HookOutput;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.IntelRdtPlan;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import dev.jrunc.state.StateFolder;
import java.util.ArrayList;
import java.util.List;

/** What {@code create} and {@code restore} have in common: the id, the first state, the unit of systemd, and the undoing of it all. */
final class NewContainer {

    private static final long SIGKILL = 9;

    private final Context context;
    private final Front front;
    private final StateFolder folder;
    private final boolean explained;
    private final boolean restored;
    private final Origin origin;

    /**
     * @param explained nothing is done
     * @param restored criu makes its processes
     */
    NewContainer(Context context, StateFolder folder, boolean explained, boolean restored) {
        this.context = context;
        this.front = context.front();
        this.folder = folder;
        this.explained = explained;
        this.restored = restored;
        this.origin = Origin.rule(restored ? "restore" : "create");
    }

    /** runtime.md section "Lifecycle": after a hook that failed it goes on with these. */
    void poststop(ContainerState state) {
        RuntimeHooks.runAll(
                front,
                "poststop",
                state.poststop(),
                state.bundle(),
                StateJson.hookState(state.id(), "stopped", 0, state.bundle(), state.annotations()),
                HookOutput.of(state.annotations(), state.bundle()),
                context.warnings());
    }

    /**
     * Takes the id, and looks again for its cgroups.
     *
     * @return the state with which it begins
     */
    ContainerState claim(Bundle bundle, boolean sessionKeyring) {
        claim();
        try {
            List<ContainerState.Cgroup> found =
                    Cgroups.found(bundle.cgroups(), front.execute(Cgroups.looks(bundle.cgroups())));
            Cgroups.checkEmpty(front, found, bundle.cgroups().optional());
            return initialState(bundle, sessionKeyring, found);
        } catch (JruncException e) {
            List<Step<HostOperation>> steps =
                    List.of(Step.mayFail(folder.removal().operation()));
            Failures.suppress(e, steps, front.execute(steps));
            throw e;
        }
    }

    /** After what a killed create has left there. */
    private void claim() {
        if (folder.create()) {
            return;
        }
        if (!RecoverContainer.recoverAbandoned(context, folder) || !folder.create()) {
            throw ContainerError.exists();
        }
    }

    /** A unit of systemd begins with a process; what systemd doesn't know of limits is written into its cgroup. */
    void startUnit(Bundle bundle, long pid) {
        SystemdUnit unit = bundle.unit();
        if (unit == null) {
            return;
        }
        if (!explained) {
            unit.start(pid);
        }
        unit.close();
        front.execute(inUnit(bundle.cgroups()));
    }

    /** Puts its first process into them: init, or criu, which will make it. */
    HostOperation attaching(List<String> folders) {
        return restored
                ? new HostOperation.CriuAttach(origin, folders)
                : new HostOperation.CgroupAttach(origin, folders);
    }

    private List<Step<HostOperation>> inUnit(CgroupPlan cgroups) {
        List<Step<HostOperation>> steps = new ArrayList<>();
        List<String> folders = new ArrayList<>();
        for (CgroupFolder folder : cgroups.ofProcesses()) {
            folders.add(folder.folder());
            if (!cgroups.below().isEmpty()) {
                steps.add(Step.must(new HostOperation.CgroupCreate(
                        origin,
                        folder.mount(),
                        folder.path(),
                        folder.controllers().contains("cpuset"),
                        List.of())));
            }
        }
        // In version 2 systemd has put init there already, but not below it.
        HostOperation attach = attaching(folders);
        if (!cgroups.below().isEmpty()) {
            steps.add(Step.must(attach));
        }
        steps.addAll(cgroups.create());
        steps.addAll(cgroups.limits());
        if (cgroups.below().isEmpty()) {
            steps.add(Step.must(attach));
        }
        return steps;
    }

    ContainerState initialState(Bundle bundle, boolean sessionKeyring, List<ContainerState.Cgroup> cgroups) {
        Call call = front.call();
        SystemdUnit unit = bundle.unit();
        Spec.Hooks hooks = bundle.spec().hooks();
        IntelRdtPlan intelRdt = bundle.intelRdt();
        return new ContainerState(
                bundle.id(),
                false,
                restored,
                0,
                0,
                bundle.path(),
                bundle.rootfs(),
                Rfc3339.exact(context.clock().instant()),
                bundle.spec().annotations(),
                call.euid() == 0 ? "root" : Long.toString(call.euid()),
                bundle.ownPidNamespace(),
                sessionKeyring,
                unit == null ? null : unit.named(),
                unit == null ? cgroups : Cgroups.inUnit(cgroups),
                intelRdt == null ? null : intelRdt.group(),
                hooks.poststart(),
                hooks.poststop());
    }

    /** A failure here is added to the first, and doesn't hide it. */
    void undo(Bundle bundle, ContainerState state, JruncException cause) {
        if (restored) {
            front.attempt(new HostOperation.CriuEnd(origin, 0));
            front.execute(Cgroups.signal(state, SIGKILL));
        }
        SystemdUnit unit = bundle.unit();
        if (unit != null) {
            front.attempt(new HostOperation.KillInit(origin));
            unit.undo(front, cause);
        }
        if (state.resctrl() != null) {
            // Else it would be one of the processes that its group is looked for.
            front.attempt(new HostOperation.KillInit(origin));
        }
        List<Step<HostOperation>> steps = new ArrayList<>();
        steps.add(Step.mayFail(new HostOperation.KillInit(origin)));
        steps.addAll(Cgroups.remove(state, true));
        for (HostOperation removal : Resctrl.removal(front, state.resctrl())) {
            steps.add(Step.mayFail(removal));
        }
        steps.add(Step.mayFail(folder.removal().operation()));
        Failures.suppress(cause, steps, front.execute(steps));
    }
}
