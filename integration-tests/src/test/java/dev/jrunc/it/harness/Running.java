// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call that was started. */
public final class Running {
    private final OciRuntime.Kind kind;
    private final String command;
    private final Process process;
    private final Path stdout;
    private final Path stderr;
    private final @Nullable Path log;

    Running(OciRuntime.Kind kind, String command, Process process, Path stdout, Path stderr, @Nullable Path log) {
        this.kind = kind;
        this.command = command;
        this.process = process;
        this.stdout = stdout;
        this.stderr = stderr;
        this.log = log;
    }

    /** The pid of the process that was called. */
    public long pid() {
        return process.pid();
    }

    /** The pid of the engine that the call has started for itself. */
    public long engine() {
        List<Long> engines = Processes.children(pid()).entrySet().stream()
                .filter(child -> child.getValue().equals("java"))
                .map(Map.Entry::getKey)
                .toList();
        assertEquals(1, engines.size(), () -> "engines of " + this);
        return engines.getFirst();
    }

    /** Whether the call hasn't returned yet. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** What the call and its container have written to standard output so far. */
    public String stdout() {
        return read(stdout);
    }

    /** What the call and its container have written to standard error so far. */
    public String stderr() {
        return read(stderr);
    }

    /** Waits until standard output has this text. */
    public Running awaitOutput(String text) {
        Await.until(
                "\"" + text + "\" on stdout of `" + command + "`",
                () -> stdout().contains(text),
                () -> (isAlive() ? "still running; " : "ended with " + process.exitValue() + "; ")
                        + stdout()
                        + stderr());
        return this;
    }

    /** Writes to standard input of a call that was made {@link Call#interactive}. */
    public Running type(String text) {
        try {
            process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("can't write to stdin of `" + command + "`", e);
        }
        return this;
    }

    /** Sends a signal to the process that was called, by the name that kill(1) knows. */
    public Running signal(String name) {
        Signals.send(process.pid(), name);
        return this;
    }

    /** The same, unless it has ended meanwhile: the JDK may know of that a moment later than kill(1). */
    public Running signalIfRunning(String name) {
        try {
            return signal(name);
        } catch (AssertionError e) {
            if (Await.within(Await.LIMIT, () -> !isAlive())) {
                return this;
            }
            throw e;
        }
    }

    /** Waits until the call returns. */
    public Result await() {
        return await(Await.LIMIT);
    }

    Result await(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                String seen = stdout() + stderr();
                stop();
                throw new AssertionError(
                        "waited " + limit.toSeconds() + " s for `" + command + "` to return; it had printed: " + seen);
            }
        } catch (InterruptedException e) {
            stop();
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for `" + command + "`", e);
        }
        return new Result(kind, command, process.exitValue(), stdout(), stderr(), logLines());
    }

    private List<String> logLines() {
        return log == null || !Files.exists(log) ? List.of() : read(log).lines().toList();
    }

    /** Ends the process that was called, whatever it does. */
    void stop() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public String toString() {
        return "`" + command + "`";
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
