// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.validate;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.Spec;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** config-linux.md section "Network Devices". */
final class NetDevicesCheck {

    private static final String NET_DEVICES = "/linux/netDevices";

    /** Every network namespace has its own, which can't be moved. */
    private static final String LOOPBACK = "lo";

    private NetDevicesCheck() {}

    /** @throws InvalidSpec at the first problem */
    static void check(Spec.Linux linux) {
        if (linux.netDevices().isEmpty()) {
            return;
        }
        if (!hasNetwork(linux)) {
            throw new InvalidSpec(
                    NET_DEVICES, "network devices need a network namespace: add one to /linux/namespaces");
        }
        Set<String> seen = new HashSet<>(Set.of(LOOPBACK));
        for (Map.Entry<String, Spec.NetDevice> device : linux.netDevices().entrySet()) {
            String pointer = Origin.pointer(NET_DEVICES, device.getKey());
            checkHost(device.getKey(), pointer);
            String name = device.getValue().name();
            if (name == null) {
                checkFree(seen, device.getKey(), pointer);
            } else if (!InterfaceName.isTemplate(name)) {
                checkInside(name, pointer + "/name");
                checkFree(seen, name, pointer + "/name");
            }
        }
    }

    private static boolean hasNetwork(Spec.Linux linux) {
        for (Spec.Namespace namespace : linux.namespaces()) {
            if (namespace.type().equals("network")) {
                return true;
            }
        }
        return false;
    }

    private static void checkHost(String name, String pointer) {
        if (!InterfaceName.isValid(name) || name.indexOf('%') >= 0) {
            throw new InvalidSpec(pointer, "expected the name of a network interface, found \"" + name + "\"");
        }
        if (name.equals(LOOPBACK)) {
            throw new InvalidSpec(pointer, "the loopback device can't be moved: a new network namespace has its own");
        }
    }

    private static void checkInside(String name, String pointer) {
        if (!InterfaceName.isValid(name) || name.indexOf('%') >= 0) {
            throw new InvalidSpec(
                    pointer,
                    "expected the name of a network interface, 1 to 15 bytes without slash, colon and space, or a"
                            + " template such as eth%d, found \"" + name + "\"");
        }
    }

    private static void checkFree(Set<String> seen, String name, String pointer) {
        if (!seen.add(name)) {
            throw new InvalidSpec(
                    pointer,
                    name.equals(LOOPBACK)
                            ? "the container has a device \"lo\" already"
                            : "the name \"" + name + "\" is given twice (duplicate)");
        }
    }
}
