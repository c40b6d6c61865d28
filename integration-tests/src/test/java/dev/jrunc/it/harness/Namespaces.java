// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The namespaces of processes of the host, by inode. */
public final class Namespaces {
    private Namespaces() {}

    /** One of our own, by its name in /proc/self/ns. */
    public static long own(String name) {
        return of(ProcessHandle.current().pid(), name);
    }

    /** One of another process. */
    public static long of(long pid, String name) {
        try {
            String link = Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "ns", name))
                    .toString();
            return Long.parseLong(link.substring(link.indexOf('[') + 1, link.indexOf(']')));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name in /proc/PID/ns of a type of the specification. */
    public static String nameOf(String type) {
        return switch (type) {
            case "network" -> "net";
            case "mount" -> "mnt";
            default -> type;
        };
    }
}
