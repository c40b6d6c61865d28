// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;

/**
 * Output that is kept in memory, up to a limit; what comes behind it is read and dropped, so that the process doesn't wait for ever.
 * It serves one process. Given for both outputs it has them as they come.
 *
 * {@snippet class="dev.jrunc.api.Snippets" region="output"}
 */
public final class Capture implements Output {

    private static final int CHUNK_BYTES = 16 * 1024;

    private final int maxBytes;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private boolean used;
    private long dropped;

    private Capture(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** @param maxBytes from 0 */
    public static Capture upTo(int maxBytes) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes: expected a number from 0, found " + maxBytes);
        }
        return new Capture(maxBytes);
    }

    /** Once for each process. */
    synchronized void claim() {
        if (used) {
            throw new IllegalStateException("this Capture has served a process already");
        }
        used = true;
    }

    void read(InputStream output, ExecutorService threads) {
        threads.execute(() -> {
            try (output) {
                byte[] chunk = new byte[CHUNK_BYTES];
                for (int got = output.read(chunk); got >= 0; got = output.read(chunk)) {
                    keep(chunk, got);
                }
            } catch (IOException e) {
                // A pipe has no other error than its end.
            }
            end.complete(null);
        });
    }

    private synchronized void keep(byte[] chunk, int length) {
        int room = Math.min(length, maxBytes - kept.size());
        kept.write(chunk, 0, room);
        dropped += length - room;
    }

    /** What was written, when no process has it open any more: after the end of the container. */
    public byte[] bytes() throws InterruptedException {
        await();
        synchronized (this) {
            return kept.toByteArray();
        }
    }

    /** The same as text in UTF-8. */
    public String text() throws InterruptedException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** How many bytes behind the limit were dropped; 0: it is all there. Waits as {@link #bytes()}. */
    public long dropped() throws InterruptedException {
        await();
        synchronized (this) {
            return dropped;
        }
    }

    private void await() throws InterruptedException {
        synchronized (this) {
            if (!used) {
                throw new IllegalStateException("this Capture was given to no process");
            }
        }
        try {
            end.get();
        } catch (ExecutionException e) {
            throw Exits.failure(e);
        }
    }
}
