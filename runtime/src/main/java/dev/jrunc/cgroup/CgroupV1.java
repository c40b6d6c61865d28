// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.error.InvalidSpec;
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

    private static final long LEAST_SHARES = 2;
    private static final long MOST_SHARES = 262_144;

    CgroupV1(List<CgroupFolder> folders, Origin path, PresentLimits present) {
        super(folders, path, present);
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
        if (value != null && isGiven(value)) {
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
            throw new Unsupported(
                    RESOURCES + "/unified", "cannot use unified on cgroup v1: it needs a host with only cgroup v2");
        }
    }

    private void planMemory(Spec.Memory memory) {
        if (isSwapFirst(memory)) {
            planSwap(memory);
            limit("memory", "memory.limit_in_bytes", memory.limit(), "/memory/limit");
        } else {
            limit("memory", "memory.limit_in_bytes", memory.limit(), "/memory/limit");
            planSwap(memory);
        }
        limit("memory", "memory.soft_limit_in_bytes", memory.reservation(), "/memory/reservation");
        Long swappiness = memory.swappiness();
        if (swappiness != null) {
            write(of("memory", "/memory/swappiness"), "memory.swappiness", swappiness.toString(), "/memory/swappiness");
        }
        planOomKiller(memory.disableOOMKiller());
        if (memory.kernel() != null || memory.kernelTCP() != null) {
            warn("/memory", "kernel memory limits are ignored: the kernel has given them up");
        }
    }

    /**
     * Memory alone is never allowed more than memory and swap together, at no moment: what is raised is raised from the outside
     * in, what is lowered is lowered from the inside out. In a new cgroup nothing limits yet.
     */
    private boolean isSwapFirst(Spec.Memory memory) {
        Long limit = memory.limit();
        Long swap = swap(memory);
        if (!updating || limit == null || swap == null) {
            return false;
        }
        Long now = present.number(of("memory", "/memory/limit"), "memory.limit_in_bytes");
        return swap < 0 || now != null && now <= swap;
    }

    /** Without a limit of memory there can be none of memory and swap together. */
    private @Nullable Long swap(Spec.Memory memory) {
        Long limit = memory.limit();
        boolean lifted = updating && limit != null && limit < 0 && !isGiven(memory.swap());
        return lifted ? limit : isGiven(memory.swap()) ? memory.swap() : null;
    }

    private void planSwap(Spec.Memory memory) {
        Long swap = swap(memory);
        if (swap != null && swap < 0) {
            // Mostly it is so already; and a kernel without swap accounting has no such file.
            writeIfThere(of("memory", "/memory/swap"), "memory.memsw.limit_in_bytes", "-1", "/memory/swap");
        } else {
            limit("memory", "memory.memsw.limit_in_bytes", swap, "/memory/swap");
        }
    }

    /** It is on, unless it was asked for that it be not. */
    private void planOomKiller(@Nullable Boolean disable) {
        boolean takenBack = updating
                && Boolean.FALSE.equals(disable)
                && Boolean.TRUE.equals(present.memory().disableOOMKiller());
        if (Boolean.TRUE.equals(disable) || takenBack) {
            write(
                    of("memory", "/memory/disableOOMKiller"),
                    "memory.oom_control",
                    takenBack ? "0" : "1",
                    "/memory/disableOOMKiller");
        }
    }

    private void planCpu(Spec.Cpu cpu) {
        planWeight(cpu);
        Long burst = cpu.burst();
        boolean burstGiven = burst != null && isGivenOrTakenBack(burst);
        if (burstGiven && updating && isGiven(cpu.quota())) {
            // No burst is more than the quota: which of them goes first depends on what they were.
            tryToWrite(of("cpu", "/cpu/burst"), "cpu.cfs_burst_us", Long.toString(orZero(burst)), "/cpu/burst");
        }
        planTime("cpu.cfs_period_us", cpu.period(), "/cpu/period", "cpu.cfs_quota_us", cpu.quota(), "/cpu/quota");
        if (burstGiven) {
            write(of("cpu", "/cpu/burst"), "cpu.cfs_burst_us", Long.toString(orZero(burst)), "/cpu/burst");
        }
        planTime(
                "cpu.rt_period_us",
                cpu.realtimePeriod(),
                "/cpu/realtimePeriod",
                "cpu.rt_runtime_us",
                cpu.realtimeRuntime(),
                "/cpu/realtimeRuntime");
        text("cpuset", "cpuset.cpus", cpu.cpus(), "/cpu/cpus");
        text("cpuset", "cpuset.mems", cpu.mems(), "/cpu/mems");
    }

    /** An idle cgroup takes no shares; and one that is not idle any more has the default ones. */
    private void planWeight(Spec.Cpu cpu) {
        Long idle = cpu.idle();
        boolean ends = updating && idle != null && idle == 0;
        boolean begins = idle != null && idle == 1;
        if (ends) {
            writeIfThere(of("cpu", "/cpu/idle"), "cpu.idle", "0", "/cpu/idle");
        }
        long shares = orZero(ends && !isGiven(cpu.shares()) ? present.shares() : cpu.shares());
        if (shares != 0 && !(begins && updating)) {
            checkShares(shares);
            limit("cpu", "cpu.shares", shares, "/cpu/shares");
        }
        if (begins) {
            limit("cpu", "cpu.idle", idle, "/cpu/idle");
        }
    }

    /** The kernel takes other values for the nearest of these, without a word. */
    private static void checkShares(long shares) {
        if (shares < LEAST_SHARES) {
            throw new InvalidSpec(
                    RESOURCES + "/cpu/shares",
                    "the minimum allowed cpu-shares is " + LEAST_SHARES + ", found " + shares);
        }
        if (shares > MOST_SHARES) {
            throw new InvalidSpec(
                    RESOURCES + "/cpu/shares",
                    "the maximum allowed cpu-shares is " + MOST_SHARES + ", found " + shares);
        }
    }

    /**
     * Period and quota are two files, and the kernel compares their ratio with those of the cgroups above and below: on the way
     * from the old pair to the new one the first of the two may be refused, and is written again after the second.
     */
    private void planTime(
            String periodFile,
            @Nullable Long period,
            String periodPointer,
            String quotaFile,
            @Nullable Long quota,
            String quotaPointer) {
        if (!updating || !isGiven(period) || !isGiven(quota)) {
            limit("cpu", periodFile, period, periodPointer);
            limit("cpu", quotaFile, quota, quotaPointer);
            return;
        }
        tryToWrite(of("cpu", periodPointer), periodFile, Long.toString(orZero(period)), periodPointer);
        limit("cpu", quotaFile, quota, quotaPointer);
        limit("cpu", periodFile, period, periodPointer);
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

    @Override
    void changeDevices(List<DeviceRules.Rule> from, List<DeviceRules.Rule> to) {
        CgroupFolder devices = of("devices", "/devices");
        for (DeviceRules.Rule rule : DeviceList.changes(from, to)) {
            write(
                    devices,
                    rule.allow() ? "devices.allow" : "devices.deny",
                    rule.isTotal() ? "a" : rule.text(),
                    rule.origin());
        }
    }
}
