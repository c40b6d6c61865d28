// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The kernel's numbers for names of the specification. */
public final class Names {

    /** capabilities(7), each at the index that is its number. */
    public static final List<String> CAPABILITIES = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_DAC_READ_SEARCH",
            "CAP_FOWNER",
            "CAP_FSETID",
            "CAP_KILL",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETPCAP",
            "CAP_LINUX_IMMUTABLE",
            "CAP_NET_BIND_SERVICE",
            "CAP_NET_BROADCAST",
            "CAP_NET_ADMIN",
            "CAP_NET_RAW",
            "CAP_IPC_LOCK",
            "CAP_IPC_OWNER",
            "CAP_SYS_MODULE",
            "CAP_SYS_RAWIO",
            "CAP_SYS_CHROOT",
            "CAP_SYS_PTRACE",
            "CAP_SYS_PACCT",
            "CAP_SYS_ADMIN",
            "CAP_SYS_BOOT",
            "CAP_SYS_NICE",
            "CAP_SYS_RESOURCE",
            "CAP_SYS_TIME",
            "CAP_SYS_TTY_CONFIG",
            "CAP_MKNOD",
            "CAP_LEASE",
            "CAP_AUDIT_WRITE",
            "CAP_AUDIT_CONTROL",
            "CAP_SETFCAP",
            "CAP_MAC_OVERRIDE",
            "CAP_MAC_ADMIN",
            "CAP_SYSLOG",
            "CAP_WAKE_ALARM",
            "CAP_BLOCK_SUSPEND",
            "CAP_AUDIT_READ",
            "CAP_PERFMON",
            "CAP_BPF",
            "CAP_CHECKPOINT_RESTORE");

    /** getrlimit(2), each at the index that is its number. */
    public static final List<String> RLIMITS = List.of(
            "RLIMIT_CPU",
            "RLIMIT_FSIZE",
            "RLIMIT_DATA",
            "RLIMIT_STACK",
            "RLIMIT_CORE",
            "RLIMIT_RSS",
            "RLIMIT_NPROC",
            "RLIMIT_NOFILE",
            "RLIMIT_MEMLOCK",
            "RLIMIT_AS",
            "RLIMIT_LOCKS",
            "RLIMIT_SIGPENDING",
            "RLIMIT_MSGQUEUE",
            "RLIMIT_NICE",
            "RLIMIT_RTPRIO",
            "RLIMIT_RTTIME");

    /** Namespace types to CLONE_NEW* of clone(2). */
    public static final Map<String, Long> NAMESPACES = Map.of(
            "mount",
            0x2_0000L,
            "cgroup",
            0x200_0000L,
            "uts",
            0x400_0000L,
            "ipc",
            0x800_0000L,
            "user",
            0x1000_0000L,
            "pid",
            0x2000_0000L,
            "network",
            0x4000_0000L,
            "time",
            0x80L);

    /** sched(7), each at the index that is its number. */
    public static final List<String> SCHEDULERS = List.of(
            "SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE");

    /** sched_setattr(2), each at the index of its bit. */
    public static final List<String> SCHEDULER_FLAGS = List.of(
            "SCHED_FLAG_RESET_ON_FORK",
            "SCHED_FLAG_RECLAIM",
            "SCHED_FLAG_DL_OVERRUN",
            "SCHED_FLAG_KEEP_POLICY",
            "SCHED_FLAG_KEEP_PARAMS",
            "SCHED_FLAG_UTIL_CLAMP_MIN",
            "SCHED_FLAG_UTIL_CLAMP_MAX");

    /** ioprio_set(2): the number of each is its index and one. */
    public static final List<String> IO_CLASSES = List.of("IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE");

    /** set_mempolicy(2), each at the index that is its number. */
    public static final List<String> MEMORY_POLICIES = List.of(
            "MPOL_DEFAULT",
            "MPOL_PREFERRED",
            "MPOL_BIND",
            "MPOL_INTERLEAVE",
            "MPOL_LOCAL",
            "MPOL_PREFERRED_MANY",
            "MPOL_WEIGHTED_INTERLEAVE");

    /** Bits of set_mempolicy(2)'s mode. */
    public static final Map<String, Long> MEMORY_POLICY_FLAGS = Map.of(
            "MPOL_F_STATIC_NODES", 1L << 15, "MPOL_F_RELATIVE_NODES", 1L << 14, "MPOL_F_NUMA_BALANCING", 1L << 13);

    /** personality(2). */
    public static final Map<String, Long> PERSONALITIES = Map.of("LINUX", 0L, "LINUX32", 8L);

    private Names() {}

    /** 0 to 40; empty for a name that isn't known. */
    public static OptionalInt capability(String name) {
        int number = CAPABILITIES.indexOf(name);
        return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** 0 to 15; empty for a name that isn't known. */
    public static OptionalInt rlimit(String name) {
        int number = RLIMITS.indexOf(name);
        return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** One bit; empty for a type that isn't known. */
    public static OptionalLong namespace(String type) {
        Long bit = NAMESPACES.get(type);
        return bit == null ? OptionalLong.empty() : OptionalLong.of(bit);
    }
}
