// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.json.EngineStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineStatisticsTest {

    private static final long NANOS_PER_MICRO = 1000;

    private final EngineStatistics statistics = new EngineStatistics();

    @Test
    void nothingAtFirst() {
        assertEquals(List.of(), statistics.latencies());
        assertEquals(List.of(), statistics.declined());
    }

    @Test
    void percentilesAreByTheNearestRank() {
        for (int micros = 100; micros >= 1; micros--) {
            statistics.served("state", micros * NANOS_PER_MICRO);
        }

        assertEquals(List.of(new EngineStatus.Latency("state", 100, 50, 90, 99, 100)), statistics.latencies());
    }

    @Test
    void betweenTwoRanksItIsTheHigher() {
        for (int micros : new int[] {30, 10, 20}) {
            statistics.served("state", micros * NANOS_PER_MICRO);
        }

        assertEquals(List.of(new EngineStatus.Latency("state", 3, 20, 30, 30, 30)), statistics.latencies());
    }

    @Test
    void ofOneCallAllAreThatCall() {
        statistics.served("run", 5 * NANOS_PER_MICRO + 999);

        assertEquals(List.of(new EngineStatus.Latency("run", 1, 5, 5, 5, 5)), statistics.latencies());
    }

    @Test
    void theLatestCallsAreKeptAndAllAreCounted() {
        statistics.served("kill", 1_000_000 * NANOS_PER_MICRO);
        for (int i = 0; i < EngineStatistics.SAMPLES; i++) {
            statistics.served("kill", 3 * NANOS_PER_MICRO);
        }

        assertEquals(
                List.of(new EngineStatus.Latency("kill", EngineStatistics.SAMPLES + 1L, 3, 3, 3, 3)),
                statistics.latencies());
    }

    @Test
    void aCallThatTookLongerThanAnIntHolds() {
        statistics.served("run", Long.MAX_VALUE);

        assertEquals(Integer.MAX_VALUE, statistics.latencies().getFirst().max());
    }

    @Test
    void commandsAndReasonsByName() {
        statistics.served("state", 0);
        statistics.served("create", 0);
        statistics.declined("busy");
        statistics.declined("another build");
        statistics.declined("busy");

        assertEquals(
                List.of("create", "state"),
                statistics.latencies().stream()
                        .map(EngineStatus.Latency::command)
                        .toList());
        assertEquals(
                List.of(new EngineStatus.Declined("another build", 1), new EngineStatus.Declined("busy", 2)),
                statistics.declined());
    }
}
