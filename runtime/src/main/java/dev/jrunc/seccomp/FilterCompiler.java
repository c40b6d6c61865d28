// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.seccomp;

import dev.jrunc.error.Errno;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.kernel.Libseccomp;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.SeccompFilter;
import dev.jrunc.spec.Annotation;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** From a checked profile to BPF, by libseccomp. */
public final class FilterCompiler {

    /** Changes with what this class makes of a profile: filters that are kept are those of one such version. */
    static final int VERSION = 1;

    private static final int BINARY_TREE = 2;

    /** SCMP_ARCH_X32 has the numbers of x86-64 with this bit, and its audit architecture. */
    private static final long X32_BIT = 0x4000_0000L;

    /** __ARM_NR_BASE. */
    private static final long ARM_PRIVATE = 0xf_0000L;

    private final Spec.Seccomp profile;
    private final boolean failUnknown;
    private final Libseccomp library;

    private FilterCompiler(Spec.Seccomp profile, boolean failUnknown, Libseccomp library) {
        this.profile = profile;
        this.failUnknown = failUnknown;
        this.library = library;
    }

    /**
     * @param failUnknown a system call that libseccomp doesn't know is an error; else its rule is left out
     * @return an array of struct sock_filter
     * @throws InvalidSpec where libseccomp or the kernel can't have it so
     * @throws OperationFailed where libseccomp fails
     */
    public static Bytes compile(Spec.Seccomp profile, boolean failUnknown, Libseccomp library) {
        return new FilterCompiler(profile, failUnknown, library).compile();
    }

    private Bytes compile() {
        int defaultAction = SeccompNames.action(profile.defaultAction(), profile.defaultErrnoRet());
        Set<Integer> architectures = architectures();
        try (Libseccomp.Filter filter = library.filter(defaultAction)) {
            for (int token : architectures) {
                if (token != library.nativeArchitecture()) {
                    check(filter.addArchitecture(token), "/linux/seccomp/architectures", "add the architectures");
                }
            }
            // Searched, not walked through. Libraries before 2.5 don't know it.
            filter.setAttribute(Libseccomp.ATTRIBUTE_OPTIMIZE, BINARY_TREE);
            for (int i = 0; i < profile.syscalls().size(); i++) {
                Spec.SyscallRule rule = profile.syscalls().get(i);
                int action = SeccompNames.action(rule.action(), rule.errnoRet());
                if (action != defaultAction) {
                    add(filter, rule, action, "/linux/seccomp/syscalls/" + i);
                }
            }
            return whole(newSyscalls(architectures), filter.export());
        }
    }

    /** The native one is always there. */
    private Set<Integer> architectures() {
        Set<Integer> tokens = new LinkedHashSet<>();
        tokens.add(library.nativeArchitecture());
        for (int i = 0; i < profile.architectures().size(); i++) {
            String name = profile.architectures().get(i);
            int token = library.architecture(SeccompNames.architecture(name));
            if (token == 0) {
                throw new InvalidSpec(
                        "/linux/seccomp/architectures/" + i,
                        "libseccomp " + library.version() + " doesn't know " + name);
            }
            tokens.add(token);
        }
        return tokens;
    }

    private static void check(int error, String pointer, String what) {
        if (error != 0 && -error != Errno.EEXIST.number()) {
            throw new OperationFailed("SECCOMP", pointer, -error, "compile the filter by libseccomp: " + what);
        }
    }

    private void add(Libseccomp.Filter filter, Spec.SyscallRule rule, int action, String pointer) {
        List<Libseccomp.Comparison> comparisons = new ArrayList<>();
        Set<Long> indexes = new HashSet<>();
        for (Spec.SyscallArgument argument : rule.args()) {
            indexes.add(argument.index());
            comparisons.add(new Libseccomp.Comparison(
                    (int) argument.index(),
                    SeccompNames.operator(argument.op()),
                    argument.value(),
                    argument.valueTwo()));
        }
        // libseccomp takes one comparison for each argument; several mean that any of them is enough.
        boolean each = indexes.size() < comparisons.size();
        for (String name : rule.names()) {
            int syscall = library.resolve(library.nativeArchitecture(), name);
            if (syscall == Libseccomp.UNKNOWN && failUnknown) {
                throw new InvalidSpec(
                        pointer + "/names",
                        "libseccomp " + library.version() + " doesn't know the system call \"" + name + "\", and "
                                + Annotation.SECCOMP_FAIL_UNKNOWN_SYSCALL.key() + " is 1");
            }
            if (syscall == Libseccomp.UNKNOWN) {
                continue;
            }
            String what = "the rule for " + name;
            if (!each) {
                check(filter.addRule(action, syscall, comparisons), pointer, what);
                continue;
            }
            for (Libseccomp.Comparison comparison : comparisons) {
                check(filter.addRule(action, syscall, List.of(comparison)), pointer, what);
            }
        }
    }

    /** Nothing where a system call that isn't named is allowed, or is said to have ENOSYS already. */
    private byte[] newSyscalls(Set<Integer> architectures) {
        int action = SeccompNames.action(profile.defaultAction(), profile.defaultErrnoRet());
        boolean allowed = switch (profile.defaultAction()) {
            case "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE" -> true;
            default -> action == (SeccompNames.RET_ERRNO | Errno.ENOSYS.number());
        };
        List<NewSyscalls.Newest> known = new ArrayList<>();
        int x32 = library.architecture("x32");
        for (int token : architectures) {
            long newest = token == x32 || allowed ? -1 : newest(token, Long.MAX_VALUE);
            if (newest < 0) {
                continue;
            }
            if (token == library.architecture("x86_64")) {
                long newestX32 = architectures.contains(x32) ? newest(x32, Long.MAX_VALUE) : -1;
                known.add(new NewSyscalls.Newest(
                        token,
                        newest,
                        OptionalLong.of(X32_BIT),
                        newestX32 < 0 ? OptionalLong.empty() : OptionalLong.of(newestX32)));
            } else if (token == library.architecture("arm")) {
                known.add(new NewSyscalls.Newest(
                        token, newest(token, ARM_PRIVATE), OptionalLong.of(ARM_PRIVATE), OptionalLong.empty()));
            } else {
                known.add(new NewSyscalls.Newest(token, newest, OptionalLong.empty(), OptionalLong.empty()));
            }
        }
        return NewSyscalls.program(known);
    }

    /** The largest number, below the limit, of all system calls that the profile names; -1 for none. */
    private long newest(int architecture, long limit) {
        long newest = -1;
        for (Spec.SyscallRule rule : profile.syscalls()) {
            for (String name : rule.names()) {
                long number = library.resolve(architecture, name);
                newest = number < limit ? Math.max(newest, number) : newest;
            }
        }
        return newest;
    }

    private static Bytes whole(byte[] first, byte[] filter) {
        byte[] whole = Arrays.copyOf(first, first.length + filter.length);
        System.arraycopy(filter, 0, whole, first.length, filter.length);
        if (whole.length > SeccompFilter.MAX_BYTES) {
            throw new InvalidSpec(
                    "/linux/seccomp",
                    "the filter has " + whole.length / SeccompFilter.INSTRUCTION_BYTES
                            + " instructions, more than the kernel's limit of "
                            + SeccompFilter.MAX_BYTES / SeccompFilter.INSTRUCTION_BYTES);
        }
        return Bytes.of(whole);
    }
}
