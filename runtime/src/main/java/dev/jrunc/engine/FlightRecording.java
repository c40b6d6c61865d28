// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.error.ContainerError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.Configuration;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;

/**
 * What the JDK's Flight Recorder sees of this engine for some time: the JVM's own events, as in the JDK's configuration
 * {@code default}, and {@link CallSpan}. It is kept in memory, the newest 10 MB or so. The JDK gives it out as a file only: that
 * is for a moment in a new folder of the engine's own, below /tmp.
 */
final class FlightRecording {

    private static final long BEAT_MILLIS = 500;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private FlightRecording() {}

    /**
     * One at a time: of two that are in memory only, each takes from the other.
     *
     * @param beat called twice a second; what it throws ends the recording
     * @param running true while it records
     * @return a file of the recorder's format
     * @throws ContainerError when the JDK can't
     */
    static byte[] record(long millis, Runnable beat, AtomicBoolean running) {
        requireRecorder();
        try (Recording recording = new Recording(Configuration.getConfiguration("default"))) {
            recording.setToDisk(false);
            recording.enable(CallSpan.class);
            recording.start();
            new CallSpan().begin(); // now, and not at the cost of the first call
            running.set(true);
            try {
                await(millis, beat);
            } finally {
                running.set(false);
            }
            return bytes(recording);
        } catch (IOException | ParseException e) {
            throw new ContainerError("the JDK can't record: " + e.getMessage());
        }
    }

    /** It wants to write below /tmp, and is made when it is asked for first. */
    private static void requireRecorder() {
        try {
            FlightRecorder.getFlightRecorder();
        } catch (IllegalStateException e) {
            throw new ContainerError("the JDK can't record: " + e.getMessage());
        }
    }

    private static void await(long millis, Runnable beat) {
        long end = System.nanoTime() + millis * NANOS_PER_MILLI;
        for (long left = millis; left > 0; left = (end - System.nanoTime()) / NANOS_PER_MILLI) {
            try {
                Thread.sleep(Math.min(left, BEAT_MILLIS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            beat.run();
        }
    }

    private static byte[] bytes(Recording recording) throws IOException {
        Path folder = Files.createTempDirectory(
                "jrunc-recording-" + ProcessHandle.current().pid() + "-");
        try {
            Path file = folder.resolve("engine.jfr");
            try {
                recording.dump(file);
                return Files.readAllBytes(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } finally {
            Files.delete(folder);
            recording.close();
            removeRepository();
        }
    }

    /** The recorder's own folder, which is empty now. The JDK removes it when it ends by itself, but not when it is killed. */
    private static void removeRepository() throws IOException {
        String repository = System.getProperty("jdk.jfr.repository");
        if (repository != null) {
            Files.deleteIfExists(Path.of(repository));
        }
    }
}
