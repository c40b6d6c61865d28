// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.spec.Spec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much a container may use; what is null is not limited, or with {@link Container#update} left as it is.
 *
 * @param memory bytes
 * @param memoryAndSwap bytes of both together, from memory on
 * @param tasks processes and threads
 * @param cpus how many CPUs' time, such as 0.5; from 0.01
 * @param cpuShares weight of its CPU time against others', 2 to 262144
 * @param cpuset CPUs that it may use, such as {@code 0-3,7}
 */
public record Limits(
        @Nullable Long memory,
        @Nullable Long memoryAndSwap,
        @Nullable Long tasks,
        @Nullable Double cpus,
        @Nullable Long cpuShares,
        @Nullable String cpuset) {

    private static final double LEAST_CPUS = 0.01;
    private static final long PERIOD_MICROS = 100_000;

    public Limits {
        if (cpus != null && !(cpus >= LEAST_CPUS)) {
            throw new IllegalArgumentException("cpus: expected a number from 0.01, found " + cpus);
        }
    }

    /** None. */
    public static Limits none() {
        return new Limits(null, null, null, null, null, null);
    }

    /** The same with this limit of memory, in bytes; with swap it is the same, so that there is none. */
    public Limits memory(long bytes) {
        return new Limits(bytes, bytes, tasks, cpus, cpuShares, cpuset);
    }

    /** The same with this limit of memory and swap together, in bytes. */
    public Limits memoryAndSwap(long bytes) {
        return new Limits(memory, bytes, tasks, cpus, cpuShares, cpuset);
    }

    /** The same with this number of processes and threads. */
    public Limits tasks(long number) {
        return new Limits(memory, memoryAndSwap, number, cpus, cpuShares, cpuset);
    }

    /** The same with so many CPUs' time. */
    public Limits cpus(double number) {
        return new Limits(memory, memoryAndSwap, tasks, number, cpuShares, cpuset);
    }

    /** The same with this weight. */
    public Limits cpuShares(long weight) {
        return new Limits(memory, memoryAndSwap, tasks, cpus, weight, cpuset);
    }

    /** The same with these CPUs. */
    public Limits cpuset(String list) {
        return new Limits(memory, memoryAndSwap, tasks, cpus, cpuShares, list);
    }

    /** @param devices those of linux.resources.devices, which stay */
    Spec.Resources resources(List<Spec.DeviceRule> devices) {
        boolean anyMemory = memory != null || memoryAndSwap != null;
        boolean anyCpu = cpus != null || cpuShares != null || cpuset != null;
        return new Spec.Resources(
                devices,
                anyMemory ? new Spec.Memory(memory, null, memoryAndSwap, null, null, null, null, null, null) : null,
                anyCpu ? cpu() : null,
                tasks,
                null,
                List.of(),
                null,
                Map.of(),
                Map.of());
    }

    private Spec.Cpu cpu() {
        Long quota = cpus == null ? null : Long.valueOf(Math.round(cpus * PERIOD_MICROS));
        return new Spec.Cpu(
                cpuShares, quota, null, cpus == null ? null : PERIOD_MICROS, null, null, cpuset, null, null);
    }
}
