// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.Origin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a container's cgroups are, by {@code linux.cgroupsPath}. */
public final class CgroupPaths {

    private static final String POINTER = "/linux/cgroupsPath";

    private CgroupPaths() {}

    /**
     * An absolute path is below each mount; a relative one, or the id where there is none, below the caller's own cgroup of
     * version 1, and beside that of version 2: where that has processes, as it does, it can't have children with controllers.
     *
     * @throws InvalidSpec for a path that leads nowhere
     */
    public static List<CgroupFolder> folders(CgroupLayout layout, @Nullable String cgroupsPath, String id) {
        String given = cgroupsPath == null || cgroupsPath.isEmpty() ? id : cgroupsPath;
        String path = clean(given);
        boolean absolute = given.startsWith("/");
        if (path.isEmpty()) {
            throw new InvalidSpec(POINTER, "\"" + given + "\" names no cgroup of the container's own");
        }
        List<CgroupFolder> folders = new ArrayList<>();
        for (Hierarchy hierarchy : layout.hierarchies()) {
            String parent = absolute ? "" : parent(hierarchy, layout.isUnified());
            folders.add(
                    new CgroupFolder(hierarchy.mount(), parent + path, hierarchy.version(), hierarchy.controllers()));
        }
        return folders;
    }

    /** Where the caller itself is. */
    static List<CgroupFolder> callers(CgroupLayout layout) {
        List<CgroupFolder> folders = new ArrayList<>();
        for (Hierarchy hierarchy : layout.hierarchies()) {
            folders.add(
                    new CgroupFolder(hierarchy.mount(), hierarchy.own(), hierarchy.version(), hierarchy.controllers()));
        }
        return folders;
    }

    private static String parent(Hierarchy hierarchy, boolean unified) {
        String own = hierarchy.own().equals("/") ? "" : hierarchy.own();
        return unified ? own.substring(0, Math.max(0, own.lastIndexOf('/'))) : own;
    }

    /** The place in config.json, or the rule, that the path comes from. */
    static Origin origin(@Nullable String cgroupsPath) {
        return cgroupsPath == null || cgroupsPath.isEmpty()
                ? Origin.rule("cgroup named by the container's id")
                : Origin.at(POINTER);
    }

    /** Upwards it leads no further than to where it starts. */
    private static String clean(String path) {
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        StringBuilder clean = new StringBuilder();
        for (String part : parts) {
            clean.append('/').append(part);
        }
        return clean.toString();
    }
}
