// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.MountInfo;
import dev.jrunc.spec.Spec;
import org.jspecify.annotations.Nullable;

/** Cgroups and their limits. */
public final class CgroupHints {

    private static final String RESOURCES = "/linux/resources";

    private CgroupHints() {}

    static @Nullable Advice of(OperationFailed failure, Errno errno, HostFacts facts) {
        boolean limit = failure.origin().startsWith(RESOURCES + "/");
        if (failure.operation().equals("DEVICE_PROGRAM")) {
            return errno == Errno.EPERM || errno == Errno.EACCES
                    ? Advice.of(Hint.NO_BPF)
                    : errno == Errno.EINVAL || errno == Errno.ENOSYS
                            ? Advice.of(Hint.KERNEL_TOO_OLD, facts.call().release())
                            : null;
        }
        if (failure.operation().startsWith("WRITE_")) {
            return limit ? ofLimit(failure.origin().substring(RESOURCES.length()), errno, facts) : ofFile(errno);
        }
        return switch (errno) {
            case EROFS -> readOnly(failure, facts);
            case EACCES, EPERM ->
                Advice.of(Hint.CGROUP_NOT_OURS, Long.toString(facts.call().euid()));
            case EBUSY -> Advice.of(Hint.NO_INTERNAL_PROCESSES);
            case EOPNOTSUPP -> Advice.of(Hint.CGROUP_THREADED);
            case ENOENT ->
                failure.detail().startsWith("enable controller") ? Advice.of(Hint.CONTROLLER_NOT_GIVEN) : null;
            case ENOSPC ->
                Advice.of(failure.detail().startsWith("make cgroup") ? Hint.TOO_MANY_CGROUPS : Hint.EMPTY_CPUSET);
            case EAGAIN -> Advice.of(Hint.TOO_MANY_PROCESSES);
            default -> null;
        };
    }

    /** WRITE_FILE is for more than limits: --pid-file. */
    private static @Nullable Advice ofFile(Errno errno) {
        return errno == Errno.ENOENT ? Advice.of(Hint.FOLDER_MISSING) : null;
    }

    private static @Nullable Advice readOnly(OperationFailed failure, HostFacts facts) {
        String detail = failure.detail();
        int path = detail.indexOf('/');
        MountInfo holding = path < 0 ? null : facts.mounts().holding(detail.substring(path));
        return holding == null ? null : Advice.of(Hint.CGROUPS_READ_ONLY, holding.point());
    }

    private static @Nullable Advice ofLimit(String limit, Errno errno, HostFacts facts) {
        boolean cpuset = limit.equals("/cpu/cpus") || limit.equals("/cpu/mems");
        if (cpuset && (errno == Errno.EINVAL || errno == Errno.ERANGE || errno == Errno.EACCES)) {
            return cpuset(limit, facts);
        }
        return switch (errno) {
            case EINVAL, ERANGE -> {
                String expected = expected(limit);
                yield expected.isEmpty() ? null : Advice.of(Hint.LIMIT_INVALID, expected);
            }
            case ENOENT -> Advice.of(Hint.NO_SUCH_LIMIT);
            case EBUSY -> Advice.of(Hint.LIMIT_IN_USE);
            case EACCES, EPERM ->
                Advice.of(Hint.CGROUP_NOT_OURS, Long.toString(facts.call().euid()));
            default -> null;
        };
    }

    private static @Nullable Advice cpuset(String limit, HostFacts facts) {
        Spec spec = facts.spec();
        Spec.Cpu cpu = spec == null ? null : spec.linux().resources().cpu();
        if (cpu == null) {
            return null;
        }
        boolean cpus = limit.equals("/cpu/cpus");
        String asked = cpus ? cpu.cpus() : cpu.mems();
        String there = facts.read(cpus ? "/sys/devices/system/cpu/online" : "/sys/devices/system/node/online");
        String kind = cpus ? "CPUs " : "memory nodes ";
        return Advice.of(Hint.NOT_IN_CPUSET, kind + (asked == null ? "" : asked), there.isEmpty() ? "less" : there);
    }

    /**
     * What the kernel takes as a limit; empty where there is nothing to say.
     *
     * @param limit its place below {@code linux.resources}: {@code /cpu/quota}
     */
    public static String expected(String limit) {
        return switch (limit) {
            case "/cpu/quota", "/cpu/period" ->
                "expected a period of 1000 to 1000000 microseconds, and a quota of at least 1000 and of the burst, whose"
                        + " ratio is not more than that of the cgroup above";
            case "/cpu/burst" -> "expected not more than the quota (--cpu-quota, cpu/quota)";
            case "/cpu/realtimePeriod", "/cpu/realtimeRuntime" ->
                "expected a runtime that is not more than the period, and that the cgroup above has left";
            case "/memory/limit" -> "expected not more than memory and swap together (memory/swap)";
            case "/memory/swap" -> "expected memory and swap together: not less than memory alone (memory/limit)";
            case "/memory/swappiness" -> "expected 0 to 100";
            case "/blockIO/weight" -> "expected 10 to 1000, with an I/O scheduler that has weights (bfq)";
            default -> "";
        };
    }
}
