// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.Unsupported;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeviceListTest {

    private static Spec.DeviceRule rule(
            boolean allow, String type, @Nullable Long major, @Nullable Long minor, String access) {
        return new Spec.DeviceRule(allow, type, major, minor, access);
    }

    private static List<String> lines(Spec.DeviceRule... configured) {
        List<String> lines = new ArrayList<>();
        for (DeviceRules.Rule rule :
                DeviceList.of(DeviceRules.of(List.of(configured))).exceptions()) {
            lines.add(rule.text());
        }
        return lines;
    }

    @Test
    void whatEveryContainerMay() {
        DeviceList list = DeviceList.of(DeviceRules.of(List.of()));

        assertFalse(list.total().allow());
        assertEquals(
                List.of(
                        "c *:* m",
                        "b *:* m",
                        "c 1:3 rwm",
                        "c 1:8 rwm",
                        "c 1:7 rwm",
                        "c 5:0 rwm",
                        "c 1:5 rwm",
                        "c 1:9 rwm",
                        "c 136:* rwm",
                        "c 5:2 rwm",
                        "c 10:200 rwm"),
                lines());
    }

    @Test
    void aRuleForBothKindsBecomesTwo() {
        assertEquals(
                List.of("b *:* r", "c *:* r"),
                lines(rule(true, "a", null, null, "r")).subList(0, 2));
    }

    @Test
    void whatIsTakenBackEntirelyIsNotInTheList() {
        List<String> lines = lines(rule(true, "c", 10L, 229L, "rw"), rule(false, "c", 10L, null, "rwm"));

        assertTrue(lines.stream().noneMatch(line -> line.contains("10:229")), lines::toString);
    }

    @Test
    void aRightThatIsTakenBack() {
        assertEquals(
                "c 10:229 r",
                lines(rule(true, "c", 10L, 229L, "rw"), rule(false, "c", 10L, 229L, "w"))
                        .getFirst());
    }

    @Test
    void aPartThatIsTakenBackIsMoreThanVersion1CanDo() {
        Unsupported error = assertThrows(
                Unsupported.class, () -> lines(rule(true, "c", 10L, null, "rw"), rule(false, "c", 10L, 229L, "rw")));

        assertEquals("/linux/resources/devices/1", error.pointer());
        assertTrue(error.toString().contains("/linux/resources/devices/0"), error::toString);
    }

    @Test
    void whatComesBeforeARuleForAllIsVoid() {
        DeviceList list = DeviceList.of(DeviceRules.of(List.of(
                rule(true, "a", null, null, "rw"), rule(false, "c", 1L, 5L, "r"), rule(true, "a", null, null, "rwm"))));

        assertTrue(list.total().allow());
    }

    @Test
    void withoutLimitsTheExceptionsAreDenied() {
        DeviceList list = DeviceList.of(
                DeviceRules.of(List.of(rule(true, "a", null, null, "rwm"), rule(false, "b", 8L, null, "w"))));

        assertTrue(list.total().allow());
        assertEquals(1, list.exceptions().size());
        assertEquals("b 8:* w", list.exceptions().getFirst().text());
        assertFalse(list.exceptions().getFirst().allow());
    }

    /** The kernel's list: an access is allowed when each of its rights is an exception of it, or not, by its default. */
    private static boolean decide(DeviceList list, int kind, int right, long major, long minor) {
        for (DeviceRules.Rule exception : list.exceptions()) {
            if (exception.kind() == kind
                    && (exception.major() == null || exception.major() == major)
                    && (exception.minor() == null || exception.minor() == minor)
                    && (exception.rights() & right) != 0) {
                return exception.allow();
            }
        }
        return list.total().allow();
    }

    @Test
    void anyListDecidesAsItsRulesReadOneAfterAnother() {
        Random random = new Random(20260102);
        int compared = 0;
        for (int i = 0; i < 2000; i++) {
            List<Spec.DeviceRule> configured = new ArrayList<>();
            for (int j = random.nextInt(5); j > 0; j--) {
                configured.add(DeviceProgramTest.anyRule(random));
            }
            List<DeviceRules.Rule> rules = DeviceRules.of(configured);
            DeviceList list;
            try {
                list = DeviceList.of(rules);
            } catch (Unsupported e) {
                continue;
            }
            compared++;
            for (int kind = 1; kind <= 2; kind++) {
                for (int right = 1; right <= 4; right <<= 1) {
                    for (long number = 0; number < 9; number++) {
                        assertEquals(
                                DeviceProgramTest.decide(rules, kind, right, number / 3, number % 3),
                                decide(list, kind, right, number / 3, number % 3),
                                kind + " " + right + " " + number + " by " + rules);
                    }
                }
            }
        }
        assertTrue(compared > 500, "only " + compared);
    }

    @Test
    void whatNoDeviceHas() {
        InvalidSpec type = assertThrows(InvalidSpec.class, () -> lines(rule(true, "x", 1L, 1L, "r")));
        InvalidSpec access = assertThrows(InvalidSpec.class, () -> lines(rule(true, "c", 1L, 1L, "rx")));
        InvalidSpec number = assertThrows(InvalidSpec.class, () -> lines(rule(true, "c", -7L, 1L, "r")));

        assertEquals("/linux/resources/devices/0/type", type.pointer());
        assertEquals("/linux/resources/devices/0/access", access.pointer());
        assertEquals("/linux/resources/devices/0/major", number.pointer());
    }
}
