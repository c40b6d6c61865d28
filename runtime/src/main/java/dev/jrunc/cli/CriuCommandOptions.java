// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static dev.jrunc.cli.ConsoleOptions.given;

import dev.jrunc.criu.CriuOptions;
import dev.jrunc.error.UsageError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options that {@code checkpoint} and {@code restore} have in common. */
final class CriuCommandOptions {

    private static final List<String> CGROUP_MODES = List.of("soft", "full", "strict", "ignore");

    private CriuCommandOptions() {}

    static void declare(Options options) {
        options.value("FOLDER", "where the images are; default: checkpoint", "--image-path");
        options.value("FOLDER", "where criu's log and work files go; default: that of the images", "--work-path");
        options.flag("with established TCP connections", "--tcp-established");
        options.flag("with Unix sockets whose other end is outside", "--ext-unix-sk");
        options.flag("with a terminal or session of the caller's", "--shell-job");
        options.flag("with file locks", "--file-locks");
        options.value("soft|full|strict|ignore", "what criu does with cgroups", "--manage-cgroups-mode");
        options.value("network", "a namespace whose content is left out", "--empty-ns");
        options.flag("drop pages that are there twice", "--auto-dedup");
        options.flag("memory comes when it is wanted, by userfaultfd", "--lazy-pages");
    }

    static CriuOptions of(Invocation invocation) {
        return new CriuOptions(
                given(invocation.value("--image-path")),
                given(invocation.value("--work-path")),
                invocation.flag("--tcp-established"),
                invocation.flag("--ext-unix-sk"),
                invocation.flag("--shell-job"),
                invocation.flag("--file-locks"),
                cgroupsMode(given(invocation.value("--manage-cgroups-mode"))),
                emptyNetwork(invocation.values("--empty-ns")),
                invocation.flag("--auto-dedup"),
                invocation.flag("--lazy-pages"));
    }

    private static @Nullable String cgroupsMode(@Nullable String mode) {
        if (mode != null && !CGROUP_MODES.contains(mode)) {
            throw new UsageError(
                    "invalid manage-cgroups-mode \"" + mode + "\": expected one of " + String.join(", ", CGROUP_MODES));
        }
        return mode;
    }

    private static boolean emptyNetwork(List<String> namespaces) {
        for (String namespace : namespaces) {
            if (!namespace.equals("network")) {
                throw new UsageError("--empty-ns: namespace \"" + namespace + "\" is not supported, only network is");
            }
        }
        return !namespaces.isEmpty();
    }
}
