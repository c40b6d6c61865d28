// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import dev.jrunc.error.InvalidSpec;
import org.jspecify.annotations.Nullable;

/**
 * What {@code linux.cgroupsPath} means with {@code --systemd-cgroup}: {@code slice:prefix:name}, as runc and its callers have it.
 *
 * @param slice the unit that it is in
 * @param unit the container's own: a scope, or a slice where the name says so
 */
public record UnitName(String slice, String unit) {

    private static final String POINTER = "/linux/cgroupsPath";
    private static final String SLICE = ".slice";
    private static final int MAX_UNIT_CHARACTERS = 255;

    /**
     * @param user the unit is the user's own systemd's
     * @throws InvalidSpec for a path of another form, or what is no name of a unit, systemd.unit(5)
     */
    public static UnitName of(@Nullable String cgroupsPath, String id, boolean user) {
        String slice = user ? "user.slice" : "system.slice";
        if (cgroupsPath == null || cgroupsPath.isEmpty()) {
            return checked(slice, "jrunc-" + id + ".scope");
        }
        String[] parts = cgroupsPath.split(":", -1);
        if (parts.length != 3) {
            throw new InvalidSpec(
                    POINTER,
                    "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \""
                            + cgroupsPath + "\" instead");
        }
        String name = parts[2];
        String unit = name.endsWith(SLICE) ? name : parts[1] + "-" + name + ".scope";
        return checked(parts[0].isEmpty() ? slice : parts[0], unit);
    }

    private static UnitName checked(String slice, String unit) {
        if (unit.length() > MAX_UNIT_CHARACTERS || !isName(unit) || unit.startsWith(".")) {
            throw new InvalidSpec(POINTER, "\"" + unit + "\" is no name of a systemd unit");
        }
        new UnitName(slice, unit).slicePath();
        return new UnitName(slice, unit);
    }

    /** systemd.unit(5): ASCII letters, digits, and a few others. */
    private static boolean isName(String unit) {
        for (int i = 0; i < unit.length(); i++) {
            char c = unit.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letter && ":-_.\\@".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    boolean isSlice() {
        return unit.endsWith(SLICE);
    }

    /** Of its cgroup, below that of systemd itself. */
    public String path() {
        return slicePath() + "/" + unit;
    }

    /** systemd.slice(5): {@code a-b.slice} is in {@code a.slice}. Empty for the root slice. */
    private String slicePath() {
        boolean named = slice.endsWith(SLICE) && slice.length() > SLICE.length() && isName(slice);
        String name = named ? slice.substring(0, slice.length() - SLICE.length()) : "";
        if (name.equals("-")) {
            return "";
        }
        if (!named || name.startsWith("-") || name.endsWith("-") || name.contains("--")) {
            throw new InvalidSpec(POINTER, "\"" + slice + "\" is no name of a slice");
        }
        StringBuilder path = new StringBuilder();
        for (int end = name.indexOf('-'); end >= 0; end = name.indexOf('-', end + 1)) {
            path.append('/').append(name, 0, end).append(SLICE);
        }
        return path.append('/').append(slice).toString();
    }
}
