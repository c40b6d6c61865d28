// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.error.Unsupported;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Version 1, with or without a version 2 hierarchy beside it (hybrid). */
final class CgroupV1 extends CgroupDriver {

    CgroupV1(List<CgroupFolder> folders, Origin path) {
        super(folders, path);
    }

    @Override
    List<Step<HostOperation>> create() {
        List<Step<HostOperation>> steps = new ArrayList<>();
        for (CgroupFolder folder : folders) {
            steps.add(create(folder, folder.controllers().contains("cpuset"), List.of()));
        }
        return steps;
    }

    /** @throws Unsupported where the controller isn't mounted */
    private CgroupFolder of(String controller, String pointer) {
        for (CgroupFolder folder : folders) {
            if (folder.controllers().contains(controller)) {
                return folder;
            }
        }
        throw new Unsupported(RESOURCES + pointer, "the cgroup controller " + controller + " is not mounted here");
    }

    private void limit(String controller, String file, @Nullable Long value, String pointer) {
        if (value != null && value != 0) {
            write(of(controller, pointer), file, Long.toString(value), pointer);
        }
    }

    private void text(String controller, String file, @Nullable String value, String pointer) {
        if (value != null && !value.isEmpty()) {
            write(of(controller, pointer), file, value, pointer);
        }
    }

    @Override
    void planLimits(Spec.Resources resources) {
        Spec.Memory memory = resources.memory();
        if (memory != null) {
            planMemory(memory);
        }
        Spec.Cpu cpu = resources.cpu();
        if (cpu != null) {
            planCpu(cpu);
        }
        Long pids = resources.pidsLimit();
        if (pids != null && pids != 0) {
            write(of("pids", "/pids/limit"), "pids.max", pids > 0 ? Long.toString(pids) : "max", "/pids/limit");
        }
        Spec.BlockIO io = resources.blockIO();
        if (io != null) {
            planBlockIO(io);
        }
        planHugepages(resources.hugepageLimits());
        Spec.Network network = resources.network();
        if (network != null) {
            planNetwork(network);
        }
        for (Map.Entry<String, Spec.Rdma> device : resources.rdma().entrySet()) {
            String pointer = Origin.pointer("/rdma", device.getKey());
            write(of("rdma", pointer), "rdma.max", rdmaText(device.getKey(), device.getValue()), pointer);
        }
        if (!resources.unified().isEmpty()) {
            throw new Unsupported(RESOURCES + "/unified", "needs a host with only cgroup v2");
        }
    }

    /** In a new cgroup nothing limits yet: first memory, then memory and swap together. */
    private void planMemory(Spec.Memory memory) {
        limit("memory", "memory.limit_in_bytes", memory.limit(), "/memory/limit");
        Long swap = memory.swap();
        if (swap != null && swap < 0) {
            // It is so already; and a kernel without swap accounting has no such file.
            writeIfThere(of("memory", "/memory/swap"), "memory.memsw.limit_in_bytes", "-1", "/memory/swap");
        } else {
            limit("memory", "memory.memsw.limit_in_bytes", swap, "/memory/swap");
        }
        limit("memory", "memory.soft_limit_in_bytes", memory.reservation(), "/memory/reservation");
        Long swappiness = memory.swappiness();
        if (swappiness != null) {
            write(of("memory", "/memory/swappiness"), "memory.swappiness", swappiness.toString(), "/memory/swappiness");
        }
        if (Boolean.TRUE.equals(memory.disableOOMKiller())) {
            write(of("memory", "/memory/disableOOMKiller"), "memory.oom_control", "1", "/memory/disableOOMKiller");
        }
        if (memory.kernel() != null || memory.kernelTCP() != null) {
            warn("/memory", "kernel memory limits are ignored: the kernel has given them up");
        }
    }

    private void planCpu(Spec.Cpu cpu) {
        limit("cpu", "cpu.shares", cpu.shares(), "/cpu/shares");
        limit("cpu", "cpu.cfs_period_us", cpu.period(), "/cpu/period");
        limit("cpu", "cpu.cfs_quota_us", cpu.quota(), "/cpu/quota");
        limit("cpu", "cpu.cfs_burst_us", cpu.burst(), "/cpu/burst");
        limit("cpu", "cpu.rt_period_us", cpu.realtimePeriod(), "/cpu/realtimePeriod");
        limit("cpu", "cpu.rt_runtime_us", cpu.realtimeRuntime(), "/cpu/realtimeRuntime");
        limit("cpu", "cpu.idle", cpu.idle(), "/cpu/idle");
        text("cpuset", "cpuset.cpus", cpu.cpus(), "/cpu/cpus");
        text("cpuset", "cpuset.mems", cpu.mems(), "/cpu/mems");
    }

    /** Which files there are depends on the kernel's I/O scheduler: CFQ's until Linux 5.0, then those of BFQ. */
    private void planBlockIO(Spec.BlockIO io) {
        weight("weight", io.weight(), "", "/blockIO/weight");
        weight("leaf_weight", io.leafWeight(), "", "/blockIO/leafWeight");
        for (int i = 0; i < io.weightDevice().size(); i++) {
            Spec.WeightDevice device = io.weightDevice().get(i);
            String pointer = "/blockIO/weightDevice/" + i;
            String number = device.major() + ":" + device.minor() + " ";
            weight("weight_device", device.weight(), number, pointer + "/weight");
            weight("leaf_weight_device", device.leafWeight(), number, pointer + "/leafWeight");
        }
        throttle("read_bps_device", io.throttleReadBpsDevice(), "/blockIO/throttleReadBpsDevice/");
        throttle("write_bps_device", io.throttleWriteBpsDevice(), "/blockIO/throttleWriteBpsDevice/");
        throttle("read_iops_device", io.throttleReadIOPSDevice(), "/blockIO/throttleReadIOPSDevice/");
        throttle("write_iops_device", io.throttleWriteIOPSDevice(), "/blockIO/throttleWriteIOPSDevice/");
    }

    private void weight(String file, @Nullable Long weight, String device, String pointer) {
        if (weight != null && weight != 0) {
            String value = device + weight;
            writeFirst(of("blkio", pointer), either("blkio." + file, value, "blkio.bfq." + file, value), pointer);
        }
    }

    private void throttle(String file, List<Spec.ThrottleDevice> devices, String pointer) {
        for (int i = 0; i < devices.size(); i++) {
            Spec.ThrottleDevice device = devices.get(i);
            String value = device.major() + ":" + device.minor() + " " + Long.toUnsignedString(device.rate());
            write(of("blkio", pointer + i), "blkio.throttle." + file, value, pointer + i);
        }
    }

    /** Reservations are what counts, and page faults where the kernel doesn't count reservations (before Linux 5.7). */
    private void planHugepages(List<Spec.HugepageLimit> hugepages) {
        for (int i = 0; i < hugepages.size(); i++) {
            String pointer = "/hugepageLimits/" + i;
            String size = "hugetlb." + hugepages.get(i).pageSize();
            String value = Long.toUnsignedString(hugepages.get(i).limit());
            writeFirst(
                    of("hugetlb", pointer),
                    either(size + ".rsvd.limit_in_bytes", value, size + ".limit_in_bytes", value),
                    pointer);
        }
    }

    private void planNetwork(Spec.Network network) {
        limit("net_cls", "net_cls.classid", network.classID(), "/network/classID");
        for (int i = 0; i < network.priorities().size(); i++) {
            Spec.InterfacePriority priority = network.priorities().get(i);
            String pointer = "/network/priorities/" + i;
            write(of("net_prio", pointer), "net_prio.ifpriomap", priority.name() + " " + priority.priority(), pointer);
        }
    }

    @Override
    void planDevices(List<DeviceRules.Rule> rules) {
        CgroupFolder devices = of("devices", "/devices");
        DeviceList list = DeviceList.of(rules);
        write(
                devices,
                list.total().allow() ? "devices.allow" : "devices.deny",
                "a",
                list.total().origin());
        for (DeviceRules.Rule rule : list.exceptions()) {
            write(devices, rule.allow() ? "devices.allow" : "devices.deny", rule.text(), rule.origin());
        }
    }
}
