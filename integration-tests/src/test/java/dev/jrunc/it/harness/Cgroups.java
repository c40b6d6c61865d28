// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The host's cgroups, where every hierarchy has its folder below /sys/fs/cgroup. */
public final class Cgroups {
    private static final Path MOUNTS = Path.of("/sys/fs/cgroup");

    private Cgroups() {}

    /** The caller's own /proc/self/cgroup. */
    public static String own() {
        return read(Path.of("/proc/self/cgroup"));
    }

    /** The path in one hierarchy from the text of a /proc/PID/cgroup; the v2 hierarchy has the name "". */
    public static Optional<String> pathIn(String text, String controller) {
        return text.lines()
                .map(line -> line.split(":", 3))
                .filter(fields -> Arrays.asList(fields[1].split(",", -1)).contains(controller))
                .map(fields -> fields[2])
                .findFirst();
    }

    /** The host's folder of the cgroup of a v1 controller at a path. */
    public static Path folder(String controller, String path) {
        return MOUNTS.resolve(controller).resolve(path.substring(1));
    }

    /** Whether the host has version 2 alone. */
    public static boolean areUnified() {
        return Files.exists(MOUNTS.resolve("cgroup.controllers"));
    }

    /** The host's folder of a cgroup of version 2 alone. */
    public static Path unified(String path) {
        return MOUNTS.resolve(path.substring(1));
    }

    /** All cgroups of all hierarchies whose path has this text, deepest first; one may vanish while the tree is walked. */
    public static List<Path> mentioning(String text) {
        List<Path> found = new ArrayList<>();
        collect(MOUNTS.toFile(), text, found);
        return found;
    }

    private static void collect(File folder, String text, List<Path> found) {
        if (isLeaf(folder)) {
            return;
        }
        File[] children = folder.listFiles(File::isDirectory);
        if (children == null) {
            return;
        }
        for (File child : children) {
            collect(child, text, found);
            if (child.getPath().contains(text)) {
                found.add(child.toPath());
            }
        }
    }

    /** The kernel counts the folders in one of its own as links: this spares a look at each of dozens of files. */
    private static boolean isLeaf(File folder) {
        try {
            return Integer.valueOf(2).equals(Files.getAttribute(folder.toPath(), "unix:nlink"));
        } catch (IOException e) {
            return true;
        }
    }

    /** Removes cgroups in this order, which has to be possible once those that were in them have ended. */
    public static void remove(List<Path> cgroups) {
        for (Path cgroup : cgroups) {
            Await.until(
                    "the end of " + cgroup,
                    () -> cgroup.toFile().delete() || !Files.exists(cgroup),
                    () -> value(cgroup, "cgroup.procs"));
        }
    }

    /** The value of a file of a cgroup, without its line end. */
    public static String value(Path folder, String file) {
        return read(folder.resolve(file)).strip();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
