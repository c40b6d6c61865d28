// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

import dev.jrunc.engine.Call;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.MountInfo;
import dev.jrunc.plan.Names;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** Finds the hint for a failed operation: first by what was done, then by the errno alone. */
public final class Hints {

    private Hints() {}

    /** @return null where nothing is known that would help */
    public static @Nullable Advice of(OperationFailed failure, HostFacts facts) {
        Errno errno = Errno.of(failure.errno());
        if (errno == null) {
            return null;
        }
        Advice found = switch (failure.operation()) {
            case "RESOLVE_PROGRAM", "EXECVE" -> ProgramHints.of(failure, errno, facts);
            case "HOOK", "INIT_HOOK" -> ProcessHints.ofHook(errno);
            case "SPAWN", "ENTER" -> NamespaceHints.of(failure, errno, facts);
            case "OPEN_TREE",
                    "ROOT",
                    "MOUNT",
                    "BIND",
                    "REMOUNT",
                    "IDMAP_TREE",
                    "DEVICE",
                    "SYMLINK",
                    "MASK_PATH",
                    "READONLY_PATH",
                    "ROOT_PROPAGATION",
                    "REAL_PATH" -> MountHints.of(failure, errno, facts);
            case "CGROUP_CREATE", "CGROUP_ATTACH", "WRITE_FILE", "WRITE_FIRST", "DEVICE_PROGRAM" ->
                CgroupHints.of(failure, errno, facts);
            default -> ProcessHints.of(failure, errno, facts);
        };
        return found == null ? byErrno(failure, errno, facts) : found;
    }

    private static @Nullable Advice byErrno(OperationFailed failure, Errno errno, HostFacts facts) {
        return switch (errno) {
            case EPERM, EACCES -> refused(failure, facts);
            case EROFS -> readOnly(failure.detail(), facts);
            case ENOSPC -> Advice.of(Hint.NO_SPACE);
            case ENOMEM -> Advice.of(Hint.NO_MEMORY);
            case EMFILE, ENFILE -> Advice.of(Hint.TOO_MANY_FILES);
            case EDQUOT -> Advice.of(Hint.QUOTA);
            case ENAMETOOLONG -> Advice.of(Hint.NAME_TOO_LONG);
            case ELOOP -> Advice.of(Hint.LINK_LOOP);
            case ENOSYS -> Advice.of(Hint.KERNEL_TOO_OLD, facts.call().release());
            default -> null;
        };
    }

    private static @Nullable Advice readOnly(String detail, HostFacts facts) {
        int path = detail.indexOf('/');
        MountInfo holding = path < 0 ? null : facts.mounts().holding(detail.substring(path));
        return holding == null ? null : Advice.of(Hint.READ_ONLY_FILE_SYSTEM, holding.point());
    }

    /** What confines the caller, the narrowest first. */
    private static @Nullable Advice refused(OperationFailed failure, HostFacts facts) {
        Call call = facts.call();
        String capability = capability(failure.operation());
        if (!capability.isEmpty() && !has(call, capability) && userNamespace(facts) == null) {
            return Advice.of(Hint.CALLER_CAPABILITY, caller(call), capability);
        }
        String label = call.label().utf8().replace("\0", "").strip();
        if (label.endsWith("(enforce)")) {
            return Advice.of(Hint.CALLER_APPARMOR, label);
        }
        if (label.contains(":") && !isRuntime(label)) {
            return Advice.of(Hint.CALLER_SELINUX, label);
        }
        if (status(facts, "Seccomp:").equals("2")) {
            return Advice.of(Hint.CALLER_SECCOMP);
        }
        return call.inInitialUserNamespace() ? null : Advice.of(Hint.CALLER_USER_NAMESPACE);
    }

    /** SELinux's types for those who may do as they like, and for container runtimes. */
    private static boolean isRuntime(String label) {
        return label.contains(":unconfined_t") || label.contains(":container_runtime_t") || label.contains(":spc_t");
    }

    /** What the kernel wants of who does it, capabilities(7), on the host; empty where it is no privilege. */
    private static String capability(String operation) {
        return switch (operation) {
            case "MOUNT",
                    "BIND",
                    "REMOUNT",
                    "ROOT",
                    "PIVOT_ROOT",
                    "OPEN_TREE",
                    "IDMAP_TREE",
                    "MASK_PATH",
                    "READONLY_PATH",
                    "ROOT_PROPAGATION",
                    "HOSTNAME",
                    "DOMAINNAME",
                    "UNSHARE_CGROUP",
                    "READONLY_ROOT",
                    "SPAWN",
                    "ENTER" -> "CAP_SYS_ADMIN";
            case "DEVICE" -> "CAP_MKNOD";
            case "LOOPBACK_UP", "MOVE_NETDEV" -> "CAP_NET_ADMIN";
            case "USER" -> "CAP_SETUID";
            case "BOUNDING_SET" -> "CAP_SETPCAP";
            case "STDIO_OWNER" -> "CAP_CHOWN";
            case "SIGNAL" -> "CAP_KILL";
            case "SCHEDULER", "IO_PRIORITY", "CPU_AFFINITY" -> "CAP_SYS_NICE";
            default -> "";
        };
    }

    static boolean has(Call call, String capability) {
        return (call.effectiveCapabilities() >>> Names.CAPABILITIES.indexOf(capability) & 1) != 0;
    }

    /** The place of the configuration's new user namespace; null where it has none. */
    static @Nullable String userNamespace(HostFacts facts) {
        return SpecPlaces.namespace(facts.spec(), "user");
    }

    static String caller(Call call) {
        return "user " + call.euid();
    }

    /** A line of the caller's proc_pid_status(5). */
    static String status(HostFacts facts, String name) {
        StringTokenizer words = new StringTokenizer(facts.read("/proc/self/status"));
        while (words.hasMoreTokens()) {
            if (words.nextToken().equals(name) && words.hasMoreTokens()) {
                return words.nextToken();
            }
        }
        return "";
    }
}
