// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@code jrunc spec} writes: a shell in {@code rootfs}, confined. */
public final class DefaultSpec {

    /** The version of the specification that is written. */
    public static final String OCI_VERSION = "1.3.0";

    private static final List<String> CAPABILITIES = List.of("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");

    private DefaultSpec() {}

    /** For root. */
    public static Spec rootful() {
        List<Spec.Mount> mounts = new ArrayList<>(fileSystems("mode=0620", "gid=5"));
        mounts.add(mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"));
        mounts.add(mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro"));
        Spec.Resources resources = new Spec.Resources(
                List.of(new Spec.DeviceRule(false, "a", null, null, "rwm")),
                null,
                null,
                null,
                null,
                List.of(),
                null,
                Map.of(),
                Map.of());
        return spec(
                mounts,
                linux(namespaces("pid", "network", "ipc", "uts", "mount", "cgroup"), List.of(), List.of(), resources));
    }

    /**
     * For a user whose own ids are all that it may map: no devices and no network of its own, and the host's /sys.
     *
     * @param uid the user, which is root inside; 0 to 4294967295
     * @param gid its group
     */
    public static Spec rootless(long uid, long gid) {
        List<Spec.Mount> mounts = new ArrayList<>(fileSystems("mode=0620"));
        mounts.add(mount("/sys", "none", "/sys", "rbind", "nosuid", "noexec", "nodev", "ro"));
        mounts.add(mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro"));
        return spec(
                mounts,
                linux(
                        namespaces("pid", "ipc", "uts", "mount", "cgroup", "user"),
                        List.of(new Spec.IdMapping(0, uid, 1)),
                        List.of(new Spec.IdMapping(0, gid, 1)),
                        Spec.Resources.NONE));
    }

    private static Spec spec(List<Spec.Mount> mounts, Spec.Linux linux) {
        return new Spec(
                OCI_VERSION,
                new Spec.Root("rootfs", true),
                process(),
                "jrunc",
                null,
                mounts,
                Spec.Hooks.NONE,
                Map.of(),
                linux);
    }

    private static Spec.Process process() {
        return new Spec.Process(
                true,
                null,
                "/",
                List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"),
                List.of("sh"),
                List.of(new Spec.Rlimit("RLIMIT_NOFILE", 1024, 1024)),
                // Inheritable and ambient capabilities stay empty: they would survive the execve of any program
                // (CVE-2022-29162).
                new Spec.Capabilities(CAPABILITIES, CAPABILITIES, List.of(), CAPABILITIES, List.of()),
                true,
                null,
                null,
                null,
                null,
                null,
                null,
                new Spec.User(0, 0, null, List.of()));
    }

    /** @param ownership options of devpts */
    private static List<Spec.Mount> fileSystems(String... ownership) {
        List<String> devpts = new ArrayList<>(List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666"));
        devpts.addAll(List.of(ownership));
        return List.of(
                mount("/proc", "proc", "proc"),
                mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
                new Spec.Mount("/dev/pts", "devpts", "devpts", devpts, List.of(), List.of()),
                mount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k"),
                mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"));
    }

    private static Spec.Mount mount(String destination, String type, String source, String... options) {
        return new Spec.Mount(destination, type, source, List.of(options), List.of(), List.of());
    }

    private static List<Spec.Namespace> namespaces(String... types) {
        List<Spec.Namespace> namespaces = new ArrayList<>();
        for (String type : types) {
            namespaces.add(new Spec.Namespace(type, null));
        }
        return namespaces;
    }

    private static Spec.Linux linux(
            List<Spec.Namespace> namespaces,
            List<Spec.IdMapping> uidMappings,
            List<Spec.IdMapping> gidMappings,
            Spec.Resources resources) {
        return new Spec.Linux(
                namespaces,
                uidMappings,
                gidMappings,
                Map.of(),
                List.of(),
                null,
                resources,
                null,
                Map.of(),
                List.of(
                        "/proc/acpi",
                        "/proc/asound",
                        "/proc/kcore",
                        "/proc/keys",
                        "/proc/latency_stats",
                        "/proc/timer_list",
                        "/proc/timer_stats",
                        "/proc/sched_debug",
                        "/sys/firmware",
                        "/proc/scsi"),
                List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"),
                null,
                null,
                null,
                Map.of(),
                null,
                null);
    }
}
