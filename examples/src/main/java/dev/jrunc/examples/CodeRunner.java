// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.examples;

import dev.jrunc.api.Capture;
import dev.jrunc.api.ExitStatus;
import dev.jrunc.api.Jrunc;
import dev.jrunc.api.Limits;
import dev.jrunc.api.OwnedContainer;
import dev.jrunc.api.SpecBuilder;
import dev.jrunc.api.Stdio;
import dev.jrunc.error.JruncException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Runs code that nobody has read: without network, capabilities or a place to write but 16 MiB of memory, with limits of memory, CPU
 * time and processes, for some seconds.
 *
 * <p>{@code java dev.jrunc.examples.CodeRunner STATES ROOTFS FILE PROGRAM...}: the program gets the file's path as its last argument.
 */
public final class CodeRunner implements AutoCloseable {

    private static final long NOBODY = 65534;
    private static final long SCRATCH_BYTES = 16 << 20;
    private static final int MAX_OUTPUT_BYTES = 64 * 1024;
    private static final Limits LIMITS =
            Limits.none().memory(64 << 20).tasks(32).cpus(0.5);

    private final Jrunc jrunc;
    private final Path rootfs;
    private final AtomicLong jobs = new AtomicLong();

    /**
     * @param states a folder for the states of containers
     * @param rootfs a root file system with the interpreters; it is shown read-only
     */
    public CodeRunner(Path states, Path rootfs) {
        this(Jrunc.open(states), rootfs);
    }

    CodeRunner(Jrunc jrunc, Path rootfs) {
        this.jrunc = jrunc;
        this.rootfs = rootfs;
    }

    /**
     * What became of the code.
     *
     * @param status empty when it took too long
     * @param output of both outputs
     * @param droppedBytes how many there were beyond {@value #MAX_OUTPUT_BYTES}
     */
    public record Outcome(Optional<ExitStatus> status, String output, long droppedBytes) {}

    /**
     * Runs code to its end, or as long as it may. By any number of threads.
     *
     * @param program that interprets it, and its arguments
     * @param code the text
     * @throws JruncException when it could not even begin
     */
    public Outcome run(List<String> program, String code, Duration limit) throws IOException, InterruptedException {
        Path bundle = Files.createTempDirectory("code-");
        try {
            Path source = Files.writeString(bundle.resolve("code"), code);
            SpecBuilder.rootful()
                    .rootfs(rootfs, false)
                    .args(Stream.concat(program.stream(), Stream.of("/dev/shm/code"))
                            .toList())
                    .bind(source, "/dev/shm/code", false)
                    .tmpfs("/tmp", SCRATCH_BYTES)
                    .cwd("/tmp")
                    .user(NOBODY, NOBODY)
                    .withoutCapabilities()
                    .limits(LIMITS)
                    .writeTo(bundle);
            return run(bundle, limit);
        } finally {
            delete(bundle);
        }
    }

    private Outcome run(Path bundle, Duration limit) throws InterruptedException {
        Capture output = Capture.upTo(MAX_OUTPUT_BYTES);
        String id = "code-" + ProcessHandle.current().pid() + "-" + jobs.incrementAndGet();
        Optional<ExitStatus> status;
        try (OwnedContainer container =
                jrunc.run(id, bundle, Stdio.none().output(output).error(output))) {
            status = container.waitFor(limit);
        } // it is gone now, whatever it was doing
        return new Outcome(status, output.text(), output.dropped());
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() {
        jrunc.close();
    }

    /** Exits with the code's status, or with 124 when it took more than ten seconds. */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (CodeRunner runner = new CodeRunner(Path.of(args[0]), Path.of(args[1]))) {
            List<String> program = List.of(args).subList(3, args.length);
            Outcome outcome = runner.run(program, Files.readString(Path.of(args[2])), Duration.ofSeconds(10));
            System.out.print(outcome.output());
            System.exit(outcome.status().map(ExitStatus::number).orElse(124));
        } catch (JruncException e) {
            System.err.println("it could not be run: " + e.getMessage());
            System.exit(125);
        }
    }
}
