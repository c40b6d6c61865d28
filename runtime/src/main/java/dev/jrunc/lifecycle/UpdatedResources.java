// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code linux.resources} of a container after an update: what it doesn't name, or names with 0, is as it was. */
final class UpdatedResources {

    private static final Spec.Memory NO_MEMORY = new Spec.Memory(null, null, null, null, null, null, null, null, null);
    private static final Spec.Cpu NO_CPU = new Spec.Cpu(null, null, null, null, null, null, null, null, null);
    private static final Spec.BlockIO NO_IO =
            new Spec.BlockIO(null, null, List.of(), List.of(), List.of(), List.of(), List.of());
    private static final Spec.Network NO_NETWORK = new Spec.Network(null, List.of());

    private record DeviceNumber(long major, long minor) {}

    private UpdatedResources() {}

    static Spec.Resources of(Spec.Resources before, Spec.Resources asked) {
        return new Spec.Resources(
                asked.devices().isEmpty() ? before.devices() : asked.devices(),
                memory(before.memory(), asked.memory()),
                cpu(before.cpu(), asked.cpu()),
                number(before.pidsLimit(), asked.pidsLimit()),
                blockIO(before.blockIO(), asked.blockIO()),
                list(before.hugepageLimits(), asked.hugepageLimits(), Spec.HugepageLimit::pageSize),
                network(before.network(), asked.network()),
                map(before.rdma(), asked.rdma()),
                map(before.unified(), asked.unified()));
    }

    /** Where 0 asks for nothing. */
    private static @Nullable Long number(@Nullable Long before, @Nullable Long asked) {
        return asked == null || asked == 0 ? before : asked;
    }

    /** Where every value asks for something. */
    private static <T> @Nullable T either(@Nullable T before, @Nullable T asked) {
        return asked == null ? before : asked;
    }

    private static @Nullable String text(@Nullable String before, @Nullable String asked) {
        return asked == null || asked.isEmpty() ? before : asked;
    }

    private static Spec.@Nullable Memory memory(Spec.@Nullable Memory before, Spec.@Nullable Memory asked) {
        if (asked == null) {
            return before;
        }
        Spec.Memory old = Objects.requireNonNullElse(before, NO_MEMORY);
        Long limit = asked.limit();
        Long swap = asked.swap();
        boolean lifted = limit != null && limit < 0 && (swap == null || swap == 0);
        return new Spec.Memory(
                number(old.limit(), limit),
                number(old.reservation(), asked.reservation()),
                lifted ? limit : number(old.swap(), swap),
                number(old.kernel(), asked.kernel()),
                number(old.kernelTCP(), asked.kernelTCP()),
                either(old.swappiness(), asked.swappiness()),
                either(old.disableOOMKiller(), asked.disableOOMKiller()),
                either(old.useHierarchy(), asked.useHierarchy()),
                either(old.checkBeforeUpdate(), asked.checkBeforeUpdate()));
    }

    private static Spec.@Nullable Cpu cpu(Spec.@Nullable Cpu before, Spec.@Nullable Cpu asked) {
        if (asked == null) {
            return before;
        }
        Spec.Cpu old = Objects.requireNonNullElse(before, NO_CPU);
        return new Spec.Cpu(
                number(old.shares(), asked.shares()),
                number(old.quota(), asked.quota()),
                either(old.burst(), asked.burst()),
                number(old.period(), asked.period()),
                number(old.realtimeRuntime(), asked.realtimeRuntime()),
                number(old.realtimePeriod(), asked.realtimePeriod()),
                text(old.cpus(), asked.cpus()),
                text(old.mems(), asked.mems()),
                either(old.idle(), asked.idle()));
    }

    private static Spec.@Nullable BlockIO blockIO(Spec.@Nullable BlockIO before, Spec.@Nullable BlockIO asked) {
        if (asked == null) {
            return before;
        }
        Spec.BlockIO old = Objects.requireNonNullElse(before, NO_IO);
        return new Spec.BlockIO(
                number(old.weight(), asked.weight()),
                number(old.leafWeight(), asked.leafWeight()),
                list(old.weightDevice(), asked.weightDevice(), d -> new DeviceNumber(d.major(), d.minor())),
                throttles(old.throttleReadBpsDevice(), asked.throttleReadBpsDevice()),
                throttles(old.throttleWriteBpsDevice(), asked.throttleWriteBpsDevice()),
                throttles(old.throttleReadIOPSDevice(), asked.throttleReadIOPSDevice()),
                throttles(old.throttleWriteIOPSDevice(), asked.throttleWriteIOPSDevice()));
    }

    private static List<Spec.ThrottleDevice> throttles(
            List<Spec.ThrottleDevice> before, List<Spec.ThrottleDevice> asked) {
        return list(before, asked, device -> new DeviceNumber(device.major(), device.minor()));
    }

    private static Spec.@Nullable Network network(Spec.@Nullable Network before, Spec.@Nullable Network asked) {
        if (asked == null) {
            return before;
        }
        Spec.Network old = Objects.requireNonNullElse(before, NO_NETWORK);
        return new Spec.Network(
                number(old.classID(), asked.classID()),
                list(old.priorities(), asked.priorities(), Spec.InterfacePriority::name));
    }

    /** An entry takes the place of the one with the same key. */
    private static <T, K> List<T> list(List<T> before, List<T> asked, Function<T, K> key) {
        if (asked.isEmpty()) {
            return before;
        }
        Map<K, T> entries = new LinkedHashMap<>();
        for (T entry : before) {
            entries.put(key.apply(entry), entry);
        }
        for (T entry : asked) {
            entries.put(key.apply(entry), entry);
        }
        return new ArrayList<>(entries.values());
    }

    private static <T> Map<String, T> map(Map<String, T> before, Map<String, T> asked) {
        if (asked.isEmpty()) {
            return before;
        }
        Map<String, T> entries = new LinkedHashMap<>(before);
        entries.putAll(asked);
        return entries;
    }
}
