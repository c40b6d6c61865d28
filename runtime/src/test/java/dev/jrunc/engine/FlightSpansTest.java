// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.ContainerError;
import dev.jrunc.json.TraceEvents.Row;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Recordings of a resident engine, read by the JDK's own parser. */
@Timeout(60)
class FlightSpansTest {

    private static final long TURN_MILLIS = 50;

    @TempDir
    private Path folder;

    private ResidentEngine engine() throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("engine.sock")));
        return new ResidentEngine(server, Set.of(), residency -> front -> 0, failure -> {});
    }

    private List<RecordedEvent> read(byte[] recording) throws IOException {
        Path file = Files.write(folder.resolve("engine.jfr"), recording);
        return RecordingFile.readAllEvents(file);
    }

    private static List<RecordedEvent> spans(List<RecordedEvent> events) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.jrunc.Span"))
                .toList();
    }

    /** A call of three spans, made while it records. */
    private static void play(ResidentEngine engine) {
        FlightSpans flight =
                requireNonNull(engine.flight("create", Calls.of(List.of("create", "a"), List.of(), "/", 0, "6.1")));
        flight.span(Row.FRONT, "MKDIR", 1_000, 3_500, Map.of("origin", "state", "errno", "17"));
        flight.span(Row.INIT, "PIVOT_ROOT", 4_000, 4_250, Map.of("origin", "/root/path"));
        flight.turn();
        try {
            Thread.sleep(TURN_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        flight.span(Row.ENGINE, "think", 5_000, 6_000, Map.of("next", "SPAWN"));
    }

    @Test
    void spansAreEventsBesideTheJdks() throws Exception {
        ResidentEngine engine = engine();
        List<RecordedEvent> events = read(engine.record(1, () -> play(engine)));

        List<RecordedEvent> spans = spans(events);
        RecordedEvent front = spans.getFirst();
        assertEquals("front", front.getString("row"));
        assertEquals("MKDIR", front.getString("operation"));
        assertEquals("state", front.getString("origin"));
        assertEquals("17", front.getString("failure"));
        assertEquals("create", front.getString("command"));
        assertEquals(Duration.ofNanos(1_000), front.getDuration("began"));
        assertEquals(Duration.ofNanos(2_500), front.getDuration("took"));
        RecordedEvent init = spans.get(1);
        assertEquals(
                "init PIVOT_ROOT /root/path",
                init.getString("row") + " " + init.getString("operation") + " " + init.getString("origin"));
        RecordedEvent turn = spans.get(2);
        assertEquals("engine", turn.getString("row"));
        assertTrue(turn.getDuration().toMillis() >= TURN_MILLIS, turn::toString);
        assertTrue(
                events.stream().anyMatch(event -> event.getEventType().getName().equals("jdk.JVMInformation")),
                "the JVM's own events");
    }

    @Test
    void nothingGoesAnywhereWhileNothingIsRecorded() throws IOException {
        ResidentEngine engine = engine();
        assertEquals(null, engine.flight("state", Calls.of(List.of("state", "a"), List.of(), "/", 0, "6.1")));
        engine.record(1, () -> {});
        assertEquals(null, engine.flight("state", Calls.of(List.of("state", "a"), List.of(), "/", 0, "6.1")));
    }

    @Test
    void oneAtATime() throws IOException {
        ResidentEngine engine = engine();
        AtomicReference<String> refusal = new AtomicReference<>("");
        engine.record(
                1,
                () -> refusal.set(assertThrows(ContainerError.class, () -> engine.record(1, () -> {}))
                        .getMessage()));

        assertEquals("the engine is being recorded already", refusal.get());
        assertTrue(engine.record(1, () -> {}).length > 0);
    }

    @Test
    void aCallerThatHasGoneEndsIt() throws IOException {
        ResidentEngine engine = engine();
        Runnable gone = () -> {
            throw new IllegalStateException("gone");
        };
        assertThrows(IllegalStateException.class, () -> engine.record(100_000, gone));

        assertTrue(engine.record(1, () -> {}).length > 0);
    }

    @Test
    void nothingIsLeftInTheTemporaryFolder() throws IOException {
        engine().record(1, () -> {});

        assertEquals(List.of(), temporary());
    }

    /** Of this process, or of recordings. */
    private static List<String> temporary() throws IOException {
        long pid = ProcessHandle.current().pid();
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("_" + pid) || name.startsWith("jrunc-recording-" + pid))
                    .toList();
        }
    }
}
