// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import java.util.List;
import java.util.SequencedMap;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a container has used of what it may use: the data of a line of {@code events}. Numbers are unsigned; 0 where the kernel
 * doesn't tell.
 *
 * @param hugetlb by page size, such as 2MB
 */
public record ContainerStats(
        Cpu cpu, CpuSet cpuset, Memory memory, Pids pids, Blkio blkio, SequencedMap<String, Hugetlb> hugetlb) {

    /** @param psi null where the kernel keeps none */
    public record Cpu(
            CpuUsage usage, Throttling throttling, @Nullable Psi psi) {}

    /** Nanoseconds; the lists have one for each CPU. */
    public record CpuUsage(
            long total, List<Long> percpu, List<Long> percpuKernel, List<Long> percpuUser, long kernel, long user) {}

    /** throttledTime: nanoseconds. */
    public record Throttling(long periods, long throttledPeriods, long throttledTime) {}

    /** Of cgroup v1: cpuset.* but for cpus and mems, by the rest of their names, as they are written. */
    public record CpuSet(List<Long> cpus, List<Long> mems, SequencedMap<String, Long> flags) {}

    /** Bytes. raw: memory.stat. swap: memory and swap together. */
    public record Memory(
            long cache,
            MemoryEntry usage,
            MemoryEntry swap,
            MemoryEntry kernel,
            MemoryEntry kernelTcp,
            SortedMap<String, Long> raw,
            @Nullable Psi psi) {}

    public record MemoryEntry(long limit, long usage, long max, long failcnt) {

        public static final MemoryEntry NONE = new MemoryEntry(0, 0, 0, 0);
    }

    /** limit: 0 for none. */
    public record Pids(long current, long limit) {}

    /** @param tables in the order of the output, by their names there; those that are empty are not shown */
    public record Blkio(
            SequencedMap<String, List<BlkioEntry>> tables,
            @Nullable Psi psi) {}

    /** op: Read, Write, …; empty where the file doesn't tell them apart. */
    public record BlkioEntry(long major, long minor, String op, long value) {}

    /** Bytes. */
    public record Hugetlb(long usage, long max, long failcnt) {}

    /** Pressure stall information, Documentation/accounting/psi.rst. */
    public record Psi(PsiLine some, PsiLine full) {}

    /** avg*: percent of the last 10, 60 and 300 seconds; total: microseconds. */
    public record PsiLine(double avg10, double avg60, double avg300, long total) {

        public static final PsiLine NONE = new PsiLine(0, 0, 0, 0);
    }
}
