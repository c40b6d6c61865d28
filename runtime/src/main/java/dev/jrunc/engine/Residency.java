// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.json.EngineStatus;

/** The resident engine, as the calls see it that it serves. */
public interface Residency {

    /** Counts a call that came to its end, and how long it took since ACCEPT. */
    void served(String command, long nanos);

    /** What it has done so far. */
    EngineStatus status();

    /** No more calls; those that are being served come to their end. */
    void stop();
}
