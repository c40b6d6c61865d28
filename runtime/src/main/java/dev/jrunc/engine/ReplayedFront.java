// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.error.Errno;
import dev.jrunc.plan.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A front without hands: it answers host operations from memory, as if they had succeeded on a host with cgroup v1. For the
 * training of the AOT cache, and for tests of whole sessions.
 */
public final class ReplayedFront {

    private static final String CONFIG = """
            {"ociVersion":"1.0.2","process":{"user":{"uid":0,"gid":0},"args":["sleep","1"],
            "env":["PATH=/usr/bin:/bin","TERM=xterm"],"cwd":"/","capabilities":{"bounding":["CAP_KILL"],
            "effective":["CAP_KILL"],"permitted":["CAP_KILL"]},
            "rlimits":[{"type":"RLIMIT_NOFILE","hard":1024,"soft":1024}],"noNewPrivileges":true},
            "root":{"path":"rootfs","readonly":true},"hostname":"jrunc","mounts":[
            {"destination":"/proc","type":"proc","source":"proc"},
            {"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","strictatime","mode=755"]},
            {"destination":"/sys","type":"sysfs","source":"sysfs","options":["nosuid","noexec","nodev","ro"]},
            {"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup","options":["nosuid","ro"]},
            {"destination":"/data","type":"bind","source":"/data","options":["rbind","ro"]}],
            "linux":{"resources":{"devices":[{"allow":false,"access":"rwm"}],"memory":{"limit":67108864},
            "cpu":{"shares":1024,"quota":50000,"period":100000},"pids":{"limit":100}},"cgroupsPath":"/trained",
            "namespaces":[{"type":"pid"},{"type":"network"},{"type":"ipc"},{"type":"uts"},{"type":"mount"},
            {"type":"cgroup"}],"maskedPaths":["/proc/kcore"],"readonlyPaths":["/proc/sys"],
            "seccomp":{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_X86"],
            "syscalls":[{"names":["read","write","execve"],"action":"SCMP_ACT_ALLOW"},
            {"names":["clone3"],"action":"SCMP_ACT_ERRNO","errnoRet":38},
            {"names":["personality"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":8,"op":"SCMP_CMP_EQ"}]},
            {"names":["clone"],"action":"SCMP_ACT_ALLOW",
            "args":[{"index":0,"value":2114060288,"valueTwo":0,"op":"SCMP_CMP_MASKED_EQ"}]}]}}}
            """;

    private static final String PROCESS = """
            {"user":{"uid":0,"gid":0},"args":["true"],"env":["PATH=/usr/bin:/bin"],"cwd":"/","capabilities":{
            "bounding":["CAP_KILL"],"effective":["CAP_KILL"],"permitted":["CAP_KILL"]},"noNewPrivileges":true}
            """;

    private static final String MOUNTINFO = """
            22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
            30 22 0:26 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            31 22 0:27 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices
            32 22 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
            33 22 0:29 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
            34 22 0:30 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer
            """;

    private static final String CGROUPS = "5:freezer:/\n4:pids:/\n3:cpu,cpuacct:/\n2:devices:/\n1:memory:/\n";

    private static final int OPEN_STATE = 0x120;
    private static final int READ_STATE = 0x122;
    private static final int WRITE_STATE = 0x123;
    private static final int REMOVE_STATE = 0x125;
    private static final int READ_FILE = 0x100;
    private static final int READ_DIRECTORY = 0x102;
    private static final int REAL_PATH = 0x103;
    private static final int PROCESS_STATUS = 0x140;
    private static final int READ_KEPT = 0x170;
    private static final int SPAWN = 0x160;
    private static final int CGROUP_CREATE = 0x180;
    private static final int START = 0x16b;
    private static final int SIGNAL = 0x141;
    private static final int FREEZE = 0x190;
    private static final int CGROUP_PROCESSES = 0x191;
    private static final int RUN_PROGRAM = 0x192;
    private static final int EXIT = 0x16e;
    private static final int ENTER = 0x193;

    private static final long PID = 4711;
    private static final String START_TIME = "123456";

    /** PROCESS_STATUS of native/protocol.h. */
    private static final long CREATED = 1;

    private static final long RUNNING = 2;
    private static final long PAUSED = 3;

    private boolean folder;
    private Bytes state = Bytes.EMPTY;
    private long process;
    private long exitStatus = -1;

    /** Of the last call; -1 before there was one. */
    public long exitStatus() {
        return exitStatus;
    }

    /** The last state.json that was written. */
    public String state() {
        return state.utf8();
    }

    /** Plays one call, up to its EXIT. */
    public void play(FrameChannel channel, List<String> args) {
        try {
            channel.send(Protocol.HELLO, hello());
            channel.send(Protocol.CALL, call(args));
            for (Frame frame = channel.receive(); ; frame = channel.receive()) {
                if (frame.code() == Protocol.BATCH && !answer(channel, frame)) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] hello() {
        Encoder out = new Encoder();
        out.u64("tableHash", Protocol.TABLE_HASH);
        out.str("version", "replayed");
        return out.toArray();
    }

    static byte[] call(List<String> args) {
        Encoder out = new Encoder();
        out.strs("args", args);
        out.strs("environment", List.of("PATH=/usr/bin:/bin"));
        out.str("cwd", "/bundle");
        for (String id : List.of("pid", "uid", "euid", "gid", "egid")) {
            out.u32(id, 0);
        }
        out.u32s("groups", List.of(0L));
        out.u64("effectiveCapabilities", ~0L);
        out.bytes("cgroups", Bytes.utf8(CGROUPS));
        out.bytes("uidMap", Bytes.utf8("         0          0 4294967295\n"));
        out.bytes("label", Bytes.EMPTY);
        for (String number : List.of("terminals", "rows", "columns", "inheritedFds")) {
            out.u32(number, 0);
        }
        out.str("release", "6.1.0");
        out.str("machine", "x86_64");
        out.u64("began", 0);
        out.i64("realtimeOffset", 0);
        return out.toArray();
    }

    /** False when the call is at its end. */
    private boolean answer(FrameChannel channel, Frame batch) throws IOException {
        Bytes operations = new Decoder(batch.payload()).bytes();
        Decoder in = new Decoder(operations.toArray());
        long index = 0;
        while (in.hasMore()) {
            Decoder.Operation operation = in.operation();
            if (operation.code() == EXIT) {
                exitStatus = operation.fields().u32();
                return false;
            }
            channel.send(Protocol.RESULT, result(index++, operation));
        }
        Encoder done = new Encoder();
        done.u32("executed", index);
        channel.send(Protocol.BATCH_DONE, done.toArray());
        return true;
    }

    private byte[] result(long index, Decoder.Operation operation) throws ProtocolException {
        long error = 0;
        long value = 0;
        Bytes data = Bytes.EMPTY;
        String message = "replayed";
        Decoder fields = operation.fields();
        switch (operation.code()) {
            case OPEN_STATE -> error = openState(fields);
            case READ_STATE -> data = fields.str().equals("config.json") ? Bytes.utf8(CONFIG) : state;
            case WRITE_STATE -> {
                String name = fields.str();
                state = name.equals("state.json") ? fields.bytes() : state;
            }
            case REMOVE_STATE -> folder = false;
            case READ_FILE -> {
                String path = fields.str();
                error = path.startsWith("/empty/") ? Errno.ENOENT.number() : 0;
                message = "open " + path;
                data = file(path);
            }
            case READ_KEPT -> data = Bytes.utf8("a filter");
            case READ_DIRECTORY -> data = Bytes.utf8("trained\0");
            case REAL_PATH -> {
                String path = fields.str();
                boolean missing = path.startsWith("/sys/fs/cgroup/") || path.startsWith("/missing");
                error = missing ? Errno.ENOENT.number() : 0;
                data = Bytes.utf8(path);
            }
            case PROCESS_STATUS -> value = process;
            case SPAWN -> {
                value = PID;
                data = Bytes.utf8(START_TIME);
                process = CREATED;
            }
            case CGROUP_CREATE -> value = 1;
            case START -> process = RUNNING;
            case FREEZE -> {
                fields.str();
                fields.u32();
                process = fields.bool() ? PAUSED : RUNNING;
            }
            case CGROUP_PROCESSES -> data = Bytes.utf8(PID + "\n");
            case RUN_PROGRAM -> data = Bytes.utf8("UID PID CMD\nroot " + PID + " program\n");
            case ENTER -> {
                value = PID + 1;
                data = Bytes.utf8(START_TIME);
            }
            case SIGNAL -> process = 0;
            default -> {}
        }
        Encoder out = new Encoder();
        out.u32("index", index);
        out.u32("error", error);
        out.i64("value", value);
        out.bytes("data", data);
        out.str("message", error == 0 ? "" : message);
        out.str("operation", "");
        out.str("origin", "");
        out.u64("began", 0);
        out.u64("ended", 0);
        return out.toArray();
    }

    private long openState(Decoder fields) throws ProtocolException {
        fields.str();
        fields.str();
        boolean create = fields.bool();
        if (create && folder) {
            return Errno.EEXIST.number();
        }
        if (!create && !folder) {
            return Errno.ENOENT.number();
        }
        folder = true;
        return 0;
    }

    private Bytes file(String path) {
        if (path.endsWith("/config.json")) {
            return Bytes.utf8(CONFIG);
        }
        if (path.endsWith("/process.json")) {
            return Bytes.utf8(PROCESS);
        }
        return path.equals("/proc/self/mountinfo") ? Bytes.utf8(MOUNTINFO) : state;
    }
}
