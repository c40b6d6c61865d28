// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.json.ContainerStats;
import dev.jrunc.plan.CgroupFolder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SortedMap;

/** Version 2, in the words of version 1: Documentation/admin-guide/cgroup-v2.rst of the kernel. */
final class StatsV2 extends CgroupStats {

    private static final long NANOS_PER_MICRO = 1000;

    /** How a limit that there is not shows. */
    private static final long UNLIMITED = -1;

    /** What version 1 has in its place; here there is nothing to tell. */
    private static final List<String> NO_CPUSET_FLAGS = List.of(
            "cpu_exclusive",
            "mem_hardwall",
            "mem_exclusive",
            "memory_migrate",
            "memory_spread_page",
            "memory_spread_slab",
            "memory_pressure",
            "sched_load_balance",
            "sched_relax_domain_level");

    private final String folder;

    StatsV2(List<CgroupFolder> folders, List<String> hugepages) {
        super(folders, hugepages);
        this.folder = folders.getFirst().folder() + "/";
    }

    @Override
    void addPaths() {
        add(folder, "cpu.stat", "cpu.pressure", "io.stat", "io.pressure", "pids.current", "pids.max");
        add(folder, "memory.stat", "memory.pressure", "memory.current", "memory.max", "memory.peak");
        add(folder, "memory.swap.current", "memory.swap.max");
        for (String size : sizes()) {
            String prefix = "hugetlb." + size;
            add(folder, prefix + ".rsvd.current", prefix + ".current", prefix + ".events");
        }
    }

    @Override
    ContainerStats parse() {
        return new ContainerStats(
                cpu(),
                cpuset(),
                memory(),
                new ContainerStats.Pids(value(folder + "pids.current"), value(folder + "pids.max")),
                blkio(),
                hugetlb());
    }

    private ContainerStats.Cpu cpu() {
        SortedMap<String, Long> stat = counters(folder + "cpu.stat");
        return new ContainerStats.Cpu(
                new ContainerStats.CpuUsage(
                        nanos(stat, "usage_usec"),
                        List.of(),
                        List.of(),
                        List.of(),
                        nanos(stat, "system_usec"),
                        nanos(stat, "user_usec")),
                new ContainerStats.Throttling(
                        stat.getOrDefault("nr_periods", 0L),
                        stat.getOrDefault("nr_throttled", 0L),
                        nanos(stat, "throttled_usec")),
                psi(folder + "cpu.pressure"));
    }

    private static long nanos(SortedMap<String, Long> stat, String key) {
        return stat.getOrDefault(key, 0L) * NANOS_PER_MICRO;
    }

    private static ContainerStats.CpuSet cpuset() {
        SequencedMap<String, Long> flags = new LinkedHashMap<>();
        for (String flag : NO_CPUSET_FLAGS) {
            flags.put(flag, 0L);
        }
        return new ContainerStats.CpuSet(List.of(), List.of(), flags);
    }

    private ContainerStats.Memory memory() {
        SortedMap<String, Long> raw = counters(folder + "memory.stat");
        long usage = value(folder + "memory.current");
        long limit = limit("memory.max");
        long swapLimit = limit("memory.swap.max");
        boolean swap = isThere(folder + "memory.swap.max");
        return new ContainerStats.Memory(
                raw.getOrDefault("file", 0L),
                new ContainerStats.MemoryEntry(limit, usage, value(folder + "memory.peak"), 0),
                swap ? together(usage, limit, swapLimit) : ContainerStats.MemoryEntry.NONE,
                ContainerStats.MemoryEntry.NONE,
                ContainerStats.MemoryEntry.NONE,
                raw,
                psi(folder + "memory.pressure"));
    }

    /** In version 1 it is memory and swap together. */
    private ContainerStats.MemoryEntry together(long usage, long limit, long swapLimit) {
        boolean limited = limit != UNLIMITED && swapLimit != UNLIMITED;
        return new ContainerStats.MemoryEntry(
                limited ? limit + swapLimit : UNLIMITED, usage + value(folder + "memory.swap.current"), 0, 0);
    }

    private long limit(String file) {
        return text(folder + file).startsWith("max") ? UNLIMITED : value(folder + file);
    }

    /** Lines {@code 8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0}. */
    private ContainerStats.Blkio blkio() {
        SequencedMap<String, List<ContainerStats.BlkioEntry>> tables = blkioTables();
        for (String line : lines(folder + "io.stat")) {
            List<String> words = words(line, " ");
            List<String> device = words(words.getFirst(), ":");
            for (String word : words) {
                int equals = word.indexOf('=');
                String table = word.startsWith("rbytes=") || word.startsWith("wbytes=")
                        ? "ioServiceBytesRecursive"
                        : word.startsWith("rios=") || word.startsWith("wios=") ? "ioServicedRecursive" : "";
                List<ContainerStats.BlkioEntry> entries = tables.get(table);
                if (entries != null && device.size() == 2) {
                    entries.add(new ContainerStats.BlkioEntry(
                            number(device.get(0)),
                            number(device.get(1)),
                            word.charAt(0) == 'r' ? "Read" : "Write",
                            number(word.substring(equals + 1))));
                }
            }
        }
        return new ContainerStats.Blkio(tables, psi(folder + "io.pressure"));
    }

    private SequencedMap<String, ContainerStats.Hugetlb> hugetlb() {
        SequencedMap<String, ContainerStats.Hugetlb> hugetlb = new LinkedHashMap<>();
        for (String size : sizes()) {
            String prefix = folder + "hugetlb." + size;
            String reserved = prefix + ".rsvd.current";
            if (isThere(prefix + ".current")) {
                hugetlb.put(
                        size,
                        new ContainerStats.Hugetlb(
                                value(isThere(reserved) ? reserved : prefix + ".current"),
                                0,
                                counters(prefix + ".events").getOrDefault("max", 0L)));
            }
        }
        return hugetlb;
    }
}
