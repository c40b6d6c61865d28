// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.error.ContainerError;
import dev.jrunc.json.ContainerState;
import dev.jrunc.plan.CgroupFolder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where in a container's cgroups another process goes: {@code --cgroup}. */
final class ExecCgroups {

    private ExecCgroups() {}

    /**
     * @param given {@code [CTRL[,CTRL]:]PATH} each
     * @return one folder for each hierarchy
     * @throws ContainerError for a path that leads out of the container's, or a controller that it doesn't have
     */
    static List<String> folders(ContainerState state, List<String> given) {
        Map<String, String> paths = parse(given);
        List<String> folders = new ArrayList<>();
        String inside = SubCgroups.ofProcesses(state);
        for (ContainerState.Cgroup cgroup : state.cgroups()) {
            CgroupFolder folder = cgroup.folder();
            String path = paths.getOrDefault("", "");
            for (String controller : folder.controllers()) {
                path = paths.getOrDefault(controller, path);
            }
            folders.add(folder.folder() + inside + below(path));
        }
        checkControllers(state, paths);
        return folders;
    }

    private static Map<String, String> parse(List<String> given) {
        Map<String, String> paths = new HashMap<>();
        for (String argument : given) {
            int colon = argument.indexOf(':');
            if (colon != argument.lastIndexOf(':')) {
                throw new ContainerError("invalid --cgroup argument: " + argument);
            }
            if (colon < 0 && given.size() > 1) {
                throw new ContainerError("invalid --cgroup argument: " + argument + " (missing <controller>: prefix)");
            }
            if (colon < 0) {
                paths.put("", argument);
                continue;
            }
            for (String controller : argument.substring(0, colon).split(",", -1)) {
                if (paths.put(controller, argument.substring(colon + 1)) != null) {
                    throw new ContainerError(
                            "invalid --cgroup argument(s): controller " + controller + " specified multiple times");
                }
            }
        }
        return paths;
    }

    private static void checkControllers(ContainerState state, Map<String, String> paths) {
        for (String controller : paths.keySet()) {
            boolean known = controller.isEmpty();
            for (ContainerState.Cgroup cgroup : state.cgroups()) {
                known = known || cgroup.folder().controllers().contains(controller);
            }
            if (!known) {
                throw new ContainerError("--cgroup: unknown controller " + controller
                        + ": the container has no cgroup of version 1 with it");
            }
        }
    }

    /** With a slash at the beginning, or empty. */
    private static String below(String path) {
        StringBuilder clean = new StringBuilder();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                throw new ContainerError("--cgroup: " + path + " is not a sub cgroup path");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                clean.append('/').append(part);
            }
        }
        return clean.toString();
    }
}
