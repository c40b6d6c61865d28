// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the options of one mount ask for: mount(8)'s flags and their negations, the specification's recursive ones,
 * propagation, and what is left for the file system.
 */
public final class MountOptions {

    /** MOUNT_ATTR_* of mount_setattr(2). */
    static final long RDONLY = 0x1;

    private static final long NOSUID = 0x2;
    private static final long NODEV = 0x4;
    public static final long NOEXEC = 0x8;
    private static final long ATIME_MASK = 0x70;
    private static final long NOATIME = 0x10;
    private static final long STRICTATIME = 0x20;
    private static final long NODIRATIME = 0x80;
    private static final long NOSYMFOLLOW = 0x20_0000;

    /** MS_* of mount(2). */
    static final long MS_REC = 0x4000;

    static final long MS_UNBINDABLE = 1 << 17;
    static final long MS_PRIVATE = 1 << 18;
    static final long MS_SLAVE = 1 << 19;
    static final long MS_SHARED = 1 << 20;

    /** Bits to set and bits to clear first. */
    private record Attributes(long set, long clear) {}

    private static final Map<String, Attributes> ATTRIBUTES = new HashMap<>();
    private static final Map<String, Long> PROPAGATIONS = new HashMap<>();

    /** Flags of the superblock, which are parameters of a new file system and mean nothing for a bind mount. */
    private static final List<String> SUPERBLOCK_FLAGS = List.of("sync", "dirsync", "lazytime", "mand", "iversion");

    /** Accepted and without effect: they are the default, or can't be asked for any more. */
    private static final List<String> NO_EFFECT = List.of(
            "defaults", "async", "noiversion", "nolazytime", "nomand", "loud", "silent", "remount", "acl", "noacl");

    private static final List<String> OTHERS = List.of("bind", "rbind", "tmpcopyup");

    private static final List<String> IDMAPS = List.of("idmap", "ridmap");

    static {
        attribute("ro", "rw", RDONLY, RDONLY);
        attribute("nosuid", "suid", NOSUID, NOSUID);
        attribute("nodev", "dev", NODEV, NODEV);
        attribute("noexec", "exec", NOEXEC, NOEXEC);
        attribute("nodiratime", "diratime", NODIRATIME, NODIRATIME);
        attribute("nosymfollow", "symfollow", NOSYMFOLLOW, NOSYMFOLLOW);
        attribute("noatime", "atime", NOATIME, ATIME_MASK);
        attribute("strictatime", "nostrictatime", STRICTATIME, ATIME_MASK);
        attribute("relatime", "norelatime", 0, ATIME_MASK);
        propagation("private", MS_PRIVATE);
        propagation("shared", MS_SHARED);
        propagation("slave", MS_SLAVE);
        propagation("unbindable", MS_UNBINDABLE);
    }

    private static void attribute(String name, String negation, long set, long clear) {
        ATTRIBUTES.put(name, new Attributes(set, clear));
        ATTRIBUTES.put(negation, new Attributes(0, clear));
    }

    private static void propagation(String name, long bits) {
        PROPAGATIONS.put(name, bits);
        PROPAGATIONS.put("r" + name, bits | MS_REC);
    }

    private long attributesSet;
    private long attributesClear;
    private long recursiveSet;
    private long recursiveClear;
    private boolean bind;
    private boolean recursive;
    private boolean copyUp;
    private boolean idmap;
    private boolean recursiveIdmap;
    private final List<Long> propagations = new ArrayList<>();
    private final List<String> parameters = new ArrayList<>();

    private MountOptions() {}

    static MountOptions of(List<String> options) {
        MountOptions read = new MountOptions();
        for (String option : options) {
            read.add(option);
        }
        return read;
    }

    /** MS_* bits of a propagation's name, such as {@code rslave}; 0 for an unknown one. */
    static long propagationOf(String name) {
        return PROPAGATIONS.getOrDefault(name, 0L);
    }

    /** All that mean something here, whatever the file system is. */
    public static SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>(PROPAGATIONS.keySet());
        for (String attribute : ATTRIBUTES.keySet()) {
            names.add(attribute);
            names.add("r" + attribute);
        }
        names.addAll(SUPERBLOCK_FLAGS);
        names.addAll(NO_EFFECT);
        names.addAll(OTHERS);
        names.addAll(IDMAPS);
        return names;
    }

    private void add(String option) {
        Attributes attributes = ATTRIBUTES.get(option);
        Attributes recursively = option.startsWith("r") ? ATTRIBUTES.get(option.substring(1)) : null;
        Long propagation = PROPAGATIONS.get(option);
        if (attributes != null) {
            attributesSet = attributesSet & ~attributes.clear | attributes.set;
            attributesClear |= attributes.clear;
        } else if (recursively != null) {
            recursiveSet = recursiveSet & ~recursively.clear | recursively.set;
            recursiveClear |= recursively.clear;
        } else if (propagation != null) {
            propagations.add(propagation);
        } else if (SUPERBLOCK_FLAGS.contains(option)) {
            parameters.add(option);
        } else if (!NO_EFFECT.contains(option)) {
            addOther(option);
        }
    }

    private void addOther(String option) {
        switch (option) {
            case "bind" -> bind = true;
            case "rbind" -> {
                bind = true;
                recursive = true;
            }
            case "tmpcopyup" -> copyUp = true;
            case "idmap" -> idmap = true;
            case "ridmap" -> {
                idmap = true;
                recursiveIdmap = true;
            }
            case "" -> {}
            default -> addParameters(option);
        }
    }

    /**
     * Several in one string are several, as to mount(2): but for an SELinux context, which has commas of its own, as have numbers of
     * nodes, and what {@code \} is before.
     */
    private void addParameters(String option) {
        int equals = option.indexOf('=');
        if (option.indexOf(',') < 0
                || equals >= 0 && option.substring(0, equals).endsWith("context")) {
            parameters.add(option);
            return;
        }
        for (String parameter : option.split("(?<!\\\\),(?![0-9])")) {
            if (!parameter.isEmpty()) {
                parameters.add(parameter);
            }
        }
    }

    boolean isBind() {
        return bind;
    }

    boolean isRecursive() {
        return recursive;
    }

    boolean isCopyUp() {
        return copyUp;
    }

    boolean isIdmap() {
        return idmap;
    }

    /** For all mounts below as well. */
    boolean isRecursiveIdmap() {
        return recursiveIdmap;
    }

    boolean isReadonly() {
        return (attributes() & RDONLY) != 0;
    }

    /** For a new mount. */
    long attributes() {
        return attributesSet & ~recursiveClear | recursiveSet;
    }

    /** For a mount that has attributes already. */
    long attributesSet() {
        return attributesSet;
    }

    /** What has to be cleared of a mount that has attributes already; never what is set again. */
    long attributesClear() {
        return cleared(attributesClear, attributesSet);
    }

    /** What has to be cleared of a mount that has attributes already where only {@link #attributes()} are asked for: the kernel wants it of a
     * number of several bits. */
    long otherAccessTime() {
        return (attributes() & ATIME_MASK) == 0 ? 0 : ATIME_MASK;
    }

    long recursiveSet() {
        return recursiveSet;
    }

    long recursiveClear() {
        return cleared(recursiveClear, recursiveSet);
    }

    /** The access time is a number of several bits, which are cleared together; other bits are either set or cleared. */
    private static long cleared(long clear, long set) {
        return clear & ATIME_MASK | clear & ~ATIME_MASK & ~set;
    }

    /** MS_* bits; 0 for none. The last one counts, but a mount may be a slave and shared at once. */
    long propagation() {
        long propagation = 0;
        for (long next : propagations) {
            boolean both = (propagation & MS_SLAVE) != 0 && (next & MS_SHARED) != 0;
            propagation = both ? propagation | next : next;
        }
        return propagation;
    }

    /** For the file system: {@code name=value} or {@code name}. */
    List<String> parameters() {
        return parameters;
    }
}
