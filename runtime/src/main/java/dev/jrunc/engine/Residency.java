// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.json.EngineStatus;
import org.jspecify.annotations.Nullable;

/** The resident engine, as the calls see it that it serves. */
public interface Residency {

    /** Counts a call that came to its end, and how long it took since ACCEPT. */
    void served(String command, long nanos);

    /** What it has done so far. */
    EngineStatus status();

    /** Where the spans of a call go while something records; null: nothing does. */
    @Nullable
    FlightSpans flight(String command, Call call);

    /**
     * Records what the engine does from now on, in JDK Flight Recorder's format.
     *
     * @param beat called twice a second; what it throws ends the recording
     * @throws dev.jrunc.error.ContainerError when it is recorded already, or the JDK can't
     */
    byte[] record(long millis, Runnable beat);

    /** No more calls; those that are being served come to their end. */
    void stop();
}
