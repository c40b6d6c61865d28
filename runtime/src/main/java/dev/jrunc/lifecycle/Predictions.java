// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.json.Prediction;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.Origin;
import java.util.ArrayList;
import java.util.List;

/** What would fail, as it is found, and how it is looked for: the caller's own files are read, and nothing is changed. */
final class Predictions {

    static final String CREATE = "create";

    private static final long MAX_FACT_BYTES = 4L * 1024 * 1024;

    private final Front front;
    private final List<Prediction> found = new ArrayList<>();

    Predictions(Front front) {
        this.front = front;
    }

    Front front() {
        return front;
    }

    List<Prediction> found() {
        return found;
    }

    void add(Prediction prediction) {
        found.add(prediction);
    }

    void add(Operation operation, Errno error, String problem, String mend) {
        add(operation, operation.origin(), error.number(), problem, mend);
    }

    /** @param origin where the operation comes from more than one place */
    void add(Operation operation, Origin origin, int error, String problem, String mend) {
        found.add(new Prediction(origin.text(), CREATE, operation.name(), Errno.describe(error), problem, mend));
    }

    Look look(Operation operation, String path) {
        return Look.at(front, operation.origin(), path);
    }

    /** Empty for what can't be read. */
    String read(Operation operation, String path) {
        Result read = front.attempt(new HostOperation.ReadFile(operation.origin(), path, MAX_FACT_BYTES));
        return read.ok() ? read.data().utf8() : "";
    }

    boolean has(int capability) {
        return (front.call().effectiveCapabilities() >>> capability & 1) != 0;
    }

    /** What is there is of no use where the folder is missing that a new file would go into. */
    void needFolder(Operation operation, String file) {
        int slash = file.lastIndexOf('/');
        String folder = slash < 0 ? front.call().cwd() : front.call().absolute(file.substring(0, Math.max(slash, 1)));
        Look look = look(operation, folder);
        if (!look.found()) {
            add(
                    operation,
                    operation.origin(),
                    look.error(),
                    file + " can't be made: " + folder + " is missing",
                    "make " + folder + ", or name another file");
        } else if (!look.isFolder()) {
            add(operation, Errno.ENOTDIR, folder + " is no folder", "name a file in a folder");
        }
    }

    void needSocket(Operation operation, String path) {
        Look look = look(operation, front.call().absolute(path));
        if (!look.found()) {
            add(
                    operation,
                    operation.origin(),
                    look.error(),
                    "there is no socket " + path,
                    "start who listens there first");
        } else if (!look.isSocket()) {
            add(operation, Errno.ECONNREFUSED, path + " is no socket", "name the socket that somebody listens at");
        }
    }

    /** A program of the host's. */
    void needProgram(Operation operation, String command, String path) {
        Look look = look(operation, path);
        if (!look.found()) {
            addProgram(operation, command, look.error(), path + " is missing", "install it, or correct its path");
        } else if (look.isFolder()
                || !look.isExecutable(front.call().euid(), front.call().egid())) {
            addProgram(
                    operation,
                    command,
                    Errno.EACCES.number(),
                    path + " is no file that the caller may execute",
                    "make it executable (chmod +x), on a file system that isn't mounted noexec");
        }
    }

    private void addProgram(Operation operation, String command, int error, String problem, String mend) {
        found.add(new Prediction(
                operation.origin().text(), command, operation.name(), Errno.describe(error), problem, mend));
    }
}
