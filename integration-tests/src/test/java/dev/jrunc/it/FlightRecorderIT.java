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
import dev.jrunc.it.harness.ServedEngine;
import java.io.IOException;
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

    /** Standard output of the recording goes to the file. */
    private static Call record(ServedEngine engine, String duration, Path file) {
        return engine.on(engine.lab().plainCall("engine", "record", "--duration", duration))
                .through("sh", "-c", "exec \"$0\" \"$@\" >" + file);
    }

    /** Of the JDK and of recordings, in the folder for all. */
    private static List<String> temporary(ServedEngine engine) {
        String[] names = Path.of("/tmp").toFile().list();
        return Stream.of(names)
                .filter(name -> name.endsWith("_" + engine.pid()) || name.startsWith("jrunc-recording-" + engine.pid()))
                .toList();
    }

    /** Those of the first call of that command: of several calls they are in no order. */
    private static List<RecordedEvent> spansOfOne(List<RecordedEvent> events, String command) {
        List<RecordedEvent> spans = events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.jrunc.Span"))
                .filter(event -> event.getString("command").equals(command))
                .toList();
        assertFalse(spans.isEmpty(), () -> "no spans of " + command + " in " + events.size() + " events");
        long front = spans.getFirst().getLong("front");
        return spans.stream().filter(span -> span.getLong("front") == front).toList();
    }

    private static RecordedEvent span(List<RecordedEvent> spans, String operation) {
        return spans.stream()
                .filter(event -> event.getString("operation").equals(operation))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + operation + " in " + spans));
    }

    private static Duration began(RecordedEvent span) {
        return span.getDuration("began");
    }

    private static Duration ended(RecordedEvent span) {
        return began(span).plus(span.getDuration("took"));
    }

    /** Whoever runs containers in the meantime. Calls before the recording began are not in it. */
    private static void runUntilItEnds(Lab lab, ServedEngine engine, Running recording) {
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
        try (ServedEngine engine = ServedEngine.serve(lab)) {
            Running recording = record(engine, "4s", file).start();
            runUntilItEnds(lab, engine, recording);
            recording.await().succeeded();

            List<RecordedEvent> events = RecordingFile.readAllEvents(file);
            List<RecordedEvent> spans = spansOfOne(events, "run");
            RecordedEvent spawn = span(spans, "SPAWN");
            RecordedEvent pivot = span(spans, "PIVOT_ROOT");
            RecordedEvent turn = span(spans, "think");
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
            assertEquals(List.of(), temporary(engine));
        }
    }

    @Test
    void aCallerThatGoesEndsItAndAnotherMayRecord(Lab lab) throws IOException {
        Path file = lab.folder().resolve("engine.jfr");
        try (ServedEngine engine = ServedEngine.serve(lab)) {
            Running first = record(engine, "1h", file).start();
            Await.until(
                    "the recorder's thread",
                    () -> Processes.threads(engine.pid()).contains("JFR Recorder Th"),
                    () -> Processes.threads(engine.pid()));
            record(engine, "10ms", lab.folder().resolve("second.jfr"))
                    .now()
                    .failedSaying("engine failed: the engine is being recorded already");
            first.signal("KILL").await();
            Await.until(
                    "the end of the recording",
                    () -> record(engine, "10ms", file).now().exit() == 0,
                    engine.keeper()::stderr);

            assertFalse(RecordingFile.readAllEvents(file).isEmpty());
            assertEquals(List.of(), temporary(engine));
        }
    }

    /** And serves on. */
    @Test
    void anEngineThatMayNotWriteAnywhere(Lab lab) {
        String script = "for folder in /tmp /var/tmp " + lab.folder() + "; do mount --bind $folder $folder"
                + " && mount -o remount,bind,ro $folder; done && mount -o remount,bind,rw " + lab.folder()
                + " && exec \"$0\" \"$@\"";
        try (ServedEngine engine = ServedEngine.serve(lab, List.of("unshare", "--mount", "sh", "-c", script))) {
            record(engine, "10ms", lab.folder().resolve("none.jfr"))
                    .now()
                    .failedSaying("engine failed: the JDK can't record: ", "/tmp");
            engine.on(lab.call("list")).now().succeeded();
        }
    }

    @Test
    void whatCanNotBeRecorded(Lab lab) {
        lab.plainCall("engine", "record").cold().now().failedSaying("engine failed: no resident engine answers");
        try (ServedEngine engine = ServedEngine.serve(lab)) {
            for (String duration : List.of("0", "25h", "soon")) {
                record(engine, duration, lab.folder().resolve("none.jfr"))
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
