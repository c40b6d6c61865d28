// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;

import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.races.Races;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Commands on the same id at the same time: there is an order in which the model of the life cycle allows what they answered. The
 * schedules come again with {@code -Djrunc.races.seed=}; {@code -Djrunc.races.rounds=} makes more of them.
 */
@IntegrationTest
@Peer(runc = PASS)
class RacesIT {
    private static final long SEED = Long.getLong("jrunc.races.seed", 1);
    private static final int ROUNDS = Integer.getInteger("jrunc.races.rounds", 40);

    private static void seeded(Runnable races) {
        try {
            races.run();
        } catch (AssertionError failure) {
            throw new AssertionError("with -Djrunc.races.seed=" + SEED + ": " + failure.getMessage(), failure);
        }
    }

    @Test
    @Timeout(600)
    @JruncOnly("runc takes no lock: what comes of a race there is chance")
    void atTheSameTime(Lab lab) {
        seeded(() -> new Races(lab, SEED).atTheSameTime(ROUNDS));
    }

    @Test
    void oneAfterAnother(Lab lab) {
        seeded(() -> new Races(lab, SEED).oneAfterAnother(Math.min(ROUNDS / 8, 10)));
    }
}
