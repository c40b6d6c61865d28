// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a container may do with devices: nothing, then the configuration's rules, then what every container needs. For each
 * right (to read, to write, to make) the last rule that is about it decides.
 */
final class DeviceRules {

    private static final String POINTER = "/linux/resources/devices";
    private static final long MAX_NUMBER = 0xffff_ffffL;

    /** Rights, and the kinds of devices: BPF_DEVCG_ACC_* and BPF_DEVCG_DEV_* of linux/bpf.h. */
    static final int MKNOD = 1;

    static final int READ = 2;
    static final int WRITE = 4;
    static final int ALL_RIGHTS = MKNOD | READ | WRITE;
    static final int BLOCK = 1;
    static final int CHARACTER = 2;

    /**
     * One kind of devices, or both.
     *
     * @param kind BLOCK, CHARACTER, or 0 for both
     * @param major null for all
     * @param minor null for all
     * @param rights of MKNOD, READ, WRITE
     */
    record Rule(
            Origin origin,
            boolean allow,
            int kind,
            @Nullable Long major,
            @Nullable Long minor,
            int rights) {

        /** Does it decide everything, so that what comes before it has no say? */
        boolean isTotal() {
            return kind == 0 && major == null && minor == null && rights == ALL_RIGHTS;
        }

        /** Every device that the other is about is one of this. */
        boolean covers(Rule other) {
            return (kind == 0 || kind == other.kind)
                    && (major == null || major.equals(other.major))
                    && (minor == null || minor.equals(other.minor));
        }

        /** There may be a device that both are about. */
        boolean meets(Rule other) {
            return (kind == 0 || other.kind == 0 || kind == other.kind)
                    && (major == null || other.major == null || major.equals(other.major))
                    && (minor == null || other.minor == null || minor.equals(other.minor));
        }

        Rule withRights(int left) {
            return new Rule(origin, allow, kind, major, minor, left);
        }

        /** As devices.allow and devices.deny of version 1 read it: {@code c 1:3 rwm}. Only for one kind. */
        String text() {
            StringBuilder text = new StringBuilder(kind == BLOCK ? "b " : "c ");
            text.append(major == null ? "*" : Long.toString(major)).append(':');
            text.append(minor == null ? "*" : Long.toString(minor)).append(' ');
            text.append((rights & READ) != 0 ? "r" : "");
            text.append((rights & WRITE) != 0 ? "w" : "");
            return text.append((rights & MKNOD) != 0 ? "m" : "").toString();
        }
    }

    /** Any node may be made (which doesn't allow to open it); the default devices, terminals, ptmx, tun and tap may be used. */
    private static final List<Rule> ALWAYS = List.of(
            always("making device nodes", CHARACTER, null, null, MKNOD),
            always("making device nodes", BLOCK, null, null, MKNOD),
            always("default device /dev/null", CHARACTER, 1L, 3L, ALL_RIGHTS),
            always("default device /dev/random", CHARACTER, 1L, 8L, ALL_RIGHTS),
            always("default device /dev/full", CHARACTER, 1L, 7L, ALL_RIGHTS),
            always("default device /dev/tty", CHARACTER, 5L, 0L, ALL_RIGHTS),
            always("default device /dev/zero", CHARACTER, 1L, 5L, ALL_RIGHTS),
            always("default device /dev/urandom", CHARACTER, 1L, 9L, ALL_RIGHTS),
            always("terminals", CHARACTER, 136L, null, ALL_RIGHTS),
            always("default device /dev/ptmx", CHARACTER, 5L, 2L, ALL_RIGHTS),
            // runc 1.2 took them away, and 1.2.4 gave them back: VPNs in containers make the node themselves.
            always("tun and tap", CHARACTER, 10L, 200L, ALL_RIGHTS));

    private DeviceRules() {}

    private static Rule always(String name, int kind, @Nullable Long major, @Nullable Long minor, int rights) {
        return new Rule(Origin.rule(name), true, kind, major, minor, rights);
    }

    /**
     * In order; the first one is total.
     *
     * @throws InvalidSpec for a type other than a, b and c, access other than r, w and m, and numbers that no device has
     */
    static List<Rule> of(List<Spec.DeviceRule> configured) {
        List<Rule> rules = new ArrayList<>();
        rules.add(new Rule(Origin.rule("no devices but those allowed"), false, 0, null, null, ALL_RIGHTS));
        for (int i = 0; i < configured.size(); i++) {
            rules.add(rule(configured.get(i), POINTER + "/" + i));
        }
        rules.addAll(ALWAYS);
        return rules;
    }

    private static Rule rule(Spec.DeviceRule rule, String pointer) {
        checkNumber(rule.major(), pointer + "/major");
        checkNumber(rule.minor(), pointer + "/minor");
        int kind = switch (rule.type()) {
            case "a" -> 0;
            case "b" -> BLOCK;
            case "c" -> CHARACTER;
            default -> throw new InvalidSpec(pointer + "/type", "expected a, b or c, found \"" + rule.type() + "\"");
        };
        return new Rule(
                Origin.at(pointer), rule.allow(), kind, rule.major(), rule.minor(), rights(rule.access(), pointer));
    }

    private static void checkNumber(@Nullable Long number, String pointer) {
        if (number != null && (number < 0 || number > MAX_NUMBER)) {
            throw new InvalidSpec(pointer, "expected -1 for all or a device number, found " + number);
        }
    }

    private static int rights(String access, String pointer) {
        int rights = 0;
        for (int i = 0; i < access.length(); i++) {
            rights |= switch (access.charAt(i)) {
                case 'm' -> MKNOD;
                case 'r' -> READ;
                case 'w' -> WRITE;
                default ->
                    throw new InvalidSpec(
                            pointer + "/access", "expected letters of r, w and m, found \"" + access + "\"");
            };
        }
        return rights;
    }
}
