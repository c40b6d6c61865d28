// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.faults;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.EngineFds;
import dev.jrunc.it.harness.FakeCriu;
import dev.jrunc.it.harness.FaultBuild;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The test build in a lab: a tree of its own, so that its engines can be told from others, with a resident engine, and calls of it
 * with a fault, which have that engine or one of their own.
 */
final class FaultPlace {
    private static final Duration DEATH = Duration.ofMillis(500);

    private final Lab lab;
    private final Path tree;
    private final boolean warm;
    private final @Nullable FakeCriu criu;
    private @Nullable Running keeper;
    private long engine;
    private int calls;

    /** @param criu for calls with a fault; null: none is needed */
    FaultPlace(Lab lab, boolean warm, @Nullable FakeCriu criu) {
        this.lab = lab;
        this.warm = warm;
        this.criu = criu;
        this.tree = lab.folder().resolve("tree");
        Path faulty = FaultBuild.of(lab.runtime());
        Path lib = lab.runtime().path().resolve("../../lib").normalize();
        Host.run("mkdir", "-p", tree.resolve("bin").toString());
        Host.run("cp", "-a", "--reflink=auto", lib.toString(), tree.toString());
        Host.run("cp", "-a", faulty.toString(), program());
        serve();
    }

    private String program() {
        return tree.resolve("bin/jrunc").toString();
    }

    private String socket() {
        return tree.resolve("engine/engine.sock").toString();
    }

    private void serve() {
        keeper = lab.host(program(), "engine", "serve", "--socket", socket()).start();
        Await.until(
                "a resident engine",
                () -> call("engine", "status", "-f", "json").now().exit() == 0,
                keeper::stderr);
        engine = call("engine", "status", "-f", "json")
                .now()
                .succeeded()
                .json()
                .path("pid")
                .asLong();
    }

    /** Ends the resident engine. */
    void close() {
        if (keeper != null) {
            keeper.signalIfRunning("TERM").await();
        }
    }

    /** What belongs to the resident engine, in lines of a census. */
    boolean isEngines(String line) {
        return keeper != null
                && (line.startsWith("process pid " + engine + ",")
                        || line.startsWith("process pid " + keeper.pid() + ","));
    }

    /** What the resident engine has open, but for its own files and pollers. */
    List<String> engineDescriptors() {
        return EngineFds.of(engine, tree);
    }

    /** A call without a fault, by the resident engine. */
    Call call(String... words) {
        return lab.host(program())
                .globally("--root", lab.stateRoot().toString())
                .globally(words)
                .with("JRUNC_ENGINE", "unix:" + socket());
    }

    /** {@code none} for no container. */
    String status(String id) {
        Result result = call("state", id).now();
        if (result.exit() == 0) {
            return result.json().path("status").asString();
        }
        return result.exit() == 1 && result.stderr().contains("container does not exist") ? "none" : result.toString();
    }

    /** The points that a call comes to. */
    record Recording(Result result, List<Point> points) {}

    /** Makes a call and records its points. */
    Recording record(List<String> words) {
        Notices notices = new Notices();
        Result result = notices.call(words, "record").now();
        List<Point> points = new ArrayList<>();
        boolean withState = false;
        boolean withInit = false;
        for (String line : notices.lines()) {
            String[] fields = line.split(" ", -1);
            withState |= line.startsWith("front after OPEN_STATE ");
            withInit |= line.startsWith("front after SPAWN ") || line.startsWith("front after ENTER ");
            boolean init = fields[0].equals("init");
            points.add(new Point(
                    fields[0],
                    fields[1],
                    fields[2],
                    Integer.parseInt(fields[3]),
                    fields[4].equals("may-fail"),
                    withState || init,
                    withInit || init));
        }
        return new Recording(result, points);
    }

    /**
     * What came of a call with a fault.
     *
     * @param hit whether the call came to the point
     * @param killed the last process that was killed; 0: nobody
     */
    record Faulted(boolean hit, long killed, Result result) {}

    /**
     * Makes a call with a fault.
     *
     * @param init the process of the container that is there already; 0: none
     */
    Faulted call(List<String> words, Point point, Fault fault, long init) {
        Notices notices = new Notices();
        boolean holds = fault != Fault.ERROR;
        Running running =
                notices.call(words, point.text() + (holds ? " hold" : " error")).start();
        long killed = 0;
        if (holds) {
            Await.until(
                    "the fault " + point.text(),
                    () -> !running.isAlive() || notices.lines().contains("held"),
                    notices::lines);
            if (notices.lines().contains("held")) {
                killed = strike(running, fault, init);
                notices.goOn();
            }
        }
        Result result = running.await();
        boolean hit = notices.lines().contains("hit");
        if (fault.killsEngine() && warm && hit) {
            if (keeper != null) {
                keeper.await();
            }
            serve();
        }
        return new Faulted(hit, killed, result);
    }

    /** @return whom it killed; 0: nobody */
    private long strike(Running running, Fault fault, long init) {
        return switch (fault) {
            case ERROR -> 0;
            case DELAY -> {
                // What the others do meanwhile is to come to its end, or to wait.
                Await.within(Duration.ofMillis(30), () -> false);
                yield 0;
            }
            case KILL_INIT -> kill(child(running.pid(), "jrunc:["), init);
            case KILL_STAGE -> kill(child(running.pid(), "jrunc:["), 0);
            case KILL_FRONT -> kill(OptionalLong.of(running.pid()), 0);
            case KILL_ENGINE -> killEngine(running);
            case KILL_FRONT_AND_ENGINE -> killEngine(running) == 0 ? 0 : kill(OptionalLong.of(running.pid()), 0);
        };
    }

    private long killEngine(Running running) {
        return kill(warm ? OptionalLong.of(engine) : child(running.pid(), "java"), 0);
    }

    private static long kill(OptionalLong found, long otherwise) {
        long pid = found.orElse(otherwise);
        if (pid <= 0 || !Processes.isRunning(pid)) {
            return 0;
        }
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        // In a frozen cgroup of version 1 it doesn't die before it is thawed, nor while somebody hasn't reaped who was
        // in its pid namespace.
        Await.within(DEATH, () -> !Processes.isRunning(pid));
        return pid;
    }

    private static OptionalLong child(long parent, String name) {
        return Processes.children(parent).entrySet().stream()
                .filter(child -> child.getValue().startsWith(name))
                .mapToLong(Map.Entry::getKey)
                .findFirst();
    }

    /** The files of one call with a fault. */
    private final class Notices {
        private final Path notices;
        private final Path go;

        Notices() {
            calls++;
            notices = lab.folder().resolve("notices" + calls);
            go = lab.folder().resolve("go" + calls);
        }

        Call call(List<String> words, String fault) {
            Call call = FaultPlace.this
                    .call(words.toArray(String[]::new))
                    .with("JRUNC_ENGINE", warm ? "unix:" + socket() : "cold")
                    .with("JRUNC_FAULT", fault)
                    .with("JRUNC_FAULT_FILES", notices + ":" + go);
            if (criu == null) {
                return call;
            }
            criu.beginAgain();
            return criu.seenBy(call);
        }

        List<String> lines() {
            try {
                return Files.exists(notices) ? Files.readAllLines(notices) : List.of();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void goOn() {
            // For reading as well: nobody may be left who waits.
            try (RandomAccessFile fifo = new RandomAccessFile(go.toFile(), "rw")) {
                fifo.write('g');
                Await.within(Duration.ofMillis(2), () -> false);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
