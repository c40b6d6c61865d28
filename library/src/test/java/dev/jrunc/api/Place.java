// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** A folder with states and a bundle whose programs are busybox; nothing may be left of its containers. */
final class Place implements AutoCloseable {

    static final Path PROGRAM =
            Path.of("../build/jrunc/bin/jrunc").toAbsolutePath().normalize();

    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    final Path folder = Files.createTempDirectory("jrunc-embed-");
    final Path states = folder.resolve("states");
    final Path bundle = Files.createDirectory(folder.resolve("bundle"));
    final Jrunc jrunc;

    Place() throws IOException {
        Path bin = Files.createDirectories(bundle.resolve("rootfs/bin"));
        Files.copy(BUSYBOX, bin.resolve("busybox"), StandardCopyOption.COPY_ATTRIBUTES);
        for (String applet : List.of("sh", "true", "cat", "sleep", "dd", "stty", "tty")) {
            Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
        }
        for (String mount : List.of("proc", "dev", "sys")) {
            Files.createDirectory(bundle.resolve("rootfs").resolve(mount));
        }
        jrunc = Jrunc.builder(states).program(PROGRAM).open();
    }

    Path shell(String script) throws IOException {
        return SpecBuilder.rootful().args("/bin/sh", "-c", script).writeTo(bundle);
    }

    /** @throws AssertionError when it doesn't come true in a minute */
    static void await(String what, Callable<Boolean> condition) throws Exception {
        long until = System.nanoTime() + LIMIT.toNanos();
        while (!condition.call()) {
            assertTrue(System.nanoTime() < until, "not within a minute: " + what);
            Thread.sleep(10);
        }
    }

    /** What there is below the states, and cgroups that are called so. */
    List<String> left(String id) throws IOException {
        List<String> left = new ArrayList<>();
        try (Stream<Path> ids = Files.exists(states) ? Files.list(states) : Stream.empty()) {
            ids.map(Path::toString).forEach(left::add);
        }
        cgroups(Path.of("/sys/fs/cgroup"), id, 5, left);
        return left;
    }

    /** Others make and remove theirs meanwhile. */
    private static void cgroups(Path folder, String id, int depth, List<String> found) {
        String[] names = depth == 0 ? null : folder.toFile().list();
        for (String name : names == null ? new String[0] : names) {
            Path path = folder.resolve(name);
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                if (name.equals(id)) {
                    found.add(path.toString());
                }
                cgroups(path, id, depth - 1, found);
            }
        }
    }

    /** A program of the host, which has to succeed. */
    static void host(String... words) throws IOException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.onExit().join().exitValue(), () -> String.join(" ", words) + ": " + output);
    }

    /** This program's children: fronts. */
    static List<ProcessHandle> fronts() {
        return ProcessHandle.current().children().toList();
    }

    /** The descriptors of a process that are this file; it may close others, and end, meanwhile. */
    static List<Path> openAt(long pid, Path file) {
        Path fds = Path.of("/proc", Long.toString(pid), "fd");
        String[] numbers = fds.toFile().list();
        List<Path> open = new ArrayList<>();
        for (String number : numbers == null ? new String[0] : numbers) {
            if (leadsTo(fds.resolve(number), file)) {
                open.add(fds.resolve(number));
            }
        }
        return open;
    }

    private static boolean leadsTo(Path fd, Path file) {
        try {
            return Files.readSymbolicLink(fd).equals(file);
        } catch (IOException gone) { // ENOENT of a descriptor, EACCES or ESRCH of a process
            return false;
        }
    }

    @Override
    public void close() {
        jrunc.close();
        try (Stream<Path> files = Files.walk(folder)) {
            // That of events which were closed may end after that.
            await("the end of all fronts", () -> fronts().isEmpty());
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (Exception e) {
            throw new AssertionError("left in " + folder, e);
        }
    }
}
