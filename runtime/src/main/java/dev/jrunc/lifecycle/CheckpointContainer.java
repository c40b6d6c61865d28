// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.criu.Criu;
import dev.jrunc.criu.DumpOptions;
import dev.jrunc.criu.External;
import dev.jrunc.criu.MaskedFiles;
import dev.jrunc.criu.Requests;
import dev.jrunc.criu.Rpc;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.Descriptors;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostMounts;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.Spec;
import dev.jrunc.state.StateFolder;
import dev.jrunc.state.Status;
import java.util.ArrayList;
import java.util.List;

/** {@code checkpoint}: what a container is becomes images in a folder, and the container ends where it isn't told to go on. */
public final class CheckpointContainer {

    private static final Origin CHECKPOINT = Origin.rule("checkpoint");
    private static final long DESCRIPTORS_MODE = 0600;

    /** WRITE_FILE disposition of native/protocol.h. */
    private static final long REPLACE = 3;

    private static final long MAX_FDINFO_BYTES = 64 * 1024;
    private static final int OCTAL = 8;

    /** O_ACCMODE, fcntl(2). */
    private static final long ACCESS_MODE = 3;

    private final Context context;
    private final Front front;
    private final DumpOptions options;
    private final CriuFolders folders;

    public CheckpointContainer(Context context, DumpOptions options) {
        this.context = context;
        this.front = context.front();
        this.options = options;
        this.folders = new CriuFolders(front, CHECKPOINT, options.common());
    }

    /** @throws ContainerError for who isn't root of the host: criu looks into other users' processes, and into the kernel */
    static void checkRoot(Front front, String command) {
        if (!front.call().isHostRoot()) {
            throw new ContainerError("cannot " + command + " a rootless container: criu needs root of the host");
        }
    }

    /** @throws JruncException when it could not be done; then the container goes on */
    public void checkpoint(String id) {
        checkRoot(front, "checkpoint");
        StateFolder folder = context.folder(id);
        RecoverContainer.find(context, folder);
        ContainerState state = RecoverContainer.lockAndRead(context, folder);
        Status status = folder.status(state);
        if (status != Status.RUNNING && status != Status.PAUSED) {
            throw new ContainerError(
                    "cannot checkpoint a container in the " + status + " state: container not running");
        }
        Spec spec = ConfigReader.read(folder.config());
        checkStatusFd();
        Criu criu = new Criu(front, CHECKPOINT);
        criu.check();
        boolean track = options.preDump() || options.parentPath() != null;
        if (track || options.common().lazyPages()) {
            criu.checkMemory(track, options.common().lazyPages());
        }
        folders.make();
        String parent = options.parentPath();
        if (parent != null) {
            folders.checkFolder(folders.images() + "/" + parent, "--parent-path");
        }
        Requests.Dump dump = dump(state, spec);
        if (!options.preDump()) {
            keepDescriptors(state);
        }
        dump(criu, dump, spec, folder, state, status);
        if (!options.preDump() && !options.leaveRunning()) {
            new DeleteContainer(context).remove(folder, state, false);
        }
    }

    /** criu opens it by its number: then it is too late for a word of it. */
    private void checkStatusFd() {
        long fd = options.statusFd();
        if (fd < 0) {
            return;
        }
        Result info = front.attempt(
                new HostOperation.ReadFile(Origin.rule("--status-fd"), "/proc/self/fdinfo/" + fd, MAX_FDINFO_BYTES));
        if (!info.ok()) {
            throw new ContainerError("--status-fd " + fd + ": fd " + fd + " is not open");
        }
        if ((flags(info.data().utf8()) & ACCESS_MODE) == 0) {
            throw new ContainerError("--status-fd " + fd + ": fd " + fd + " is not open for writing");
        }
    }

    private static long flags(String fdinfo) {
        String name = "flags:";
        int at = fdinfo.indexOf(name);
        int end = at < 0 ? -1 : fdinfo.indexOf('\n', at);
        return end < 0
                ? 0
                : Long.parseLong(fdinfo.substring(at + name.length(), end).strip(), OCTAL);
    }

    private Requests.Dump dump(ContainerState state, Spec spec) {
        List<CgroupFolder> cgroups = new ArrayList<>();
        for (ContainerState.Cgroup cgroup : state.cgroups()) {
            cgroups.add(cgroup.folder());
        }
        String mountinfo = front.execute(new HostOperation.ReadFile(
                        CHECKPOINT, "/proc/" + state.pid() + "/mountinfo", Bundle.MAX_MOUNTINFO_BYTES))
                .data()
                .utf8();
        List<Requests.Namespace> namespaces = new ArrayList<>();
        for (Spec.Namespace namespace : spec.linux().namespaces()) {
            String type = criuType(namespace);
            if (!type.isEmpty()) {
                namespaces.add(new Requests.Namespace(type, inode(link(state, "ns/" + type)), -1));
            }
        }
        return new Requests.Dump(
                state.pid(),
                state.rootfs(),
                state.freezer().map(CgroupFolder::folder).orElse(""),
                external(new HostMounts(spec, state.bundle(), cgroups).bound()),
                MaskedFiles.of(mountinfo, spec.linux().maskedPaths()),
                namespaces);
    }

    /** criu's word for a namespace that was joined, and which it can leave to others; or empty. */
    static String criuType(Spec.Namespace namespace) {
        if (namespace.path() == null) {
            return "";
        }
        return switch (namespace.type()) {
            case "network" -> "net";
            case "pid" -> "pid";
            default -> "";
        };
    }

    static List<External> external(List<HostMounts.Bound> bound) {
        List<External> external = new ArrayList<>();
        for (HostMounts.Bound mount : bound) {
            external.add(new External(mount.target(), mount.source()));
        }
        return external;
    }

    private String link(ContainerState state, String name) {
        return front.execute(new HostOperation.ProcessLink(CHECKPOINT, state.pid(), state.startTime(), name))
                .data()
                .utf8();
    }

    /** Of {@code net:[4026531840]}. */
    private static String inode(String link) {
        return link.substring(link.indexOf('[') + 1, link.length() - 1);
    }

    private void keepDescriptors(ContainerState state) {
        List<String> names = new ArrayList<>();
        for (int fd = 0; fd <= 2; fd++) {
            Result link = front.attempt(
                    new HostOperation.ProcessLink(CHECKPOINT, state.pid(), state.startTime(), "fd/" + fd));
            names.add(link.ok() ? link.data().utf8() : "");
        }
        front.execute(new HostOperation.WriteFile(
                CHECKPOINT,
                folders.images() + "/" + Descriptors.FILE,
                Descriptors.write(names),
                DESCRIPTORS_MODE,
                REPLACE));
    }

    private void dump(
            Criu criu, Requests.Dump dump, Spec spec, StateFolder folder, ContainerState state, Status status) {
        // Of one that was paused before nobody who finds it could tell whether it was to go on.
        boolean frozenByCriu = status != Status.PAUSED && state.freezer().isPresent();
        if (frozenByCriu) {
            front.execute(List.of(folder.writing(state.withCriu(true))));
        }
        try {
            criu.start(Criu.Start.PLAIN);
            Rpc.Req request = Requests.dump(options, folders.open(spec.annotations()), dump);
            criu.begin();
            Rpc.Resp answer = criu.work(request, (script, pid) -> {});
            String output = criu.end();
            if (!answer.getSuccess()) {
                throw folders.failure(options.preDump() ? "pre-dump" : "dump", answer, Requests.DUMP_LOG, output);
            }
        } catch (JruncException e) {
            boolean interrupted = e instanceof OperationFailed failed && failed.errno() == Errno.EINTR.number();
            front.attempt(new HostOperation.CriuEnd(CHECKPOINT, interrupted ? 0 : Criu.END_MILLIS));
            if (frozenByCriu) {
                thaw(folder, state, e);
            }
            throw e;
        }
        if (frozenByCriu && (options.preDump() || options.leaveRunning())) {
            // The images are complete: where this fails, the next command does it.
            front.attempt(folder.writing(state).operation());
        }
    }

    /** A criu that was killed has left it frozen. */
    private void thaw(StateFolder folder, ContainerState state, JruncException cause) {
        try {
            RecoverContainer.thaw(context, folder, state);
        } catch (JruncException e) {
            cause.addSuppressed(e);
        }
    }
}
