// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a container may do with devices: the configuration's rules, then what every container needs. */
final class DeviceRules {

    private static final String POINTER = "/linux/resources/devices";

    /** Any node may be made (which doesn't allow to open it); the default devices, terminals and ptmx may be used. */
    private static final List<Spec.DeviceRule> ALWAYS = List.of(
            rule("c", null, null, "m"),
            rule("b", null, null, "m"),
            rule("c", 1L, 3L, "rwm"),
            rule("c", 1L, 8L, "rwm"),
            rule("c", 1L, 7L, "rwm"),
            rule("c", 5L, 0L, "rwm"),
            rule("c", 1L, 5L, "rwm"),
            rule("c", 1L, 9L, "rwm"),
            rule("c", 136L, null, "rwm"),
            rule("c", 5L, 2L, "rwm"));

    private DeviceRules() {}

    private static Spec.DeviceRule rule(String type, @Nullable Long major, @Nullable Long minor, String access) {
        return new Spec.DeviceRule(true, type, major, minor, access);
    }

    /** @throws InvalidSpec for a type other than a, b and c, and for access other than r, w and m */
    static List<Spec.DeviceRule> of(List<Spec.DeviceRule> configured) {
        for (int i = 0; i < configured.size(); i++) {
            Spec.DeviceRule rule = configured.get(i);
            if (!rule.type().equals("a")
                    && !rule.type().equals("b")
                    && !rule.type().equals("c")) {
                throw new InvalidSpec(POINTER + "/" + i + "/type", "expected a, b or c, found \"" + rule.type() + "\"");
            }
            for (int j = 0; j < rule.access().length(); j++) {
                if ("rwm".indexOf(rule.access().charAt(j)) < 0) {
                    throw new InvalidSpec(
                            POINTER + "/" + i + "/access", "expected of r, w and m, found \"" + rule.access() + "\"");
                }
            }
        }
        List<Spec.DeviceRule> rules = new ArrayList<>(configured);
        rules.addAll(ALWAYS);
        return rules;
    }

    /** For devices.allow and devices.deny of version 1: {@code c 1:3 rwm}; {@code a} stands for all. */
    static String text(Spec.DeviceRule rule) {
        if (rule.type().equals("a")) {
            return "a";
        }
        Long major = rule.major();
        Long minor = rule.minor();
        return rule.type() + " " + (major == null ? "*" : major) + ":" + (minor == null ? "*" : minor) + " "
                + rule.access();
    }
}
