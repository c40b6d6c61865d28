// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.seccomp;

import dev.jrunc.plan.SeccompFilter;
import dev.jrunc.spec.Spec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The words of {@code linux.seccomp}, and the kernel's and libseccomp's numbers for them. */
public final class SeccompNames {

    /** SECCOMP_RET_*, linux/seccomp.h: the upper half of a filter's answer; the lower half is an errno. */
    static final int RET_ERRNO = 0x0005_0000;

    static final int RET_ALLOW = 0x7fff_0000;
    static final int RET_TRACE = 0x7ff0_0000;
    static final int RET_LOG = 0x7ffc_0000;

    private static final int EPERM = 1;

    private static final Map<String, Integer> ACTIONS = Map.of(
            "SCMP_ACT_KILL", 0,
            "SCMP_ACT_KILL_THREAD", 0,
            "SCMP_ACT_KILL_PROCESS", 0x8000_0000,
            "SCMP_ACT_TRAP", 0x0003_0000,
            "SCMP_ACT_ERRNO", RET_ERRNO,
            "SCMP_ACT_TRACE", RET_TRACE,
            "SCMP_ACT_ALLOW", RET_ALLOW,
            "SCMP_ACT_LOG", RET_LOG,
            "SCMP_ACT_NOTIFY", 0x7fc0_0000);

    /** In the order in which a message lists them. */
    public static final List<String> ACTION_NAMES = List.of(
            "SCMP_ACT_KILL",
            "SCMP_ACT_KILL_PROCESS",
            "SCMP_ACT_KILL_THREAD",
            "SCMP_ACT_TRAP",
            "SCMP_ACT_ERRNO",
            "SCMP_ACT_TRACE",
            "SCMP_ACT_ALLOW",
            "SCMP_ACT_LOG",
            "SCMP_ACT_NOTIFY");

    /** Each at the index that is its SCMP_CMP_* number, less one. */
    public static final List<String> OPERATORS = List.of(
            "SCMP_CMP_NE",
            "SCMP_CMP_LT",
            "SCMP_CMP_LE",
            "SCMP_CMP_EQ",
            "SCMP_CMP_GE",
            "SCMP_CMP_GT",
            "SCMP_CMP_MASKED_EQ");

    private static final Map<String, Long> FLAGS = Map.of(
            "SECCOMP_FILTER_FLAG_TSYNC",
            0L,
            "SECCOMP_FILTER_FLAG_LOG",
            SeccompFilter.LOG,
            "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
            SeccompFilter.SPEC_ALLOW,
            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
            SeccompFilter.WAIT_KILLABLE_RECV);

    public static final List<String> FLAG_NAMES = List.of(
            "SECCOMP_FILTER_FLAG_TSYNC",
            "SECCOMP_FILTER_FLAG_LOG",
            "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");

    public static final List<String> ARCHITECTURES = List.of(
            "SCMP_ARCH_X86",
            "SCMP_ARCH_X86_64",
            "SCMP_ARCH_X32",
            "SCMP_ARCH_ARM",
            "SCMP_ARCH_AARCH64",
            "SCMP_ARCH_LOONGARCH64",
            "SCMP_ARCH_M68K",
            "SCMP_ARCH_MIPS",
            "SCMP_ARCH_MIPS64",
            "SCMP_ARCH_MIPS64N32",
            "SCMP_ARCH_MIPSEL",
            "SCMP_ARCH_MIPSEL64",
            "SCMP_ARCH_MIPSEL64N32",
            "SCMP_ARCH_PPC",
            "SCMP_ARCH_PPC64",
            "SCMP_ARCH_PPC64LE",
            "SCMP_ARCH_S390",
            "SCMP_ARCH_S390X",
            "SCMP_ARCH_SH",
            "SCMP_ARCH_SHEB",
            "SCMP_ARCH_PARISC",
            "SCMP_ARCH_PARISC64",
            "SCMP_ARCH_RISCV64");

    private SeccompNames() {}

    /** A filter's answer. errno null: EPERM, where the action has one. */
    static int action(String name, @Nullable Long errno) {
        int action = ACTIONS.getOrDefault(name, 0);
        return takesErrno(name) ? action | (errno == null ? EPERM : errno.intValue()) : action;
    }

    /** Only these two give a number to whoever makes the system call, or traces it. */
    public static boolean takesErrno(String action) {
        return action.equals("SCMP_ACT_ERRNO") || action.equals("SCMP_ACT_TRACE");
    }

    static int operator(String name) {
        return OPERATORS.indexOf(name) + 1;
    }

    /** libseccomp's name of an architecture: {@code x86_64}. */
    static String architecture(String name) {
        StringBuilder lower = new StringBuilder();
        for (int i = "SCMP_ARCH_".length(); i < name.length(); i++) {
            lower.append(Character.toLowerCase(name.charAt(i)));
        }
        return lower.toString();
    }

    /** SECCOMP_FILTER_FLAG_* bits for seccomp(2). */
    static long flags(Spec.Seccomp seccomp) {
        long flags = 0;
        for (String name : seccomp.flags()) {
            flags |= FLAGS.getOrDefault(name, 0L);
        }
        if (notifies(seccomp)) {
            return flags | SeccompFilter.NEW_LISTENER;
        }
        return flags & ~SeccompFilter.WAIT_KILLABLE_RECV;
    }

    /** Some rule hands system calls to a listener. */
    public static boolean notifies(Spec.Seccomp seccomp) {
        for (Spec.SyscallRule rule : seccomp.syscalls()) {
            if (rule.action().equals("SCMP_ACT_NOTIFY")) {
                return true;
            }
        }
        return false;
    }
}
