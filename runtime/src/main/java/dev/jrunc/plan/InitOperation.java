// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.List;

/**
 * What init executes, in the container's namespaces.
 *
 * <p>Codes, names and the order of fields are those of {@code native/protocol.def}; a contract test compares them.
 */
public sealed interface InitOperation extends Operation {

    /** Waits for the front at a sync point. */
    record SyncPoint(Origin origin, long point) implements InitOperation {
        @Override
        public int code() {
            return 0x200;
        }

        @Override
        public String name() {
            return "SYNC_POINT";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("point", point);
        }
    }

    /** {@code TRACE}: init notes when each operation begins and ends. */
    record Trace(Origin origin) implements InitOperation {
        @Override
        public int code() {
            return 0x207;
        }

        @Override
        public String name() {
            return "TRACE";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** {@code UNSHARE_CGROUP}. */
    record UnshareCgroup(Origin origin) implements InitOperation {
        @Override
        public int code() {
            return 0x201;
        }

        @Override
        public String name() {
            return "UNSHARE_CGROUP";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** {@code LOOPBACK_UP}. */
    record LoopbackUp(Origin origin) implements InitOperation {
        @Override
        public int code() {
            return 0x202;
        }

        @Override
        public String name() {
            return "LOOPBACK_UP";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** {@code HOSTNAME}. */
    record Hostname(Origin origin, String name) implements InitOperation {
        @Override
        public int code() {
            return 0x203;
        }

        @Override
        public String name() {
            return "HOSTNAME";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("name", name);
        }
    }

    /** {@code DOMAINNAME}. */
    record Domainname(Origin origin, String name) implements InitOperation {
        @Override
        public int code() {
            return 0x204;
        }

        @Override
        public String name() {
            return "DOMAINNAME";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("name", name);
        }
    }

    /** key with slashes, relative to /proc/sys. */
    record Sysctl(Origin origin, String key, String value) implements InitOperation {
        @Override
        public int code() {
            return 0x205;
        }

        @Override
        public String name() {
            return "SYSCTL";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("key", key);
            fields.str("value", value);
        }
    }

    /** A new session keyring, named after the container. */
    record SessionKeyring(Origin origin, String name) implements InitOperation {
        @Override
        public int code() {
            return 0x206;
        }

        @Override
        public String name() {
            return "SESSION_KEYRING";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("name", name);
        }
    }

    /** Gives / the propagation (MS_* bits), makes the mount that holds the rootfs private where pivot_root needs it, binds the rootfs on itself and opens it. tree: index of OPEN_TREE, or -1 for the path. */
    record Root(Origin origin, String path, long tree, long propagation) implements InitOperation {
        @Override
        public int code() {
            return 0x220;
        }

        @Override
        public String name() {
            return "ROOT";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.i64("tree", tree);
            fields.u64("propagation", propagation);
        }
    }

    /** A new file system. attributes: MOUNT_ATTR_* bits. parameters: "name=value" or "name". propagation: MS_* bits or 0. copyUp: what the image has at target is copied into the new file system. A missing target is made as a folder. */
    record Mount(
            Origin origin,
            String type,
            String source,
            String target,
            long attributes,
            List<String> parameters,
            long propagation,
            boolean copyUp)
            implements InitOperation {
        public Mount {
            parameters = List.copyOf(parameters);
        }

        @Override
        public int code() {
            return 0x221;
        }

        @Override
        public String name() {
            return "MOUNT";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("type", type);
            fields.str("source", source);
            fields.str("target", target);
            fields.u64("attributes", attributes);
            fields.strs("parameters", parameters);
            fields.u64("propagation", propagation);
            fields.bool("copyUp", copyUp);
        }
    }

    /** A bind mount of source, or of that OPEN_TREE. A missing target is made, as a file where the source is not a folder. attributesSet, attributesClear: for the mount itself; recursiveSet, recursiveClear: for all below it as well. */
    record Bind(
            Origin origin,
            String source,
            long tree,
            String target,
            boolean recursive,
            long attributesSet,
            long attributesClear,
            long recursiveSet,
            long recursiveClear,
            long propagation)
            implements InitOperation {
        @Override
        public int code() {
            return 0x222;
        }

        @Override
        public String name() {
            return "BIND";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("source", source);
            fields.i64("tree", tree);
            fields.str("target", target);
            fields.bool("recursive", recursive);
            fields.u64("attributesSet", attributesSet);
            fields.u64("attributesClear", attributesClear);
            fields.u64("recursiveSet", recursiveSet);
            fields.u64("recursiveClear", recursiveClear);
            fields.u64("propagation", propagation);
        }
    }

    /** New attributes for what is mounted at path already, after pivot_root. */
    record Remount(Origin origin, String path, long attributesSet) implements InitOperation {
        @Override
        public int code() {
            return 0x223;
        }

        @Override
        public String name() {
            return "REMOUNT";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.u64("attributesSet", attributesSet);
        }
    }

    /** type: S_IFCHR, S_IFBLK or S_IFIFO. bindFallback: where mknod is refused (EPERM), the host's node is bound. exclusive: another file of the image at path is an error; else it is replaced. */
    record Device(
            Origin origin,
            String path,
            long type,
            long major,
            long minor,
            long mode,
            long uid,
            long gid,
            boolean bindFallback,
            boolean exclusive)
            implements InitOperation {
        @Override
        public int code() {
            return 0x224;
        }

        @Override
        public String name() {
            return "DEVICE";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.u32("type", type);
            fields.u32("major", major);
            fields.u32("minor", minor);
            fields.u32("mode", mode);
            fields.u32("uid", uid);
            fields.u32("gid", gid);
            fields.bool("bindFallback", bindFallback);
            fields.bool("exclusive", exclusive);
        }
    }

    /** One that is there already stays. */
    record Symlink(Origin origin, String content, String path) implements InitOperation {
        @Override
        public int code() {
            return 0x225;
        }

        @Override
        public String name() {
            return "SYMLINK";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("content", content);
            fields.str("path", path);
        }
    }

    /** method: see protocol.h (PIVOT, MOVE and chroot, CHROOT only). From here on paths are those of the container. */
    record PivotRoot(Origin origin, long method) implements InitOperation {
        @Override
        public int code() {
            return 0x226;
        }

        @Override
        public String name() {
            return "PIVOT_ROOT";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("method", method);
        }
    }

    /** Propagation (MS_* bits) of / in the container. */
    record RootPropagation(Origin origin, long propagation) implements InitOperation {
        @Override
        public int code() {
            return 0x227;
        }

        @Override
        public String name() {
            return "ROOT_PROPAGATION";
        }

        @Override
        public void fields(Fields fields) {
            fields.u64("propagation", propagation);
        }
    }

    /** {@code READONLY_ROOT}. */
    record ReadonlyRoot(Origin origin) implements InitOperation {
        @Override
        public int code() {
            return 0x228;
        }

        @Override
        public String name() {
            return "READONLY_ROOT";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** A missing path is skipped. */
    record MaskPath(Origin origin, String path) implements InitOperation {
        @Override
        public int code() {
            return 0x229;
        }

        @Override
        public String name() {
            return "MASK_PATH";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
        }
    }

    /** {@code READONLY_PATH}. */
    record ReadonlyPath(Origin origin, String path) implements InitOperation {
        @Override
        public int code() {
            return 0x22a;
        }

        @Override
        public String name() {
            return "READONLY_PATH";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
        }
    }

    /** A pty from the container's own devpts: bound on /dev/console, master to the front, fds 0 to 2, controlling terminal. rows and columns 0: as the kernel has it. uid: owner of the pty. */
    record Console(Origin origin, long rows, long columns, long uid) implements InitOperation {
        @Override
        public int code() {
            return 0x240;
        }

        @Override
        public String name() {
            return "CONSOLE";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("rows", rows);
            fields.u32("columns", columns);
            fields.u32("uid", uid);
        }
    }

    /** A new session (without a terminal). */
    record NewSession(Origin origin) implements InitOperation {
        @Override
        public int code() {
            return 0x241;
        }

        @Override
        public String name() {
            return "NEW_SESSION";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** fds 0 to 2 are fchown'ed to the container's user; not /dev/null; EPERM, EINVAL, ENOSYS and EROFS are no errors. */
    record StdioOwner(Origin origin, long uid, long gid) implements InitOperation {
        @Override
        public int code() {
            return 0x242;
        }

        @Override
        public String name() {
            return "STDIO_OWNER";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("uid", uid);
            fields.u32("gid", gid);
        }
    }

    /** {@code UMASK}. */
    record Umask(Origin origin, long umask) implements InitOperation {
        @Override
        public int code() {
            return 0x243;
        }

        @Override
        public String name() {
            return "UMASK";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("umask", umask);
        }
    }

    /** chdir, and a check that getcwd is inside. create: missing folders are made. */
    record Cwd(Origin origin, String path, boolean create) implements InitOperation {
        @Override
        public int code() {
            return 0x244;
        }

        @Override
        public String name() {
            return "CWD";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("path", path);
            fields.bool("create", create);
        }
    }

    /** Capability sets are masks of CAP_* numbers. */
    record BoundingSet(Origin origin, long bounding) implements InitOperation {
        @Override
        public int code() {
            return 0x245;
        }

        @Override
        public String name() {
            return "BOUNDING_SET";
        }

        @Override
        public void fields(Fields fields) {
            fields.u64("bounding", bounding);
        }
    }

    /** Permitted capabilities survive it, until CAPABILITIES. setGroups: false where setgroups is denied. */
    record User(Origin origin, long uid, long gid, boolean setGroups, List<Long> additionalGids)
            implements InitOperation {
        public User {
            additionalGids = List.copyOf(additionalGids);
        }

        @Override
        public int code() {
            return 0x246;
        }

        @Override
        public String name() {
            return "USER";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("uid", uid);
            fields.u32("gid", gid);
            fields.bool("setGroups", setGroups);
            fields.u32s("additionalGids", additionalGids);
        }
    }

    /** {@code CAPABILITIES}. */
    record Capabilities(Origin origin, long effective, long permitted, long inheritable, long ambient)
            implements InitOperation {
        @Override
        public int code() {
            return 0x247;
        }

        @Override
        public String name() {
            return "CAPABILITIES";
        }

        @Override
        public void fields(Fields fields) {
            fields.u64("effective", effective);
            fields.u64("permitted", permitted);
            fields.u64("inheritable", inheritable);
            fields.u64("ambient", ambient);
        }
    }

    /** {@code NO_NEW_PRIVILEGES}. */
    record NoNewPrivileges(Origin origin) implements InitOperation {
        @Override
        public int code() {
            return 0x248;
        }

        @Override
        public String name() {
            return "NO_NEW_PRIVILEGES";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** personality(2). */
    record Personality(Origin origin, long persona) implements InitOperation {
        @Override
        public int code() {
            return 0x270;
        }

        @Override
        public String name() {
            return "PERSONALITY";
        }

        @Override
        public void fields(Fields fields) {
            fields.u64("persona", persona);
        }
    }

    /** set_mempolicy(2). modeName: for messages; policy: MPOL_*, with its flags. */
    record MemoryPolicy(Origin origin, String modeName, long policy, List<Long> nodes) implements InitOperation {
        public MemoryPolicy {
            nodes = List.copyOf(nodes);
        }

        @Override
        public int code() {
            return 0x271;
        }

        @Override
        public String name() {
            return "MEMORY_POLICY";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("modeName", modeName);
            fields.u32("policy", policy);
            fields.u32s("nodes", nodes);
        }
    }

    /** What the security module puts the program into on execve. module: apparmor or selinux. */
    record ExecLabel(Origin origin, String module, String label) implements InitOperation {
        @Override
        public int code() {
            return 0x272;
        }

        @Override
        public String name() {
            return "EXEC_LABEL";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("module", module);
            fields.str("label", label);
        }
    }

    /** Looks up file (in the folders of PATH where it has no slash) and its interpreter, as the user that runs it: ENOENT and EACCES are errors of create. home: HOME comes from /etc/passwd by uid, else it is "/". */
    record ResolveProgram(Origin origin, String file, String searchPath, boolean home, long uid)
            implements InitOperation {
        @Override
        public int code() {
            return 0x249;
        }

        @Override
        public String name() {
            return "RESOLVE_PROGRAM";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("file", file);
            fields.str("searchPath", searchPath);
            fields.bool("home", home);
            fields.u32("uid", uid);
        }
    }

    /** A hook in the container's namespaces: before PIVOT_ROOT its path is the runtime's, after WAIT_START the container's. */
    record InitHook(
            Origin origin,
            String name,
            String path,
            List<String> args,
            List<String> environment,
            Bytes input,
            long timeoutSeconds)
            implements InitOperation {
        public InitHook {
            args = List.copyOf(args);
            environment = List.copyOf(environment);
        }

        @Override
        public int code() {
            return 0x24a;
        }

        @Override
        public String name() {
            return "INIT_HOOK";
        }

        @Override
        public void fields(Fields fields) {
            fields.str("name", name);
            fields.str("path", path);
            fields.strs("args", args);
            fields.strs("environment", environment);
            fields.bytes("input", input);
            fields.u32("timeoutSeconds", timeoutSeconds);
        }
    }

    /** Files of OPEN_APPEND that get what hooks print from here on; -1: it is kept for an error. */
    record HookOutput(Origin origin, long standardOutput, long standardError) implements InitOperation {
        @Override
        public int code() {
            return 0x280;
        }

        @Override
        public String name() {
            return "HOOK_OUTPUT";
        }

        @Override
        public void fields(Fields fields) {
            fields.i64("standardOutput", standardOutput);
            fields.i64("standardError", standardError);
        }
    }

    /** Reports READY and waits for start, after DETACH. */
    record WaitStart(Origin origin) implements InitOperation {
        @Override
        public int code() {
            return 0x24b;
        }

        @Override
        public String name() {
            return "WAIT_START";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** The program that RESOLVE_PROGRAM found. */
    record Execve(Origin origin, List<String> args, List<String> environment) implements InitOperation {
        public Execve {
            args = List.copyOf(args);
            environment = List.copyOf(environment);
        }

        @Override
        public int code() {
            return 0x24c;
        }

        @Override
        public String name() {
            return "EXECVE";
        }

        @Override
        public void fields(Fields fields) {
            fields.strs("args", args);
            fields.strs("environment", environment);
        }
    }

    /** Installs a seccomp filter (array of struct sock_filter). flags: SECCOMP_FILTER_FLAG_* bits; with NEW_LISTENER the listener goes to the front. Without no_new_privs the kernel wants CAP_SYS_ADMIN, which CAPABILITIES left permitted: then privileged, and afterwards these are the capabilities. From here on init reads, writes and executes, and nothing else. */
    record Seccomp(Origin origin, long flags, Bytes filter, boolean privileged, long effective, long permitted)
            implements InitOperation {
        @Override
        public int code() {
            return 0x250;
        }

        @Override
        public String name() {
            return "SECCOMP";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("flags", flags);
            fields.bytes("filter", filter);
            fields.bool("privileged", privileged);
            fields.u64("effective", effective);
            fields.u64("permitted", permitted);
        }
    }

    /** Parent death no longer kills, signals do. preserveFds: how many fds from 3 on the program gets; all others are close-on-exec from here. */
    record Detach(Origin origin, long preserveFds) implements InitOperation {
        @Override
        public int code() {
            return 0x251;
        }

        @Override
        public String name() {
            return "DETACH";
        }

        @Override
        public void fields(Fields fields) {
            fields.u32("preserveFds", preserveFds);
        }
    }

    /** The root file system is there and entered: paths are those of the container. */
    record Entered(Origin origin) implements InitOperation {
        @Override
        public int code() {
            return 0x260;
        }

        @Override
        public String name() {
            return "ENTERED";
        }

        @Override
        public void fields(Fields fields) {}
    }

    /** Reports READY and waits for GO: WAIT_START for exec. */
    record Ready(Origin origin) implements InitOperation {
        @Override
        public int code() {
            return 0x261;
        }

        @Override
        public String name() {
            return "READY";
        }

        @Override
        public void fields(Fields fields) {}
    }
}
