// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs are run by an interpreter, and compared with what the rules say read one after another. */
class DeviceProgramTest {

    private static final List<Spec.DeviceRule> NOTHING = List.of(rule(false, "a", null, null, "rwm"));

    private static Spec.DeviceRule rule(
            boolean allow, String type, @Nullable Long major, @Nullable Long minor, String access) {
        return new Spec.DeviceRule(allow, type, major, minor, access);
    }

    private static boolean allowed(List<DeviceRules.Rule> rules, int kind, int rights, long major, long minor) {
        return new BpfInterpreter(DeviceProgram.compile(rules)).run(kind, rights, major, minor) == 1;
    }

    private static int rights(String letters) {
        int rights = 0;
        for (int i = 0; i < letters.length(); i++) {
            char letter = letters.charAt(i);
            rights |= letter == 'r' ? DeviceRules.READ : letter == 'w' ? DeviceRules.WRITE : DeviceRules.MKNOD;
        }
        return rights;
    }

    @ParameterizedTest
    @CsvSource({
        "c, rw, 1, 3, true", // null
        "c, rwm, 1, 9, true", // urandom
        "c, rw, 136, 0, true", // a terminal
        "c, rw, 136, 77, true",
        "c, rw, 5, 2, true", // ptmx
        "c, rw, 5, 1, false", // console
        "c, r, 1, 1, false", // mem
        "c, m, 1, 1, true",
        "c, rm, 1, 1, false",
        "b, m, 8, 0, true",
        "b, r, 8, 0, false",
        "b, r, 1, 3, false", // a block device with the numbers of null
        "c, rw, 10, 200, true", // tun
        "c, rw, 10, 229, false" // fuse
    })
    void whatEveryContainerMay(String type, String access, long major, long minor, boolean expected) {
        int kind = type.equals("b") ? DeviceRules.BLOCK : DeviceRules.CHARACTER;

        for (List<Spec.DeviceRule> configured : List.of(NOTHING, List.<Spec.DeviceRule>of())) {
            assertEquals(expected, allowed(DeviceRules.of(configured), kind, rights(access), major, minor));
        }
    }

    @Test
    void allIsAllowedToThePrivileged() {
        List<DeviceRules.Rule> rules = DeviceRules.of(List.of(NOTHING.getFirst(), rule(true, "a", null, null, "rwm")));

        assertTrue(allowed(rules, DeviceRules.BLOCK, DeviceRules.ALL_RIGHTS, 8, 0));
        assertTrue(allowed(rules, DeviceRules.CHARACTER, DeviceRules.ALL_RIGHTS, 1, 1));
    }

    @ParameterizedTest
    @CsvSource({"r, true", "w, true", "rw, true", "m, true", "rwm, true"})
    void rightsGivenOneByOneAddUp(String access, boolean expected) {
        List<DeviceRules.Rule> rules = DeviceRules.of(
                List.of(NOTHING.getFirst(), rule(true, "c", 10L, 229L, "r"), rule(true, "c", 10L, 229L, "w")));

        assertEquals(expected, allowed(rules, DeviceRules.CHARACTER, rights(access), 10, 229));
    }

    @ParameterizedTest
    @CsvSource({"r, true", "w, false", "rw, false"})
    void aRightThatIsTakenBackIsGone(String access, boolean expected) {
        List<DeviceRules.Rule> rules =
                DeviceRules.of(List.of(rule(true, "a", null, null, "rwm"), rule(false, "b", 8L, null, "w")));

        assertEquals(expected, allowed(rules, DeviceRules.BLOCK, rights(access), 8, 1));
    }

    @Test
    void aRuleForBothKindsWithOneRightIsNotOneForAll() {
        List<DeviceRules.Rule> rules = DeviceRules.of(List.of(rule(true, "a", null, null, "r")));

        assertTrue(allowed(rules, DeviceRules.BLOCK, DeviceRules.READ, 8, 0));
        assertFalse(allowed(rules, DeviceRules.BLOCK, DeviceRules.WRITE, 8, 0));
    }

    @Test
    void anyRulesDecideAsTheyReadOneAfterAnother() {
        Random random = new Random(20260101);
        for (int i = 0; i < 400; i++) {
            List<Spec.DeviceRule> configured = new ArrayList<>();
            for (int j = random.nextInt(7); j > 0; j--) {
                configured.add(anyRule(random));
            }
            List<DeviceRules.Rule> rules = DeviceRules.of(configured);
            for (int kind = 1; kind <= 2; kind++) {
                for (int rights = 1; rights <= 7; rights++) {
                    for (long number = 0; number < 9; number++) {
                        boolean expected = decide(rules, kind, rights, number / 3, number % 3);
                        assertEquals(
                                expected,
                                allowed(rules, kind, rights, number / 3, number % 3),
                                kind + " " + rights + " " + number + " by " + rules);
                    }
                }
            }
        }
    }

    static Spec.DeviceRule anyRule(Random random) {
        String type = List.of("a", "b", "c").get(random.nextInt(3));
        Long major = random.nextBoolean() ? Long.valueOf(random.nextInt(3)) : null;
        Long minor = random.nextBoolean() ? Long.valueOf(random.nextInt(3)) : null;
        String access = List.of("r", "w", "m", "rw", "rm", "wm", "rwm").get(random.nextInt(7));
        return rule(random.nextBoolean(), type, major, minor, access);
    }

    /** Every right by the last rule about it. */
    static boolean decide(List<DeviceRules.Rule> rules, int kind, int rights, long major, long minor) {
        for (int right = 1; right <= 4; right <<= 1) {
            boolean allowed = false;
            for (DeviceRules.Rule rule : rules) {
                boolean about = (rule.kind() == 0 || rule.kind() == kind)
                        && (rule.major() == null || rule.major() == major)
                        && (rule.minor() == null || rule.minor() == minor)
                        && (rule.rights() & right) != 0;
                allowed = about ? rule.allow() : allowed;
            }
            if ((rights & right) != 0 && !allowed) {
                return false;
            }
        }
        return true;
    }
}
