// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.spec.Spec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A configuration that has all properties but seccomp, which is never written; no container would come of it. */
final class Everything {

    private Everything() {}

    static Spec spec() {
        Spec.IdMapping ids = new Spec.IdMapping(0, 100_000, 65_536);
        Spec.Hook hook = new Spec.Hook("/h", List.of("h", "\"\\\n\r\t\u0001\u001fé€"), List.of("A=b"), 5L);
        List<String> names = List.of("CAP_KILL");
        return new Spec(
                "1.3.0",
                new Spec.Root("/r", false),
                new Spec.Process(
                        false,
                        new Spec.ConsoleSize(24, 80),
                        "/",
                        List.of("A=b"),
                        List.of("x"),
                        List.of(new Spec.Rlimit("RLIMIT_CORE", -1, -1)),
                        new Spec.Capabilities(names, names, names, names, names),
                        false,
                        -5L,
                        "profile",
                        "a:b:c:s0",
                        new Spec.Scheduler("SCHED_DEADLINE", 1, 2, List.of("SCHED_FLAG_RECLAIM"), -1, 4, 5),
                        new Spec.IoPriority("IOPRIO_CLASS_BE", 3),
                        new Spec.ExecCpuAffinity("0", "0-1"),
                        new Spec.User(1, 2, 0L, List.of(3L, 4294967295L))),
                "host",
                "domain",
                List.of(new Spec.Mount("/a", null, null, List.of("bind"), List.of(ids), List.of(ids))),
                new Spec.Hooks(
                        List.of(hook), List.of(hook), List.of(hook), List.of(hook), List.of(hook), List.of(hook)),
                Map.of("a/b~c", ""),
                new Spec.Linux(
                        List.of(new Spec.Namespace("pid", "/proc/1/ns/pid")),
                        List.of(ids),
                        List.of(ids),
                        new TreeMap<>(
                                Map.of("boottime", new Spec.TimeOffset(-7, 5), "monotonic", new Spec.TimeOffset(1, 0))),
                        List.of(new Spec.Device("c", "/dev/x", 1, 2, 0600L, 3, 4)),
                        "/c",
                        new Spec.Resources(
                                List.of(new Spec.DeviceRule(true, "c", 1L, null, "rw")),
                                new Spec.Memory(1L, 2L, 3L, 4L, 5L, 6L, true, false, true),
                                new Spec.Cpu(1L, 2L, 3L, 4L, 5L, 6L, "0", "1", 1L),
                                9L,
                                new Spec.BlockIO(
                                        10L,
                                        11L,
                                        List.of(new Spec.WeightDevice(8, 0, 12L, null)),
                                        List.of(new Spec.ThrottleDevice(8, 0, -1)),
                                        List.of(new Spec.ThrottleDevice(8, 1, 2)),
                                        List.of(new Spec.ThrottleDevice(8, 2, 3)),
                                        List.of(new Spec.ThrottleDevice(8, 3, 4))),
                                List.of(new Spec.HugepageLimit("2MB", -1)),
                                new Spec.Network(7L, List.of(new Spec.InterfacePriority("lo", 8))),
                                Map.of("mlx", new Spec.Rdma(1L, null)),
                                Map.of("memory.high", "1")),
                        "rslave",
                        Map.of("net.ipv4.ip_forward", "1"),
                        List.of("/m"),
                        List.of("/r"),
                        "label",
                        new Spec.Personality("LINUX32", List.of("x")),
                        new Spec.MemoryPolicy("MPOL_BIND", "0", List.of("MPOL_F_STATIC_NODES")),
                        Map.of("ens3", new Spec.NetDevice("eth0")),
                        new Spec.IntelRdt("group", List.of("L2:0=1"), "L3:0=f", "MB:0=20", true),
                        null));
    }
}
