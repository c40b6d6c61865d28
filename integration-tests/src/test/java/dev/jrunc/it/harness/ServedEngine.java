// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;

/**
 * A resident engine of one test's own.
 *
 * @param keeper the call of {@code engine serve}
 * @param pid the engine's
 */
public record ServedEngine(Lab lab, Path socket, Running keeper, long pid) implements AutoCloseable {

    /** One that serves at a socket in a folder of its own. */
    public static ServedEngine serve(Lab lab, String... options) {
        return serve(lab, List.of(), options);
    }

    /** The same through another program. */
    public static ServedEngine serve(Lab lab, List<String> through, String... options) {
        Path socket = socketIn(lab.newFolder("engine"));
        List<String> words = new ArrayList<>(List.of("engine", "serve", "--socket", socket.toString()));
        words.addAll(List.of(options));
        Call call = lab.plainCall(words.toArray(String[]::new)).cold().through(through.toArray(String[]::new));
        return await(lab, socket, call.start());
    }

    /** Where one may be whose folder is made for it. */
    public static Path socketIn(Path folder) {
        return folder.resolve("place/engine.sock");
    }

    /**
     * Waits until it answers.
     *
     * @param caller words in front of the call that asks it
     */
    public static ServedEngine await(Lab lab, Path socket, Running keeper, String... caller) {
        Call status = lab.plainCall("engine", "status", "-f", "json")
                .with(EngineChoice.VARIABLE, choice(socket))
                .through(caller);
        AtomicReference<Result> last = new AtomicReference<>();
        Await.until(
                "an engine at " + socket,
                () -> {
                    last.set(status.now());
                    return last.get().exit() == 0;
                },
                () -> last.get() + keeper.stderr());
        return new ServedEngine(
                lab, socket, keeper, last.get().json().path("pid").asLong());
    }

    private static String choice(Path socket) {
        return "unix:" + socket;
    }

    /** A call that this engine alone may serve. */
    public Call on(Call call) {
        return call.with(EngineChoice.VARIABLE, choice(socket));
    }

    /** What it says of itself. */
    public JsonNode status() {
        return on(lab.plainCall("engine", "status", "-f", "json"))
                .now()
                .succeeded()
                .json();
    }

    /** Waits until it serves nobody but who asks. */
    public void awaitIdle() {
        Await.until(
                "no call but the one that asks", () -> status().path("active").asInt() == 1, this::status);
    }

    /** Waits until its process has ended. */
    public void awaitEnd() {
        Await.until("the engine's end", () -> !Processes.isRunning(pid), keeper::stderr);
    }

    @Override
    public void close() {
        if (keeper.isAlive()) {
            keeper.signal("TERM").await().exited(0);
        }
        awaitEnd();
    }
}
