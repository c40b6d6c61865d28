// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lines of {@code events}, member for member those of runc: what runc leaves out where it is 0, is left out. */
public final class EventJson {

    private final JsonText json = new JsonText(false);

    private EventJson() {}

    /** Memory has run out, and the kernel has killed. With its line feed. */
    public static String oom(String id) {
        EventJson event = new EventJson();
        event.begin("oom", id);
        return event.json.endObject() + "\n";
    }

    /** With its line feed. */
    public static String stats(String id, ContainerStats stats) {
        EventJson event = new EventJson();
        event.begin("stats", id);
        event.json.name("data").beginObject();
        event.cpu(stats.cpu());
        event.cpuset(stats.cpuset());
        event.memory(stats.memory());
        event.json.name("pids").beginObject();
        event.numberIfAny("current", stats.pids().current());
        event.numberIfAny("limit", stats.pids().limit());
        event.json.endObject();
        event.blkio(stats.blkio());
        event.hugetlb(stats.hugetlb());
        event.json.name("intel_rdt").beginObject().endObject();
        event.json.name("network_interfaces").literal("null");
        return event.json.endObject().endObject() + "\n";
    }

    private void begin(String type, String id) {
        json.beginObject();
        json.name("type").string(type);
        json.name("id").string(id);
    }

    private void number(String name, long value) {
        json.name(name).literal(Long.toUnsignedString(value));
    }

    private void numberIfAny(String name, long value) {
        if (value != 0) {
            number(name, value);
        }
    }

    private void numbersIfAny(String name, List<Long> values) {
        if (values.isEmpty()) {
            return;
        }
        json.name(name).beginList();
        for (Long value : values) {
            json.literal(Long.toUnsignedString(value));
        }
        json.endList();
    }

    private void cpu(ContainerStats.Cpu cpu) {
        json.name("cpu").beginObject();
        ContainerStats.CpuUsage usage = cpu.usage();
        json.name("usage").beginObject();
        numberIfAny("total", usage.total());
        numbersIfAny("percpu", usage.percpu());
        numbersIfAny("percpu_kernel", usage.percpuKernel());
        numbersIfAny("percpu_user", usage.percpuUser());
        number("kernel", usage.kernel());
        number("user", usage.user());
        json.endObject();
        ContainerStats.Throttling throttling = cpu.throttling();
        json.name("throttling").beginObject();
        numberIfAny("periods", throttling.periods());
        numberIfAny("throttledPeriods", throttling.throttledPeriods());
        numberIfAny("throttledTime", throttling.throttledTime());
        json.endObject();
        psi(cpu.psi());
        json.endObject();
    }

    /** Its flags are signed: sched_relax_domain_level is -1 mostly. */
    private void cpuset(ContainerStats.CpuSet cpuset) {
        json.name("cpuset").beginObject();
        numbersIfAny("cpus", cpuset.cpus());
        boolean memsWritten = false;
        for (Map.Entry<String, Long> flag : cpuset.flags().entrySet()) {
            json.name(flag.getKey()).literal(flag.getValue().toString());
            if (!memsWritten) {
                numbersIfAny("mems", cpuset.mems());
                memsWritten = true;
            }
        }
        json.endObject();
    }

    private void memory(ContainerStats.Memory memory) {
        json.name("memory").beginObject();
        numberIfAny("cache", memory.cache());
        entry("usage", memory.usage());
        entry("swap", memory.swap());
        entry("kernel", memory.kernel());
        entry("kernelTCP", memory.kernelTcp());
        if (!memory.raw().isEmpty()) {
            json.name("raw").beginObject();
            for (Map.Entry<String, Long> counter : memory.raw().entrySet()) {
                number(counter.getKey(), counter.getValue());
            }
            json.endObject();
        }
        psi(memory.psi());
        json.endObject();
    }

    private void entry(String name, ContainerStats.MemoryEntry entry) {
        json.name(name).beginObject();
        number("limit", entry.limit());
        numberIfAny("usage", entry.usage());
        numberIfAny("max", entry.max());
        number("failcnt", entry.failcnt());
        json.endObject();
    }

    private void blkio(ContainerStats.Blkio blkio) {
        json.name("blkio").beginObject();
        for (Map.Entry<String, List<ContainerStats.BlkioEntry>> table :
                blkio.tables().entrySet()) {
            if (table.getValue().isEmpty()) {
                continue;
            }
            json.name(table.getKey()).beginList();
            for (ContainerStats.BlkioEntry entry : table.getValue()) {
                json.beginObject();
                numberIfAny("major", entry.major());
                numberIfAny("minor", entry.minor());
                if (!entry.op().isEmpty()) {
                    json.name("op").string(entry.op());
                }
                numberIfAny("value", entry.value());
                json.endObject();
            }
            json.endList();
        }
        psi(blkio.psi());
        json.endObject();
    }

    private void hugetlb(Map<String, ContainerStats.Hugetlb> sizes) {
        json.name("hugetlb").beginObject();
        for (Map.Entry<String, ContainerStats.Hugetlb> size : sizes.entrySet()) {
            json.name(size.getKey()).beginObject();
            numberIfAny("usage", size.getValue().usage());
            numberIfAny("max", size.getValue().max());
            number("failcnt", size.getValue().failcnt());
            json.endObject();
        }
        json.endObject();
    }

    private void psi(ContainerStats.@Nullable Psi psi) {
        if (psi == null) {
            return;
        }
        json.name("psi").beginObject();
        psi("some", psi.some());
        psi("full", psi.full());
        json.endObject();
    }

    private void psi(String name, ContainerStats.PsiLine line) {
        json.name(name).beginObject();
        percentIfAny("avg10", line.avg10());
        percentIfAny("avg60", line.avg60());
        percentIfAny("avg300", line.avg300());
        numberIfAny("total", line.total());
        json.endObject();
    }

    private void percentIfAny(String name, double value) {
        if (value != 0) {
            boolean whole = value == Math.rint(value);
            json.name(name).literal(whole ? Long.toString((long) value) : Double.toString(value));
        }
    }
}
