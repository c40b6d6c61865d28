// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.EngineReleased;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.json.ContainerState;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.CpuList;
import dev.jrunc.plan.ExecPlan;
import dev.jrunc.plan.ExecPlanner;
import dev.jrunc.plan.ExecRequest;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Plan;
import dev.jrunc.plan.ResctrlGroup;
import dev.jrunc.plan.SeccompFilter;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import dev.jrunc.state.StateFolder;
import dev.jrunc.state.Status;
import dev.jrunc.validate.SpecCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code exec}: another process in a container that runs already. */
public final class ExecProcess {

    private static final Origin EXEC = Origin.rule("exec");

    /** To enter: as usual, without joining cgroups by itself, and beside init. */
    private static final int MAX_TRIES = 3;

    private static final long SIGKILL = 9;
    private static final long MAX_CGROUP_BYTES = 64L * 1024;

    private final Context context;
    private final Front front;
    private final StateFolder folder;
    private final ExecOptions options;

    public ExecProcess(Context context, String id, ExecOptions options) {
        this.context = context;
        this.front = context.front();
        this.folder = context.folder(id);
        this.options = options;
    }

    /** A process that is to be made, and where it comes from. */
    private record Wanted(Spec spec, Spec.Process process, String base) {}

    /** A process, which pid and start time name. */
    public record Entered(long pid, long startTime) {

        /** @throws OperationFailed when it has ended */
        public void signal(Context context, long signal) {
            context.front().execute(new HostOperation.Signal(EXEC, pid, startTime, signal));
        }

        /** Also one that has ended. */
        public void kill(Context context) {
            context.front().attempt(new HostOperation.Signal(EXEC, pid, startTime, SIGKILL));
        }
    }

    /**
     * @return the exit status of the program, or 128 and its signal; 0 when detached
     * @throws JruncException when it could not be executed; then nothing is left
     * @throws EngineReleased when the front waits alone
     */
    public int exec() {
        enter();
        if (options.detach()) {
            return 0;
        }
        // There is nothing left to do for the engine: the front ends with the program's status.
        long status =
                front.execute(new HostOperation.Foreground(EXEC, 0, List.of())).value();
        return RunContainer.exitStatus(status);
    }

    /**
     * @return the process of the program, which runs
     * @throws JruncException when it could not be executed; then nothing is left
     */
    public Entered enter() {
        RecoverContainer.Found found = find();
        ContainerState state = found.state();
        Wanted wanted = wanted();
        checkConsole(wanted.process);
        checkLabels(wanted);
        List<String> cgroups = ExecCgroups.folders(state, options.cgroups());
        SeccompFilter seccomp = Bundle.seccomp(context, wanted.spec);
        ExecPlan plan = plan(state, wanted, seccomp);
        plan.warnings().forEach(context.warnings());
        try {
            Entered entered = enter(found, wanted, plan, cgroups);
            execute(state, wanted, plan, seccomp, entered.pid);
            return entered;
        } catch (JruncException e) {
            JruncException failure = named(e);
            List<Step<HostOperation>> undo = List.of(Step.mayFail(new HostOperation.KillInit(EXEC)));
            Failures.suppress(failure, undo, front.execute(undo));
            throw folder.status(state) == Status.STOPPED ? stopped() : failure;
        }
    }

    /** By the option that gave what the kernel refused. The pointers of a process.json are others. */
    private JruncException named(JruncException failure) {
        if (failure instanceof OperationFailed refused) {
            String option = ChangedProcess.option(refused.origin(), options.change());
            return option == null ? failure : refused.by(option);
        }
        return failure;
    }

    private static ContainerError stopped() {
        return new ContainerError("cannot exec in a stopped container: container not running");
    }

    private RecoverContainer.Found find() {
        RecoverContainer.Found found = RecoverContainer.find(context, folder);
        return switch (found.status()) {
            case CREATED, RUNNING -> found;
            case PAUSED -> {
                if (!options.ignorePaused()) {
                    throw new ContainerError("cannot exec in a paused container (use --ignore-paused to override):"
                            + " container paused");
                }
                yield found;
            }
            case CREATING -> throw new ContainerError("cannot exec in a container that is being created");
            case STOPPED -> throw stopped();
        };
    }

    private Wanted wanted() {
        Spec spec = ConfigReader.read(folder.config());
        String file = options.processFile();
        if (file == null) {
            Spec.Process own = Objects.requireNonNull(spec.process());
            return new Wanted(spec, ChangedProcess.of(own, options.change()), "/process");
        }
        Bytes document = front.execute(new HostOperation.ReadInput(
                        Origin.rule("--process"), front.call().absolute(file), ConfigReader.MAX_CONFIG_BYTES))
                .data();
        try {
            Spec.Process process = ConfigReader.readProcess(document);
            SpecCheck.checkProcess(process, "");
            return new Wanted(spec, ChangedProcess.completed(process, spec.process()), "");
        } catch (InvalidSpec e) {
            throw new ContainerError("--process " + file + ": " + e.finding());
        }
    }

    private void checkLabels(Wanted wanted) {
        SecurityLabels.missing(front, wanted.process, this::hasSelinux).ifPresent(missing -> {
            throw new ContainerError(labelPlace(wanted, missing.property()) + ": " + missing.why());
        });
    }

    private boolean hasSelinux() {
        Result mounts =
                front.attempt(new HostOperation.ReadFile(EXEC, "/proc/self/mountinfo", Bundle.MAX_MOUNTINFO_BYTES));
        return SecurityLabels.hasSelinux(mounts.data().utf8());
    }

    private String labelPlace(Wanted wanted, String property) {
        if (options.processFile() != null) {
            return "--process " + options.processFile() + ": /" + property;
        }
        String pointer = wanted.base + "/" + property;
        String option = ChangedProcess.option(pointer, options.change());
        if (option == null) {
            return "config.json: " + pointer;
        }
        boolean apparmor = property.equals("apparmorProfile");
        return option + " " + (apparmor ? wanted.process.apparmorProfile() : wanted.process.selinuxLabel());
    }

    private void checkConsole(Spec.Process process) {
        boolean socket = options.consoleSocket() != null;
        if (options.detach() && process.terminal() && !socket) {
            throw new ContainerError(
                    "cannot allocate tty if jrunc will detach without setting console socket: give --console-socket");
        }
        if (socket && (!options.detach() || !process.terminal())) {
            throw new ContainerError("cannot use console socket if jrunc will not detach or allocate tty");
        }
        if (!options.detach() && process.terminal() && front.call().terminals() == 0) {
            throw new ContainerError("cannot allocate tty: none of the caller's standard fds is a terminal");
        }
    }

    private ExecPlan plan(ContainerState state, Wanted wanted, @Nullable SeccompFilter seccomp) {
        Call call = front.call();
        Bundle.checkInherited(call, options.preserveFds(), options.preserveFds());
        return ExecPlanner.plan(new ExecRequest(
                state.id(),
                wanted.spec,
                wanted.process,
                wanted.base,
                Bundle.setGroupsDenied(front, Long.toString(state.pid())),
                state.sessionKeyring(),
                options.preserveFds(),
                seccomp));
    }

    /** @return an init that has its plan */
    private Entered enter(RecoverContainer.Found found, Wanted wanted, ExecPlan plan, List<String> cgroups) {
        ContainerState state = found.state();
        // What comes into a frozen cgroup stops there, and must be init by then.
        boolean joining = found.status() != Status.PAUSED;
        List<String> folders = cgroups;
        String socket = options.consoleSocket();
        for (int tries = 1; ; tries++) {
            try {
                return enter(state, wanted, plan, folders, joining, socket);
            } catch (OperationFailed e) {
                boolean atCgroups =
                        e.operation().equals("ENTER") || e.operation().equals("CGROUP_ATTACH");
                List<String> beside = atCgroups ? besideInit(state, cgroups, e) : List.of();
                if (tries == MAX_TRIES || !atCgroups) {
                    throw e;
                }
                if (joining && e.errno() == Errno.EAGAIN.number()) {
                    joining = false; // there is room for one more process, but not for the stage as well
                } else if (!beside.isEmpty() && !beside.equals(folders)) {
                    folders = beside;
                } else {
                    throw e;
                }
                front.attempt(new HostOperation.KillInit(EXEC));
                socket = null;
            }
        }
    }

    /**
     * @param joining the process joins its cgroups by itself, which is quicker
     * @param socket null where it is connected already
     */
    private Entered enter(
            ContainerState state,
            Wanted wanted,
            ExecPlan plan,
            List<String> cgroups,
            boolean joining,
            @Nullable String socket) {
        Spec.ExecCpuAffinity affinity = wanted.process.execCPUAffinity();
        List<Step<HostOperation>> steps = new ArrayList<>();
        if (socket != null) {
            steps.add(Step.must(new HostOperation.ConnectConsole(Origin.rule("--console-socket"), socket)));
        }
        if (affinity != null) {
            addAffinity(steps, affinity.initial(), wanted.base + "/execCPUAffinity/initial");
        }
        int entered = steps.size();
        steps.add(Step.must(new HostOperation.Enter(
                EXEC,
                state.pid(),
                state.startTime(),
                plan.namespaces(),
                plan.chroot(),
                options.preserveFds(),
                joining ? ofVersion(state, cgroups, 1) : List.of(),
                joining ? String.join("", ofVersion(state, cgroups, 2)) : "",
                mayBeWithout(state))));
        if (!joining && !cgroups.isEmpty()) {
            steps.add(new Step<>(new HostOperation.CgroupAttach(EXEC, cgroups), mayBeWithout(state)));
        }
        if (affinity != null) {
            addAffinity(steps, affinity.last(), wanted.base + "/execCPUAffinity/final");
        }
        steps.addAll(plan.afterSpawn());
        steps.add(Step.must(new HostOperation.SendPlan(EXEC, plan.init())));
        Result result = front.execute(steps).get(entered);
        return new Entered(result.value(), Long.parseLong(result.data().utf8()));
    }

    /** Of the folders, which are in the order of the state's. */
    private static List<String> ofVersion(ContainerState state, List<String> folders, int version) {
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            if (state.cgroups().get(i).folder().version() == version) {
                chosen.add(folders.get(i));
            }
        }
        return chosen;
    }

    /** Where the user has no right to cgroups, create did without them, too. */
    private boolean mayBeWithout(ContainerState state) {
        return context.rootless() && state.unit() == null;
    }

    private static void addAffinity(List<Step<HostOperation>> steps, @Nullable String list, String pointer) {
        List<Long> cpus = CpuList.parse(list, pointer);
        if (!cpus.isEmpty()) {
            steps.add(Step.must(new HostOperation.CpuAffinity(Origin.at(pointer), cpus)));
        }
    }

    /**
     * cgroups(7): a cgroup of version 2 that hands controllers on to cgroups below it takes no processes. A container that has
     * divided its own (an init system, a nested runtime) has moved its first process to one of them: there we go as well.
     *
     * @return the folders, with that one in place of its parent; empty where this isn't why it failed
     */
    private List<String> besideInit(ContainerState state, List<String> cgroups, OperationFailed failure) {
        boolean divided = failure.errno() == Errno.EBUSY.number() || failure.errno() == Errno.EOPNOTSUPP.number();
        if (!divided || !options.cgroups().isEmpty()) {
            return List.of();
        }
        String text = front.execute(
                        new HostOperation.ReadFile(EXEC, "/proc/" + state.pid() + "/cgroup", MAX_CGROUP_BYTES))
                .data()
                .utf8();
        for (int i = 0; i < cgroups.size(); i++) {
            CgroupFolder own = state.cgroups().get(i).folder();
            int at = text.indexOf(own.path() + "/");
            if (own.version() == 2 && text.contains("0::") && at >= text.indexOf("0::") && at >= 0) {
                int end = text.indexOf('\n', at);
                List<String> beside = new ArrayList<>(cgroups);
                beside.set(i, own.mount() + (end < 0 ? text.substring(at) : text.substring(at, end)));
                return beside;
            }
        }
        return List.of();
    }

    private void execute(
            ContainerState state, Wanted wanted, ExecPlan plan, @Nullable SeccompFilter seccomp, long pid) {
        List<Step<HostOperation>> steps = new ArrayList<>();
        ResctrlGroup resctrl = state.resctrl();
        if (resctrl != null) {
            steps.addAll(resctrl.attach(pid));
        }
        if (plan.console()) {
            steps.add(Step.must(new HostOperation.ReceiveConsole(Origin.at(wanted.base + "/terminal"))));
        }
        if (!plan.limits().isEmpty()) {
            steps.add(Step.must(new HostOperation.Await(EXEC, Plan.SYNC_LIMITS)));
            steps.addAll(plan.limits());
            steps.add(Step.must(new HostOperation.GoOn(EXEC)));
        }
        steps.addAll(InitReports.toSeccompListener(
                wanted.spec,
                seccomp,
                pid,
                new InitReports.Container(state.id(), "running", state.pid(), state.bundle(), state.annotations())));
        steps.add(Step.must(new HostOperation.Await(EXEC, Plan.SYNC_READY)));
        steps.addAll(InitReports.toCaller(options.pidFile(), options.pidfdSocket(), pid));
        steps.add(Step.must(new HostOperation.GoOn(EXEC)));
        steps.add(Step.must(new HostOperation.AwaitProgram(EXEC)));
        front.execute(steps);
    }
}
