// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.Unsupported;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Version 2 alone. Values of version 1 become those of version 2 by the specification's formulas. */
public final class CgroupV2 extends CgroupDriver {

    /** Enabled where they can be, for statistics, whether limits are asked for or not. */
    private static final List<String> USUAL =
            List.of("cpu", "cpuset", "io", "memory", "pids", "hugetlb", "rdma", "misc");

    private static final long DEFAULT_PERIOD_MICROS = 100_000;

    private final CgroupFolder folder;
    private final TreeSet<String> needed = new TreeSet<>();

    CgroupV2(List<CgroupFolder> folders, Origin path, PresentLimits present) {
        super(folders, path, present);
        this.folder = folders.getFirst();
    }

    @Override
    List<Step<HostOperation>> create() {
        List<Step<HostOperation>> steps = new ArrayList<>();
        steps.add(Step.mayFail(create(folder, false, USUAL).operation()));
        steps.add(create(folder, false, new ArrayList<>(needed)));
        return steps;
    }

    private void set(String controller, String file, String value, String pointer) {
        needed.add(controller);
        write(folder, file, value, pointer);
    }

    private void limit(String controller, String file, @Nullable Long value, String pointer) {
        if (value != null && isGiven(value)) {
            set(controller, file, value < 0 ? "max" : Long.toString(value), pointer);
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
        limit("pids", "pids.max", resources.pidsLimit(), "/pids/limit");
        Spec.BlockIO io = resources.blockIO();
        if (io != null) {
            planBlockIO(io);
        }
        planHugepages(resources.hugepageLimits());
        Spec.Network network = resources.network();
        if (network != null) {
            checkNetwork(network);
        }
        for (Map.Entry<String, Spec.Rdma> device : resources.rdma().entrySet()) {
            set(
                    "rdma",
                    "rdma.max",
                    rdmaText(device.getKey(), device.getValue()),
                    Origin.pointer("/rdma", device.getKey()));
        }
        planUnified(resources);
    }

    /** Last: it is what the caller asks for in version 2's own words. */
    private void planUnified(Spec.Resources resources) {
        for (Map.Entry<String, String> entry : resources.unified().entrySet()) {
            String file = entry.getKey();
            int dot = file.indexOf('.');
            if (dot <= 0 || file.indexOf('/') >= 0) {
                throw new InvalidSpec(Origin.pointer(RESOURCES + "/unified", file), "is no file of a cgroup");
            }
            if (!updating
                    && file.equals("cgroup.freeze")
                    && !entry.getValue().strip().equals("0")) {
                throw new InvalidSpec(
                        Origin.pointer(RESOURCES + "/unified", file),
                        "a frozen init makes no container: pause it when it is made");
            }
            String controller = file.substring(0, dot);
            if (!controller.equals("cgroup")) {
                needed.add(controller);
            }
            write(folder, file, entry.getValue(), Origin.pointer("/unified", file));
        }
    }

    private void planMemory(Spec.Memory memory) {
        checkUsage(memory);
        Long limit = memory.limit();
        limit("memory", "memory.max", limit, "/memory/limit");
        limit("memory", "memory.low", memory.reservation(), "/memory/reservation");
        Long swap = memory.swap();
        boolean lifted = updating && limit != null && limit < 0;
        if (swap != null && isGiven(swap)) {
            boolean known = isGiven(limit) || !updating;
            set(
                    "memory",
                    "memory.swap.max",
                    swapAlone(swap, known ? limit : present.memory().limit()),
                    "/memory/swap");
        } else if (lifted) {
            // As in version 1, where there is no limit of both together without one of memory.
            writeIfThere(folder, "memory.swap.max", "max", "/memory/swap");
        }
        if (memory.swappiness() != null) {
            warn("/memory/swappiness", "ignored: cgroup v2 has none");
        }
        if (Boolean.TRUE.equals(memory.disableOOMKiller())) {
            warn("/memory/disableOOMKiller", "ignored: cgroup v2 can't");
        }
        if (memory.kernel() != null || memory.kernelTCP() != null) {
            warn("/memory", "kernel memory limits are ignored: cgroup v2 has none");
        }
    }

    /** In version 2 the kernel takes a limit below what is used, and kills until it is kept. */
    private void checkUsage(Spec.Memory memory) {
        Boolean check = memory.checkBeforeUpdate();
        Long usage = present.number(folder, "memory.current");
        if (usage == null
                || !Boolean.TRUE.equals(check == null ? present.memory().checkBeforeUpdate() : check)) {
            return;
        }
        checkUsage(memory.limit(), usage, "/memory/limit");
        checkUsage(memory.swap(), usage, "/memory/swap");
    }

    private static void checkUsage(@Nullable Long limit, long usage, String pointer) {
        if (limit != null && limit > 0 && limit <= usage) {
            throw new InvalidSpec(
                    RESOURCES + pointer,
                    limit + " is not more than the " + usage + " bytes in use, and checkBeforeUpdate is set");
        }
    }

    /** In version 1 the limit is memory and swap together. */
    private static String swapAlone(long together, @Nullable Long memory) {
        long swap = swapBytes(together, memory);
        return swap < 0 ? "max" : Long.toString(swap);
    }

    /**
     * What is left for swap alone, in bytes; negative: no limit.
     *
     * @param together the limit of memory and swap, as version 1 has it
     * @throws InvalidSpec when it isn't above that of memory
     */
    public static long swapBytes(long together, @Nullable Long memory) {
        String pointer = RESOURCES + "/memory/swap";
        if (together < 0) {
            return together;
        }
        if (memory == null || memory <= 0) {
            throw new InvalidSpec(pointer, "is memory and swap together, and needs a memory limit");
        }
        if (together < memory) {
            throw new InvalidSpec(pointer, "is memory and swap together, and can't be below the memory limit");
        }
        return together - memory;
    }

    private void planCpu(Spec.Cpu cpu) {
        planWeight(cpu);
        String max = max(cpu);
        Long burst = cpu.burst();
        if (burst != null && isGivenOrTakenBack(burst)) {
            if (updating && !max.isEmpty()) {
                // No burst is more than the quota: which of them goes first depends on what they were.
                tryToWrite(folder, "cpu.max.burst", burst.toString(), "/cpu/burst");
            }
            planMax(cpu, max);
            set("cpu", "cpu.max.burst", burst.toString(), "/cpu/burst");
        } else {
            planMax(cpu, max);
        }
        if (isGiven(cpu.realtimeRuntime()) || isGiven(cpu.realtimePeriod())) {
            throw new Unsupported(RESOURCES + "/cpu/realtimeRuntime", "cgroup v2 has no realtime limits");
        }
        String cpus = cpu.cpus();
        if (cpus != null && !cpus.isEmpty()) {
            set("cpuset", "cpuset.cpus", cpus, "/cpu/cpus");
        }
        String mems = cpu.mems();
        if (mems != null && !mems.isEmpty()) {
            set("cpuset", "cpuset.mems", mems, "/cpu/mems");
        }
    }

    private void planMax(Spec.Cpu cpu, String max) {
        if (!max.isEmpty()) {
            set("cpu", "cpu.max", max, isGiven(cpu.quota()) ? "/cpu/quota" : "/cpu/period");
        }
    }

    /** Quota and period are one file; a quota alone leaves the period. */
    private String max(Spec.Cpu cpu) {
        Long quota = cpu.quota();
        Long period = cpu.period();
        if (quota == null || !isGiven(quota)) {
            String now = present.word(folder, "cpu.max");
            return isGiven(period) ? (now == null ? "max" : now) + " " + period : "";
        }
        if (quota < 0 && !isGiven(period)) {
            return updating ? "max" : "";
        }
        String text = quota < 0 ? "max" : quota.toString();
        if (isGiven(period)) {
            return text + " " + period;
        }
        return updating ? text : text + " " + DEFAULT_PERIOD_MICROS;
    }

    /** An idle cgroup takes no weight; and one that is not idle any more has the default one. */
    private void planWeight(Spec.Cpu cpu) {
        Long idle = cpu.idle();
        boolean ends = updating && idle != null && idle == 0;
        boolean begins = idle != null && idle == 1;
        if (ends) {
            writeIfThere(folder, "cpu.idle", "0", "/cpu/idle");
        }
        long shares = orZero(ends && !isGiven(cpu.shares()) ? present.shares() : cpu.shares());
        if (shares != 0 && !(begins && updating)) {
            set("cpu", "cpu.weight", Long.toString(weight(shares)), "/cpu/shares");
        }
        if (begins) {
            limit("cpu", "cpu.idle", idle, "/cpu/idle");
        }
    }

    private void planBlockIO(Spec.BlockIO io) {
        weight(io.weight(), "", "/blockIO/weight");
        refuseLeaf(io.leafWeight(), "/blockIO/leafWeight");
        for (int i = 0; i < io.weightDevice().size(); i++) {
            Spec.WeightDevice device = io.weightDevice().get(i);
            String pointer = "/blockIO/weightDevice/" + i;
            weight(device.weight(), device.major() + ":" + device.minor() + " ", pointer + "/weight");
            refuseLeaf(device.leafWeight(), pointer + "/leafWeight");
        }
        throttle("rbps", io.throttleReadBpsDevice(), "/blockIO/throttleReadBpsDevice/");
        throttle("wbps", io.throttleWriteBpsDevice(), "/blockIO/throttleWriteBpsDevice/");
        throttle("riops", io.throttleReadIOPSDevice(), "/blockIO/throttleReadIOPSDevice/");
        throttle("wiops", io.throttleWriteIOPSDevice(), "/blockIO/throttleWriteIOPSDevice/");
    }

    /** BFQ's weights are those of version 1; without BFQ they become 1 to 10000. */
    private void weight(@Nullable Long weight, String device, String pointer) {
        if (weight != null && weight != 0) {
            needed.add("io");
            writeFirst(
                    folder, either("io.bfq.weight", device + weight, "io.weight", device + ioWeight(weight)), pointer);
        }
    }

    /** 10 to 1000 becomes 1 to 10000. */
    public static long ioWeight(long weight) {
        return 1 + (weight - 10) * 9999 / 990;
    }

    private static void refuseLeaf(@Nullable Long weight, String pointer) {
        if (weight != null && weight != 0) {
            throw new Unsupported(RESOURCES + pointer, "cgroup v2 has no leaf weights");
        }
    }

    private void throttle(String key, List<Spec.ThrottleDevice> devices, String pointer) {
        for (int i = 0; i < devices.size(); i++) {
            Spec.ThrottleDevice device = devices.get(i);
            String rate = device.rate() == 0 ? "max" : Long.toUnsignedString(device.rate());
            set("io", "io.max", device.major() + ":" + device.minor() + " " + key + "=" + rate, pointer + i);
        }
    }

    /** Reservations are what counts, and page faults where the kernel doesn't count reservations (before Linux 5.7). */
    private void planHugepages(List<Spec.HugepageLimit> hugepages) {
        for (int i = 0; i < hugepages.size(); i++) {
            String size = "hugetlb." + hugepages.get(i).pageSize();
            String value = Long.toUnsignedString(hugepages.get(i).limit());
            needed.add("hugetlb");
            writeFirst(folder, either(size + ".rsvd.max", value, size + ".max", value), "/hugepageLimits/" + i);
        }
    }

    private static void checkNetwork(Spec.Network network) {
        Long classID = network.classID();
        if (classID != null && classID != 0) {
            throw new Unsupported(RESOURCES + "/network/classID", "cgroup v2 has no network classes");
        }
        if (!network.priorities().isEmpty()) {
            throw new Unsupported(RESOURCES + "/network/priorities", "cgroup v2 has no network priorities");
        }
    }

    /** 2 to 262144 becomes 1 to 10000. */
    public static long weight(long shares) {
        long bounded = Math.max(2, Math.min(262_144, shares));
        return 1 + (bounded - 2) * 9999 / 262_142;
    }

    @Override
    void planDevices(List<DeviceRules.Rule> rules) {
        Bytes program = DeviceProgram.compile(rules);
        limits.add(Step.must(
                new HostOperation.DeviceProgram(Origin.at(RESOURCES + "/devices"), folder.folder(), program)));
    }

    /** One program takes the place of the other. */
    @Override
    void changeDevices(List<DeviceRules.Rule> from, List<DeviceRules.Rule> to) {
        planDevices(to);
    }
}
