// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.validate;

import dev.jrunc.json.Finding;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What this host's kernel can't do of a configuration, beside what planning finds. */
public final class HostCheck {

    /** Namespace types to their names in {@code /proc/sys/user/max_*_namespaces} and {@code /proc/PID/ns}. */
    public static final Map<String, String> KERNEL_NAMES = Map.of(
            "pid", "pid",
            "network", "net",
            "mount", "mnt",
            "ipc", "ipc",
            "uts", "uts",
            "user", "user",
            "cgroup", "cgroup",
            "time", "time");

    /** Not in /proc/filesystems: they stand for something else. */
    private static final Set<String> NO_FILE_SYSTEMS = Set.of("", "bind", "none");

    private static final int BURST = 514;
    private static final int IDLE = 515;

    private final Spec spec;
    private final Facts facts;
    private final List<Finding> findings = new ArrayList<>();

    private HostCheck(Spec spec, Facts facts) {
        this.spec = spec;
        this.facts = facts;
    }

    /**
     * What was read of the host.
     *
     * @param release of the kernel, uname(2): {@code 6.1.0-13-amd64}
     * @param fileSystems /proc/filesystems; empty when it can't be read
     * @param namespaces how many of each type there may be, by type; absent: the kernel has none of that type
     */
    public record Facts(String release, String fileSystems, Map<String, Long> namespaces) {

        public Facts {
            namespaces = Map.copyOf(namespaces);
        }
    }

    /** Errors and warnings. */
    public static List<Finding> check(Spec spec, Facts facts) {
        HostCheck check = new HostCheck(spec, facts);
        check.namespaces();
        check.fileSystems();
        check.processors();
        return check.findings;
    }

    private void namespaces() {
        for (int i = 0; i < spec.linux().namespaces().size(); i++) {
            Spec.Namespace namespace = spec.linux().namespaces().get(i);
            String pointer = "/linux/namespaces/" + i;
            Long maximum = facts.namespaces.get(namespace.type());
            if (maximum == null) {
                findings.add(Finding.error(pointer, "this kernel has no " + namespace.type() + " namespaces"));
            } else if (maximum == 0 && namespace.path() == null) {
                findings.add(Finding.error(
                        pointer,
                        "this host allows no new " + namespace.type() + " namespaces: /proc/sys/user/max_"
                                + KERNEL_NAMES.get(namespace.type()) + "_namespaces is 0"));
            }
        }
    }

    /** A module that would be loaded when it is needed isn't listed before. */
    private void fileSystems() {
        if (facts.fileSystems.isEmpty()) {
            return;
        }
        Set<String> known = new TreeSet<>(List.of(facts.fileSystems.split("\\s+")));
        for (int i = 0; i < spec.mounts().size(); i++) {
            Spec.Mount mount = spec.mounts().get(i);
            String type = mount.type() == null ? "" : mount.type();
            boolean bind = mount.options().contains("bind") || mount.options().contains("rbind");
            if (!bind && !NO_FILE_SYSTEMS.contains(type) && !known.contains(type)) {
                findings.add(Finding.warning(
                        "/mounts/" + i + "/type",
                        "this kernel doesn't know the file system " + type + ", unless it is in a module"
                                + Nearest.suggestion(type, known)));
            }
        }
    }

    private void processors() {
        Spec.Cpu cpu = spec.linux().resources().cpu();
        if (cpu == null) {
            return;
        }
        if (cpu.burst() != null && kernel() < BURST) {
            findings.add(Finding.error("/linux/resources/cpu/burst", "needs Linux 5.14, this is " + facts.release));
        }
        if (cpu.idle() != null && kernel() < IDLE) {
            findings.add(Finding.error("/linux/resources/cpu/idle", "needs Linux 5.15, this is " + facts.release));
        }
    }

    /** 5.14 as 514. */
    private int kernel() {
        String[] parts = facts.release.split("[^0-9]", 3);
        return Integer.parseInt(parts[0]) * 100 + Integer.parseInt(parts[1]);
    }
}
