// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Calls;
import dev.jrunc.error.Errno;
import dev.jrunc.json.EngineStatus;
import dev.jrunc.json.Examination;
import dev.jrunc.json.Examination.Row;
import dev.jrunc.json.Examination.Verdict;
import dev.jrunc.plan.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each row, good and bad, on a host that is a map of files. */
class DoctorTest {

    private static final String UNIFIED = "30 1 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw";

    /** A host that has everything: version 2 of cgroups, systemd, AppArmor, no clients. */
    private static final class Made implements Host {

        private final Map<String, String> files = new HashMap<>();
        private final Map<String, Integer> probes = new HashMap<>();
        private final Map<String, String> programs = new HashMap<>();
        private List<String> environment = List.of("HOME=/home/u");
        private long euid;
        private String release = "6.1.0-13-amd64";
        private long lacking;
        private String label = "unconfined\n";
        private String libseccomp = "2.5.4";
        private String maps = "7f00-7f01 r--p 0 0:0 1   /usr/lib/jrunc/jrunc.aot\n";
        private @Nullable EngineStatus status = new EngineStatus(7, 5000, 1, 0, 3 << 20, List.of(), List.of());

        Made() {
            for (String name : List.of("pid", "net", "mnt", "ipc", "uts", "user", "cgroup", "time")) {
                file("/proc/sys/user/max_" + name + "_namespaces", "100");
            }
            file("/proc/filesystems", "nodev\tproc\nnodev\toverlay");
            file("/proc/self/mountinfo", UNIFIED);
            file("/sys/fs/cgroup/own/cgroup.controllers", "cpuset cpu io memory pids");
            file("/sys/fs/cgroup/own/cgroup.kill", "");
            file("/run/systemd/system", "");
            file("/sys/kernel/security/lsm", "capability,apparmor");
            file("/sys/module/apparmor/parameters/enabled", "Y");
            file("/sys/fs/selinux/enforce", "1");
            file("/usr/bin/newuidmap", "").file("/usr/bin/newgidmap", "");
            file("/etc/passwd", "root:x:0:0::/root:/bin/sh\nu:x:1000:1000::/home/u:/bin/sh");
            file("/etc/subuid", "other:1:1\nu:100000:65536").file("/etc/subgid", "1000:200000:65536");
            file("/run/user/1000", "");
            program("criu", "Version: 3.17.1");
        }

        Made file(String path, String text) {
            files.put(path, text);
            return this;
        }

        Made without(String path) {
            files.remove(path);
            return this;
        }

        Made program(String name, String says) {
            programs.put(name, says);
            return this;
        }

        Made refusing(String probe, Errno errno) {
            probes.put(probe, errno.number());
            return this;
        }

        Made user() {
            euid = 1000;
            return this;
        }

        @Override
        public Call call() {
            Call caller = Calls.of(List.of(), environment, "/", euid, release);
            Call call = Calls.withCapabilities(caller, caller.effectiveCapabilities() & ~lacking);
            return Calls.with(Calls.inCgroups(call, "0::/own\n"), Bytes.utf8(label), call.uidMap());
        }

        @Override
        public String read(String path) {
            return files.getOrDefault(path, "");
        }

        @Override
        public Optional<Bytes> file(String path) {
            return Optional.ofNullable(files.get(path)).map(Bytes::utf8);
        }

        @Override
        public boolean exists(String path) {
            return files.containsKey(path);
        }

        @Override
        public List<String> names(String folder) {
            List<String> names = new ArrayList<>();
            for (String path : files.keySet()) {
                if (path.startsWith(folder + "/")) {
                    names.add(path.substring(folder.length() + 1));
                }
            }
            return names;
        }

        @Override
        public String program(String name) {
            return programs.containsKey(name) ? "/usr/bin/" + name : "";
        }

        @Override
        public String output(String... args) {
            return programs.getOrDefault(args[0], "");
        }

        @Override
        public int probe(String name) {
            return probes.getOrDefault(name, 0);
        }

        Examination examine() {
            return Doctor.examine(
                    this,
                    new Doctor.Own(
                            "/opt/jrunc/bin/jrunc",
                            libseccomp.isEmpty() ? Optional.empty() : Optional.of(libseccomp),
                            "25.0.1",
                            maps,
                            status,
                            "/run/jrunc-engine/engine.sock"));
        }
    }

    private static Row row(Made host, String name) {
        List<Row> found = host.examine().rows().stream()
                .filter(row -> row.name().equals(name))
                .toList();
        assertEquals(1, found.size(), name);
        return found.getFirst();
    }

    private static void says(Made host, String name, Verdict verdict, String value, String advice) {
        Row row = row(host, name);
        assertEquals(verdict, row.verdict(), row::toString);
        assertTrue(row.value().contains(value), row::toString);
        assertTrue(row.advice().contains(advice), row::toString);
        assertEquals(verdict == Verdict.GOOD, row.advice().isEmpty(), row::toString);
    }

    private static Made host() {
        return new Made();
    }

    @Test
    void aHostThatHasEverything() {
        for (Made host : List.of(host(), host().user())) {
            for (Row row : host.examine().rows()) {
                assertTrue(row.verdict() == Verdict.GOOD || row.area().equals("clients"), row::toString);
            }
            assertEquals(Verdict.NOTE, host.examine().verdict());
        }
    }

    @Test
    void theKernel() {
        Made old = host();
        old.release = "4.19.0-27";
        says(old, "release", Verdict.MISSING, "4.19.0-27", "5.10");
        for (String name : List.of("openat2", "open_tree", "fsopen", "pidfd_open")) {
            says(host().refusing(name, Errno.ENOSYS), name, Verdict.MISSING, "ENOSYS", "Linux 5.");
        }
        says(host().refusing("memfd_exec", Errno.EACCES), "memfd_exec", Verdict.MISSING, "EACCES", "vm.memfd_noexec");
        for (String name : List.of("seccomp_filter", "clone3", "close_range", "mount_setattr")) {
            says(host().refusing(name, Errno.ENOSYS), name, Verdict.WARNING, "ENOSYS", "without it");
        }
        says(
                host().file("/proc/filesystems", "nodev\tproc"),
                "overlay",
                Verdict.NOTE,
                "not loaded",
                "modprobe overlay");
        says(
                host().file("/proc/sys/user/max_net_namespaces", "0").without("/proc/sys/user/max_time_namespaces"),
                "namespaces",
                Verdict.WARNING,
                "net, time",
                "user.max_NAME_namespaces");
    }

    @Test
    void cgroups() {
        says(host(), "layout", Verdict.GOOD, "version 2", "");
        says(host().file("/proc/self/mountinfo", ""), "layout", Verdict.MISSING, "none is mounted", "mount -t cgroup2");
        says(
                host().file("/sys/fs/cgroup/own/cgroup.controllers", "memory pids"),
                "controllers",
                Verdict.WARNING,
                "memory pids",
                "no cpu, cpuset");
        says(
                host().file("/proc/self/mountinfo", UNIFIED.replace("rw,nosuid", "ro,nosuid")),
                "writable",
                Verdict.MISSING,
                "/sys/fs/cgroup",
                "container itself");
        says(host().without("/sys/fs/cgroup/own/cgroup.kill"), "cgroup.kill", Verdict.NOTE, "not there", "5.14");
        says(host().without("/run/systemd/system"), "systemd", Verdict.NOTE, "does not run", "--systemd-cgroup");
    }

    @Test
    void security() {
        says(host().without("/sys/kernel/security/lsm"), "modules", Verdict.GOOD, "securityfs", "");
        says(
                host().file("/sys/module/apparmor/parameters/enabled", "N"),
                "AppArmor",
                Verdict.NOTE,
                "not enabled",
                "apparmorProfile");
        says(host(), "SELinux", Verdict.GOOD, "enforcing", "");
        says(host().file("/sys/fs/selinux/enforce", "0"), "SELinux", Verdict.GOOD, "permissive", "");
        says(host().without("/sys/fs/selinux/enforce"), "SELinux", Verdict.NOTE, "not enabled", "selinuxLabel");
        Made confined = host();
        confined.label = "docker-default (enforce)\n";
        says(confined, "caller's label", Verdict.WARNING, "docker-default", "pivot_root");
        Made old = host();
        old.libseccomp = "2.4.1";
        says(old, "libseccomp", Verdict.MISSING, "2.4.1", "2.5 or newer");
        Made none = host();
        none.libseccomp = "";
        says(none, "libseccomp", Verdict.MISSING, "not installed", "libseccomp2");
    }

    @Test
    void theCaller() {
        says(host().user(), "caller", Verdict.GOOD, "user 1000", "");
        says(host(), "capabilities", Verdict.GOOD, "all", "");
        Made lacking = host();
        lacking.lacking = 1L << 24;
        says(lacking, "capabilities", Verdict.WARNING, "no CAP_SYS_RESOURCE", "CapabilityBoundingSet=");
        lacking.lacking = 1L << 21;
        says(lacking, "capabilities", Verdict.MISSING, "no CAP_SYS_ADMIN", "mounts");
        says(
                host().refusing("user_namespace", Errno.EPERM),
                "user namespaces",
                Verdict.WARNING,
                "EPERM",
                "seccomp filter");
        Made refused = host().user().refusing("user_namespace", Errno.ENOSPC);
        says(
                refused.file("/proc/sys/user/max_user_namespaces", "0"),
                "user namespaces",
                Verdict.MISSING,
                "ENOSPC",
                "user.max_user_namespaces is 0");
        says(
                host().user()
                        .refusing("user_namespace", Errno.EPERM)
                        .file("/proc/sys/kernel/unprivileged_userns_clone", "0"),
                "user namespaces",
                Verdict.MISSING,
                "EPERM",
                "unprivileged_userns_clone is 0");
        says(
                host().user()
                        .refusing("user_namespace", Errno.EACCES)
                        .file("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
                "user namespaces",
                Verdict.MISSING,
                "EACCES",
                "rule userns");
        says(host().user().without("/usr/bin/newgidmap"), "newuidmap", Verdict.WARNING, "not installed", "uidmap");
        says(host().user(), "subordinate ids", Verdict.GOOD, "uids 100000+65536, gids 200000+65536", "");
        says(
                host().user().without("/etc/subgid"),
                "subordinate ids",
                Verdict.WARNING,
                "none",
                "--add-subuids 100000-165535");
        says(
                host().user().without("/run/user/1000"),
                "runtime folder",
                Verdict.MISSING,
                "/run/user/1000",
                "enable-linger");
    }

    @Test
    void theEngine() {
        Made other = host();
        other.maps = "7f00-7f01 r--p 0 0:0 1   /usr/lib/libjvm.so\n";
        says(other, "AOT cache", Verdict.WARNING, "not in use", "jrunc.aot");
        other.maps = "";
        says(other, "AOT cache", Verdict.NOTE, "not told", "another user's");
        says(host(), "AOT cache", Verdict.GOOD, "/usr/lib/jrunc/jrunc.aot, in use", "");
        says(host(), "JDK", Verdict.GOOD, "25.0.1", "");
        says(host(), "resident engine", Verdict.GOOD, "pid 7, for 5 s, objects 3 MiB, 0 calls declined", "");
        other.status = null;
        says(other, "resident engine", Verdict.NOTE, "none at /run/jrunc-engine/engine.sock", "jrunc-engine.socket");
        says(host(), "CRIU", Verdict.GOOD, "3.17.1, /usr/bin/criu", "");
        says(host().program("criu", "it breaks"), "CRIU", Verdict.WARNING, "/usr/bin/criu", "criu --version");
        Made without = host();
        without.programs.remove("criu");
        says(without, "CRIU", Verdict.NOTE, "not installed", "checkpoint");
    }

    @Test
    void noClients() {
        says(host(), "none", Verdict.NOTE, "neither", "by hand");
    }

    @Test
    void podmanAndBuildah() {
        Made host = host().program("podman", "podman version 4.3.1")
                .program("buildah", "buildah version 1.28.2 (image-spec 1)");
        says(
                host,
                "podman",
                Verdict.NOTE,
                "4.3.1, /usr/bin/podman; does not call jrunc",
                "jrunc = [\"/opt/jrunc/bin/jrunc\"]");
        says(host, "buildah", Verdict.NOTE, "1.28.2, /usr/bin/buildah; does not", "in /etc/containers/containers.conf");
        host.file(
                "/usr/share/containers/containers.conf",
                "[engine.runtimes]\nother = [\n  \"/usr/bin/jrunc\", # ours\n]\n");
        says(
                host,
                "podman",
                Verdict.GOOD,
                "knows jrunc as --runtime other (/usr/share/containers/containers.conf)",
                "");
        host.file("/etc/containers/containers.conf.d/1.conf", "[engine]\nruntime = \"jrunc\"\n");
        says(host, "podman", Verdict.GOOD, "jrunc is its default (/etc/containers/containers.conf.d/1.conf)", "");
        host.user().file("/home/u/.config/containers/containers.conf", "[engine]\nruntime = \"/x/jrunc\"\n");
        says(host, "podman", Verdict.GOOD, "jrunc is its default (/home/u/.config/containers/containers.conf)", "");
        host.environment = List.of("CONTAINERS_CONF=/only.conf");
        says(host, "podman", Verdict.NOTE, "does not call jrunc", "--runtime /opt/jrunc/bin/jrunc");
    }

    @Test
    void docker() {
        Made host = host().program("dockerd", "Docker version 20.10.24+dfsg1, build 297e128");
        says(host, "docker", Verdict.NOTE, "20.10.24+dfsg1, /usr/bin/dockerd; does not", "/etc/docker/daemon.json");
        host.file("/etc/docker/daemon.json", "{\"runtimes\":{\"j\":{\"path\":\"/usr/bin/jrunc\"}}}");
        says(host, "docker", Verdict.GOOD, "knows jrunc as --runtime j", "");
        host.file(
                "/etc/docker/daemon.json",
                "{\"default-runtime\":\"j\",\"runtimes\":{\"j\":{\"path\":\"/usr/bin/jrunc\"}}}");
        says(host, "docker", Verdict.GOOD, "jrunc is its default (/etc/docker/daemon.json)", "");
        host.file("/etc/docker/daemon.json", "{\"runtimes\":");
        says(host, "/etc/docker/daemon.json", Verdict.WARNING, "is not JSON: line 1", "won't start");
    }

    @Test
    void containerd() {
        Made host = host().program("containerd", "containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1");
        says(
                host,
                "containerd",
                Verdict.NOTE,
                "1.6.20~ds1, ",
                "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.jrunc]");
        String file = "/etc/containerd/config.toml";
        String runtime =
                "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.j.options]\nBinaryName = \"/usr/bin/jrunc\"\n";
        says(
                host.file(file, "version = 2\n" + runtime),
                "containerd",
                Verdict.GOOD,
                "its CRI knows jrunc as handler j",
                "");
        String standard = "[plugins.\"io.containerd.grpc.v1.cri\".containerd]\ndefault_runtime_name = \"j\"\n";
        says(
                host.file(file, standard + runtime),
                "containerd",
                Verdict.GOOD,
                "jrunc is the default of its CRI (" + file + ")",
                "");
        says(host.file(file, "version = = 2"), file, Verdict.WARNING, "is not TOML", "won't start");
        Made two = host().program("containerd", "containerd github.com/containerd/containerd v2.0.5 fb4c30d");
        says(two, "containerd", Verdict.NOTE, "2.0.5", "version = 3\n[plugins.\"io.containerd.cri.v1.runtime\"");
    }

    @Test
    void crio() {
        Made host = host().program("crio", "crio version 1.30.2\nVersion: 1.30.2");
        says(host, "CRI-O", Verdict.NOTE, "1.30.2", "[crio.runtime.runtimes.jrunc]");
        host.file(
                "/etc/crio/crio.conf.d/10-x.conf", "[crio.runtime.runtimes.fast]\nruntime_path = \"/usr/bin/jrunc\"\n");
        says(host, "CRI-O", Verdict.GOOD, "knows jrunc as handler fast (/etc/crio/crio.conf.d/10-x.conf)", "");
        host.file(
                "/etc/crio/crio.conf.d/20-x.conf",
                "[crio.runtime]\ndefault_runtime = \"fast\"\n[crio.runtime.runtimes.fast]\nruntime_path = \"/usr/bin/jrunc\"\n");
        says(host, "CRI-O", Verdict.GOOD, "jrunc is its default", "");
    }

    @Test
    void asJson() {
        Made host = host().refusing("clone3", Errno.ENOSYS);
        String json = host.examine().toJson();
        assertTrue(json.startsWith("{\n\t\"verdict\": \"warning\",\n\t\"rows\": [\n"), json);
        assertTrue(
                json.contains("\"name\": \"clone3\",\n\t\t\t\"verdict\": \"warning\",\n\t\t\t\"value\": \"ENOSYS"),
                json);
    }
}
