// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * What the front executes, in the caller's own process and context.
 *
 * <p>Codes, names and the order of fields are those of {@code native/protocol.def}; a contract test compares them.
 */
public sealed interface HostOperation extends Operation {

    /** data: the content. EFBIG when it is longer than maxBytes. */
    record ReadFile(Origin origin, String path, long maxBytes) implements HostOperation {
        @Override
        public int code() {
            return 0x100;
        }

        @Override
        public String name() {
            return "READ_FILE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.u32("maxBytes", maxBytes);
        }
    }

    /** disposition: see protocol.h (EXISTING, CREATE, CREATE_NEW, REPLACE by temporary file and rename, APPEND). */
    record WriteFile(Origin origin, String path, Bytes content, long mode, long disposition) implements HostOperation {
        @Override
        public int code() {
            return 0x101;
        }

        @Override
        public String name() {
            return "WRITE_FILE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.bytes("content", content);
            fields.u32("mode", mode);
            fields.u32("disposition", disposition);
        }
    }

    /** Each content goes with the path at its place; written is the first of the files that is there (cgroup files). ENOENT: none is. */
    record WriteFirst(Origin origin, List<String> paths, List<String> contents) implements HostOperation {
        public WriteFirst {
            paths = List.copyOf(paths);
            contents = List.copyOf(contents);
        }

        @Override
        public int code() {
            return 0x1a0;
        }

        @Override
        public String name() {
            return "WRITE_FIRST";
        }

        @Override
        public void fields(Fields fields) {
            fields.strs("paths", paths);
            fields.strs("contents", contents);
        }
    }

    /** data: the names, each followed by a zero byte, without . and .. */
    record ReadDirectory(Origin origin, String path) implements HostOperation {
        @Override
        public int code() {
            return 0x102;
        }

        @Override
        public String name() {
            return "READ_DIRECTORY";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
        }
    }

    /** data: the absolute path without symbolic links; value: st_mode. */
    record RealPath(Origin origin, String path) implements HostOperation {
        @Override
        public int code() {
            return 0x103;
        }

        @Override
        public String name() {
            return "REAL_PATH";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
        }
    }

    /** One datagram to a Unix socket (syslog, journald). */
    record SendDatagram(Origin origin, String path, Bytes content) implements HostOperation {
        @Override
        public int code() {
            return 0x104;
        }

        @Override
        public String name() {
            return "SEND_DATAGRAM";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.bytes("content", content);
        }
    }

    /** fd: 1 or 2. */
    record Output(Origin origin, long fd, Bytes content) implements HostOperation {
        @Override
        public int code() {
            return 0x105;
        }

        @Override
        public String name() {
            return "OUTPUT";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("fd", fd);
            fields.bytes("content", content);
        }
    }

    /** Opens {@code <root>/<id>} without following links; it must belong to the caller and nobody else may write to it. create: root is made where it is missing, and the folder must be new (EEXIST). Later STATE operations work on its fd. */
    record OpenState(Origin origin, String root, String id, boolean create) implements HostOperation {
        @Override
        public int code() {
            return 0x120;
        }

        @Override
        public String name() {
            return "OPEN_STATE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("root", root);
            fields.str("id", id);
            fields.bool("create", create);
        }
    }

    /** flock(2) on `lock` in it, which must still be linked there afterwards (ENOENT: deleted meanwhile). ETIMEDOUT. */
    record LockState(Origin origin, long timeoutMillis) implements HostOperation {
        @Override
        public int code() {
            return 0x121;
        }

        @Override
        public String name() {
            return "LOCK_STATE";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("timeoutMillis", timeoutMillis);
        }
    }

    /** {@code READ_STATE}. */
    record ReadState(Origin origin, String name, long maxBytes) implements HostOperation {
        @Override
        public int code() {
            return 0x122;
        }

        @Override
        public String name() {
            return "READ_STATE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("name", name);
            fields.u32("maxBytes", maxBytes);
        }
    }

    /** By temporary file and rename. */
    record WriteState(Origin origin, String file, Bytes content) implements HostOperation {
        @Override
        public int code() {
            return 0x123;
        }

        @Override
        public String name() {
            return "WRITE_STATE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("name", file);
            fields.bytes("content", content);
        }
    }

    /** start.fifo and answer.fifo, opened for PLAN and START. */
    record MakeStartFifos(Origin origin) implements HostOperation {
        @Override
        public int code() {
            return 0x124;
        }

        @Override
        public String name() {
            return "MAKE_START_FIFOS";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** The folder with all that is in it; the lock goes with it. */
    record RemoveState(Origin origin) implements HostOperation {
        @Override
        public int code() {
            return 0x125;
        }

        @Override
        public String name() {
            return "REMOVE_STATE";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /**
     * value: see protocol.h (STOPPED, CREATED: init of the opened state folder waits for start, RUNNING, PAUSED). Never fails for a process that is gone.
     * frozen: a file that has "1" when its cgroup is to be frozen, or empty.
     */
    record ProcessStatus(Origin origin, long pid, long startTime, String frozen) implements HostOperation {
        @Override
        public int code() {
            return 0x140;
        }

        @Override
        public String name() {
            return "PROCESS_STATUS";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("pid", pid);
            fields.u64("startTime", startTime);
            fields.str("frozen", frozen);
        }
    }

    /** By pidfd; ESRCH when pid and start time don't name the same process any more. */
    record Signal(Origin origin, long pid, long startTime, long signal) implements HostOperation {
        @Override
        public int code() {
            return 0x141;
        }

        @Override
        public String name() {
            return "SIGNAL";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("pid", pid);
            fields.u64("startTime", startTime);
            fields.u32("signal", signal);
        }
    }

    /** Until the process has ended; ETIMEDOUT. */
    record WaitExit(Origin origin, long pid, long startTime, long timeoutMillis) implements HostOperation {
        @Override
        public int code() {
            return 0x142;
        }

        @Override
        public String name() {
            return "WAIT_EXIT";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("pid", pid);
            fields.u64("startTime", startTime);
            fields.u32("timeoutMillis", timeoutMillis);
        }
    }

    /** Runs in the front's namespaces with exactly this environment, and begins in that folder, or where the front is when it is gone. value: the wait status; data: the last output. A hook that takes longer is killed: ETIMEDOUT. timeoutSeconds 0: no limit. standardOutput, standardError: files that get it instead, appended; or empty. */
    record Hook(
            Origin origin,
            String path,
            String folder,
            List<String> args,
            List<String> environment,
            Bytes input,
            long timeoutSeconds,
            String standardOutput,
            String standardError)
            implements HostOperation {
        public Hook {
            args = List.copyOf(args);
            environment = List.copyOf(environment);
        }

        @Override
        public int code() {
            return 0x143;
        }

        @Override
        public String name() {
            return "HOOK";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.str("folder", folder);
            fields.strs("args", args);
            fields.strs("environment", environment);
            fields.bytes("input", input);
            fields.u32("timeoutSeconds", timeoutSeconds);
            fields.str("standardOutput", standardOutput);
            fields.str("standardError", standardError);
        }
    }

    /** Clones init, through a stage where there is something to join or a time namespace to make. uidMap and gidMap: triples of container id, host id, size. mapHelpers: written by newuidmap and newgidmap. preserveFds: fds 3 to 3 + n - 1 reach init. value: init's pid; data: its start time (field 22 of /proc/PID/stat) in decimal. */
    record Spawn(
            Origin origin,
            long newNamespaces,
            List<String> joinPaths,
            List<Long> joinKinds,
            String timeOffsets,
            List<Long> uidMap,
            List<Long> gidMap,
            boolean denySetgroups,
            boolean mapHelpers,
            long preserveFds,
            List<String> cgroups,
            String unifiedCgroup,
            boolean cgroupsMayFail)
            implements HostOperation {
        public Spawn {
            cgroups = List.copyOf(cgroups);
            joinPaths = List.copyOf(joinPaths);
            joinKinds = List.copyOf(joinKinds);
            uidMap = List.copyOf(uidMap);
            gidMap = List.copyOf(gidMap);
        }

        /** The same, and nothing joins a cgroup. */
        public Spawn withoutCgroups() {
            return new Spawn(
                    origin,
                    newNamespaces,
                    joinPaths,
                    joinKinds,
                    timeOffsets,
                    uidMap,
                    gidMap,
                    denySetgroups,
                    mapHelpers,
                    preserveFds,
                    List.of(),
                    "",
                    cgroupsMayFail);
        }

        /** Those that init joins by itself, or is made in. */
        public List<String> allCgroups() {
            List<String> all = new ArrayList<>(cgroups);
            if (!unifiedCgroup.isEmpty()) {
                all.add(unifiedCgroup);
            }
            return all;
        }

        @Override
        public int code() {
            return 0x160;
        }

        @Override
        public String name() {
            return "SPAWN";
        }

        @Override
        public void fields(Fields fields) {
            fields.u64("newNamespaces", newNamespaces);
            fields.strs("joinPaths", joinPaths);
            fields.u32s("joinKinds", joinKinds);
            fields.str("timeOffsets", timeOffsets);
            fields.u32s("uidMap", uidMap);
            fields.u32s("gidMap", gidMap);
            fields.bool("denySetgroups", denySetgroups);
            fields.bool("mapHelpers", mapHelpers);
            fields.u32("preserveFds", preserveFds);
            fields.strs("cgroups", cgroups);
            fields.str("unifiedCgroup", unifiedCgroup);
            fields.bool("cgroupsMayFail", cgroupsMayFail);
        }
    }

    /** A detached copy of the mount tree at path, for init; value: its index among the fds that go with PLAN and TREES, from 0. */
    record OpenTree(Origin origin, String path, boolean recursive) implements HostOperation {
        @Override
        public int code() {
            return 0x161;
        }

        @Override
        public String name() {
            return "OPEN_TREE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.bool("recursive", recursive);
        }
    }

    /** Makes that tree of OPEN_TREE an idmapped mount, with the maps of userNamespace, or of a user namespace that is made for it: triples of id in the file system, id on the host, size. */
    record IdmapTree(
            Origin origin, long tree, boolean recursive, List<Long> uidMap, List<Long> gidMap, String userNamespace)
            implements HostOperation {
        public IdmapTree {
            uidMap = List.copyOf(uidMap);
            gidMap = List.copyOf(gidMap);
        }

        @Override
        public int code() {
            return 0x1a3;
        }

        @Override
        public String name() {
            return "IDMAP_TREE";
        }

        @Override
        public void fields(Fields fields) {
            fields.i64("tree", tree);
            fields.bool("recursive", recursive);
            fields.u32s("uidMap", uidMap);
            fields.u32s("gidMap", gidMap);
            fields.str("userNamespace", userNamespace);
        }
    }

    /** Puts init into cgroups that it has not joined by itself. */
    record CgroupAttach(Origin origin, List<String> folders) implements HostOperation {
        public CgroupAttach {
            folders = List.copyOf(folders);
        }

        @Override
        public int code() {
            return 0x162;
        }

        @Override
        public String name() {
            return "CGROUP_ATTACH";
        }

        @Override
        public void fields(Fields fields) {
            fields.strs("folders", folders);
        }
    }

    /** {@code OOM_SCORE_ADJ}. */
    record OomScoreAdj(Origin origin, long score) implements HostOperation {
        @Override
        public int code() {
            return 0x163;
        }

        @Override
        public String name() {
            return "OOM_SCORE_ADJ";
        }

        @Override
        public void fields(Fields fields) {
            fields.i64("score", score);
        }
    }

    /** Pipes and files at our fds 0 to 2, which init has as well, go to that user of the host: in a user namespace STDIO_OWNER can't give what no user of its own has. EPERM, EINVAL, ENOSYS and EROFS are no errors. */
    record GiveStdio(Origin origin, long uid) implements HostOperation {
        @Override
        public int code() {
            return 0x173;
        }

        @Override
        public String name() {
            return "GIVE_STDIO";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("uid", uid);
        }
    }

    /** Adds events to a trace file. */
    record AppendTrace(Origin origin, String path, Bytes events) implements HostOperation {
        @Override
        public int code() {
            return 0x1b1;
        }

        @Override
        public String name() {
            return "APPEND_TRACE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.bytes("events", events);
        }
    }

    /** The init operations, as they are. */
    record SendPlan(Origin origin, List<Step<InitOperation>> operations) implements HostOperation {
        public SendPlan {
            operations = List.copyOf(operations);
        }

        @Override
        public int code() {
            return 0x164;
        }

        @Override
        public String name() {
            return "SEND_PLAN";
        }

        @Override
        public void fields(Fields fields) {
            fields.operations("operations", operations);
        }
    }

    /** Until init has come to that point; its ERROR is this operation's. */
    record Await(Origin origin, long point) implements HostOperation {
        @Override
        public int code() {
            return 0x165;
        }

        @Override
        public String name() {
            return "AWAIT";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("point", point);
        }
    }

    /** {@code GO_ON}. */
    record GoOn(Origin origin) implements HostOperation {
        @Override
        public int code() {
            return 0x166;
        }

        @Override
        public String name() {
            return "GO_ON";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** prlimit(2) on init. name: RLIMIT_NOFILE etc., for messages; resource: its number. */
    record Rlimit(Origin origin, String name, long resource, long soft, long hard) implements HostOperation {
        @Override
        public int code() {
            return 0x167;
        }

        @Override
        public String name() {
            return "RLIMIT";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("name", name);
            fields.u32("resource", resource);
            fields.u64("soft", soft);
            fields.u64("hard", hard);
        }
    }

    /** sched_setattr(2) on init. policyName: for messages; policy: SCHED_*; runtime, deadline, period: nanoseconds. */
    record Scheduler(
            Origin origin,
            String policyName,
            long policy,
            long flags,
            long nice,
            long priority,
            long runtime,
            long deadline,
            long period)
            implements HostOperation {
        @Override
        public int code() {
            return 0x1a1;
        }

        @Override
        public String name() {
            return "SCHEDULER";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("policyName", policyName);
            fields.u32("policy", policy);
            fields.u64("flags", flags);
            fields.i64("nice", nice);
            fields.u32("priority", priority);
            fields.u64("runtime", runtime);
            fields.u64("deadline", deadline);
            fields.u64("period", period);
        }
    }

    /** ioprio_set(2) on init. className: for messages; ioClass: IOPRIO_CLASS_*. */
    record IoPriority(Origin origin, String className, long ioClass, long priority) implements HostOperation {
        @Override
        public int code() {
            return 0x1a2;
        }

        @Override
        public String name() {
            return "IO_PRIORITY";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("className", className);
            fields.u32("ioClass", ioClass);
            fields.u32("priority", priority);
        }
    }

    /** Connects to the caller's console socket, before anything is made. */
    record ConnectConsole(Origin origin, String path) implements HostOperation {
        @Override
        public int code() {
            return 0x168;
        }

        @Override
        public String name() {
            return "CONNECT_CONSOLE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
        }
    }

    /** Takes the pty's master from init; sends it to the connected console socket, or keeps it for FOREGROUND. */
    record ReceiveConsole(Origin origin) implements HostOperation {
        @Override
        public int code() {
            return 0x169;
        }

        @Override
        public String name() {
            return "RECEIVE_CONSOLE";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** Sends init's pidfd to a listening Unix socket. */
    record SendPidfd(Origin origin, String path) implements HostOperation {
        @Override
        public int code() {
            return 0x16a;
        }

        @Override
        public String name() {
            return "SEND_PIDFD";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
        }
    }

    /** Lets the init of the opened state folder go on to its program, and waits until the program runs. */
    record Start(Origin origin, long pid, long startTime) implements HostOperation {
        @Override
        public int code() {
            return 0x16b;
        }

        @Override
        public String name() {
            return "START";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("pid", pid);
            fields.u64("startTime", startTime);
        }
    }

    /** Lets this engine go, and keeps a resident one on that socket until it ends. */
    record ServeEngine(Origin origin, String socket, boolean dropUser, long uid, long gid, List<String> args)
            implements HostOperation {
        public ServeEngine {
            args = List.copyOf(args);
        }

        @Override
        public int code() {
            return 0x1b0;
        }

        @Override
        public String name() {
            return "SERVE_ENGINE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("socket", socket);
            fields.bool("dropUser", dropUser);
            fields.u32("uid", uid);
            fields.u32("gid", gid);
            fields.strs("args", args);
        }
    }

    /** SIGKILL for the init that SPAWN made, and waits for it. */
    record KillInit(Origin origin) implements HostOperation {
        @Override
        public int code() {
            return 0x16c;
        }

        @Override
        public String name() {
            return "KILL_INIT";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** Relays terminal and signals until init ends. value: its wait status. After engineMillis the front lets the engine go (EINPROGRESS); at the end it makes a new call with these arguments and the exit status in decimal. */
    record Foreground(Origin origin, long engineMillis, List<String> continuation) implements HostOperation {
        public Foreground {
            continuation = List.copyOf(continuation);
        }

        @Override
        public int code() {
            return 0x16d;
        }

        @Override
        public String name() {
            return "FOREGROUND";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("engineMillis", engineMillis);
            fields.strs("continuation", continuation);
        }
    }

    /** Orphans of a container without a pid namespace of its own come to the front, which reaps them in FOREGROUND. */
    record BecomeSubreaper(Origin origin) implements HostOperation {
        @Override
        public int code() {
            return 0x16f;
        }

        @Override
        public String name() {
            return "BECOME_SUBREAPER";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** The front exits with this status; nothing comes after it. */
    record Exit(Origin origin, long status) implements HostOperation {
        @Override
        public int code() {
            return 0x16e;
        }

        @Override
        public String name() {
            return "EXIT";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("status", status);
        }
    }

    /** Makes every missing folder of path below mount. inheritCpuset: an empty cpuset.cpus or cpuset.mems is copied from the parent (cgroup v1). controllers: enabled in cgroup.subtree_control on the way (cgroup v2), those that are there. value: how many folders were made. */
    record CgroupCreate(Origin origin, String mount, String path, boolean inheritCpuset, List<String> controllers)
            implements HostOperation {
        public CgroupCreate {
            controllers = List.copyOf(controllers);
        }

        @Override
        public int code() {
            return 0x180;
        }

        @Override
        public String name() {
            return "CGROUP_CREATE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("mount", mount);
            fields.str("path", path);
            fields.bool("inheritCpuset", inheritCpuset);
            fields.strs("controllers", controllers);
        }
    }

    /** Every process in folder and below it, until none is left that has not had the signal. value: how many. */
    record CgroupSignal(Origin origin, String folder, long signal) implements HostOperation {
        @Override
        public int code() {
            return 0x181;
        }

        @Override
        public String name() {
            return "CGROUP_SIGNAL";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("folder", folder);
            fields.u32("signal", signal);
        }
    }

    /** The tree at path, then up to that many empty parents. A busy one is tried again until timeoutMillis: EBUSY. */
    record CgroupRemove(Origin origin, String mount, String path, long parents, long timeoutMillis)
            implements HostOperation {
        @Override
        public int code() {
            return 0x182;
        }

        @Override
        public String name() {
            return "CGROUP_REMOVE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("mount", mount);
            fields.str("path", path);
            fields.u32("parents", parents);
            fields.u32("timeoutMillis", timeoutMillis);
        }
    }

    /** Gives a folder, and the files in it that /sys/kernel/cgroup/delegate names, to a user and a group (cgroup v2). */
    record CgroupDelegate(Origin origin, String folder, long uid, long gid) implements HostOperation {
        @Override
        public int code() {
            return 0x184;
        }

        @Override
        public String name() {
            return "CGROUP_DELEGATE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("folder", folder);
            fields.u32("uid", uid);
            fields.u32("gid", gid);
        }
    }

    /** Attaches a BPF_PROG_TYPE_CGROUP_DEVICE program (array of struct bpf_insn) in place of those attached here before. */
    record DeviceProgram(Origin origin, String folder, Bytes program) implements HostOperation {
        @Override
        public int code() {
            return 0x183;
        }

        @Override
        public String name() {
            return "DEVICE_PROGRAM";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("folder", folder);
            fields.bytes("program", program);
        }
    }

    /**
     * Freezes or thaws all that is in folder and below it, and waits until it is so. What can't be frozen within timeoutMillis
     * is thawed again: ETIMEDOUT. version: 1 or 2.
     */
    record Freeze(Origin origin, String folder, long version, boolean frozen, long timeoutMillis)
            implements HostOperation {
        @Override
        public int code() {
            return 0x190;
        }

        @Override
        public String name() {
            return "FREEZE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("folder", folder);
            fields.u32("version", version);
            fields.bool("frozen", frozen);
            fields.u32("timeoutMillis", timeoutMillis);
        }
    }

    /** data: the pids of folder and below it, in decimal, a line each; empty where there is no such folder. */
    record CgroupProcesses(Origin origin, String folder) implements HostOperation {
        @Override
        public int code() {
            return 0x191;
        }

        @Override
        public String name() {
            return "CGROUP_PROCESSES";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("folder", folder);
        }
    }

    /**
     * Runs args[0], looked up in PATH, with the caller's environment. data: what it wrote to its standard output and error;
     * value: its wait status. ETIMEDOUT, or EFBIG for more output: then it has been killed.
     */
    record RunProgram(Origin origin, List<String> args, long maxBytes, long timeoutMillis) implements HostOperation {
        public RunProgram {
            args = List.copyOf(args);
        }

        @Override
        public int code() {
            return 0x192;
        }

        @Override
        public String name() {
            return "RUN_PROGRAM";
        }

        @Override
        public void fields(Fields fields) {
            fields.strs("args", args);
            fields.u32("maxBytes", maxBytes);
            fields.u32("timeoutMillis", timeoutMillis);
        }
    }

    /** data: what was kept under this key. folder must be the caller's own with nothing for others, content and key must have the digest that is kept with them: EPERM, EBADMSG. ENOENT where there is nothing. */
    record ReadKept(Origin origin, String folder, Bytes key, long maxBytes) implements HostOperation {
        @Override
        public int code() {
            return 0x170;
        }

        @Override
        public String name() {
            return "READ_KEPT";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("folder", folder);
            fields.bytes("key", key);
            fields.u32("maxBytes", maxBytes);
        }
    }

    /** Keeps content under this key. folder is made where it is missing (not those above it), and emptied when it is full. */
    record WriteKept(Origin origin, String folder, Bytes key, Bytes content) implements HostOperation {
        @Override
        public int code() {
            return 0x171;
        }

        @Override
        public String name() {
            return "WRITE_KEPT";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("folder", folder);
            fields.bytes("key", key);
            fields.bytes("content", content);
        }
    }

    /** Takes the filter's listener from init, and sends it with content to the Unix socket at path. */
    record SendSeccompListener(Origin origin, String path, Bytes content) implements HostOperation {
        @Override
        public int code() {
            return 0x172;
        }

        @Override
        public String name() {
            return "SEND_SECCOMP_LISTENER";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.bytes("content", content);
        }
    }

    /**
     * Clones an init into the container of that process: SPAWN for exec. namespaces: CLONE_NEW* bits of what the container has
     * of its own; the caller's own user namespace is not joined. chroot: it has no mount namespace, but a root. value and
     * data as SPAWN's; ESRCH when the process is gone.
     */
    record Enter(
            Origin origin,
            long pid,
            long startTime,
            long namespaces,
            boolean chroot,
            long preserveFds,
            List<String> cgroups,
            String unifiedCgroup,
            boolean cgroupsMayFail)
            implements HostOperation {
        public Enter {
            cgroups = List.copyOf(cgroups);
        }

        @Override
        public int code() {
            return 0x193;
        }

        @Override
        public String name() {
            return "ENTER";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("pid", pid);
            fields.u64("startTime", startTime);
            fields.u64("namespaces", namespaces);
            fields.bool("chroot", chroot);
            fields.u32("preserveFds", preserveFds);
            fields.strs("cgroups", cgroups);
            fields.str("unifiedCgroup", unifiedCgroup);
            fields.bool("cgroupsMayFail", cgroupsMayFail);
        }
    }

    /** After READY and GO_ON: until the program of the init that ENTER made runs. */
    record AwaitProgram(Origin origin) implements HostOperation {
        @Override
        public int code() {
            return 0x194;
        }

        @Override
        public String name() {
            return "AWAIT_PROGRAM";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** sched_setaffinity(2) on init. */
    record CpuAffinity(Origin origin, List<Long> cpus) implements HostOperation {
        public CpuAffinity {
            cpus = List.copyOf(cpus);
        }

        @Override
        public int code() {
            return 0x195;
        }

        @Override
        public String name() {
            return "CPU_AFFINITY";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32s("cpus", cpus);
        }
    }

    /** value: the number of the caller's network device of that name. ENODEV. */
    record FindNetdev(Origin origin, String device) implements HostOperation {
        @Override
        public int code() {
            return 0x1c0;
        }

        @Override
        public String name() {
            return "FIND_NETDEV";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("name", device);
        }
    }

    /**
     * Moves the network device of FIND_NETDEV into init's network namespace, renames it, gives it its permanent global
     * addresses again and sets it up. newName: may be a template such as eth%d. EEXIST, before it is moved: there is one of
     * that name. EINVAL: the namespace is the caller's own. What fails later leaves it in the namespace.
     */
    record MoveNetdev(Origin origin, long index, String device, String newName) implements HostOperation {
        @Override
        public int code() {
            return 0x1c1;
        }

        @Override
        public String name() {
            return "MOVE_NETDEV";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("index", index);
            fields.str("name", device);
            fields.str("newName", newName);
        }
    }

    /**
     * What is at the path, without a change to it: as the caller sees it, or inside of folder, where one is named, which no link
     * leads out of. link: a link as the last component is looked at itself.
     */
    record LookAt(Origin origin, String folder, String path, boolean link, long maxBytes) implements HostOperation {
        @Override
        public int code() {
            return 0x230;
        }

        @Override
        public String name() {
            return "LOOK_AT";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("folder", folder);
            fields.str("path", path);
            fields.bool("link", link);
            fields.u32("maxBytes", maxBytes);
        }
    }

    /** Not those above it. value: 1, or 0 when it is there already. */
    record MakeFolder(Origin origin, String path, long mode) implements HostOperation {
        @Override
        public int code() {
            return 0x1c2;
        }

        @Override
        public String name() {
            return "MAKE_FOLDER";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.u32("mode", mode);
        }
    }

    /** One that the kernel takes for empty (of resctrl: whatever it shows). A missing one is no error. */
    record RemoveFolder(Origin origin, String path) implements HostOperation {
        @Override
        public int code() {
            return 0x1c3;
        }

        @Override
        public String name() {
            return "REMOVE_FOLDER";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
        }
    }

    /** A file for appending, made when missing, for init; value: as of OPEN_TREE. */
    record OpenAppend(Origin origin, String path) implements HostOperation {
        @Override
        public int code() {
            return 0x1c4;
        }

        @Override
        public String name() {
            return "OPEN_APPEND";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
        }
    }

    /**
     * data: what a file of any kind gives, to its end, that the caller names for this call alone: a pipe may take its time. Empty path:
     * the caller's standard input. EFBIG when it is longer than maxBytes.
     */
    record ReadInput(Origin origin, String path, long maxBytes) implements HostOperation {
        @Override
        public int code() {
            return 0x1d0;
        }

        @Override
        public String name() {
            return "READ_INPUT";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.u32("maxBytes", maxBytes);
        }
    }

    /**
     * Waits for the first of: the next beat of a clock, the kernel's word that memory has run out in a cgroup, the end of a
     * process. value: WATCH_* bits of native/protocol.h. The first one begins to watch, with the first beat intervalMillis later;
     * none between two is lost. With SIGINT, SIGTERM, SIGHUP or SIGQUIT the call ends with 128 and the signal. After
     * engineMillis the front lets the engine go (EINPROGRESS), and then makes a new call with these arguments and the value in
     * decimal. memory: the folder whose memory is watched, or empty; version: of its hierarchy, 1 or 2.
     */
    record Watch(
            Origin origin,
            long pid,
            long startTime,
            String memory,
            long version,
            long intervalMillis,
            long engineMillis,
            List<String> continuation)
            implements HostOperation {
        public Watch {
            continuation = List.copyOf(continuation);
        }

        @Override
        public int code() {
            return 0x1d1;
        }

        @Override
        public String name() {
            return "WATCH";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("pid", pid);
            fields.u64("startTime", startTime);
            fields.str("memory", memory);
            fields.u32("version", version);
            fields.u64("intervalMillis", intervalMillis);
            fields.u32("engineMillis", engineMillis);
            fields.strs("continuation", continuation);
        }
    }

    /**
     * The front lets its standard fds go, and waits until the init that SPAWN or ENTER made has ended. value: its wait status.
     * ECONNRESET: the engine has vanished first.
     */
    record WaitInit(Origin origin) implements HostOperation {
        @Override
        public int code() {
            return 0x253;
        }

        @Override
        public String name() {
            return "WAIT_INIT";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** Connects to a Unix stream socket, in place of the one before. isAbstract: path is a name, unix(7). */
    record RelayConnect(Origin origin, String path, boolean isAbstract) implements HostOperation {
        @Override
        public int code() {
            return 0x1e0;
        }

        @Override
        public String name() {
            return "RELAY_CONNECT";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.bool("abstract", isAbstract);
        }
    }

    /** All of content; ETIMEDOUT. */
    record RelaySend(Origin origin, Bytes content, long timeoutMillis) implements HostOperation {
        @Override
        public int code() {
            return 0x1e1;
        }

        @Override
        public String name() {
            return "RELAY_SEND";
        }

        @Override
        public void fields(Fields fields) {
            fields.bytes("content", content);
            fields.u32("timeoutMillis", timeoutMillis);
        }
    }

    /**
     * data: at least a byte, as much as there is, or a message; empty at the end. An fd that comes with it is kept until the next one
     * (CRIU_CONSOLE). ETIMEDOUT.
     */
    record RelayReceive(Origin origin, long maxBytes, long timeoutMillis) implements HostOperation {
        @Override
        public int code() {
            return 0x1e2;
        }

        @Override
        public String name() {
            return "RELAY_RECEIVE";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("maxBytes", maxBytes);
            fields.u32("timeoutMillis", timeoutMillis);
        }
    }

    /** The end of what RELAY_CONNECT began. */
    record RelayClose(Origin origin) implements HostOperation {
        @Override
        public int code() {
            return 0x1e3;
        }

        @Override
        public String name() {
            return "RELAY_CLOSE";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /**
     * Tries what containers need of this kernel; nothing stays of it. data: for each name its errno in decimal, a line each; 0: it
     * works, EINVAL for a name that isn't known.
     */
    record Probe(Origin origin, List<String> names) implements HostOperation {
        public Probe {
            names = List.copyOf(names);
        }

        @Override
        public int code() {
            return 0x24d;
        }

        @Override
        public String name() {
            return "PROBE";
        }

        @Override
        public void fields(Fields fields) {
            fields.strs("names", names);
        }
    }

    /** Opens a file for criu, which gets it from CRIU_START. value: the fd. */
    record CriuOpen(Origin origin, String path) implements HostOperation {
        @Override
        public int code() {
            return 0x1f0;
        }

        @Override
        public String name() {
            return "CRIU_OPEN";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
        }
    }

    /**
     * Starts {@code criu swrk 3}, found in PATH, with the caller's environment. fds: those of the front that it gets from 4 on. root: in a
     * mount namespace of criu's own that is bound, with all below it, on mountpoint; or empty. keyring: a
     * new session keyring of that name, which what it restores gets; or empty. standardInput: it gets the front's. It ends with
     * the front. value: its pid. ENOENT: no criu.
     */
    record CriuStart(
            Origin origin, String root, String mountpoint, String keyring, boolean standardInput, List<Long> fds)
            implements HostOperation {
        public CriuStart {
            fds = List.copyOf(fds);
        }

        @Override
        public int code() {
            return 0x1f1;
        }

        @Override
        public String name() {
            return "CRIU_START";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("root", root);
            fields.str("mountpoint", mountpoint);
            fields.str("keyring", keyring);
            fields.bool("standardInput", standardInput);
            fields.u32s("fds", fds);
        }
    }

    /** Opens a folder of criu's mount namespace: criu is told of it by its number among the fds of the front. value: the number. */
    record CriuFolder(Origin origin, String path) implements HostOperation {
        @Override
        public int code() {
            return 0x1f9;
        }

        @Override
        public String name() {
            return "CRIU_FOLDER";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
        }
    }

    /** Puts criu into cgroups, and so what it restores. */
    record CriuAttach(Origin origin, List<String> folders) implements HostOperation {
        public CriuAttach {
            folders = List.copyOf(folders);
        }

        @Override
        public int code() {
            return 0x1f2;
        }

        @Override
        public String name() {
            return "CRIU_ATTACH";
        }

        @Override
        public void fields(Fields fields) {
            fields.strs("folders", folders);
        }
    }

    /** From here on the relay is criu's: a message at a time. */
    record CriuRelay(Origin origin) implements HostOperation {
        @Override
        public int code() {
            return 0x1f3;
        }

        @Override
        public String name() {
            return "CRIU_RELAY";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** Closes criu's channel, and waits for its end; after timeoutMillis it is killed. value: its wait status; data: the last that it has
     * printed. Nothing where there is none. */
    record CriuEnd(Origin origin, long timeoutMillis) implements HostOperation {
        @Override
        public int code() {
            return 0x1f4;
        }

        @Override
        public String name() {
            return "CRIU_END";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("timeoutMillis", timeoutMillis);
        }
    }

    /** A child of the front that criu restores is init from here on. value and data: as SPAWN's. ECHILD. */
    record CriuAdopt(Origin origin, long pid) implements HostOperation {
        @Override
        public int code() {
            return 0x1f5;
        }

        @Override
        public String name() {
            return "CRIU_ADOPT";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("pid", pid);
        }
    }

    /** The fd that came with the last message is the pty's master: RECEIVE_CONSOLE. */
    record CriuConsole(Origin origin) implements HostOperation {
        @Override
        public int code() {
            return 0x1f6;
        }

        @Override
        public String name() {
            return "CRIU_CONSOLE";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** data: what a link of /proc/PID says, such as fd/0 or ns/net. ESRCH when pid and start time don't name the same process. */
    record ProcessLink(Origin origin, long pid, long startTime, String name) implements HostOperation {
        @Override
        public int code() {
            return 0x1f7;
        }

        @Override
        public String name() {
            return "PROCESS_LINK";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("pid", pid);
            fields.u64("startTime", startTime);
            fields.str("name", name);
        }
    }

    /** Makes what is missing of path below root, whose links lead nowhere else: folders, and a file as the last where asked. */
    record MakeMountpoint(Origin origin, String root, String path, boolean file) implements HostOperation {
        @Override
        public int code() {
            return 0x1f8;
        }

        @Override
        public String name() {
            return "MAKE_MOUNTPOINT";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("root", root);
            fields.str("path", path);
            fields.bool("file", file);
        }
    }

    /**
     * Makes the root of the process that CRIU_ADOPT has taken read-only: criu, which has to write to it, leaves it writable. EINVAL: it
     * has the front's mount namespace.
     */
    record CriuReadonlyRoot(Origin origin) implements HostOperation {
        @Override
        public int code() {
            return 0x1fa;
        }

        @Override
        public String name() {
            return "CRIU_READONLY_ROOT";
        }

        @Override
        public void fields(Fields fields) {}
    }
}
