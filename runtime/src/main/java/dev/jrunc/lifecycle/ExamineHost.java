// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.doctor.Doctor;
import dev.jrunc.doctor.Host;
import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.json.EngineStatus;
import dev.jrunc.json.Examination;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** {@code doctor}: looks at the host through the front, with the caller's eyes. Nothing is made. */
public final class ExamineHost implements Host {

    private static final Origin LOOKING = Origin.rule("doctor");
    private static final long MAX_FILE_BYTES = 1 << 20;
    private static final long MAX_OUTPUT_BYTES = 1 << 16;

    /** For a program that is to say its version. */
    private static final long PROGRAM_MILLIS = 5000;

    /** S_IXUSR, S_IXGRP, S_IXOTH, and S_IFREG of inode(7). */
    private static final long EXECUTABLE = 0111;

    private static final long FILE_TYPE = 0170000;
    private static final long REGULAR = 0100000;

    private final Context context;
    private final Front front;

    public ExamineHost(Context context) {
        this.context = context;
        this.front = context.front();
    }

    /** @param status of the resident engine that serves this call; null: a cold one does */
    public Examination examine(@Nullable EngineStatus status) {
        Result own = look(new HostOperation.RealPath(LOOKING, "/proc/self/exe"));
        return Doctor.examine(
                this,
                new Doctor.Own(
                        own.ok() ? own.data().utf8() : "jrunc",
                        context.libraries().libseccompVersion(),
                        Runtime.version().toString(),
                        maps(),
                        status,
                        ServeEngine.socket(call())));
    }

    /** Of this engine, where its pid is the same process to the front. */
    private String maps() {
        String process = "/proc/" + ProcessHandle.current().pid();
        return read(process + "/cmdline").contains("dev.jrunc.Main") ? read(process + "/maps") : "";
    }

    private Result look(HostOperation operation) {
        return front.attempt(operation);
    }

    @Override
    public Call call() {
        return front.call();
    }

    @Override
    public String read(String path) {
        return file(path).map(content -> content.utf8().strip()).orElse("");
    }

    @Override
    public Optional<Bytes> file(String path) {
        Result result = look(new HostOperation.ReadFile(LOOKING, path, MAX_FILE_BYTES));
        return result.ok() ? Optional.of(result.data()) : Optional.empty();
    }

    @Override
    public boolean exists(String path) {
        return look(new HostOperation.RealPath(LOOKING, path)).ok();
    }

    @Override
    public List<String> names(String folder) {
        Result result = look(new HostOperation.ReadDirectory(LOOKING, folder));
        List<String> names = new ArrayList<>();
        StringTokenizer all = new StringTokenizer(result.ok() ? result.data().utf8() : "", "\0");
        while (all.hasMoreTokens()) {
            names.add(all.nextToken());
        }
        return names;
    }

    @Override
    public String program(String name) {
        String path = call().environment("PATH");
        StringTokenizer folders = new StringTokenizer(path == null ? "" : path, ":");
        while (folders.hasMoreTokens()) {
            String file = folders.nextToken() + "/" + name;
            Result found = look(new HostOperation.RealPath(LOOKING, file));
            boolean program = (found.value() & FILE_TYPE) == REGULAR && (found.value() & EXECUTABLE) != 0;
            if (found.ok() && program && file.startsWith("/")) {
                return file;
            }
        }
        return "";
    }

    @Override
    public String output(String... args) {
        Result result = look(new HostOperation.RunProgram(LOOKING, List.of(args), MAX_OUTPUT_BYTES, PROGRAM_MILLIS));
        return result.ok() ? result.data().utf8() : "";
    }

    @Override
    public int probe(String name) {
        Result result = look(new HostOperation.Probe(LOOKING, List.of(name)));
        return result.ok() ? Integer.parseInt(result.data().utf8().strip()) : Errno.EIO.number();
    }
}
