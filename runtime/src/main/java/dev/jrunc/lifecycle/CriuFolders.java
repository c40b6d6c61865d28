// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.criu.CriuOptions;
import dev.jrunc.criu.ErrorLines;
import dev.jrunc.criu.Requests;
import dev.jrunc.criu.Rpc;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.Annotation;
import java.util.Map;

/** The folders of a checkpoint: that of its images, and that of criu's log and work files. */
final class CriuFolders {

    private static final String DEFAULT_IMAGES = "checkpoint";
    private static final long MAX_LOG_BYTES = 32L * 1024 * 1024;
    private static final long FOLDER_MODE = 0700;
    private static final long FORMAT = 0170000;
    private static final long DIRECTORY = 0040000;

    /** Of criu's options; runc's, where there is none for jrunc. */
    private static final String[] CONFIG_FILES = {"/etc/criu/jrunc.conf", "/etc/criu/runc.conf"};

    private final Front front;
    private final Origin origin;
    private final String images;
    private final String work;

    CriuFolders(Front front, Origin origin, CriuOptions options) {
        this.front = front;
        this.origin = origin;
        String given = options.imagePath();
        this.images = front.call().absolute(given == null ? DEFAULT_IMAGES : given);
        String workPath = options.workPath();
        this.work = workPath == null ? "" : front.call().absolute(workPath);
    }

    /** Absolute. */
    String images() {
        return images;
    }

    /** What is missing of them, for their owner alone: images are what was in memory. */
    void make() {
        make(images);
        makeWork();
    }

    void makeWork() {
        if (!work.isEmpty()) {
            make(work);
        }
    }

    private void make(String path) {
        if (isFolder(path)) {
            return;
        }
        int slash = path.lastIndexOf('/', path.length() - 2);
        front.execute(new HostOperation.MakeMountpoint(origin, "/", path.substring(0, slash + 1), false));
        front.execute(new HostOperation.MakeFolder(origin, path, FOLDER_MODE));
    }

    private boolean isFolder(String path) {
        Result found = front.attempt(new HostOperation.RealPath(origin, path));
        return found.ok() && (found.value() & FORMAT) == DIRECTORY;
    }

    /** @throws OperationFailed for what is no folder */
    void checkImages() {
        checkFolder(images, "--image-path");
    }

    void checkFolder(String path, String option) {
        Result found = front.execute(new HostOperation.RealPath(Origin.rule(option), path));
        if ((found.value() & FORMAT) != DIRECTORY) {
            throw new OperationFailed("REAL_PATH", option, Errno.ENOTDIR.number(), option + " " + path);
        }
    }

    /** Opens them for a criu that has been started. */
    Requests.Folders open(Map<String, String> annotations) {
        return new Requests.Folders(open(images), work.isEmpty() ? -1 : open(work), configFile(annotations));
    }

    private int open(String path) {
        return (int) front.execute(new HostOperation.CriuFolder(origin, path)).value();
    }

    private String configFile(Map<String, String> annotations) {
        String given = annotations.get(Annotation.CRIU_CONFIG.key());
        if (given != null) {
            return given;
        }
        for (String file : CONFIG_FILES) {
            if (front.attempt(new HostOperation.RealPath(origin, file)).ok()) {
                return file;
            }
        }
        return "";
    }

    /**
     * What a criu that could not do it has to say.
     *
     * @param what was tried, such as "dump"
     * @param output what it has printed
     */
    OperationFailed failure(String what, Rpc.Resp answer, String logFile, String output) {
        String log = (work.isEmpty() ? images : work) + "/" + logFile;
        Result read = front.attempt(new HostOperation.ReadFile(origin, log, MAX_LOG_BYTES));
        String lines = read.ok() ? ErrorLines.of(read.data().utf8()) : "";
        String said = !lines.isEmpty() ? lines : !answer.getCrErrmsg().isEmpty() ? answer.getCrErrmsg() : output;
        return new OperationFailed(
                "CRIU",
                origin.text(),
                answer.getCrErrno(),
                "criu could not " + what + " it" + (said.isEmpty() ? "" : ": " + said.strip())
                        + (read.ok() ? ": its log is " + log : ""));
    }
}
