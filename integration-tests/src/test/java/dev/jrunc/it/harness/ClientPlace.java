// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Where a client of the runtime, and its daemon, keep all they have: a folder whose name is in its processes, mounts and cgroups,
 * too, by which what they leave is found in the end.
 */
public final class ClientPlace implements AutoCloseable {
    private static final int STOP_SECONDS = 60;

    private final String name;
    private final Path folder;

    /** @param kind two letters that tell clients apart: sockets have short paths */
    ClientPlace(String kind) throws IOException {
        byte[] random = new byte[4];
        ThreadLocalRandom.current().nextBytes(random);
        name = "jrunc-it-" + kind + "-" + HexFormat.of().formatHex(random);
        folder = Files.createDirectory(
                Path.of("/tmp", name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    /** Unique on this machine. */
    public String name() {
        return name;
    }

    public Path folder() {
        return folder;
    }

    Path resolve(String file) {
        return folder.resolve(file);
    }

    /** Starts a daemon, whose output goes to a file. */
    Process start(EngineChoice engine, String logFile, String... words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(resolve(logFile).toFile());
        engine.addTo(builder.environment());
        Process daemon = builder.start();
        daemon.getOutputStream().close();
        return daemon;
    }

    /** The output of a daemon so far. */
    String log(String logFile) {
        return Host.read(resolve(logFile));
    }

    static void stop(Process daemon) {
        daemon.destroy();
        try {
            if (!daemon.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                daemon.destroyForcibly();
            }
        } catch (InterruptedException e) {
            daemon.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private List<String> left() {
        List<String> left = new ArrayList<>(Processes.mentioning(name));
        left.addAll(Host.mountsBelow(folder));
        for (Path cgroup : Cgroups.mentioning(name)) {
            // The parent of all containers', and podman's for its monitors, are the client's own, which it leaves.
            if (!cgroup.endsWith(name) && !cgroup.endsWith(Path.of(name, "conmon"))) {
                left.add(cgroup.toString());
            }
        }
        return left;
    }

    /**
     * Ends and removes what is left, after the daemons have stopped.
     *
     * @param expected in what a client is known to leave
     * @throws AssertionError when there was something else
     */
    void close(Set<String> expected) {
        Await.within(Await.LIMIT, () -> unexpected(expected).isEmpty());
        List<String> left = unexpected(expected);
        try {
            Processes.endAllMentioning(name);
            Await.within(Await.LIMIT, () -> Processes.mentioning(name).isEmpty());
            Cgroups.mentioning(name).forEach(cgroup -> cgroup.toFile().delete());
            Host.unmountBelow(folder);
        } finally {
            Host.removeTree(folder);
        }
        assertEquals(List.of(), left, "left behind by the client or the runtime");
    }

    private List<String> unexpected(Set<String> expected) {
        return left().stream()
                .filter(one -> expected.stream().noneMatch(one::contains))
                .toList();
    }

    @Override
    public void close() {
        close(Set.of());
    }
}
