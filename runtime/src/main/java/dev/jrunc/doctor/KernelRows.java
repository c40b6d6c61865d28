// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.doctor;

import dev.jrunc.error.Errno;
import dev.jrunc.json.Examination.Row;
import dev.jrunc.json.Examination.Verdict;
import dev.jrunc.validate.HostCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.TreeMap;

/** The kernel's interfaces, and its namespaces. */
final class KernelRows {

    private static final String AREA = "kernel";
    private static final int OLDEST = 510;
    private static final String NESTED =
            "; or a seccomp filter of an outer container refuses it: run that with a wider one";

    private KernelRows() {}

    /** A call, and what becomes of containers without it. */
    private record Probed(String name, String use, Verdict without, String advice) {}

    private static final List<Probed> PROBES = List.of(
            new Probed("openat2", "paths that can't leave the rootfs", Verdict.MISSING, "Linux 5.6 has it" + NESTED),
            new Probed("open_tree", "mounts by file descriptors", Verdict.MISSING, "Linux 5.2 has it" + NESTED),
            new Probed("fsopen", "mounts by file descriptors", Verdict.MISSING, "Linux 5.2 has it" + NESTED),
            new Probed(
                    "pidfd_open",
                    "signals that can't reach another process",
                    Verdict.MISSING,
                    "Linux 5.3 has it" + NESTED),
            new Probed(
                    "memfd_exec",
                    "init runs from a sealed copy of jrunc",
                    Verdict.MISSING,
                    "memory files may not be executed here: sysctl vm.memfd_noexec=0 or 1"),
            new Probed(
                    "seccomp_filter",
                    "linux.seccomp",
                    Verdict.WARNING,
                    "the kernel wants CONFIG_SECCOMP_FILTER; without it a"
                            + " configuration with a profile is refused"),
            new Probed(
                    "clone3",
                    "init is made in its cgroup",
                    Verdict.WARNING,
                    "Linux 5.3 has it; without it init is moved into its cgroup" + NESTED),
            new Probed(
                    "close_range",
                    "no file descriptor reaches a container",
                    Verdict.WARNING,
                    "Linux 5.11 has it; without it they are closed one by one" + NESTED),
            new Probed(
                    "mount_setattr",
                    "idmapped mounts, recursive mount attributes",
                    Verdict.WARNING,
                    "Linux 5.12 has it; without it a configuration with these is refused" + NESTED));

    static List<Row> of(Host host) {
        List<Row> rows = new ArrayList<>();
        String release = host.call().release();
        rows.add(
                version(release) < OLDEST
                        ? Row.missing(AREA, "release", release, "jrunc needs Linux 5.10 or newer")
                        : Row.good(AREA, "release", release));
        for (Probed probed : PROBES) {
            int error = host.probe(probed.name);
            rows.add(
                    error == 0
                            ? Row.good(AREA, probed.name, probed.use)
                            : new Row(AREA, probed.name, probed.without, Errno.describe(error), probed.advice));
        }
        rows.add(overlay(host));
        rows.add(namespaces(host));
        return rows;
    }

    /** 5.14 as 514; 0 for what is no version. */
    private static int version(String release) {
        StringTokenizer numbers = new StringTokenizer(release, ".-+ ");
        try {
            return Integer.parseInt(numbers.nextToken()) * 100 + Integer.parseInt(numbers.nextToken());
        } catch (NumberFormatException | java.util.NoSuchElementException e) {
            return 0;
        }
    }

    private static Row overlay(Host host) {
        Set<String> known = Set.copyOf(words(host.read("/proc/filesystems")));
        return known.contains("overlay")
                ? Row.good(AREA, "overlay", "images as layers")
                : Row.note(AREA, "overlay", "not loaded", "clients want it for images: modprobe overlay");
    }

    private static Row namespaces(Host host) {
        List<String> none = new ArrayList<>();
        for (String name : new TreeMap<>(HostCheck.KERNEL_NAMES).values()) {
            String limit = host.read("/proc/sys/user/max_" + name + "_namespaces");
            if (limit.isEmpty() || limit.equals("0")) {
                none.add(name);
            }
        }
        return none.isEmpty()
                ? Row.good(AREA, "namespaces", "all eight kinds")
                : Row.warning(
                        AREA,
                        "namespaces",
                        "no new ones: " + String.join(", ", none),
                        "sysctl user.max_NAME_namespaces says how many there may be; a kind without that file is not in this"
                                + " kernel, and a configuration with it is refused");
    }

    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringTokenizer tokens = new StringTokenizer(text);
        while (tokens.hasMoreTokens()) {
            words.add(tokens.nextToken());
        }
        return words;
    }
}
