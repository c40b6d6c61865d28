// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jrunc.error.Errno;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.spec.Spec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Would the program be found, with its interpreter, and may its user execute it? As native/program.c looks for it. */
final class PredictedProgram {

    private static final byte[] ELF = {0x7f, 'E', 'L', 'F', 2};
    private static final int PROGRAM_HEADERS = 32;
    private static final int HEADER_COUNT = 56;
    private static final int HEADER_BYTES = 56;
    private static final int PT_INTERP = 3;

    private final Predictions predictions;
    private final ContainerView view;
    private final boolean userNamespace;
    private String cwd = "/";

    PredictedProgram(Predictions predictions, ContainerView view, boolean userNamespace) {
        this.predictions = predictions;
        this.view = view;
        this.userNamespace = userNamespace;
    }

    /** A missing one is made before, where that is possible. */
    void checkCwd(InitOperation.Cwd operation, boolean readonlyRoot) {
        ContainerView.Seen seen = view.see(operation.origin(), operation.path());
        cwd = operation.path();
        if (seen.isMissing()
                && seen.look().error() == Errno.ENOENT.number()
                && readonlyRoot
                && view.isOfImage(seen.path())) {
            predictions.add(
                    operation,
                    Errno.ENOENT,
                    operation.path() + " is not in the image, and can't be made: the root file system is read-only",
                    "make it in the image, set root.readonly to false, or name another folder in process.cwd");
        } else if (seen.isKnown() && !seen.isMissing() && !seen.look().isFolder()
                || seen.isMissing() && seen.look().error() == Errno.ENOTDIR.number()) {
            predictions.add(
                    operation,
                    Errno.ENOTDIR,
                    operation.path() + " is no folder in the container",
                    "name a folder in process.cwd; a missing one is made");
        }
    }

    void check(InitOperation.ResolveProgram resolve, Spec spec) {
        Spec.User user = Objects.requireNonNull(spec.process()).user();
        if (resolve.file().contains("/")) {
            ContainerView.Seen seen = view.see(resolve.origin(), inCwd(resolve.file()));
            Errno error = error(seen, user);
            if (error != null) {
                predictions.add(
                        resolve,
                        error,
                        "\"" + resolve.file() + "\" "
                                + (error == Errno.EACCES
                                        ? "is no file that user " + user.uid() + " may execute"
                                        : "is not in the container"),
                        "put it into the image, make it executable, or correct process.args");
            } else if (seen.isKnown()) {
                checkInterpreter(resolve, seen, user);
            }
            return;
        }
        boolean denied = false;
        for (String folder : resolve.searchPath().split(":", -1)) {
            ContainerView.Seen seen = view.see(resolve.origin(), inCwd(folder + "/" + resolve.file()));
            Errno error = error(seen, user);
            if (error == null) {
                if (seen.isKnown()) {
                    checkInterpreter(resolve, seen, user);
                }
                return;
            }
            denied = denied || error == Errno.EACCES;
        }
        predictions.add(
                resolve,
                denied ? Errno.EACCES : Errno.ENOENT,
                "\"" + resolve.file() + "\" is in none of the folders of PATH, \"" + resolve.searchPath() + "\""
                        + (denied ? ", or may not be executed" : ""),
                "put it into the image, name it with its path, or correct PATH in process.env");
    }

    private String inCwd(String path) {
        return path.startsWith("/") ? path : cwd + "/" + path;
    }

    /** null for what can be executed, or can't be known. */
    private @Nullable Errno error(ContainerView.Seen seen, Spec.User user) {
        if (!seen.isKnown()) {
            return null;
        }
        if (!seen.look().found()) {
            return seen.look().error() == Errno.ENOTDIR.number() ? Errno.ENOTDIR : Errno.ENOENT;
        }
        boolean executable = userNamespace
                ? seen.look().isExecutable(0, 0)
                : seen.look().isExecutable(user.uid(), user.gid()) || inAGroup(seen.look(), user);
        return executable && !seen.look().isFolder() && !view.isNoexec(seen.path()) ? null : Errno.EACCES;
    }

    private static boolean inAGroup(Look look, Spec.User user) {
        for (Long group : user.additionalGids()) {
            if (group == look.gid() && look.isExecutable(user.uid(), group)) {
                return true;
            }
        }
        return false;
    }

    private void checkInterpreter(InitOperation.ResolveProgram resolve, ContainerView.Seen program, Spec.User user) {
        String interpreter = interpreter(program.look().content());
        if (interpreter.isEmpty()) {
            return;
        }
        Errno error = error(view.see(resolve.origin(), inCwd(interpreter)), user);
        if (error != null) {
            predictions.add(
                    resolve,
                    error,
                    "\"" + program.path() + "\" is there, but its interpreter " + interpreter
                            + (error == Errno.EACCES ? " may not be executed" : " is not in the container"),
                    "put the interpreter into the image"
                            + (interpreter.contains("/ld-")
                                    ? ", with the libraries of the program, or link the program statically"
                                    : ""));
        }
    }

    /** Of a script or a 64-bit program; empty for none. */
    static String interpreter(Bytes head) {
        byte[] bytes = head.toArray();
        if (bytes.length > 2 && bytes[0] == '#' && bytes[1] == '!') {
            int feed = 2;
            while (feed < bytes.length && bytes[feed] != '\n') {
                feed++;
            }
            String line = new String(bytes, 2, feed - 2, UTF_8).strip();
            int end = 0;
            while (end < line.length() && line.charAt(end) > ' ') {
                end++;
            }
            return line.substring(0, end);
        }
        boolean elf = bytes.length > HEADER_COUNT + 1 && Arrays.equals(bytes, 0, ELF.length, ELF, 0, ELF.length);
        return elf ? ofElf(bytes) : "";
    }

    private static String ofElf(byte[] bytes) {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long at = file.getLong(PROGRAM_HEADERS);
        for (int i = 0; i < file.getShort(HEADER_COUNT) && at >= 0 && at <= file.limit() - HEADER_BYTES; i++) {
            int header = (int) at;
            long offset = file.getLong(header + 8);
            long size = file.getLong(header + 32);
            if (file.getInt(header) == PT_INTERP
                    && offset >= 0
                    && size > 1
                    && size <= file.limit()
                    && offset <= file.limit() - size) {
                return new String(bytes, (int) offset, (int) size - 1, UTF_8);
            }
            at += HEADER_BYTES;
        }
        return "";
    }
}
