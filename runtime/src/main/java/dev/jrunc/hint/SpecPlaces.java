// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

import dev.jrunc.spec.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parts of a configuration that a failure's place names. */
final class SpecPlaces {

    private static final String MOUNTS = "/mounts/";

    private SpecPlaces() {}

    /** The index of {@code /mounts/3} or what is below it; -1 for another place, or one that isn't there. */
    static int mountIndex(@Nullable Spec spec, String origin) {
        if (spec == null || !origin.startsWith(MOUNTS)) {
            return -1;
        }
        int end = MOUNTS.length();
        int index = 0;
        while (end < origin.length() && Character.isDigit(origin.charAt(end))) {
            index = index * 10 + origin.charAt(end++) - '0';
        }
        return end > MOUNTS.length() && index < spec.mounts().size() ? index : -1;
    }

    /** The last of the first mounts that hides a path of the root file system; -1 where none does. */
    static int hiding(List<Spec.Mount> mounts, int first, String path) {
        for (int i = first - 1; i >= 0; i--) {
            String destination = mounts.get(i).destination();
            if (path.equals(destination)
                    || path.startsWith(destination.endsWith("/") ? destination : destination + "/")) {
                return i;
            }
        }
        return -1;
    }

    /** The place of the namespace of that type; null where the container has none of its own. */
    static @Nullable String namespace(@Nullable Spec spec, String type) {
        if (spec == null) {
            return null;
        }
        for (int i = 0; i < spec.linux().namespaces().size(); i++) {
            if (spec.linux().namespaces().get(i).type().equals(type)) {
                return "/linux/namespaces/" + i;
            }
        }
        return null;
    }

    static boolean maps(List<Spec.IdMapping> mappings, long id) {
        for (Spec.IdMapping mapping : mappings) {
            if (id >= mapping.containerID() && id - mapping.containerID() < mapping.size()) {
                return true;
            }
        }
        return false;
    }

    /** The value of a variable of process.env; null where it isn't there. */
    static @Nullable String variable(Spec.Process process, String name) {
        for (String variable : process.env()) {
            if (variable.startsWith(name + "=")) {
                return variable.substring(name.length() + 1);
            }
        }
        return null;
    }
}
