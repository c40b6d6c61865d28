// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.json.ConfigReader;
import dev.jrunc.spec.Spec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which mounts checkpoint leaves to the host, and what restore makes to mount on. */
class HostMountsTest {

    private static final CgroupFolder UNIFIED = new CgroupFolder("/sys/fs/cgroup", "/c1", 2, List.of("pids"));
    private static final CgroupFolder PIDS = new CgroupFolder("/sys/fs/cgroup/pids", "/c1", 1, List.of("pids"));
    private static final CgroupFolder CPU =
            new CgroupFolder("/sys/fs/cgroup/cpu,cpuacct", "/c1", 1, List.of("cpu", "cpuacct"));

    private static HostMounts mounts(String namespaces, List<CgroupFolder> cgroups) {
        Spec spec = ConfigReader.read(Bytes.utf8("""
                {"ociVersion": "1.3.0", "root": {"path": "rootfs"}, "mounts": [
                  {"destination": "/proc", "type": "proc"},
                  {"destination": "/dev", "type": "tmpfs"},
                  {"destination": "/dev/shm", "type": "tmpfs"},
                  {"destination": "/sys/fs/cgroup", "type": "cgroup"},
                  {"destination": "/data", "source": "/srv/data", "options": ["rbind"]},
                  {"destination": "/data/deep/file", "source": "file", "type": "bind"}],
                 "linux": {"namespaces": [%s]}}
                """.formatted(namespaces)));
        return new HostMounts(spec, "/bundle", cgroups);
    }

    @Test
    void bindsAreTheHosts() {
        assertEquals(
                List.of(
                        new HostMounts.Bound("/data", "/srv/data"),
                        new HostMounts.Bound("/data/deep/file", "/bundle/file")),
                mounts("{\"type\": \"mount\"}, {\"type\": \"cgroup\"}", List.of(UNIFIED))
                        .bound());
    }

    @Test
    void withoutANamespaceOfThemCgroupsAre() {
        assertEquals(
                new HostMounts.Bound("/sys/fs/cgroup", "/sys/fs/cgroup/c1"),
                mounts("{\"type\": \"mount\"}", List.of(UNIFIED)).bound().getFirst());
        assertEquals(
                List.of(
                        new HostMounts.Bound("/sys/fs/cgroup/pids", "/sys/fs/cgroup/pids/c1"),
                        new HostMounts.Bound("/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct/c1")),
                mounts("{\"type\": \"mount\"}", List.of(PIDS, CPU)).bound().subList(0, 2));
    }

    @Test
    void inAUserNamespaceDevicesAre() {
        List<HostMounts.Bound> bound = mounts("{\"type\": \"user\"}, {\"type\": \"cgroup\"}", List.of(UNIFIED))
                .bound();

        assertEquals(new HostMounts.Bound("/dev/null", "/dev/null"), bound.get(2));
    }

    @Test
    void whatIsMountedOnIsMadeWhereItIsNotPartOfWhatComesBack() {
        assertEquals(
                List.of(
                        new HostMounts.Point("/rootfs", "/proc", ""),
                        new HostMounts.Point("/rootfs", "/dev", ""),
                        new HostMounts.Point("/rootfs", "/sys/fs/cgroup", ""),
                        new HostMounts.Point("/rootfs", "/data", "/srv/data"),
                        new HostMounts.Point("/srv/data", "/deep/file", "/bundle/file")),
                mounts("{\"type\": \"mount\"}", List.of(UNIFIED)).points("/rootfs"));
    }
}
