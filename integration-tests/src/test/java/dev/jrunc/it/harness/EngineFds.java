// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.nio.file.Path;
import java.util.List;

/** What a resident engine has open. */
public final class EngineFds {
    private EngineFds() {}

    /**
     * In order, numbers as N; but for its own files and pollers, which a JVM opens when it needs them.
     *
     * @param own the folder of its own files
     */
    public static List<String> of(long pid, Path own) {
        return Processes.openFiles(pid).stream()
                .filter(target -> !target.startsWith(own.toString()) && !target.startsWith("anon_inode:[event"))
                .map(target -> target.replaceAll("\\d+", "N"))
                .sorted()
                .toList();
    }
}
