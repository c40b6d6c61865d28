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
