// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import dev.jrunc.cgroup.CgroupV2;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.Annotation;
import dev.jrunc.spec.Spec;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.types.UInt64;
import org.freedesktop.dbus.types.Variant;
import org.jspecify.annotations.Nullable;

/** What systemd is told of a container's unit: who is in it, its limits, and what the annotations say. */
public final class UnitProperties {

    private static final String ANNOTATION = Annotation.SYSTEMD_PROPERTY.key();
    private static final int LEAST_NAME_CHARACTERS = 3;
    private static final long SECOND_MICROS = 1_000_000;

    private UnitProperties() {}

    /**
     * @param pid of init, which the unit begins with
     * @param unified the host has cgroups of version 2 alone
     * @throws InvalidSpec for an annotation {@code org.systemd.property.NAME} that is none
     */
    public static List<UnitProperty> of(UnitName name, long pid, Spec spec, boolean unified) {
        List<UnitProperty> properties = new ArrayList<>();
        properties.add(UnitProperty.text("Description", "jrunc container " + name.unit()));
        if (name.isSlice()) {
            properties.add(UnitProperty.texts("Wants", name.slice()));
        } else {
            properties.add(UnitProperty.text("Slice", name.slice()));
            properties.add(UnitProperty.flag("Delegate", true));
            properties.add(UnitProperty.pids(pid));
        }
        properties.add(UnitProperty.flag("DefaultDependencies", false));
        properties.add(UnitProperty.flag("MemoryAccounting", true));
        properties.add(UnitProperty.flag("CPUAccounting", true));
        properties.add(UnitProperty.flag(unified ? "IOAccounting" : "BlockIOAccounting", true));
        properties.add(UnitProperty.flag("TasksAccounting", true));
        properties.addAll(limits(spec.linux().resources(), unified));
        properties.addAll(annotations(spec.annotations()));
        return properties;
    }

    /** systemd writes what it knows again whenever it reloads its units: so it has to know them. */
    public static List<UnitProperty> limits(Spec.Resources resources, boolean unified) {
        List<UnitProperty> properties = new ArrayList<>();
        Spec.Memory memory = resources.memory();
        if (memory != null) {
            number(properties, unified ? "MemoryMax" : "MemoryLimit", memory.limit());
            if (unified) {
                number(properties, "MemoryLow", memory.reservation());
                Long swap = memory.swap();
                if (swap != null && swap != 0) {
                    properties.add(UnitProperty.number("MemorySwapMax", CgroupV2.swapBytes(swap, memory.limit())));
                }
            }
        }
        Spec.Cpu cpu = resources.cpu();
        if (cpu != null) {
            cpu(properties, cpu, unified);
        }
        number(properties, "TasksMax", resources.pidsLimit());
        Spec.BlockIO io = resources.blockIO();
        Long weight = io == null ? null : io.weight();
        if (weight != null && weight != 0) {
            properties.add(
                    unified
                            ? UnitProperty.number("IOWeight", CgroupV2.ioWeight(weight))
                            : UnitProperty.number("BlockIOWeight", weight));
        }
        if (unified) {
            UnifiedProperties.add(properties, resources.unified());
        }
        return properties;
    }

    /** @param limits the files of a cgroup of version 2 that have them, by name */
    public static List<UnitProperty> ofFiles(Map<String, String> limits) {
        List<UnitProperty> properties = new ArrayList<>();
        UnifiedProperties.add(properties, limits);
        return properties;
    }

    private static void number(List<UnitProperty> properties, String name, @Nullable Long value) {
        if (value != null && value != 0) {
            properties.add(UnitProperty.number(name, value));
        }
    }

    private static void cpu(List<UnitProperty> properties, Spec.Cpu cpu, boolean unified) {
        Long shares = cpu.shares();
        if (shares != null && shares != 0) {
            properties.add(
                    unified
                            ? UnitProperty.number("CPUWeight", CgroupV2.weight(shares))
                            : UnitProperty.number("CPUShares", shares));
        }
        Long quota = cpu.quota();
        Long period = cpu.period();
        quota(properties, quota == null ? 0 : quota, period == null ? 0 : period);
        String cpus = cpu.cpus();
        if (cpus != null && !cpus.isEmpty()) {
            UnifiedProperties.addSet(properties, "AllowedCPUs", cpus);
        }
        String mems = cpu.mems();
        if (mems != null && !mems.isEmpty()) {
            UnifiedProperties.addSet(properties, "AllowedMemoryNodes", mems);
        }
    }

    /** systemd has whole percents of a second: rounded up, lest a cgroup below gets less than it is promised. */
    static void quota(List<UnitProperty> properties, long quota, long period) {
        if (period != 0) {
            properties.add(UnitProperty.number("CPUQuotaPeriodUSec", period));
        }
        if (quota > 0) {
            long perSecond = Math.multiplyHigh(quota, SECOND_MICROS) == 0
                    ? quota * SECOND_MICROS / (period == 0 ? 100_000 : period)
                    : Long.MAX_VALUE - 10_000;
            properties.add(UnitProperty.number("CPUQuotaPerSecUSec", (perSecond + 9_999) / 10_000 * 10_000));
        } else if (quota < 0) {
            properties.add(UnitProperty.number("CPUQuotaPerSecUSec", -1));
        }
    }

    private static List<UnitProperty> annotations(Map<String, String> annotations) {
        List<UnitProperty> properties = new ArrayList<>();
        for (Map.Entry<String, String> annotation : annotations.entrySet()) {
            if (annotation.getKey().startsWith(ANNOTATION)) {
                properties.add(annotation(annotation.getKey(), annotation.getValue()));
            }
        }
        return properties;
    }

    private static UnitProperty annotation(String key, String text) {
        String pointer = Origin.pointer("/annotations", key);
        String name = key.substring(ANNOTATION.length());
        if (!isName(name)) {
            throw new InvalidSpec(pointer, "\"" + name + "\" is no name of a systemd property: three letters at least");
        }
        try {
            Variant<?> value = VariantText.parse(text);
            return isSeconds(name)
                    ? new UnitProperty(name.substring(0, name.length() - 3) + "USec", micros(value))
                    : new UnitProperty(name, value);
        } catch (IllegalArgumentException e) {
            throw new InvalidSpec(pointer, "\"" + text + "\" is no value in GVariant's text format: " + e.getMessage());
        }
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')) {
                return false;
            }
        }
        return name.length() >= LEAST_NAME_CHARACTERS;
    }

    /** As in unit files, {@code TimeoutStopSec}; on D-Bus it is {@code TimeoutStopUSec}. */
    private static boolean isSeconds(String name) {
        int before = name.length() - 4;
        return name.endsWith("Sec") && before >= 0 && name.charAt(before) >= 'a' && name.charAt(before) <= 'z';
    }

    private static Variant<?> micros(Variant<?> seconds) {
        if (!(seconds.getValue() instanceof Number number)) {
            throw new IllegalArgumentException("not a number");
        }
        // A byte is unsigned on D-Bus.
        BigDecimal value =
                number instanceof Byte one ? BigDecimal.valueOf(one & 0xff) : new BigDecimal(number.toString());
        return new Variant<>(
                new UInt64(value.multiply(BigDecimal.valueOf(SECOND_MICROS)).toBigInteger()), "t");
    }
}
