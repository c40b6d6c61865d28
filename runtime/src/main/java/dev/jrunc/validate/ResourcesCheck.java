// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.validate;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.Spec;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Limits that no kernel takes, or that would be written to another file than theirs. */
final class ResourcesCheck {

    private static final String RESOURCES = "/linux/resources";
    private static final long MAX_SWAPPINESS = 100;
    private static final long LEAST_WEIGHT = 10;
    private static final long MOST_WEIGHT = 1000;

    private ResourcesCheck() {}

    /** @throws InvalidSpec at the first problem */
    static void check(Spec.Resources resources) {
        Spec.Memory memory = resources.memory();
        Long swappiness = memory == null ? null : memory.swappiness();
        if (swappiness != null && swappiness > MAX_SWAPPINESS) {
            throw new InvalidSpec(RESOURCES + "/memory/swappiness", "expected 0 to 100, found " + swappiness);
        }
        Spec.Cpu cpu = resources.cpu();
        Long idle = cpu == null ? null : cpu.idle();
        if (idle != null && idle != 0 && idle != 1) {
            throw new InvalidSpec(RESOURCES + "/cpu/idle", "expected 0 or 1, found " + idle);
        }
        Spec.BlockIO io = resources.blockIO();
        if (io != null) {
            checkBlockIO(io);
        }
        checkHugepages(resources.hugepageLimits());
        Spec.Network network = resources.network();
        if (network != null) {
            checkNetwork(network);
        }
        for (Map.Entry<String, Spec.Rdma> device : resources.rdma().entrySet()) {
            checkRdma(device.getKey(), device.getValue());
        }
    }

    private static void checkBlockIO(Spec.BlockIO io) {
        checkWeight(io.weight(), "/blockIO/weight");
        checkWeight(io.leafWeight(), "/blockIO/leafWeight");
        for (int i = 0; i < io.weightDevice().size(); i++) {
            Spec.WeightDevice device = io.weightDevice().get(i);
            String pointer = "/blockIO/weightDevice/" + i;
            if (device.weight() == null && device.leafWeight() == null) {
                throw new InvalidSpec(RESOURCES + pointer, "has neither weight nor leafWeight");
            }
            checkWeight(device.weight(), pointer + "/weight");
            checkWeight(device.leafWeight(), pointer + "/leafWeight");
        }
    }

    private static void checkWeight(@Nullable Long weight, String pointer) {
        if (weight != null && weight != 0 && (weight < LEAST_WEIGHT || weight > MOST_WEIGHT)) {
            throw new InvalidSpec(RESOURCES + pointer, "expected 10 to 1000, found " + weight);
        }
    }

    private static void checkHugepages(List<Spec.HugepageLimit> limits) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < limits.size(); i++) {
            String size = limits.get(i).pageSize();
            String pointer = RESOURCES + "/hugepageLimits/" + i;
            if (!isPageSize(size)) {
                throw new InvalidSpec(
                        pointer + "/pageSize", "expected a number with KB, MB or GB, found \"" + size + "\"");
            }
            if (!seen.add(size)) {
                throw new InvalidSpec(pointer, "the page size \"" + size + "\" is given twice (duplicate)");
            }
        }
    }

    /** config-linux.md: {@code ^[1-9][0-9]*[KMG]B$}. */
    private static boolean isPageSize(String size) {
        int unit = size.length() - 2;
        if (unit < 1 || size.charAt(0) == '0' || "KMG".indexOf(size.charAt(unit)) < 0 || !size.endsWith("B")) {
            return false;
        }
        for (int i = 0; i < unit; i++) {
            if (size.charAt(i) < '0' || size.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static void checkNetwork(Spec.Network network) {
        for (int i = 0; i < network.priorities().size(); i++) {
            String name = network.priorities().get(i).name();
            if (!InterfaceName.isValid(name)) {
                throw new InvalidSpec(
                        RESOURCES + "/network/priorities/" + i + "/name",
                        "expected the name of a network interface, found \"" + name + "\"");
            }
        }
    }

    private static void checkRdma(String device, Spec.Rdma limits) {
        String pointer = Origin.pointer(RESOURCES + "/rdma", device);
        if (device.isEmpty() || device.indexOf(' ') >= 0 || device.indexOf('\n') >= 0) {
            throw new InvalidSpec(pointer, "expected the name of an RDMA device, found \"" + device + "\"");
        }
        if (limits.hcaHandles() == null && limits.hcaObjects() == null) {
            throw new InvalidSpec(pointer, "has neither hcaHandles nor hcaObjects");
        }
    }
}
