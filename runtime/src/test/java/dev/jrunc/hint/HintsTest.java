// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Calls;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.Bytes;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each hint on a host that is a map of files: with what it is given, and not without. */
class HintsTest {

    private static final String USER_NAMESPACE =
            ",'linux':{'namespaces':[{'type':'user'},{'type':'pid'},{'type':'mount'}],'uidMappings':[{'containerID':0,'hostID':1000,"
                    + "'size':1}],'gidMappings':[{'containerID':0,'hostID':1000,'size':1}]}";
    private static final String PROCESS =
            "'process':{'cwd':'/','args':['x'],'env':['PATH=/bin:/usr/bin'],'user':{'uid':1000}}";
    private static final String ORDINARY = "0 0 4294967295\n";

    /** A host, a caller and a configuration. */
    private static final class Host implements HostFacts {

        private final Map<String, String> files = new HashMap<>();
        private @Nullable Spec spec;
        private long euid;
        private String label = "";
        private String uidMap = ORDINARY;

        Host config(String members) {
            String text = "{'ociVersion':'1.3.0','root':{'path':'rootfs'}," + members + "}";
            spec = ConfigReader.read(Bytes.utf8(text.replace('\'', '"')));
            return this;
        }

        Host file(String path, String text) {
            files.put(path, text);
            return this;
        }

        Host mounts(String... lines) {
            return file("/proc/self/mountinfo", String.join("\n", lines));
        }

        Host user(long uid) {
            euid = uid;
            return this;
        }

        Host label(String text) {
            label = text;
            return this;
        }

        Host nested() {
            uidMap = "0 100000 65536\n";
            return this;
        }

        @Override
        public Call call() {
            Call call = Calls.of(List.of(), List.of(), "/bundle", euid, "5.10.0-21");
            return Calls.with(call, Bytes.utf8(label), Bytes.utf8(uidMap));
        }

        @Override
        public @Nullable Spec spec() {
            return spec;
        }

        @Override
        public String read(String path) {
            return files.getOrDefault(path, "");
        }

        @Override
        public boolean exists(String path) {
            return files.containsKey(path);
        }

        @Override
        public String rootfs() {
            return "/bundle/rootfs";
        }
    }

    /** A failure on a host, and the hint for it. */
    private record Case(
            Hint hint, String operation, String origin, Errno errno, String detail, Host host, String words) {}

    private static final List<Case> CASES = new ArrayList<>();

    private static void on(
            Host host, Hint hint, String operation, String origin, Errno errno, String detail, String words) {
        CASES.add(new Case(hint, operation, origin, errno, detail, host, words));
    }

    private static Host host() {
        return new Host().config(PROCESS);
    }

    private static Host mounted(String mount) {
        return new Host().config(PROCESS + ",'mounts':[" + mount + "]");
    }

    private static Host rootless(String mount) {
        return new Host()
                .config(PROCESS + ",'mounts':[" + mount + "]" + USER_NAMESPACE)
                .user(1000);
    }

    private static void program(Host host, Hint hint, Errno errno, String detail, String words) {
        on(host, hint, "RESOLVE_PROGRAM", "/process/args/0", errno, detail, words);
    }

    static {
        program(
                host(),
                Hint.SCRIPT_CRLF,
                Errno.ENOENT,
                "exec: \"/a\": its interpreter /bin/sh, with a carriage return after it: no",
                "dos2unix");
        program(
                host(),
                Hint.MUSL_MISSING,
                Errno.ENOENT,
                "exec: \"/a\": its interpreter /lib/ld-musl-x86_64.so.1: no",
                "musl");
        program(
                host(),
                Hint.GLIBC_MISSING,
                Errno.ENOENT,
                "exec: \"/a\": its interpreter /lib64/ld-linux-x86-64.so.2: no",
                "glibc");
        program(
                host(),
                Hint.INTERPRETER_MISSING,
                Errno.ENOENT,
                "exec: \"/a\": its interpreter /bin/bash: no",
                "install it");
        program(
                host(),
                Hint.COMMAND_IN_ONE_ARGUMENT,
                Errno.ENOENT,
                "exec: \"npm start\": executable file not found in $PATH",
                "each word");
        program(
                host(),
                Hint.NOT_IN_PATH,
                Errno.ENOENT,
                "exec: \"npm\": executable file not found in $PATH",
                "(/bin:/usr/bin)");
        program(
                new Host().config("'process':{'cwd':'/','args':['x']}"),
                Hint.NO_PATH,
                Errno.ENOENT,
                "exec: \"npm\": executable file not found in $PATH",
                "add PATH=");
        program(
                mounted("{'destination':'/app','type':'tmpfs'}"),
                Hint.HIDDEN_BY_MOUNT,
                Errno.ENOENT,
                "exec: \"/app/run\": stat /app/run: no",
                "/mounts/0 mounts something on /app,");
        program(
                host(),
                Hint.PROGRAM_MISSING,
                Errno.ENOENT,
                "exec: \"/app/run\": stat /app/run: no",
                "/bundle/rootfs has no such file");
        program(host(), Hint.NOT_EXECUTABLE, Errno.EACCES, "exec: \"/a\": permission denied (mode 0644)", "chmod +x");
        program(
                host(),
                Hint.NOT_FOR_USER,
                Errno.EACCES,
                "exec: \"/a\": permission denied (mode 0700)",
                "user 1000 may not");
        program(
                host(),
                Hint.MOUNTED_NOEXEC,
                Errno.EACCES,
                "exec: \"/a\": permission denied (mounted noexec)",
                "noexec");
        on(
                host(),
                Hint.OTHER_MACHINE,
                "EXECVE",
                "/process/args",
                Errno.ENOEXEC,
                "exec: \"/a\": exec format error: it is built for aarch64, and",
                "another architecture than x86_64");
        on(
                host(),
                Hint.NO_SHEBANG,
                "EXECVE",
                "/process/args",
                Errno.ENOEXEC,
                "exec: \"/a\": exec format error: it is neither an ELF program nor",
                "#!/bin/sh");
        on(
                host(),
                Hint.ARGUMENTS_TOO_LONG,
                "EXECVE",
                "/process/args",
                Errno.E2BIG,
                "exec: \"/a\": can't be executed",
                "128 KiB");
        on(
                host(),
                Hint.PROGRAM_BEING_WRITTEN,
                "EXECVE",
                "/process/args",
                Errno.ETXTBSY,
                "exec: \"/a\": can't be executed",
                "writing");
        on(
                new Host().config("'process':{'cwd':'/','args':['x'],'apparmorProfile':'strict'}"),
                Hint.LABEL_FORBIDS,
                "EXECVE",
                "/process/args",
                Errno.EACCES,
                "exec: \"/a\": permission denied",
                "under strict");

        on(host(), Hint.NO_CONFIG, "READ_FILE", "create", Errno.ENOENT, "open /b/config.json", "--bundle");
        on(host(), Hint.NO_BUNDLE, "REAL_PATH", "create", Errno.ENOENT, "find /nowhere", "--bundle names");
        on(host(), Hint.ROOTFS_MISSING, "REAL_PATH", "/root/path", Errno.ENOENT, "find /b/rootfs", "root.path");
        on(
                host(),
                Hint.STATE_FOLDER_FULL,
                "OPEN_STATE",
                "create",
                Errno.ENOSPC,
                "make state folder /run/jrunc/c",
                "/run/jrunc/c is full");
        on(host(), Hint.FOLDER_MISSING, "WRITE_FILE", "--pid-file", Errno.ENOENT, "write /no/pid", "make it first");

        String bind = "{'destination':'/data','source':'/srv/data','type':'bind','options':['rbind']}";
        on(
                mounted(bind),
                Hint.SOURCE_MISSING,
                "BIND",
                "/mounts/0",
                Errno.ENOENT,
                "bind /srv/data on /data: open the source",
                "no /srv/data");
        on(
                mounted(bind),
                Hint.FOLDER_ON_FILE,
                "BIND",
                "/mounts/0",
                Errno.ENOTDIR,
                "bind: not a directory",
                "only a file on a file");
        on(
                mounted(
                        "{'destination':'/ro','type':'bind','source':'/x','options':['bind','ro']},{'destination':'/ro/in','type':'tmpfs'}"),
                Hint.BELOW_READ_ONLY_MOUNT,
                "MOUNT",
                "/mounts/1",
                Errno.EROFS,
                "make the mount point /ro/in",
                "what /mounts/0 mounts");
        on(
                mounted("{'destination':'/in','type':'tmpfs'}")
                        .mounts("1 0 0:1 / / rw - ext4 a rw", "2 1 0:2 / /bundle ro,nosuid - ext4 b rw"),
                Hint.READ_ONLY_ROOTFS,
                "MOUNT",
                "/mounts/0",
                Errno.EROFS,
                "make the mount point /in",
                "(/bundle)");
        on(
                mounted("{'destination':'/in','type':'tmpfs'}"),
                Hint.NO_SPACE,
                "MOUNT",
                "/mounts/0",
                Errno.ENOSPC,
                "make the mount point /in",
                "df -i");
        on(
                mounted("{'destination':'/in','type':'tmpfs'}").file("/proc/sys/fs/mount-max", "no number"),
                Hint.NO_SPACE,
                "MOUNT",
                "/mounts/0",
                Errno.ENOSPC,
                "mount tmpfs on /in",
                "df -i");
        on(
                mounted("{'destination':'/in','type':'tmpfs'}")
                        .file("/proc/sys/fs/mount-max", "2")
                        .mounts("1 0 0:1 / / rw - ext4 a rw"),
                Hint.MOUNT_LIMIT,
                "MOUNT",
                "/mounts/0",
                Errno.ENOSPC,
                "mount tmpfs on /in",
                "more than 2 mounts");
        on(
                mounted("{'destination':'/d','type':'none','source':'/srv'}").file("/srv", ""),
                Hint.FORGOTTEN_BIND,
                "MOUNT",
                "/mounts/0",
                Errno.ENODEV,
                "mount none on /d",
                "add option bind");
        on(
                mounted("{'destination':'/d','type':'nosuchfs','source':'x'}"),
                Hint.UNKNOWN_FILE_SYSTEM,
                "MOUNT",
                "/mounts/0",
                Errno.ENODEV,
                "mount nosuchfs on /d",
                "\"nosuchfs\"");
        on(
                rootless("{'destination':'/proc','type':'proc'}")
                        .mounts("1 0 0:1 / /proc rw - proc p rw", "2 1 0:2 / /proc/kcore rw - tmpfs t rw"),
                Hint.PROC_COVERED,
                "MOUNT",
                "/mounts/0",
                Errno.EPERM,
                "mount proc on /proc",
                "(/proc/kcore)");
        on(
                new Host()
                        .config(
                                PROCESS
                                        + ",'mounts':[{'destination':'/proc','type':'proc'}],'linux':{'namespaces':[{'type':'user'}]}")
                        .user(1000),
                Hint.PROC_NEEDS_PID_NAMESPACE,
                "MOUNT",
                "/mounts/0",
                Errno.EPERM,
                "mount proc on /proc",
                "{\"type\":\"pid\"}");
        on(
                rootless("{'destination':'/sys','type':'sysfs'}"),
                Hint.SYSFS_NEEDS_NETWORK,
                "MOUNT",
                "/mounts/0",
                Errno.EPERM,
                "mount sysfs on /sys",
                "network");
        on(
                rootless("{'destination':'/d','type':'ext4','source':'/dev/sda'}"),
                Hint.NOT_IN_USER_NAMESPACE,
                "MOUNT",
                "/mounts/0",
                Errno.EPERM,
                "mount ext4 on /d",
                "ext4 can't be mounted");
        on(
                rootless("{'destination':'/d','type':'bind','source':'/mnt/d','options':['bind','suid']}")
                        .mounts("1 0 0:1 / / rw - ext4 a rw", "2 1 0:2 / /mnt rw,nosuid,nodev - ext4 b rw"),
                Hint.LOCKED_FLAGS,
                "BIND",
                "/mounts/0",
                Errno.EPERM,
                "bind: set its attributes",
                "(nosuid,nodev)");
        on(
                mounted("{'destination':'/proc','type':'proc'}"),
                Hint.TARGET_IS_LINK,
                "MOUNT",
                "/mounts/0",
                Errno.ELOOP,
                "mount proc on /proc, which is a symlink in the image",
                "link");
        on(
                mounted(bind).user(1000),
                Hint.CLOSED_FOLDER,
                "OPEN_TREE",
                "/mounts/0",
                Errno.EACCES,
                "copy the mount tree at /srv/data",
                "user 1000");
        on(
                mounted(bind),
                Hint.NOT_SHARED,
                "BIND",
                "/mounts/0",
                Errno.EINVAL,
                "set the propagation of /data",
                "make-rshared");

        on(
                rootless("").file("/proc/sys/user/max_user_namespaces", "0"),
                Hint.NAMESPACE_LIMIT,
                "SPAWN",
                "/linux/namespaces",
                Errno.ENOSPC,
                "clone a process with new namespaces",
                "user.max_user_namespaces is 0");
        on(
                rootless("").file("/proc/sys/kernel/unprivileged_userns_clone", "0"),
                Hint.USER_NAMESPACES_DISABLED,
                "SPAWN",
                "/linux/namespaces",
                Errno.EPERM,
                "clone a process with new namespaces",
                "set it to 1");
        on(
                rootless("").file("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
                Hint.USER_NAMESPACES_BY_APPARMOR,
                "SPAWN",
                "/linux/namespaces",
                Errno.EACCES,
                "clone a process with new namespaces",
                "userns");
        on(
                host().user(1000),
                Hint.NEEDS_USER_NAMESPACE,
                "SPAWN",
                "/linux/namespaces",
                Errno.EPERM,
                "clone a process",
                "(user 1000) has no CAP_SYS_ADMIN");
        on(
                rootless(""),
                Hint.SUBORDINATE_IDS,
                "SPAWN",
                "/linux/uidMappings",
                Errno.EPERM,
                "write uid_map of the new user namespace",
                "/etc/subuid");
        on(
                rootless(""),
                Hint.MAP_HELPERS_MISSING,
                "SPAWN",
                "/linux/uidMappings",
                Errno.ENOENT,
                "write uid_map of the new user namespace by newuidmap and newgidmap",
                "uidmap");
        on(
                host(),
                Hint.NAMESPACE_GONE,
                "SPAWN",
                "/linux/namespaces/0",
                Errno.ENOENT,
                "join the ipc namespace /proc/9/ns/ipc",
                "sandbox");
        on(host(), Hint.TOO_MANY_PROCESSES, "SPAWN", "/linux/namespaces", Errno.EAGAIN, "clone a process", "ulimit -u");
        on(
                host(),
                Hint.KERNEL_TOO_OLD,
                "SPAWN",
                "/linux/namespaces",
                Errno.EINVAL,
                "make a new time namespace",
                "(5.10.0-21)");

        on(
                host().mounts("1 0 0:1 / / rw - ext4 a rw", "2 1 0:2 / /sys/fs/cgroup ro - cgroup2 c rw"),
                Hint.CGROUPS_READ_ONLY,
                "CGROUP_CREATE",
                "cgroup",
                Errno.EROFS,
                "make cgroup /sys/fs/cgroup/x",
                "(at /sys/fs/cgroup)");
        on(
                host().user(1000),
                Hint.CGROUP_NOT_OURS,
                "CGROUP_CREATE",
                "cgroup",
                Errno.EACCES,
                "make cgroup /sys/fs/cgroup/x",
                "user 1000");
        on(
                host(),
                Hint.NO_INTERNAL_PROCESSES,
                "CGROUP_CREATE",
                "cgroup",
                Errno.EBUSY,
                "enable controller memory in /x",
                "move them");
        on(
                host(),
                Hint.CGROUP_THREADED,
                "CGROUP_CREATE",
                "cgroup",
                Errno.EOPNOTSUPP,
                "enable controller memory in /x",
                "threaded");
        on(
                host(),
                Hint.CONTROLLER_NOT_GIVEN,
                "CGROUP_CREATE",
                "cgroup",
                Errno.ENOENT,
                "enable controller memory in /x",
                "Delegate=");
        on(
                host(),
                Hint.TOO_MANY_CGROUPS,
                "CGROUP_CREATE",
                "cgroup",
                Errno.ENOSPC,
                "make cgroup /sys/fs/cgroup/x",
                "65535");
        on(
                host(),
                Hint.EMPTY_CPUSET,
                "SPAWN",
                "cgroups of the container",
                Errno.ENOSPC,
                "put init into cgroup /x",
                "cpuset.mems is empty");
        on(
                new Host()
                        .config(PROCESS + ",'linux':{'resources':{'cpu':{'cpus':'0-63'}}}")
                        .file("/sys/devices/system/cpu/online", "0-1"),
                Hint.NOT_IN_CPUSET,
                "WRITE_FILE",
                "/linux/resources/cpu/cpus",
                Errno.EINVAL,
                "write \"0-63\"",
                "CPUs 0-63, and there is 0-1");
        on(
                host(),
                Hint.NO_SUCH_LIMIT,
                "WRITE_FIRST",
                "/linux/resources/memory/swap",
                Errno.ENOENT,
                "write",
                "swapaccount=1");
        on(
                host(),
                Hint.LIMIT_INVALID,
                "WRITE_FILE",
                "/linux/resources/cpu/quota",
                Errno.EINVAL,
                "write",
                "expected a period of 1000");
        on(host(), Hint.LIMIT_IN_USE, "WRITE_FILE", "/linux/resources/memory/limit", Errno.EBUSY, "write", "higher");
        on(
                host(),
                Hint.NO_BPF,
                "DEVICE_PROGRAM",
                "/linux/resources/devices",
                Errno.EPERM,
                "load the device program",
                "CAP_BPF");

        String limits = """
                Limit                     Soft Limit           Hard Limit           Units
                Max cpu time              unlimited            unlimited            seconds
                Max file size             unlimited            77                   bytes
                """;
        on(
                host().file("/proc/self/limits", limits),
                Hint.HARD_LIMIT,
                "RLIMIT",
                "/process/rlimits/0",
                Errno.EPERM,
                "set RLIMIT_FSIZE of init to 1 (soft), 100 (hard)",
                "the caller has 77:");
        on(
                host().file("/proc/self/oom_score_adj", "100"),
                Hint.OOM_SCORE,
                "OOM_SCORE_ADJ",
                "/process/oomScoreAdj",
                Errno.EACCES,
                "set oom_score_adj",
                "own (100)");
        on(
                host().file("/proc/sys/kernel/keys/maxkeys", "200").file("/proc/sys/kernel/keys/maxbytes", "20000"),
                Hint.KEY_QUOTA,
                "SESSION_KEYRING",
                "session keyring",
                Errno.EDQUOT,
                "join the new session keyring x",
                "maxkeys 200, maxbytes 20000");
        on(
                host(),
                Hint.PROFILE_NOT_LOADED,
                "EXEC_LABEL",
                "/process/apparmorProfile",
                Errno.ENOENT,
                "write \"exec x\" to /proc",
                "apparmor_parser");
        on(
                host(),
                Hint.LABEL_INVALID,
                "EXEC_LABEL",
                "/process/selinuxLabel",
                Errno.EINVAL,
                "write \"x\" to /proc",
                "seinfo");
        on(
                host(),
                Hint.CAPABILITY_MISSING,
                "CAPABILITIES",
                "/process/capabilities",
                Errno.EPERM,
                "set the capabilities: the caller itself doesn't have capability 24",
                "CAP_SYS_RESOURCE");
        on(
                rootless(""),
                Hint.GROUPS_DENIED,
                "USER",
                "/process/user",
                Errno.EPERM,
                "set 1 additional groups",
                "map a range");
        on(
                rootless(""),
                Hint.ID_NOT_MAPPED,
                "USER",
                "/process/user",
                Errno.EINVAL,
                "become user 1000",
                "linux.uidMappings maps no id 1000");
        on(host(), Hint.CWD_CLOSED, "CWD", "/process/cwd", Errno.EACCES, "chdir to cwd (\"/root\")", "user 1000");
        on(
                host(),
                Hint.CWD_NO_FOLDER,
                "CWD",
                "/process/cwd",
                Errno.ENOTDIR,
                "make the working directory /etc/passwd",
                "folder");
        on(host(), Hint.SYSCTL_MISSING, "SYSCTL", "/linux/sysctl/x", Errno.ENOENT, "write", "no such sysctl");
        on(host(), Hint.SYSCTL_READ_ONLY, "SYSCTL", "/linux/sysctl/x", Errno.EACCES, "write", "owner");
        on(
                host(),
                Hint.SECCOMP_PRIVILEGE,
                "SECCOMP",
                "/linux/seccomp",
                Errno.EACCES,
                "install the filter",
                "noNewPrivileges");
        on(host(), Hint.SECCOMP_FLAGS, "SECCOMP", "/linux/seccomp", Errno.EINVAL, "install the filter", "flags");
        on(host(), Hint.REALTIME, "SCHEDULER", "/process/scheduler", Errno.EPERM, "set the scheduler", "CAP_SYS_NICE");
        on(host(), Hint.HOOK_MISSING, "HOOK", "/hooks/prestart/0", Errno.ENOENT, "hook /no", "absolute path");
        on(host(), Hint.HOOK_NOT_EXECUTABLE, "HOOK", "/hooks/prestart/0", Errno.EACCES, "hook /no", "chmod +x");
        on(host(), Hint.HOOK_TIMEOUT, "INIT_HOOK", "/hooks/startContainer/0", Errno.ETIMEDOUT, "hook /no", "timeout");

        on(
                host().user(1000),
                Hint.CALLER_CAPABILITY,
                "DEVICE",
                "default device /dev/null",
                Errno.EPERM,
                "make device",
                "CAP_MKNOD");
        on(
                host().label("docker-default (enforce)"),
                Hint.CALLER_APPARMOR,
                "PIVOT_ROOT",
                "x",
                Errno.EACCES,
                "pivot_root",
                "docker-default (enforce)");
        on(
                host().label("system_u:system_r:init_t:s0"),
                Hint.CALLER_SELINUX,
                "PIVOT_ROOT",
                "x",
                Errno.EACCES,
                "pivot_root",
                "init_t");
        on(
                host().file("/proc/self/status", "Name:\tx\nSeccomp:\t2\n"),
                Hint.CALLER_SECCOMP,
                "PIVOT_ROOT",
                "x",
                Errno.EPERM,
                "pivot_root",
                "seccomp=unconfined");
        on(host().nested(), Hint.CALLER_USER_NAMESPACE, "PIVOT_ROOT", "x", Errno.EPERM, "pivot_root", "outside");
        on(
                host().mounts("1 0 0:1 / / ro - ext4 a rw"),
                Hint.READ_ONLY_FILE_SYSTEM,
                "WRITE_STATE",
                "create",
                Errno.EROFS,
                "write /run/x",
                "read-only (/)");
        on(host(), Hint.NO_MEMORY, "SEND_PLAN", "create", Errno.ENOMEM, "send", "free -m");
        on(host(), Hint.TOO_MANY_FILES, "READ_FILE", "create", Errno.ENFILE, "open /x", "fs.file-max");
        on(host(), Hint.QUOTA, "WRITE_STATE", "create", Errno.EDQUOT, "write /x", "quota");
        on(host(), Hint.NAME_TOO_LONG, "CWD", "/process/cwd", Errno.ENAMETOOLONG, "make", "255");
        on(host(), Hint.LINK_LOOP, "CWD", "/process/cwd", Errno.ELOOP, "make", "circle");
    }

    private static @Nullable Advice advice(Case one, HostFacts facts) {
        return Hints.of(new OperationFailed(one.operation, one.origin, one.errno.number(), one.detail), facts);
    }

    @Test
    void eachHasItsCase() {
        Set<Hint> missing = EnumSet.allOf(Hint.class);
        for (Case one : CASES) {
            Advice advice = advice(one, one.host);
            assertNotNull(advice, one.hint::name);
            assertEquals(one.hint, advice.hint(), one.detail);
            assertTrue(advice.text().contains(one.words), () -> one.words + " in: " + advice.text());
            assertTrue(!advice.text().contains(Hint.OPEN), advice::text);
            missing.remove(one.hint);
        }
        assertEquals(Set.of(), missing);
    }

    /** A wrong hint is worse than none: of another errno each of them says nothing of the kind. */
    @Test
    void noneForAnErrnoThatSaysNothing() {
        for (Case one : CASES) {
            Advice advice =
                    Hints.of(new OperationFailed(one.operation, one.origin, Errno.EIO.number(), one.detail), one.host);
            assertNull(advice, one.hint::name);
        }
    }

    @Test
    void noneWhereNothingIsKnown() {
        Host bare = new Host();
        for (String operation : List.of("MOUNT", "SPAWN", "EXECVE", "USER", "CWD", "RELAY_SEND", "WRITE_FILE")) {
            for (Errno errno : Errno.values()) {
                Hints.of(new OperationFailed(operation, "/mounts/7", errno.number(), ""), bare);
            }
        }
        assertNull(Hints.of(
                new OperationFailed("MOUNT", "/mounts/0", Errno.ENOENT.number(), "mount overlay on /data"),
                mounted("{'destination':'/data','source':'overlay','type':'overlay'}")));
        assertNull(Hints.of(
                new OperationFailed("BIND", "/mounts/0", Errno.EPERM.number(), "bind"),
                mounted("{'destination':'/x'}")));
        for (String detail : List.of(
                "exec: \"x\": executable file not found in $PATH",
                "exec: \"/x\": stat /x: no such file or directory")) {
            assertNull(Hints.of(new OperationFailed("RESOLVE_PROGRAM", "", Errno.ENOENT.number(), detail), bare));
        }
        String executable = "exec: \"/x\": permission denied (mode 0700)";
        assertNull(Hints.of(new OperationFailed("RESOLVE_PROGRAM", "", Errno.EACCES.number(), executable), bare));
        assertNull(Hints.of(new OperationFailed("HOOK", "x", 4711, ""), bare));
        String images = "find /no/images";
        assertNull(Hints.of(new OperationFailed("REAL_PATH", "--image-path", Errno.ENOENT.number(), images), bare));
        String ofAnotherKind = "join the ipc namespace /proc/9/ns/uts: this is a uts namespace";
        assertNull(Hints.of(new OperationFailed("SPAWN", "", Errno.EINVAL.number(), ofAnotherKind), bare));
    }
}
