// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.doctor;

import dev.jrunc.cgroup.CgroupLayout;
import dev.jrunc.cgroup.Hierarchy;
import dev.jrunc.hint.MountTable;
import dev.jrunc.json.Examination.Row;
import dev.jrunc.plan.MountInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Cgroups: how they are mounted, and which controllers there are for containers. */
final class CgroupRows {

    private static final String AREA = "cgroups";
    /** What clients set by default, by its names in both versions. */
    private static final List<String> WANTED = List.of("cpu", "cpuset", "memory", "pids");

    private CgroupRows() {}

    static List<Row> of(Host host) {
        List<Row> rows = new ArrayList<>();
        String mountinfo = host.read("/proc/self/mountinfo");
        CgroupLayout layout =
                CgroupLayout.parse(mountinfo, host.call().cgroups().utf8());
        rows.add(layout(layout));
        if (!layout.hierarchies().isEmpty()) {
            rows.add(controllers(host, layout));
            rows.add(writable(mountinfo, layout));
            rows.add(kill(host, layout));
        }
        rows.add(systemd(host));
        return rows;
    }

    private static Row layout(CgroupLayout layout) {
        if (layout.hierarchies().isEmpty()) {
            return Row.missing(
                    AREA,
                    "layout",
                    "none is mounted",
                    "mount -t cgroup2 cgroup2 /sys/fs/cgroup; without one there are no limits");
        }
        boolean two = layout.hierarchies().stream().anyMatch(hierarchy -> hierarchy.version() == 2);
        return Row.good(
                AREA,
                "layout",
                layout.isUnified() ? "version 2" : two ? "version 1, with one of version 2" : "version 1");
    }

    private static Row controllers(Host host, CgroupLayout layout) {
        Set<String> found = new TreeSet<>();
        for (Hierarchy hierarchy : layout.hierarchies()) {
            for (String controller : hierarchy.controllers()) {
                if (!controller.startsWith("name=")) {
                    found.add(controller);
                }
            }
            if (hierarchy.version() == 2) {
                String own = hierarchy.own().equals("/") ? "" : hierarchy.own();
                found.addAll(KernelRows.words(host.read(hierarchy.mount() + own + "/cgroup.controllers")));
            }
        }
        List<String> absent = new ArrayList<>(WANTED);
        absent.removeAll(found);
        String there = String.join(" ", found);
        return absent.isEmpty()
                ? Row.good(AREA, "controllers", there)
                : Row.warning(
                        AREA,
                        "controllers",
                        there.isEmpty() ? "none" : there,
                        "there is no " + String.join(", ", absent)
                                + ": a configuration with such a limit is refused. An ordinary user"
                                + " has what systemd delegates (Delegate= of user@.service), and a kernel may have it turned off"
                                + " (cgroup_disable=, cgroup_enable=memory on its command line)");
    }

    private static Row writable(String mountinfo, CgroupLayout layout) {
        MountTable mounts = new MountTable(mountinfo);
        for (Hierarchy hierarchy : layout.hierarchies()) {
            MountInfo line = mounts.holding(hierarchy.mount());
            if (line != null && line.has("ro")) {
                return Row.missing(
                        AREA,
                        "writable",
                        "read-only at " + hierarchy.mount(),
                        "this is a container itself: run it with writable cgroups (docker --privileged, --cgroupns=private)");
            }
        }
        return Row.good(AREA, "writable", "mounted read-write");
    }

    private static Row kill(Host host, CgroupLayout layout) {
        String name = "cgroup.kill";
        for (Hierarchy hierarchy : layout.hierarchies()) {
            if (hierarchy.version() == 2) {
                String folder = below(host, hierarchy);
                return folder.isEmpty()
                        ? Row.good(AREA, name, "not told: there is no cgroup to look at")
                        : host.exists(folder + "/" + name)
                                ? Row.good(AREA, name, "processes of a cgroup are ended at once")
                                : Row.note(
                                        AREA,
                                        name,
                                        "not there",
                                        "Linux 5.14 has it; without it processes are signalled one by one");
            }
        }
        return Row.good(AREA, name, "not of version 1");
    }

    /** One that isn't the root, which lacks the file; empty where there is none. */
    private static String below(Host host, Hierarchy hierarchy) {
        if (!hierarchy.own().equals("/")) {
            return hierarchy.mount() + hierarchy.own();
        }
        for (String name : host.names(hierarchy.mount())) {
            if (host.exists(hierarchy.mount() + "/" + name + "/cgroup.procs")) {
                return hierarchy.mount() + "/" + name;
            }
        }
        return "";
    }

    private static Row systemd(Host host) {
        return host.exists("/run/systemd/system")
                ? Row.good(AREA, "systemd", "runs: --systemd-cgroup can be used")
                : Row.note(
                        AREA,
                        "systemd",
                        "does not run",
                        "--systemd-cgroup, and clients with the systemd cgroup manager, want it");
    }
}
