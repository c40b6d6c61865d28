// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting with a limit, and with words for what was waited for. */
public final class Await {
    /** How many times as long as elsewhere things may take: a guest without KVM sets it. */
    private static final long SLOWNESS = Long.parseLong(System.getenv().getOrDefault("JRUNC_IT_SLOWNESS", "1"));

    /** What a wait in these tests may take: much more than any runtime needs on a busy machine. */
    public static final Duration LIMIT = seconds(20);

    private static final Duration PAUSE = Duration.ofMillis(5);

    private Await() {}

    /** That long on a machine of the usual kind. */
    static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds * SLOWNESS);
    }

    /**
     * Returns once the condition holds.
     *
     * @throws AssertionError when it doesn't within {@link #LIMIT}; the message ends with what {@code seen} gives then
     */
    public static void until(String what, BooleanSupplier condition, Supplier<?> seen) {
        if (!within(LIMIT, condition)) {
            throw new AssertionError("waited " + LIMIT.toSeconds() + " s for " + what + "; seen: " + seen.get());
        }
    }

    /** Whether the condition comes to hold within the limit. */
    public static boolean within(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            pause();
        }
        return true;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting", e);
        }
    }
}
