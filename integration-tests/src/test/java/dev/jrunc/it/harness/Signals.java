// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Signals to processes of the host, which Java can't send but for two. */
public final class Signals {
    private Signals() {}

    /** Sends a signal, by the name that kill(1) knows, to a process that this test started. */
    public static void send(long pid, String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .inheritIO()
                    .start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("kill -" + name + " " + pid + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted in kill", e);
        }
    }
}
