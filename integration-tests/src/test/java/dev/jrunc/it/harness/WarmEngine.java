// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The resident engine that serves all calls of the tests where {@code JRUNC_IT_ENGINE} is {@code warm}: one for the whole run, with a
 * socket of its own. At the end it must have served calls, and have left nothing.
 */
final class WarmEngine implements AutoCloseable {
    private final OciRuntime runtime;
    private final Path folder;
    private final Process keeper;
    private final long engine;
    private final List<String> descriptorsAtFirst;

    private WarmEngine(OciRuntime runtime, Path folder, Process keeper) {
        this.runtime = runtime;
        this.folder = folder;
        this.keeper = keeper;
        Await.until("the resident engine", this::answers, this::output);
        this.engine = status().path("pid").asLong();
        this.descriptorsAtFirst = descriptors();
    }

    /** The one that the environment asks for; none where the tests are to start an engine for every call. */
    static Optional<WarmEngine> asAskedFor(Map<String, String> environment, OciRuntime runtime) {
        String asked = environment.getOrDefault("JRUNC_IT_ENGINE", "cold");
        return switch (asked) {
            case "cold" -> Optional.empty();
            case "warm" -> Optional.of(start(runtime));
            default -> throw new IllegalStateException("JRUNC_IT_ENGINE is " + asked + ": expected cold or warm");
        };
    }

    private static WarmEngine start(OciRuntime runtime) {
        if (!runtime.isJrunc()) {
            throw new IllegalStateException("JRUNC_IT_ENGINE=warm: only jrunc has an engine");
        }
        try {
            Path folder = Files.createTempDirectory("jrunc-warm-");
            try {
                return start(runtime, folder);
            } catch (Throwable failure) {
                Host.removeTree(folder);
                throw failure;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WarmEngine start(OciRuntime runtime, Path folder) throws IOException {
        List<String> words = new ArrayList<>(runtime.command());
        words.addAll(List.of("engine", "serve", "--socket", socketIn(folder).toString()));
        Process keeper = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        try {
            keeper.getOutputStream().close();
            return new WarmEngine(runtime, folder, keeper);
        } catch (Throwable failure) {
            ClientPlace.stop(keeper);
            throw failure;
        }
    }

    private static Path socketIn(Path folder) {
        return folder.resolve("place/engine.sock");
    }

    /** What {@code JRUNC_ENGINE} has to be for a call that only this engine may serve. */
    String choice() {
        return "unix:" + socketIn(folder);
    }

    private boolean answers() {
        try {
            status();
            return true;
        } catch (AssertionError notYet) {
            return false;
        }
    }

    private JsonNode status() {
        return Json.parse(call("engine", "status", "-f", "json"));
    }

    private String call(String... words) {
        List<String> all = new ArrayList<>(List.of("env", "JRUNC_ENGINE=" + choice()));
        all.addAll(runtime.command());
        all.addAll(List.of(words));
        return Host.run(all.toArray(String[]::new));
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> descriptors() {
        return EngineFds.of(engine, runtime.path().resolve("../..").normalize());
    }

    private List<String> newDescriptors() {
        List<String> left = new ArrayList<>(descriptors());
        descriptorsAtFirst.forEach(left::remove);
        return left;
    }

    @Override
    public void close() {
        try {
            long calls = 0;
            for (JsonNode command : status().path("commands")) {
                calls += command.path("calls").asLong();
            }
            assertTrue(calls > 1, "calls that the resident engine served");
            Await.within(Await.LIMIT, () -> newDescriptors().isEmpty());
            assertEquals(List.of(), newDescriptors(), "what the resident engine has open, and had not at first");
            call("engine", "stop");
            Await.until("the resident engine's end", () -> !keeper.isAlive(), this::output);
            assertEquals(0, keeper.exitValue(), this::output);
            assertFalse(Processes.isRunning(engine), "the resident engine still runs");
            assertFalse(Files.exists(socketIn(folder)), "the socket is still there");
        } finally {
            ClientPlace.stop(keeper);
            Host.removeTree(folder);
        }
    }
}
