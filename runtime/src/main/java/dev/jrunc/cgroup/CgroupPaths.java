// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.CgroupFolder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a container's cgroups are, by {@code linux.cgroupsPath}. */
public final class CgroupPaths {

    private static final String POINTER = "/linux/cgroupsPath";

    private CgroupPaths() {}

    /**
     * An absolute path is below each mount; a relative one, or the id where there is none, below the caller's own cgroup.
     *
     * @throws InvalidSpec for a path that leads upwards, or nowhere
     */
    public static List<CgroupFolder> folders(CgroupLayout layout, @Nullable String cgroupsPath, String id) {
        String given = cgroupsPath == null || cgroupsPath.isEmpty() ? id : cgroupsPath;
        String path = clean(given);
        boolean absolute = given.startsWith("/");
        if (path.isEmpty()) {
            throw new InvalidSpec(POINTER, "a container can't have the hierarchy's root as its cgroup");
        }
        List<CgroupFolder> folders = new ArrayList<>();
        for (Hierarchy hierarchy : layout.hierarchies()) {
            String own = absolute || hierarchy.own().equals("/") ? "" : hierarchy.own();
            folders.add(new CgroupFolder(hierarchy.mount(), own + path, hierarchy.version(), hierarchy.controllers()));
        }
        return folders;
    }

    private static String clean(String path) {
        StringBuilder clean = new StringBuilder();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                throw new InvalidSpec(POINTER, "\"" + path + "\" leads upwards");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                clean.append('/').append(part);
            }
        }
        return clean.toString();
    }
}
