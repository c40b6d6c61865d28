// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.json.ContainerStats;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.NumberList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SortedMap;

/** Version 1: Documentation/admin-guide/cgroup-v1 of the kernel. */
final class StatsV1 extends CgroupStats {

    /** Of cpuacct.stat: USER_HZ is 100 on every architecture that there is. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private static final List<String> CPUSET_FLAGS = List.of(
            "cpu_exclusive",
            "mem_hardwall",
            "mem_exclusive",
            "memory_migrate",
            "memory_spread_page",
            "memory_spread_slab",
            "memory_pressure",
            "sched_load_balance",
            "sched_relax_domain_level");

    private static final List<String> MEMORY_KINDS =
            List.of("memory", "memory.memsw", "memory.kmem", "memory.kmem.tcp");
    private static final List<String> MEMORY_FILES =
            List.of(".limit_in_bytes", ".usage_in_bytes", ".max_usage_in_bytes", ".failcnt");

    /** A file, and the table that it fills. */
    private record Table(String file, String name) {}

    private static final List<Table> ALL_TABLES = List.of(
            new Table("sectors_recursive", "sectorsRecursive"),
            new Table("io_service_time_recursive", "ioServiceTimeRecursive"),
            new Table("io_wait_time_recursive", "ioWaitTimeRecursive"),
            new Table("io_merged_recursive", "ioMergedRecursive"),
            new Table("io_queued_recursive", "ioQueueRecursive"),
            new Table("time_recursive", "ioTimeRecursive"),
            new Table("io_serviced_recursive", "ioServicedRecursive"),
            new Table("io_service_bytes_recursive", "ioServiceBytesRecursive"));

    private static final List<Table> TWO_TABLES = ALL_TABLES.subList(6, 8);

    private static final List<Table> OWN_TABLES = List.of(
            new Table("io_serviced", "ioServicedRecursive"), new Table("io_service_bytes", "ioServiceBytesRecursive"));

    private record TableGroup(String prefix, List<Table> tables) {}

    /** Which there are depends on the kernel and its I/O scheduler: the first that tells something tells all. */
    private static final List<TableGroup> TABLE_GROUPS = List.of(
            new TableGroup("blkio.bfq.", ALL_TABLES),
            new TableGroup("blkio.bfq.", TWO_TABLES),
            new TableGroup("blkio.", ALL_TABLES),
            new TableGroup("blkio.throttle.", TWO_TABLES),
            new TableGroup("blkio.throttle.", OWN_TABLES));

    StatsV1(List<CgroupFolder> folders, List<String> hugepages) {
        super(folders, hugepages);
    }

    @Override
    void addPaths() {
        add(folder("cpu"), "cpu.stat");
        add(folder("cpuacct"), "cpuacct.usage", "cpuacct.usage_percpu", "cpuacct.usage_all", "cpuacct.stat");
        add(folder("cpuset"), "cpuset.cpus", "cpuset.mems");
        for (String flag : CPUSET_FLAGS) {
            add(folder("cpuset"), "cpuset." + flag);
        }
        add(folder("memory"), "memory.stat");
        for (String kind : MEMORY_KINDS) {
            for (String file : MEMORY_FILES) {
                add(folder("memory"), kind + file);
            }
        }
        add(folder("pids"), "pids.current", "pids.max");
        for (TableGroup group : TABLE_GROUPS) {
            for (Table table : group.tables) {
                add(folder("blkio"), group.prefix + table.file);
            }
        }
        for (String size : sizes()) {
            for (String prefix : List.of("hugetlb." + size + ".rsvd", "hugetlb." + size)) {
                add(folder("hugetlb"), prefix + ".usage_in_bytes", prefix + ".max_usage_in_bytes", prefix + ".failcnt");
            }
        }
    }

    @Override
    ContainerStats parse() {
        String pids = folder("pids");
        return new ContainerStats(
                cpu(),
                cpuset(),
                memory(),
                new ContainerStats.Pids(value(pids + "pids.current"), value(pids + "pids.max")),
                blkio(),
                hugetlb());
    }

    private ContainerStats.Cpu cpu() {
        String cpuacct = folder("cpuacct");
        SortedMap<String, Long> modes = counters(cpuacct + "cpuacct.stat");
        List<Long> percpu = new ArrayList<>();
        for (String word : words(text(cpuacct + "cpuacct.usage_percpu"), " \n")) {
            percpu.add(number(word));
        }
        List<Long> kernel = new ArrayList<>();
        List<Long> user = new ArrayList<>();
        for (String line : lines(cpuacct + "cpuacct.usage_all")) {
            List<String> words = words(line, " ");
            if (words.size() == 3 && !words.getFirst().equals("cpu")) {
                user.add(number(words.get(1)));
                kernel.add(number(words.get(2)));
            }
        }
        SortedMap<String, Long> throttling = counters(folder("cpu") + "cpu.stat");
        return new ContainerStats.Cpu(
                new ContainerStats.CpuUsage(
                        value(cpuacct + "cpuacct.usage"),
                        percpu,
                        kernel,
                        user,
                        modes.getOrDefault("system", 0L) * NANOS_PER_TICK,
                        modes.getOrDefault("user", 0L) * NANOS_PER_TICK),
                new ContainerStats.Throttling(
                        throttling.getOrDefault("nr_periods", 0L),
                        throttling.getOrDefault("nr_throttled", 0L),
                        throttling.getOrDefault("throttled_time", 0L)),
                null);
    }

    private ContainerStats.CpuSet cpuset() {
        String cpuset = folder("cpuset");
        SequencedMap<String, Long> flags = new LinkedHashMap<>();
        for (String flag : CPUSET_FLAGS) {
            flags.put(flag, value(cpuset + "cpuset." + flag));
        }
        return new ContainerStats.CpuSet(
                NumberList.parse(text(cpuset + "cpuset.cpus")).orElse(List.of()),
                NumberList.parse(text(cpuset + "cpuset.mems")).orElse(List.of()),
                flags);
    }

    private ContainerStats.Memory memory() {
        SortedMap<String, Long> raw = counters(folder("memory") + "memory.stat");
        return new ContainerStats.Memory(
                raw.getOrDefault("cache", 0L),
                memory("memory"),
                memory("memory.memsw"),
                memory("memory.kmem"),
                memory("memory.kmem.tcp"),
                raw,
                null);
    }

    private ContainerStats.MemoryEntry memory(String kind) {
        String prefix = folder("memory") + kind;
        return new ContainerStats.MemoryEntry(
                value(prefix + MEMORY_FILES.get(0)),
                value(prefix + MEMORY_FILES.get(1)),
                value(prefix + MEMORY_FILES.get(2)),
                value(prefix + MEMORY_FILES.get(3)));
    }

    private ContainerStats.Blkio blkio() {
        SequencedMap<String, List<ContainerStats.BlkioEntry>> tables = blkioTables();
        for (TableGroup group : TABLE_GROUPS) {
            if (entries(group, group.tables.getFirst()).isEmpty()) {
                continue;
            }
            for (Table table : group.tables) {
                tables.put(table.name, entries(group, table));
            }
            break;
        }
        return new ContainerStats.Blkio(tables, null);
    }

    /** Lines {@code 8:0 Read 4096} or {@code 8:0 4096}; a last one with the total. */
    private List<ContainerStats.BlkioEntry> entries(TableGroup group, Table table) {
        List<ContainerStats.BlkioEntry> entries = new ArrayList<>();
        for (String line : lines(folder("blkio") + group.prefix + table.file)) {
            List<String> words = words(line, " :");
            if (words.size() == 3 || words.size() == 4) {
                entries.add(new ContainerStats.BlkioEntry(
                        number(words.get(0)),
                        number(words.get(1)),
                        words.size() == 4 ? words.get(2) : "",
                        number(words.getLast())));
            }
        }
        return entries;
    }

    private SequencedMap<String, ContainerStats.Hugetlb> hugetlb() {
        SequencedMap<String, ContainerStats.Hugetlb> hugetlb = new LinkedHashMap<>();
        for (String size : sizes()) {
            String reserved = folder("hugetlb") + "hugetlb." + size + ".rsvd";
            String prefix = isThere(reserved + ".usage_in_bytes") ? reserved : folder("hugetlb") + "hugetlb." + size;
            if (isThere(prefix + ".usage_in_bytes")) {
                hugetlb.put(
                        size,
                        new ContainerStats.Hugetlb(
                                value(prefix + ".usage_in_bytes"),
                                value(prefix + ".max_usage_in_bytes"),
                                value(prefix + ".failcnt")));
            }
        }
        return hugetlb;
    }
}
