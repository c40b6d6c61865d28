// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import dev.jrunc.cgroup.CgroupV2;
import dev.jrunc.plan.NumberList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The properties for {@code linux.resources.unified}, as far as systemd has them. What is no value of the kernel's is left out: the
 * kernel refuses it when it is written to the file.
 */
final class UnifiedProperties {

    private static final Map<String, String> NUMBERS = Map.of(
            "memory.max", "MemoryMax",
            "memory.high", "MemoryHigh",
            "memory.low", "MemoryLow",
            "memory.min", "MemoryMin",
            "memory.swap.max", "MemorySwapMax",
            "pids.max", "TasksMax",
            "cpu.weight", "CPUWeight");

    private UnifiedProperties() {}

    static void add(List<UnitProperty> properties, Map<String, String> unified) {
        for (Map.Entry<String, String> file : unified.entrySet()) {
            String name = NUMBERS.get(file.getKey());
            String value = file.getValue().strip();
            Long number = value.equals("max") ? Long.valueOf(-1) : number(value);
            if (name != null && number != null) {
                properties.add(UnitProperty.number(name, number));
            } else if (file.getKey().equals("cpu.max")) {
                quota(properties, value);
            } else if (file.getKey().equals("cpuset.cpus")) {
                addSet(properties, "AllowedCPUs", value);
            } else if (file.getKey().equals("cpuset.mems")) {
                addSet(properties, "AllowedMemoryNodes", value);
            }
        }
        String bfq = unified.get("io.bfq.weight");
        String weight = bfq == null ? unified.get("io.weight") : bfq;
        if (weight != null) {
            addWeight(properties, weight, bfq != null);
        }
    }

    /** {@code default 500}, or the number alone; the lines behind it are those of devices. */
    private static void addWeight(List<UnitProperty> properties, String value, boolean bfq) {
        String first = value.lines().findFirst().orElse("");
        Long weight = number(first.startsWith("default ") ? first.substring("default ".length()) : first);
        if (weight != null) {
            properties.add(UnitProperty.number("IOWeight", bfq ? CgroupV2.ioWeight(weight) : weight));
        }
    }

    private static @Nullable Long number(String text) {
        try {
            long number = Long.parseLong(text);
            return number >= 0 ? number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** {@code max}, or a quota, and a period behind it or not. */
    private static void quota(List<UnitProperty> properties, String value) {
        int space = value.indexOf(' ');
        String first = space < 0 ? value : value.substring(0, space);
        Long quota = first.equals("max") ? Long.valueOf(-1) : number(first);
        Long period =
                space < 0 ? Long.valueOf(0) : number(value.substring(space + 1).strip());
        if (quota != null && period != null) {
            UnitProperties.quota(properties, quota, period);
        }
    }

    /** {@code 0-2,5} as bits, the lowest first. */
    static void addSet(List<UnitProperty> properties, String name, String list) {
        Optional<List<Long>> numbers = NumberList.parse(list);
        if (numbers.isPresent()) {
            BitSet set = new BitSet();
            numbers.get().forEach(number -> set.set(number.intValue()));
            properties.add(UnitProperty.bytes(name, set.toByteArray()));
        }
    }
}
