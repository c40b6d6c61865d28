// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a resident engine has open. */
public final class EngineFds {
    /** By now: it was open when the folder was read. */
    private static final String CLOSED = "closed meanwhile";

    private EngineFds() {}

    /**
     * In order, numbers as N; but for its own files and pollers, which a JVM opens when it needs them.
     *
     * @param own the folder of its own files
     */
    public static List<String> of(long pid, Path own) {
        try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return all.map(EngineFds::target)
                    .filter(target -> !target.equals(CLOSED)
                            && !target.startsWith(own.toString())
                            && !target.startsWith("anon_inode:[event"))
                    .map(target -> target.replaceAll("\\d+", "N"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return CLOSED;
        }
    }
}
