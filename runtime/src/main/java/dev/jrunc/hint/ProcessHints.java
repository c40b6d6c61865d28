// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.Names;
import dev.jrunc.spec.Spec;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** What a process is given, hooks, and the files of bundle and state. */
final class ProcessHints {

    private ProcessHints() {}

    static @Nullable Advice ofHook(Errno errno) {
        return switch (errno) {
            case ENOENT -> Advice.of(Hint.HOOK_MISSING);
            case EACCES, ENOEXEC -> Advice.of(Hint.HOOK_NOT_EXECUTABLE);
            case ETIMEDOUT -> Advice.of(Hint.HOOK_TIMEOUT);
            default -> null;
        };
    }

    static @Nullable Advice of(OperationFailed failure, Errno errno, HostFacts facts) {
        return switch (failure.operation()) {
            case "READ_FILE" ->
                errno == Errno.ENOENT && failure.detail().endsWith("/config.json") ? Advice.of(Hint.NO_CONFIG) : null;
            case "OPEN_STATE", "WRITE_STATE", "MAKE_START_FIFOS", "LOCK_STATE" ->
                errno == Errno.ENOSPC ? Advice.of(Hint.STATE_FOLDER_FULL, stateFolder(failure.detail())) : null;
            case "RLIMIT" -> errno == Errno.EPERM ? hardLimit(failure, facts) : null;
            case "OOM_SCORE_ADJ" ->
                errno == Errno.EACCES ? Advice.of(Hint.OOM_SCORE, facts.read("/proc/self/oom_score_adj")) : null;
            case "SESSION_KEYRING" -> errno == Errno.EDQUOT ? keys(facts) : null;
            case "EXEC_LABEL" -> label(failure, errno);
            case "CAPABILITIES" -> errno == Errno.EPERM ? capability(failure.detail()) : null;
            case "USER" -> user(failure, errno, facts);
            case "CWD" -> workingDirectory(errno, facts);
            case "SYSCTL" -> sysctl(errno);
            case "SECCOMP" -> seccomp(errno, facts);
            case "SCHEDULER", "IO_PRIORITY" -> errno == Errno.EPERM ? Advice.of(Hint.REALTIME) : null;
            default -> null;
        };
    }

    private static String stateFolder(String detail) {
        int path = detail.indexOf('/');
        return path < 0 ? "the state folder" : detail.substring(path);
    }

    /** A line of proc_pid_limits(5): {@code Max open files  1024  4096  files}. */
    private static Advice hardLimit(OperationFailed failure, HostFacts facts) {
        int number = -1;
        for (int i = 0; i < Names.RLIMITS.size(); i++) {
            if (failure.detail().contains(" " + Names.RLIMITS.get(i) + " ")) {
                number = i;
            }
        }
        String has = "less";
        StringTokenizer lines = new StringTokenizer(facts.read("/proc/self/limits"), "\n");
        for (int i = -1; lines.hasMoreTokens(); i++) {
            String line = lines.nextToken();
            if (i == number && i >= 0) {
                has = hard(line);
            }
        }
        return Advice.of(Hint.HARD_LIMIT, has);
    }

    /** The name of a limit may have blanks in it; its columns begin at 26 and 47. */
    private static String hard(String line) {
        return line.length() > 47 ? new StringTokenizer(line.substring(47)).nextToken() : "less";
    }

    private static Advice keys(HostFacts facts) {
        return Advice.of(
                Hint.KEY_QUOTA,
                facts.read("/proc/sys/kernel/keys/maxkeys"),
                facts.read("/proc/sys/kernel/keys/maxbytes"));
    }

    private static @Nullable Advice label(OperationFailed failure, Errno errno) {
        boolean apparmor =
                failure.origin().endsWith("apparmorProfile") || failure.detail().contains("apparmor");
        return switch (errno) {
            case ENOENT -> apparmor ? Advice.of(Hint.PROFILE_NOT_LOADED) : null;
            case EINVAL -> Advice.of(Hint.LABEL_INVALID);
            default -> null;
        };
    }

    private static @Nullable Advice capability(String detail) {
        int number = detail.lastIndexOf("have capability ");
        if (number < 0) {
            return null;
        }
        int capability = Integer.parseInt(detail.substring(number + "have capability ".length()));
        return capability < Names.CAPABILITIES.size()
                ? Advice.of(Hint.CAPABILITY_MISSING, Names.CAPABILITIES.get(capability))
                : null;
    }

    private static @Nullable Advice user(OperationFailed failure, Errno errno, HostFacts facts) {
        Spec spec = facts.spec();
        if (spec == null || spec.process() == null) {
            return null;
        }
        Spec.User user = spec.process().user();
        if (errno == Errno.EINVAL && !SpecPlaces.maps(spec.linux().gidMappings(), user.gid())) {
            return Advice.of(Hint.ID_NOT_MAPPED, "linux.gidMappings", Long.toString(user.gid()));
        }
        if (errno == Errno.EINVAL) {
            return Advice.of(Hint.ID_NOT_MAPPED, "linux.uidMappings", Long.toString(user.uid()));
        }
        boolean groups = failure.detail().contains("additional groups");
        return errno == Errno.EPERM && groups && Hints.userNamespace(facts) != null
                ? Advice.of(Hint.GROUPS_DENIED)
                : null;
    }

    private static @Nullable Advice workingDirectory(Errno errno, HostFacts facts) {
        Spec spec = facts.spec();
        return switch (errno) {
            case EACCES ->
                spec == null || spec.process() == null
                        ? null
                        : Advice.of(
                                Hint.CWD_CLOSED,
                                Long.toString(spec.process().user().uid()));
            case ENOTDIR, EEXIST -> Advice.of(Hint.CWD_NO_FOLDER);
            default -> null;
        };
    }

    private static @Nullable Advice sysctl(Errno errno) {
        return switch (errno) {
            case ENOENT -> Advice.of(Hint.SYSCTL_MISSING);
            case EACCES, EPERM, EROFS -> Advice.of(Hint.SYSCTL_READ_ONLY);
            default -> null;
        };
    }

    private static @Nullable Advice seccomp(Errno errno, HostFacts facts) {
        return switch (errno) {
            case EACCES -> Advice.of(Hint.SECCOMP_PRIVILEGE);
            case EINVAL -> Advice.of(Hint.SECCOMP_FLAGS, facts.call().release());
            default -> null;
        };
    }
}
