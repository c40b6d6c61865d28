// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;

/** {@code engine record}: what JDK Flight Recorder sees of a resident engine, with the spans of the calls. */
@IntegrationTest
@JruncOnly("the peers have no engine")
class FlightRecorderIT {

    /** An engine of the test's own. */
    private record Engine(Lab lab, String choice, Running keeper, long pid) implements AutoCloseable {

        static Engine serve(Lab lab, String... through) {
            Path socket = lab.newFolder("engine").resolve("place/engine.sock");
            Running keeper = lab.plainCall("engine", "serve", "--socket", socket.toString())
                    .cold()
                    .through(through)
                    .start();
            Call status = lab.plainCall("engine", "status", "-f", "json").with("JRUNC_ENGINE", "unix:" + socket);
            Await.until(
                    "an engine at " + socket,
                    () -> Files.exists(socket) && status.now().exit() == 0,
                    keeper::stderr);
            return new Engine(
                    lab,
                    "unix:" + socket,
                    keeper,
                    status.now().json().path("pid").asLong());
        }

        Call on(Call call) {
            return call.with("JRUNC_ENGINE", choice);
        }

        /** Calls that are being served, this one included. */
        int active() {
            return on(lab.plainCall("engine", "status", "-f", "json"))
                    .now()
                    .succeeded()
                    .json()
                    .path("active")
                    .asInt();
        }

        /** Standard output of the recording goes to the file. */
        Call record(String duration, Path file) {
            return on(lab.plainCall("engine", "record", "--duration", duration))
                    .through("sh", "-c", "exec \"$0\" \"$@\" >" + file);
        }

        /** Of the JDK, in the folder for all. */
        List<String> temporary() throws IOException {
            try (Stream<Path> files = Files.list(Path.of("/tmp"))) {
                return files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith("_" + pid) || name.startsWith("jrunc-recording-"))
                        .toList();
            }
        }

        @Override
        public void close() {
            if (keeper.isAlive()) {
                keeper.signal("TERM").await().exited(0);
            }
            Await.until("the engine's end", () -> !Processes.isRunning(pid), keeper::stderr);
        }
    }

    private static RecordedEvent span(List<RecordedEvent> events, String command, String operation) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.jrunc.Span"))
                .filter(event -> event.getString("command").equals(command))
                .filter(event -> event.getString("operation").equals(operation))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + operation + " of " + command));
    }

    private static Duration began(RecordedEvent span) {
        return span.getDuration("began");
    }

    private static Duration ended(RecordedEvent span) {
        return began(span).plus(span.getDuration("took"));
    }

    /** Whoever runs containers in the meantime. Calls before the recording began are not in it. */
    private static void runUntilItEnds(Lab lab, Engine engine, Running recording) {
        while (recording.isAlive()) {
            engine.on(lab.runCall(lab.bundle().payload("print", "it ran"), lab.nextId()))
                    .now()
                    .succeeded()
                    .printed("it ran");
        }
    }

    @Test
    void allCallsOfTheTimeAreInIt(Lab lab) throws IOException {
        Path file = lab.folder().resolve("engine.jfr");
        try (Engine engine = Engine.serve(lab)) {
            Running recording = engine.record("4s", file).start();
            runUntilItEnds(lab, engine, recording);
            recording.await().succeeded();

            List<RecordedEvent> events = RecordingFile.readAllEvents(file);
            RecordedEvent spawn = span(events, "run", "SPAWN");
            RecordedEvent pivot = span(events, "run", "PIVOT_ROOT");
            RecordedEvent turn = span(events, "run", "think");
            assertEquals("front", spawn.getString("row"));
            assertEquals("init", pivot.getString("row"));
            assertEquals("/root/path", pivot.getString("origin"));
            assertEquals("engine", turn.getString("row"));
            assertTrue(began(turn).compareTo(began(spawn)) < 0, () -> turn + " " + spawn);
            assertTrue(ended(spawn).compareTo(began(pivot)) <= 0, () -> spawn + " " + pivot);
            assertTrue(pivot.getLong("front") > 1, pivot::toString);
            assertTrue(
                    events.stream()
                            .anyMatch(event -> event.getEventType().getName().equals("jdk.JVMInformation")),
                    "the JVM's own events");
            assertEquals(List.of(), engine.temporary());
        }
    }

    @Test
    void aCallerThatGoesEndsItAndAnotherMayRecord(Lab lab) throws IOException {
        Path file = lab.folder().resolve("engine.jfr");
        try (Engine engine = Engine.serve(lab)) {
            Running first = engine.record("1h", file).start();
            Await.until("the recording", () -> engine.active() == 2, first::stderr);
            engine.record("10ms", lab.folder().resolve("second.jfr"))
                    .now()
                    .failedSaying("engine failed: the engine is being recorded already");
            first.signal("KILL").await();
            Await.until(
                    "the end of the recording",
                    () -> engine.record("10ms", file).now().exit() == 0,
                    engine.keeper()::stderr);

            assertFalse(RecordingFile.readAllEvents(file).isEmpty());
            assertEquals(List.of(), engine.temporary());
        }
    }

    /** And serves on. */
    @Test
    void anEngineThatMayNotWriteAnywhere(Lab lab) {
        String script = "for folder in /tmp /var/tmp " + lab.folder() + "; do mount --bind $folder $folder"
                + " && mount -o remount,bind,ro $folder; done && mount -o remount,bind,rw " + lab.folder()
                + " && exec \"$0\" \"$@\"";
        try (Engine engine = Engine.serve(lab, "unshare", "--mount", "sh", "-c", script)) {
            engine.record("10ms", lab.folder().resolve("none.jfr"))
                    .now()
                    .failedSaying("engine failed: the JDK can't record: ", "/tmp");
            engine.on(lab.call("list")).now().succeeded();
        }
    }

    @Test
    void whatCanNotBeRecorded(Lab lab) {
        lab.plainCall("engine", "record").cold().now().failedSaying("engine failed: no resident engine answers");
        try (Engine engine = Engine.serve(lab)) {
            for (String duration : List.of("0", "25h", "soon")) {
                engine.record(duration, lab.folder().resolve("none.jfr"))
                        .now()
                        .failedSaying("invalid value \"" + duration + "\" for --duration");
            }
            Result onTerminal = engine.on(lab.plainCall("engine", "record"))
                    .through("sh", "-c", "exec script --quiet --return --command \"$0 $*\" /dev/null")
                    .now()
                    .exited(1);
            assertTrue(onTerminal.stdout().contains("standard output is a terminal"), onTerminal::toString);
        }
    }
}
