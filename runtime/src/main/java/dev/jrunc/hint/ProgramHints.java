// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.spec.Spec;
import org.jspecify.annotations.Nullable;

/** Programs that can't be executed. What native/program.c has found out of them is in the failure's words. */
final class ProgramHints {

    private static final String INTERPRETER = "its interpreter ";

    private ProgramHints() {}

    static @Nullable Advice of(OperationFailed failure, Errno errno, HostFacts facts) {
        String detail = failure.detail();
        return switch (errno) {
            case ENOENT -> detail.contains(INTERPRETER) ? interpreter(detail) : missing(detail, facts);
            case ENOTDIR -> missing(detail, facts);
            case EACCES, EPERM -> denied(failure, facts);
            case ENOEXEC -> format(detail, facts);
            case E2BIG -> Advice.of(Hint.ARGUMENTS_TOO_LONG);
            case ETXTBSY -> Advice.of(Hint.PROGRAM_BEING_WRITTEN);
            default -> null;
        };
    }

    private static Advice interpreter(String detail) {
        String name = detail.substring(detail.indexOf(INTERPRETER) + INTERPRETER.length());
        if (name.contains("with a carriage return")) {
            return Advice.of(Hint.SCRIPT_CRLF);
        }
        if (name.contains("/ld-musl-")) {
            return Advice.of(Hint.MUSL_MISSING);
        }
        return Advice.of(
                name.contains("/ld-linux") || name.contains("/ld64.so")
                        ? Hint.GLIBC_MISSING
                        : Hint.INTERPRETER_MISSING);
    }

    private static Advice missing(String detail, HostFacts facts) {
        Spec spec = facts.spec();
        Spec.Process process = spec == null ? null : spec.process();
        String file = named(detail);
        if (file.indexOf(' ') >= 0) {
            return Advice.of(Hint.COMMAND_IN_ONE_ARGUMENT);
        }
        if (detail.contains("not found in $PATH")) {
            String path = process == null ? null : SpecPlaces.variable(process, "PATH");
            return path == null ? Advice.of(Hint.NO_PATH) : Advice.of(Hint.NOT_IN_PATH, path);
        }
        int hiding = spec == null
                ? -1
                : SpecPlaces.hiding(spec.mounts(), spec.mounts().size(), file);
        if (spec != null && hiding >= 0) {
            return Advice.of(
                    Hint.HIDDEN_BY_MOUNT,
                    "/mounts/" + hiding,
                    spec.mounts().get(hiding).destination());
        }
        return Advice.of(Hint.PROGRAM_MISSING, facts.rootfs());
    }

    /** What stands in quotes: {@code exec: "/bin/tool": …}. */
    private static String named(String detail) {
        int from = detail.indexOf('"') + 1;
        int to = detail.indexOf("\":", from);
        return from == 0 || to < 0 ? "" : detail.substring(from, to);
    }

    private static @Nullable Advice denied(OperationFailed failure, HostFacts facts) {
        String detail = failure.detail();
        Spec spec = facts.spec();
        Spec.Process process = spec == null ? null : spec.process();
        if (detail.contains("(mounted noexec)")) {
            return Advice.of(Hint.MOUNTED_NOEXEC);
        }
        if (failure.operation().equals("EXECVE") && process != null) {
            String label = process.apparmorProfile() == null ? process.selinuxLabel() : process.apparmorProfile();
            return label == null ? null : Advice.of(Hint.LABEL_FORBIDS, label);
        }
        int mode = detail.indexOf("(mode ");
        if (mode < 0) {
            return detail.contains("is a directory") || process == null ? null : notForUser(process);
        }
        return isExecutable(detail.substring(mode + "(mode ".length())) && process != null
                ? notForUser(process)
                : Advice.of(Hint.NOT_EXECUTABLE);
    }

    private static Advice notForUser(Spec.Process process) {
        return Advice.of(Hint.NOT_FOR_USER, Long.toString(process.user().uid()));
    }

    /** {@code 0755)}: for anybody. */
    private static boolean isExecutable(String mode) {
        return (Integer.parseInt(mode, 0, mode.indexOf(')'), 8) & 0111) != 0;
    }

    private static @Nullable Advice format(String detail, HostFacts facts) {
        if (detail.contains("it is built for")) {
            return Advice.of(Hint.OTHER_MACHINE, facts.call().machine());
        }
        return detail.contains("neither an ELF program") || detail.contains("it is empty")
                ? Advice.of(Hint.NO_SHEBANG)
                : null;
    }
}
