// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.criu.Criu;
import dev.jrunc.criu.Requests;
import dev.jrunc.criu.Rpc;
import dev.jrunc.engine.EngineReleased;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.hook.RuntimeHooks;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.Descriptors;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HookOutput;
import dev.jrunc.plan.HostMounts;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.IntelRdtPlan;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import dev.jrunc.state.StateFolder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code restore}: a container from the images of a checkpoint. criu makes its processes, as children of the front, in the cgroups and
 * on the root file system that are made ready for it.
 */
public final class RestoreContainer {

    private static final Origin RESTORE = Origin.rule("restore");
    private static final long MAX_DESCRIPTORS_BYTES = 64 * 1024;
    private static final long MAX_STATUS_BYTES = 1 << 16;
    private static final long FORMAT = 0170000;
    private static final long DIRECTORY = 0040000;

    private final Context context;
    private final Front front;
    private final RestoreOptions options;
    private final StateFolder folder;
    private final CriuFolders folders;
    private final Criu criu;
    private final NewContainer making;

    /** With the process, once there is one. */
    private @Nullable ContainerState restored;

    public RestoreContainer(Context context, String id, RestoreOptions options) {
        this.context = context;
        this.front = context.front();
        this.options = options;
        this.folder = context.folder(id);
        this.folders = new CriuFolders(front, RESTORE, options.common());
        this.criu = new Criu(front, RESTORE);
        this.making = new NewContainer(context, folder, false, true);
    }

    /**
     * @param continuation as that of run()
     * @return as run() does
     * @throws JruncException when it failed; then nothing is left
     * @throws EngineReleased when the front waits alone
     */
    public int restore(List<String> continuation) {
        CheckpointContainer.checkRoot(front, "restore");
        Bundle bundle = Bundle.read(context, folder.id(), options.create());
        checkTerminal(bundle);
        bundle.cgroups().warnings().forEach(context.warnings());
        folders.checkImages();
        List<String> descriptors = descriptors();
        criu.check();
        if (options.common().lazyPages()) {
            criu.checkMemory(false, true);
        }
        ContainerState state = making.claim(bundle, true);
        ContainerState complete;
        try {
            complete = restore(bundle, state, descriptors);
        } catch (JruncException e) {
            making.undo(bundle, state, e);
            making.poststop(state);
            throw e;
        }
        RunContainer run = new RunContainer(context);
        try {
            new StartContainer(context).poststart(complete);
        } catch (JruncException e) {
            run.deleteAfter(e, complete);
            throw e;
        }
        if (options.detach()) {
            return 0;
        }
        return run.await(folder, complete, new RunContainer.Mode(false, false, options.subreaper()), continuation);
    }

    private void checkTerminal(Bundle bundle) {
        boolean socket = options.create().consoleSocket() != null;
        if (bundle.terminal() && options.detach() && !socket) {
            throw new InvalidSpec(
                    "/process/terminal",
                    "cannot allocate tty if jrunc will detach without setting console socket: give --console-socket,"
                            + " or set process.terminal to false");
        }
        if (socket && (!bundle.terminal() || !options.detach())) {
            throw new ContainerError("cannot use console socket if jrunc will not detach or allocate tty");
        }
        if (bundle.terminal() && !options.detach() && front.call().terminals() == 0) {
            throw new InvalidSpec("/process/terminal", "none of the caller's standard fds is a terminal");
        }
    }

    /** What the standard fds were; nothing where nobody wrote it down. */
    private List<String> descriptors() {
        String path = folders.images() + "/" + Descriptors.FILE;
        Result read = front.attempt(new HostOperation.ReadFile(RESTORE, path, MAX_DESCRIPTORS_BYTES));
        if (read.error() == Errno.ENOENT.number()) {
            return List.of();
        }
        if (!read.ok()) {
            throw new OperationFailed("READ_FILE", RESTORE.text(), (int) read.error(), read.message());
        }
        try {
            return Descriptors.read(read.data());
        } catch (InvalidSpec e) {
            throw new ContainerError("the image is broken: " + path + ": " + e.getMessage());
        }
    }

    private ContainerState restore(Bundle bundle, ContainerState state, List<String> descriptors) {
        prepare(bundle, state);
        List<Long> fds = new ArrayList<>();
        List<Requests.Namespace> namespaces = new ArrayList<>();
        for (Spec.Namespace namespace : bundle.spec().linux().namespaces()) {
            String type = CheckpointContainer.criuType(namespace);
            if (!type.isEmpty()) {
                namespaces.add(new Requests.Namespace(type, "", Criu.FIRST_FD + fds.size()));
                fds.add(front.execute(new HostOperation.CriuOpen(RESTORE, String.valueOf(namespace.path())))
                        .value());
            }
        }
        List<Requests.Inherited> inherited = new ArrayList<>();
        for (int fd = 0; fd < descriptors.size(); fd++) {
            if (descriptors.get(fd).startsWith("pipe:")) {
                inherited.add(new Requests.Inherited(descriptors.get(fd), Criu.FIRST_FD + fds.size()));
                fds.add((long) fd);
            }
        }
        String mountpoint = context.root() + "/" + state.id();
        start(bundle, new Criu.Start(bundle.rootfs(), mountpoint, "_ses." + state.id(), true, fds));
        List<CgroupFolder> cgroups = bundle.cgroups().ofProcesses();
        HostMounts mounts = new HostMounts(bundle.spec(), bundle.path(), cgroups);
        Rpc.Req request = Requests.restore(
                options.common(),
                folders.open(bundle.spec().annotations()),
                new Requests.Restore(
                        mountpoint,
                        CheckpointContainer.external(mounts.bound()),
                        namespaces,
                        inherited,
                        cgroups,
                        options.lsmProfile(),
                        options.lsmMountContext()));
        criu.begin();
        Rpc.Resp answer = criu.work(request, (script, pid) -> reached(bundle, state, script, pid));
        String output = criu.end();
        if (!answer.getSuccess()) {
            throw folders.failure("restore", answer, Requests.RESTORE_LOG, output);
        }
        return finish(bundle, adopted(state, answer.getRestore().getPid()));
    }

    /** Written down before it is made; and what criu wants to find. */
    private void prepare(Bundle bundle, ContainerState state) {
        folders.makeWork();
        List<Step<HostOperation>> steps = new ArrayList<>();
        steps.add(folder.writing(state));
        steps.add(folder.keeping(bundle.config()));
        String socket = options.create().consoleSocket();
        if (socket != null) {
            steps.add(Step.must(new HostOperation.ConnectConsole(Origin.rule("--console-socket"), socket)));
        }
        if (bundle.unit() == null) {
            steps.addAll(bundle.cgroups().create());
            steps.addAll(bundle.cgroups().limits());
        }
        IntelRdtPlan intelRdt = bundle.intelRdt();
        if (intelRdt != null) {
            steps.addAll(intelRdt.steps());
        }
        HostMounts mounts =
                new HostMounts(bundle.spec(), bundle.path(), bundle.cgroups().ofProcesses());
        for (HostMounts.Point point : mounts.points(bundle.rootfs())) {
            steps.add(Step.must(
                    new HostOperation.MakeMountpoint(RESTORE, point.root(), point.path(), !isFolder(point.source()))));
        }
        front.execute(steps);
    }

    /** What is no bind mount lies on a folder. */
    private boolean isFolder(String source) {
        return source.isEmpty()
                || (front.execute(new HostOperation.RealPath(RESTORE, source)).value() & FORMAT) == DIRECTORY;
    }

    /** In the container's cgroups: what it restores is there from the beginning. */
    private void start(Bundle bundle, Criu.Start start) {
        long pid = criu.start(start);
        if (bundle.unit() != null) {
            making.startUnit(bundle, pid);
            return;
        }
        List<String> cgroups = new ArrayList<>();
        for (CgroupFolder cgroup : bundle.cgroups().ofProcesses()) {
            cgroups.add(cgroup.folder());
        }
        front.execute(making.attaching(cgroups));
    }

    private void reached(Bundle bundle, ContainerState state, String script, long pid) {
        switch (script) {
            case "setup-namespaces" -> hooks(bundle, adopted(state, pid));
            case "post-restore" -> {
                adopted(state, pid);
                finishMounts(bundle);
            }
            case "orphan-pts-master" -> front.execute(new HostOperation.CriuConsole(Origin.at("/process/terminal")));
            default -> {
                // criu goes on.
            }
        }
    }

    /** All is there, and nothing runs yet. */
    private void finishMounts(Bundle bundle) {
        Spec.Root root = bundle.spec().root();
        if (root != null && root.readonly()) {
            front.execute(new HostOperation.CriuReadonlyRoot(Origin.at("/root/readonly")));
        }
    }

    /** The restored process is ours, and known, from the first time that criu names it. */
    private ContainerState adopted(ContainerState state, long pid) {
        ContainerState known = restored;
        if (known == null) {
            Result process = front.execute(new HostOperation.CriuAdopt(RESTORE, pid));
            known = state.withProcess(
                    process.value(), Long.parseLong(process.data().utf8()));
            restored = known;
            front.execute(List.of(folder.writing(known)));
        }
        return known;
    }

    private void hooks(Bundle bundle, ContainerState state) {
        Spec.Hooks hooks = bundle.spec().hooks();
        Bytes hookState = StateJson.hookState(state.id(), "creating", state.pid(), state.bundle(), state.annotations());
        HookOutput output = HookOutput.of(state.annotations(), state.bundle());
        RuntimeHooks.run(front, "prestart", hooks.prestart(), state.bundle(), hookState, output);
        RuntimeHooks.run(front, "createRuntime", hooks.createRuntime(), state.bundle(), hookState, output);
    }

    /** criu 3.17 doesn't restore no_new_privs, and says nothing. */
    private void warnOfPrivileges(Bundle bundle, long pid) {
        Spec.Process process = bundle.spec().process();
        if (process == null || !process.noNewPrivileges()) {
            return;
        }
        Result status =
                front.attempt(new HostOperation.ReadFile(RESTORE, "/proc/" + pid + "/status", MAX_STATUS_BYTES));
        if (status.ok() && status.data().utf8().contains("\nNoNewPrivs:\t0\n")) {
            context.warnings()
                    .accept(
                            "/process/noNewPrivileges: this criu does not restore it: what the container executes from now"
                                    + " on may gain privileges");
        }
    }

    private ContainerState finish(Bundle bundle, ContainerState state) {
        List<Step<HostOperation>> steps = new ArrayList<>();
        IntelRdtPlan intelRdt = bundle.intelRdt();
        if (intelRdt != null) {
            steps.addAll(intelRdt.group().attach(state.pid()));
        }
        steps.addAll(InitReports.toCaller(options.create().pidFile(), null, state.pid()));
        front.execute(steps);
        warnOfPrivileges(bundle, state.pid());
        ContainerState complete = state.asComplete();
        front.execute(List.of(folder.writing(complete)));
        return complete;
    }
}
