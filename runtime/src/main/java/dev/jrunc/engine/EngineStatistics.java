// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.json.EngineStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a resident engine counts; its size has a bound, however many calls there are. */
final class EngineStatistics {

    /** Latencies kept of each command. */
    static final int SAMPLES = 1024;

    private static final long NANOS_PER_MICRO = 1000;

    /** The latest latencies of one command, in microseconds. */
    private static final class Ring {
        private final int[] micros = new int[SAMPLES];
        private long calls;

        void add(long nanos) {
            micros[(int) (calls++ % SAMPLES)] = (int) Math.min(nanos / NANOS_PER_MICRO, Integer.MAX_VALUE);
        }

        EngineStatus.Latency latency(String command) {
            int[] sorted = Arrays.copyOf(micros, (int) Math.min(calls, SAMPLES));
            Arrays.sort(sorted);
            return new EngineStatus.Latency(
                    command,
                    calls,
                    percentile(sorted, 50),
                    percentile(sorted, 90),
                    percentile(sorted, 99),
                    sorted[sorted.length - 1]);
        }

        /** By the nearest rank. */
        private static long percentile(int[] sorted, int percent) {
            return sorted[Math.max(0, (sorted.length * percent + 99) / 100 - 1)];
        }
    }

    private final Map<String, Ring> commands = new TreeMap<>();
    private final Map<String, Long> declined = new TreeMap<>();

    synchronized void served(String command, long nanos) {
        commands.computeIfAbsent(command, name -> new Ring()).add(nanos);
    }

    synchronized void declined(String reason) {
        declined.merge(reason, 1L, Long::sum);
    }

    synchronized List<EngineStatus.Latency> latencies() {
        List<EngineStatus.Latency> latencies = new ArrayList<>();
        commands.forEach((command, ring) -> latencies.add(ring.latency(command)));
        return latencies;
    }

    synchronized List<EngineStatus.Declined> declined() {
        List<EngineStatus.Declined> reasons = new ArrayList<>();
        declined.forEach((reason, calls) -> reasons.add(new EngineStatus.Declined(reason, calls)));
        return reasons;
    }
}
