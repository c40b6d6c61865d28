// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.hook.RuntimeHooks;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.Rfc3339;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Plan;
import dev.jrunc.plan.SpawnOrigin;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import dev.jrunc.state.StateFolder;
import java.util.ArrayList;
import java.util.List;

/** {@code create}: everything up to a process that waits for {@code start}. */
public final class CreateContainer {

    private static final Origin CREATE = Origin.rule("create");

    /** Who has the container's terminal, where it has one. */
    public enum Terminal {
        /** The front's caller, while it waits: {@code run}. */
        CALLERS,
        /** Whoever listens at --console-socket: {@code create}. */
        SOCKETS,
        /** Nobody looks: {@code explain}. */
        ANYBODYS
    }

    private final Context context;
    private final Front front;
    private final CreateOptions options;
    private final StateFolder folder;
    private final Terminal terminal;

    /** Folders that CGROUP_CREATE made, in each hierarchy: what a failure has to take away. */
    private final List<Step<HostOperation>> undo = new ArrayList<>();

    public CreateContainer(Context context, String id, CreateOptions options, Terminal terminal) {
        this.context = context;
        this.front = context.front();
        this.options = options;
        this.folder = context.folder(id);
        this.terminal = terminal;
    }

    /**
     * @return the state of the created container, whose folder is open and locked
     * @throws JruncException when it failed; then nothing is left
     */
    public ContainerState create() {
        Bundle bundle = Bundle.read(context, folder.id(), options);
        checkConsole(bundle);
        Plan plan = bundle.plan(0);
        plan.warnings().forEach(context.warnings());
        bundle.cgroups().warnings().forEach(context.warnings());
        claim();
        ContainerState state;
        try {
            state = prepare(bundle, plan);
        } catch (JruncException e) {
            undo(e);
            throw e;
        }
        try {
            return finish(bundle, state);
        } catch (JruncException e) {
            undo(e);
            poststop(state);
            throw e;
        }
    }

    /** runtime.md section "Lifecycle": after a hook that failed it goes on with these. */
    private void poststop(ContainerState state) {
        RuntimeHooks.runAll(
                front,
                "poststop",
                state.poststop(),
                StateJson.hookState(state.id(), "stopped", 0, state.bundle(), state.annotations()),
                context.warnings());
    }

    private void checkConsole(Bundle bundle) {
        boolean socket = options.consoleSocket() != null;
        boolean foreground = terminal == Terminal.CALLERS;
        if (terminal == Terminal.ANYBODYS) {
            return;
        }
        if (bundle.terminal() && !foreground && !socket) {
            throw new InvalidSpec(
                    "/process/terminal",
                    "cannot allocate tty if jrunc will detach without setting console socket: give --console-socket,"
                            + " or set process.terminal to false");
        }
        if (socket && (!bundle.terminal() || foreground)) {
            throw new ContainerError("cannot use console socket if jrunc will not detach or allocate tty");
        }
        if (bundle.terminal() && foreground && front.call().terminals() == 0) {
            throw new InvalidSpec("/process/terminal", "none of the caller's standard fds is a terminal");
        }
    }

    /** Takes the id, after what a killed create has left there. */
    private void claim() {
        if (folder.create()) {
            return;
        }
        if (!RecoverContainer.recoverAbandoned(context, folder) || !folder.create()) {
            throw ContainerError.exists();
        }
    }

    /** What is about to be made is written down before it is made. */
    private ContainerState prepare(Bundle bundle, Plan plan) {
        ContainerState state = initialState(bundle, Cgroups.found(front, bundle.cgroups()));
        List<Step<HostOperation>> first = new ArrayList<>();
        first.add(folder.writing(state));
        first.add(folder.keeping(bundle.config()));
        first.add(Step.must(new HostOperation.MakeStartFifos(CREATE)));
        String socket = options.consoleSocket();
        if (socket != null) {
            first.add(Step.must(new HostOperation.ConnectConsole(Origin.rule("--console-socket"), socket)));
        }
        front.execute(first);
        createCgroups(bundle);
        List<Step<HostOperation>> second = new ArrayList<>(bundle.cgroups().limits());
        second.addAll(plan.trees());
        second.add(Step.mayFail(plan.spawn()));
        Result spawned = front.execute(second).getLast();
        if (!spawned.ok()) {
            throw new OperationFailed(
                    plan.spawn().name(),
                    SpawnOrigin.of(bundle.spec(), spawned.error(), spawned.message())
                            .text(),
                    (int) spawned.error(),
                    spawned.message());
        }
        return state.withProcess(spawned.value(), Long.parseLong(spawned.data().utf8()));
    }

    /** One by one known: what is there already is not ours to remove. */
    private void createCgroups(Bundle bundle) {
        List<Step<HostOperation>> steps = new ArrayList<>();
        for (Step<HostOperation> step : bundle.cgroups().create()) {
            steps.add(Step.mayFail(step.operation()));
        }
        List<Result> results = front.execute(steps);
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i).value() > 0 && steps.get(i).operation() instanceof HostOperation.CgroupCreate made) {
                undo.add(Step.mayFail(new HostOperation.CgroupRemove(
                        made.origin(), made.mount(), made.path(), results.get(i).value() - 1, Cgroups.REMOVE_MILLIS)));
            }
        }
        for (int i = 0; i < results.size(); i++) {
            if (!results.get(i).ok() && !bundle.cgroups().create().get(i).mayFail()) {
                HostOperation failed = steps.get(i).operation();
                throw new OperationFailed(
                        failed.name(),
                        failed.origin().text(),
                        (int) results.get(i).error(),
                        results.get(i).message());
            }
        }
    }

    private ContainerState initialState(Bundle bundle, List<ContainerState.Cgroup> cgroups) {
        Call call = front.call();
        Spec.Hooks hooks = bundle.spec().hooks();
        return new ContainerState(
                bundle.spec().ociVersion(),
                bundle.id(),
                false,
                0,
                0,
                bundle.path(),
                bundle.rootfs(),
                Rfc3339.exact(context.clock().instant()),
                bundle.spec().annotations(),
                call.euid() == 0 ? "root" : Long.toString(call.euid()),
                bundle.ownPidNamespace(),
                !options.noNewKeyring(),
                cgroups,
                hooks.poststart(),
                hooks.poststop());
    }

    private ContainerState finish(Bundle bundle, ContainerState state) {
        Plan plan = bundle.plan(state.pid());
        Spec.Hooks hooks = bundle.spec().hooks();
        List<Step<HostOperation>> steps = new ArrayList<>();
        steps.add(folder.writing(state));
        steps.addAll(plan.attach());
        steps.addAll(plan.oomScoreAdj());
        steps.add(Step.must(new HostOperation.SendPlan(CREATE, plan.init())));
        if (plan.runtimeHooks()) {
            await(steps, Plan.SYNC_RUNTIME_HOOKS);
            front.execute(steps);
            steps.clear();
            Bytes hookState = StateJson.hookState(
                    bundle.id(),
                    "creating",
                    state.pid(),
                    bundle.path(),
                    bundle.spec().annotations());
            RuntimeHooks.run(front, "prestart", hooks.prestart(), hookState);
            RuntimeHooks.run(front, "createRuntime", hooks.createRuntime(), hookState);
            goOn(steps);
        }
        if (plan.console()) {
            steps.add(Step.must(new HostOperation.ReceiveConsole(Origin.at("/process/terminal"))));
        }
        if (!plan.limits().isEmpty()) {
            await(steps, Plan.SYNC_LIMITS);
            steps.addAll(plan.limits());
            goOn(steps);
        }
        steps.addAll(InitReports.toSeccompListener(
                bundle.spec(),
                bundle.seccomp(),
                state.pid(),
                new InitReports.Container(
                        bundle.id(),
                        "creating",
                        state.pid(),
                        bundle.path(),
                        bundle.spec().annotations())));
        await(steps, Plan.SYNC_READY);
        steps.addAll(InitReports.toCaller(options.pidFile(), options.pidfdSocket(), state.pid()));
        ContainerState created = state.asComplete();
        steps.add(folder.writing(created));
        front.execute(steps);
        return created;
    }

    private static void await(List<Step<HostOperation>> steps, long point) {
        steps.add(Step.must(new HostOperation.Await(CREATE, point)));
    }

    private static void goOn(List<Step<HostOperation>> steps) {
        steps.add(Step.must(new HostOperation.GoOn(CREATE)));
    }

    /** A failure here is added to the first, and doesn't hide it. */
    private void undo(JruncException cause) {
        List<Step<HostOperation>> steps = new ArrayList<>();
        steps.add(Step.mayFail(new HostOperation.KillInit(CREATE)));
        steps.addAll(undo);
        steps.add(Step.mayFail(folder.removal().operation()));
        Failures.suppress(cause, steps, front.execute(steps));
    }
}
