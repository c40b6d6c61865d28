// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A line of /proc/PID/mountinfo, see proc_pid_mountinfo(5).
 *
 * @param device major:minor
 * @param root the path within the file system that is mounted
 * @param target where it is mounted
 * @param options the mount's own options
 * @param propagation optional fields such as {@code shared:3}
 * @param type the type of the file system
 * @param source the source
 * @param superOptions the file system's options
 */
public record Mount(
        String device,
        String root,
        String target,
        Set<String> options,
        Set<String> propagation,
        String type,
        String source,
        Set<String> superOptions) {

    public Mount {
        options = Set.copyOf(options);
        propagation = Set.copyOf(propagation);
        superOptions = Set.copyOf(superOptions);
    }

    static Mount parse(String line) {
        List<String> fields = Arrays.asList(line.split(" ", -1));
        int dash = fields.indexOf("-");
        return new Mount(
                fields.get(2),
                fields.get(3),
                fields.get(4),
                words(fields.get(5)),
                Set.copyOf(fields.subList(6, dash)),
                fields.get(dash + 1),
                fields.get(dash + 2),
                words(fields.get(dash + 3)));
    }

    private static Set<String> words(String commaSeparated) {
        return Set.copyOf(Arrays.asList(commaSeparated.split(",", -1)));
    }
}
