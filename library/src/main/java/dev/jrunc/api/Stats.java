// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.json.ContainerStats;
import dev.jrunc.json.EventJson;
import java.time.Duration;

/**
 * What a container has used, and of how much. What its cgroups don't tell is 0.
 *
 * @param cpu CPU time of all its processes
 * @param throttled how long its CPU quota has held them up
 * @param memory bytes now
 * @param maxMemory the most bytes so far
 * @param memoryLimit bytes; a number near {@link Long#MAX_VALUE} for no limit
 * @param tasks processes and threads now
 * @param tasksLimit 0 for no limit
 * @param json all that is known, as a line of {@code jrunc events --stats}
 */
public record Stats(
        Duration cpu,
        Duration throttled,
        long memory,
        long maxMemory,
        long memoryLimit,
        long tasks,
        long tasksLimit,
        String json) {

    static Stats of(String id, ContainerStats stats) {
        ContainerStats.MemoryEntry memory = stats.memory().usage();
        return new Stats(
                Duration.ofNanos(stats.cpu().usage().total()),
                Duration.ofNanos(stats.cpu().throttling().throttledTime()),
                memory.usage(),
                memory.max(),
                memory.limit() < 0 ? Long.MAX_VALUE : memory.limit(),
                stats.pids().current(),
                stats.pids().limit(),
                EventJson.stats(id, stats).strip());
    }
}
