// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.hook.RuntimeHooks;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HookOutput;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.IntelRdtPlan;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Plan;
import dev.jrunc.plan.SpawnOrigin;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import dev.jrunc.state.StateFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    private final NewContainer making;

    public CreateContainer(Context context, String id, CreateOptions options, Terminal terminal) {
        this.context = context;
        this.front = context.front();
        this.options = options;
        this.folder = context.folder(id);
        this.terminal = terminal;
        this.making = new NewContainer(context, folder, terminal == Terminal.ANYBODYS, false);
    }

    /** Steps that follow at once, in the same batch; what to do when one of them fails is the affair of whose they are. */
    interface Sequel {

        List<Step<HostOperation>> after(ContainerState created);
    }

    /**
     * A created container.
     *
     * @param then the sequel's steps
     * @param results what became of them
     */
    record Created(ContainerState state, List<Step<HostOperation>> then, List<Result> results) {}

    /**
     * @return the state of the created container, whose folder is open and locked
     * @throws JruncException when it failed; then nothing is left
     */
    public ContainerState create() {
        return create(created -> List.of()).state();
    }

    /** @throws JruncException when create failed; then nothing is left */
    Created create(Sequel sequel) {
        Bundle bundle = Bundle.read(context, folder.id(), options);
        checkConsole(bundle);
        Plan plan = bundle.plan(0);
        plan.warnings().forEach(context.warnings());
        bundle.cgroups().warnings().forEach(context.warnings());
        Made made = bundle.cgroups().optional() ? makeStepByStep(bundle) : make(bundle, plan);
        try {
            return finish(made.bundle, made.plan, made.state, sequel);
        } catch (JruncException e) {
            making.undo(made.bundle, made.state, e);
            making.poststop(made.state);
            throw e;
        }
    }

    /** What the container is made from, as far as it could be had, with the process of its init. */
    private record Made(Bundle bundle, Plan plan, ContainerState state) {}

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

    /**
     * All up to an init that has its plan, or waits for it. The id comes first: the folder is made and locked in the same batch
     * where none of the cgroups was there when we looked. What is about to be made is written down before it is made.
     */
    private Made make(Bundle bundle, Plan plan) {
        ContainerState state = making.initialState(bundle, !options.noNewKeyring(), bundle.foundCgroups());
        if (Cgroups.areNew(bundle.foundCgroups())) {
            List<Step<HostOperation>> steps = new ArrayList<>(folder.making());
            addMaking(steps, bundle, plan, state);
            List<Result> results = front.run(steps);
            if (folder.made(results)) {
                return new Made(bundle, plan, made(bundle, plan, state, steps, results));
            }
        }
        state = making.claim(bundle, !options.noNewKeyring());
        List<Step<HostOperation>> steps = new ArrayList<>();
        addMaking(steps, bundle, plan, state);
        return new Made(bundle, plan, made(bundle, plan, state, steps, front.run(steps)));
    }

    /** What a caller without rights can't have is known only when it was tried: docs/decisions/rootless.md. */
    private Made makeStepByStep(Bundle bundle) {
        ContainerState state = making.claim(bundle, !options.noNewKeyring());
        CreatedCgroups cgroups = new CreatedCgroups(front, bundle.cgroups());
        List<Step<HostOperation>> steps = new ArrayList<>();
        Plan plan;
        try {
            addPreparing(steps, bundle, state);
            front.execute(steps);
            steps.clear();
            cgroups.create();
            plan = bundle.with(cgroups.plan()).plan(0);
            state = state.withCgroups(cgroups.plan().folders());
            steps.addAll(cgroups.plan().limits());
            addIntelRdt(steps, bundle);
            addSpawning(steps, plan, plan.spawn().withoutCgroups());
        } catch (JruncException e) {
            making.undo(bundle, state, e);
            throw e;
        }
        state = made(bundle, plan, state, steps, front.run(steps));
        try {
            cgroups.join();
            state = state.withCgroups(cgroups.plan().folders());
            Bundle possible = withTrees(bundle.with(cgroups.plan()));
            plan = possible.plan(0);
            if (!possible.waitsForPid()) {
                front.execute(List.of(sending(plan)));
            }
            return new Made(possible, plan, state);
        } catch (JruncException e) {
            making.undo(bundle, state, e);
            throw e;
        }
    }

    /**
     * In a user namespace whose mount namespace is another's nobody may copy mount trees: then init opens the paths by itself, as
     * the same user. Elsewhere what fails is an error.
     */
    private Bundle withTrees(Bundle bundle) {
        List<Step<HostOperation>> trees = bundle.plan(0).trees();
        List<Result> results = front.run(trees);
        Optional<OperationFailed> failure = Front.failure(trees, results);
        boolean may = !front.call().inInitialUserNamespace() && results.size() == 1;
        if (failure.isPresent() && may && failure.get().errno() == Errno.EPERM.number()) {
            Bundle without = bundle.withoutTrees();
            front.execute(without.plan(0).trees());
            return without;
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        return bundle;
    }

    private void addPreparing(List<Step<HostOperation>> steps, Bundle bundle, ContainerState state) {
        steps.add(folder.writing(state));
        steps.add(folder.keeping(bundle.config()));
        steps.add(Step.must(new HostOperation.MakeStartFifos(CREATE)));
        String socket = options.consoleSocket();
        if (socket != null) {
            steps.add(Step.must(new HostOperation.ConnectConsole(Origin.rule("--console-socket"), socket)));
        }
    }

    private static void addIntelRdt(List<Step<HostOperation>> steps, Bundle bundle) {
        IntelRdtPlan intelRdt = bundle.intelRdt();
        if (intelRdt != null) {
            steps.addAll(intelRdt.steps());
        }
    }

    private static void addSpawning(List<Step<HostOperation>> steps, Plan plan, HostOperation.Spawn spawn) {
        steps.add(Step.must(spawn));
        steps.addAll(plan.afterSpawn());
        steps.addAll(plan.netDevices());
    }

    private void addMaking(List<Step<HostOperation>> steps, Bundle bundle, Plan plan, ContainerState state) {
        addPreparing(steps, bundle, state);
        if (bundle.unit() == null) {
            steps.addAll(bundle.cgroups().create());
            steps.addAll(bundle.cgroups().limits());
        }
        addIntelRdt(steps, bundle);
        steps.addAll(plan.trees());
        addSpawning(steps, plan, plan.spawn());
        if (!bundle.waitsForPid()) {
            steps.add(sending(plan));
        }
    }

    private static Step<HostOperation> sending(Plan plan) {
        return Step.must(new HostOperation.SendPlan(CREATE, plan.init()));
    }

    /** Of a batch with SPAWN in it. */
    private ContainerState made(
            Bundle bundle, Plan plan, ContainerState state, List<Step<HostOperation>> steps, List<Result> results) {
        boolean taken = takenMeanwhile(state, steps, results);
        ContainerState ours = taken ? withoutOthers(state, steps, results) : state;
        Optional<OperationFailed> failure = Front.failure(steps, results);
        if (failure.isPresent()) {
            int last = results.size() - 1;
            if (steps.get(last).operation() instanceof HostOperation.Spawn spawn) {
                if (results.getLast().error() == Errno.EAGAIN.number()
                        && !spawn.allCgroups().isEmpty()) {
                    List<Step<HostOperation>> others = attachingLater(spawn, steps.subList(last + 1, steps.size()));
                    return made(bundle, plan, ours, others, front.run(others));
                }
                failure = Optional.of(spawnFailure(bundle, spawn, results.getLast()));
            }
            OperationFailed failed = Resctrl.explained(front, bundle.intelRdt(), failure.get());
            making.undo(bundle, ours, failed);
            throw failed;
        }
        int spawned = 0;
        while (!(steps.get(spawned).operation() instanceof HostOperation.Spawn)) {
            spawned++;
        }
        if (taken) {
            ContainerError failed = new ContainerError(
                    "container's cgroup is not empty: another container is being made in it at the same time");
            making.undo(bundle, ours, failed);
            throw failed;
        }
        long pid = results.get(spawned).value();
        try {
            making.startUnit(bundle, pid);
        } catch (JruncException e) {
            making.undo(bundle, state, e);
            throw e;
        }
        return state.withProcess(pid, Long.parseLong(results.get(spawned).data().utf8()));
    }

    private static OperationFailed spawnFailure(Bundle bundle, HostOperation.Spawn spawn, Result result) {
        return new OperationFailed(
                spawn.name(),
                SpawnOrigin.of(bundle.spec(), result.error(), result.message()).text(),
                (int) result.error(),
                result.message());
    }

    /** For a stage as well there was no room in a cgroup: then init is put into its own after it was made. */
    private static List<Step<HostOperation>> attachingLater(
            HostOperation.Spawn spawn, List<Step<HostOperation>> following) {
        List<Step<HostOperation>> steps = new ArrayList<>();
        steps.add(Step.must(spawn.withoutCgroups()));
        steps.add(new Step<>(
                new HostOperation.CgroupAttach(Origin.rule("cgroups of the container"), spawn.allCgroups()),
                spawn.cgroupsMayFail()));
        steps.addAll(following);
        return steps;
    }

    /** Somebody else has made one of the cgroups since we looked. */
    private static boolean takenMeanwhile(ContainerState state, List<Step<HostOperation>> steps, List<Result> results) {
        for (ContainerState.Cgroup cgroup : state.cgroups()) {
            if (cgroup.made() > 0 && Cgroups.wasThere(cgroup.folder(), steps, results)) {
                return true;
            }
        }
        return false;
    }

    /** What was there is not ours to remove. */
    private static ContainerState withoutOthers(
            ContainerState state, List<Step<HostOperation>> steps, List<Result> results) {
        List<ContainerState.Cgroup> cgroups = new ArrayList<>();
        for (ContainerState.Cgroup cgroup : state.cgroups()) {
            boolean others = Cgroups.wasThere(cgroup.folder(), steps, results);
            cgroups.add(others ? new ContainerState.Cgroup(cgroup.folder(), 0) : cgroup);
        }
        return state.withTheseCgroups(cgroups);
    }

    /** Init works on its plan from here on; it stays behind its front's death only after the point LIMITS. */
    private Created finish(Bundle bundle, Plan plan, ContainerState state, Sequel sequel) {
        Spec.Hooks hooks = bundle.spec().hooks();
        List<Step<HostOperation>> steps = new ArrayList<>();
        steps.add(folder.writing(state));
        IntelRdtPlan intelRdt = bundle.intelRdt();
        if (intelRdt != null) {
            steps.addAll(intelRdt.group().attach(state.pid()));
        }
        if (bundle.waitsForPid()) {
            steps.add(sending(bundle.plan(state.pid())));
        }
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
            HookOutput output = HookOutput.of(bundle.spec().annotations(), bundle.path());
            RuntimeHooks.run(front, "prestart", hooks.prestart(), bundle.path(), hookState, output);
            RuntimeHooks.run(front, "createRuntime", hooks.createRuntime(), bundle.path(), hookState, output);
            goOn(steps);
        }
        if (plan.console()) {
            steps.add(Step.must(new HostOperation.ReceiveConsole(Origin.at("/process/terminal"))));
        }
        await(steps, Plan.SYNC_LIMITS);
        steps.addAll(plan.limits());
        steps.addAll(SubCgroups.delegation(bundle.spec(), bundle.cgroups()));
        goOn(steps);
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
        int own = steps.size();
        List<Step<HostOperation>> then = sequel.after(created);
        steps.addAll(then);
        List<Result> results = front.run(steps);
        Optional<OperationFailed> failure = Front.failure(steps, results);
        if (failure.isPresent() && results.size() <= own) {
            throw failure.get();
        }
        return new Created(created, then, results.subList(own, results.size()));
    }

    private static void await(List<Step<HostOperation>> steps, long point) {
        steps.add(Step.must(new HostOperation.Await(CREATE, point)));
    }

    private static void goOn(List<Step<HostOperation>> steps) {
        steps.add(Step.must(new HostOperation.GoOn(CREATE)));
    }
}
