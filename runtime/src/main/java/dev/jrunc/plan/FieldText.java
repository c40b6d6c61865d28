// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.List;
import java.util.Map;

/** Numbers of operations as a reader knows them: flags, kinds and sets by their names. */
final class FieldText {

    private record Bit(long bit, String name) {}

    private static final List<Bit> ATTRIBUTES = List.of(
            new Bit(0x1, "ro"),
            new Bit(0x2, "nosuid"),
            new Bit(0x4, "nodev"),
            new Bit(0x8, "noexec"),
            new Bit(0x10, "noatime"),
            new Bit(0x20, "strictatime"),
            new Bit(0x80, "nodiratime"),
            new Bit(0x20_0000, "nosymfollow"));

    /** What is cleared is a question of bits: one that is gone means the opposite, and the access time is three of them. */
    private static final List<Bit> CLEARED_ATTRIBUTES = List.of(
            new Bit(0x1, "ro"),
            new Bit(0x2, "nosuid"),
            new Bit(0x4, "nodev"),
            new Bit(0x8, "noexec"),
            new Bit(0x70, "atime"),
            new Bit(0x80, "nodiratime"),
            new Bit(0x20_0000, "nosymfollow"));

    private static final List<Bit> PROPAGATIONS = List.of(
            new Bit(MountOptions.MS_UNBINDABLE, "unbindable"),
            new Bit(MountOptions.MS_PRIVATE, "private"),
            new Bit(MountOptions.MS_SLAVE, "slave"),
            new Bit(MountOptions.MS_SHARED, "shared"),
            new Bit(MountOptions.MS_REC, "recursive"));

    /** SECCOMP_FILTER_FLAG_*. */
    private static final List<Bit> FILTER_FLAGS = List.of(
            new Bit(SeccompFilter.LOG, "log"),
            new Bit(SeccompFilter.SPEC_ALLOW, "spec_allow"),
            new Bit(SeccompFilter.NEW_LISTENER, "new_listener"),
            new Bit(SeccompFilter.WAIT_KILLABLE_RECV, "wait_killable_recv"));

    /** Sync points of native/protocol.h. */
    private static final Map<Long, String> POINTS =
            Map.of(Plan.SYNC_RUNTIME_HOOKS, "RUNTIME_HOOKS", Plan.SYNC_LIMITS, "LIMITS", Plan.SYNC_READY, "READY");

    /** pivot_method of native/protocol.h. */
    private static final Map<Long, String> METHODS =
            Map.of(Planner.PIVOT, "pivot_root", Planner.MOVE, "move", Planner.CHROOT, "chroot");

    private static final Map<Long, String> DEVICE_TYPES =
            Map.of(DevicePlanner.S_IFIFO, "p", DevicePlanner.S_IFCHR, "c", DevicePlanner.S_IFBLK, "b");

    private FieldText() {}

    /** A 32-bit field; empty for one that says nothing. */
    static String number(String field, long value) {
        return switch (field) {
            case "point" -> POINTS.getOrDefault(value, Long.toString(value));
            case "method" -> METHODS.getOrDefault(value, Long.toString(value));
            case "type" -> DEVICE_TYPES.getOrDefault(value, Long.toString(value));
            case "joinKinds" -> bits("newNamespaces", value);
            case "umask" -> octal(value);
            case "mode" -> value == 0 ? "" : octal(value);
            case "flags" -> names(FILTER_FLAGS, value);
            case "disposition", "rows", "columns", "timeoutSeconds", "preserveFds" ->
                value == 0 ? "" : Long.toString(value);
            default -> Long.toString(value);
        };
    }

    private static String octal(long value) {
        return "0" + Long.toOctalString(value);
    }

    /** A 64-bit field; empty for one that says nothing. */
    static String bits(String field, long value) {
        return switch (field) {
            case "attributes", "attributesSet", "recursiveSet" -> names(ATTRIBUTES, value);
            case "attributesClear", "recursiveClear" -> names(CLEARED_ATTRIBUTES, value);
            case "propagation" -> names(PROPAGATIONS, value);
            case "newNamespaces" -> namespaces(value);
            case "bounding", "effective", "permitted", "inheritable", "ambient" -> capabilities(value);
            case "soft", "hard" -> value == -1 ? "unlimited" : Long.toUnsignedString(value);
            default -> Long.toUnsignedString(value);
        };
    }

    private static String names(List<Bit> bits, long value) {
        StringBuilder names = new StringBuilder();
        long left = value;
        for (Bit bit : bits) {
            if ((value & bit.bit) == bit.bit) {
                add(names, bit.name);
                left &= ~bit.bit;
            }
        }
        if (left != 0) {
            add(names, "0x" + Long.toHexString(left));
        }
        return names.toString();
    }

    private static void add(StringBuilder names, String name) {
        names.append(names.isEmpty() ? "" : ",").append(name);
    }

    private static String namespaces(long value) {
        StringBuilder names = new StringBuilder();
        for (String type : List.of("user", "mount", "pid", "network", "ipc", "uts", "cgroup", "time")) {
            if ((value & Names.namespace(type).orElseThrow()) != 0) {
                add(names, type);
            }
        }
        return names.toString();
    }

    private static String capabilities(long value) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < Names.CAPABILITIES.size(); i++) {
            if ((value >>> i & 1) != 0) {
                add(names, Names.CAPABILITIES.get(i));
            }
        }
        return names.isEmpty() ? "none" : names.toString();
    }
}
