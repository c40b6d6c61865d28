// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.validate;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.seccomp.SeccompNames;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@code linux.seccomp} can't mean, and what breaks the start of any container. */
public final class SeccompCheck {

    private static final String POINTER = "/linux/seccomp";

    private static final long MAX_ARGUMENT = 5;

    /** MAX_ERRNO of the kernel: it makes less of larger ones. A tracer gets 16 bits. */
    private static final long MAX_ERRNO = 4095;

    private static final long MAX_TRACE = 0xffff;

    private SeccompCheck() {}

    /** @throws InvalidSpec at the first problem */
    static void check(Spec.Seccomp seccomp) {
        checkName(POINTER + "/defaultAction", seccomp.defaultAction(), "an action", SeccompNames.ACTION_NAMES);
        if (seccomp.defaultAction().equals("SCMP_ACT_NOTIFY")) {
            throw new InvalidSpec(
                    POINTER + "/defaultAction",
                    "SCMP_ACT_NOTIFY cannot be used as default action: nothing would answer for init itself");
        }
        checkErrno(POINTER + "/defaultErrnoRet", seccomp.defaultAction(), seccomp.defaultErrnoRet());
        checkNames(POINTER + "/flags/", seccomp.flags(), "a flag", SeccompNames.FLAG_NAMES);
        checkNames(POINTER + "/architectures/", seccomp.architectures(), "an architecture", SeccompNames.ARCHITECTURES);
        for (int i = 0; i < seccomp.syscalls().size(); i++) {
            checkRule(seccomp.syscalls().get(i), POINTER + "/syscalls/" + i);
        }
        checkListener(seccomp);
    }

    private static void checkName(String pointer, String name, String what, List<String> known) {
        if (!known.contains(name)) {
            throw new InvalidSpec(
                    pointer,
                    "expected " + what + " such as " + known.getFirst() + ", found \"" + name + "\""
                            + Nearest.suggestion(name, known));
        }
    }

    private static void checkNames(String pointer, List<String> names, String what, List<String> known) {
        for (int i = 0; i < names.size(); i++) {
            checkName(pointer + i, names.get(i), what, known);
        }
    }

    private static void checkErrno(String pointer, String action, @Nullable Long errno) {
        if (errno == null) {
            return;
        }
        if (!SeccompNames.takesErrno(action)) {
            throw new InvalidSpec(pointer, action + " has no errno: only SCMP_ACT_ERRNO and SCMP_ACT_TRACE have one");
        }
        long maximum = action.equals("SCMP_ACT_TRACE") ? MAX_TRACE : MAX_ERRNO;
        if (errno > maximum) {
            throw new InvalidSpec(pointer, "expected 0 to " + maximum + ", found " + errno);
        }
    }

    private static void checkRule(Spec.SyscallRule rule, String pointer) {
        if (rule.names().isEmpty()) {
            throw new InvalidSpec(pointer + "/names", "is missing or empty: the rule is about no system call");
        }
        for (int i = 0; i < rule.names().size(); i++) {
            if (rule.names().get(i).isEmpty()) {
                throw new InvalidSpec(pointer + "/names/" + i, "is empty");
            }
            if (rule.action().equals("SCMP_ACT_NOTIFY") && rule.names().get(i).equals("write")) {
                throw new InvalidSpec(
                        pointer + "/names/" + i,
                        "SCMP_ACT_NOTIFY cannot be used for the write syscall: init writes before anybody listens");
            }
        }
        checkName(pointer + "/action", rule.action(), "an action", SeccompNames.ACTION_NAMES);
        checkErrno(pointer + "/errnoRet", rule.action(), rule.errnoRet());
        for (int i = 0; i < rule.args().size(); i++) {
            Spec.SyscallArgument argument = rule.args().get(i);
            if (argument.index() > MAX_ARGUMENT) {
                throw new InvalidSpec(pointer + "/args/" + i + "/index", "expected 0 to 5, found " + argument.index());
            }
            checkName(pointer + "/args/" + i + "/op", argument.op(), "an operator", SeccompNames.OPERATORS);
        }
    }

    private static void checkListener(Spec.Seccomp seccomp) {
        String path = seccomp.listenerPath();
        boolean given = path != null && !path.isEmpty();
        String metadata = seccomp.listenerMetadata();
        if (!given && metadata != null && !metadata.isEmpty()) {
            throw new InvalidSpec(POINTER + "/listenerMetadata", "needs listenerPath: nobody would read it");
        }
        if (!given && SeccompNames.notifies(seccomp)) {
            throw new InvalidSpec(
                    POINTER + "/listenerPath", "seccomp listenerPath is not set, and SCMP_ACT_NOTIFY needs it");
        }
        if (path != null && given && !path.startsWith("/")) {
            throw new InvalidSpec(POINTER + "/listenerPath", "expected an absolute path, found \"" + path + "\"");
        }
    }

    /** Of read, write and execve, those that the filter certainly refuses: without them init can't start a program. */
    public static List<String> forbidden(Spec.Seccomp seccomp) {
        List<String> forbidden = new ArrayList<>();
        for (String name : List.of("read", "write", "execve")) {
            if (refuses(seccomp, name)) {
                forbidden.add(name);
            }
        }
        return forbidden;
    }

    private static boolean refuses(Spec.Seccomp seccomp, String name) {
        boolean refused = !lets(seccomp.defaultAction());
        for (Spec.SyscallRule rule : seccomp.syscalls()) {
            if (rule.names().contains(name)) {
                if (lets(rule.action())) {
                    return false;
                }
                refused |= rule.args().isEmpty();
            }
        }
        return refused;
    }

    private static boolean lets(String action) {
        return switch (action) {
            case "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY", "SCMP_ACT_TRACE" -> true;
            default -> false;
        };
    }
}
