// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.spec.Spec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link Spec} to config.json: what {@link ConfigReader} reads back as the same. What is absent or empty isn't written. */
public final class ConfigWriter {

    private final JsonText json = new JsonText(true);

    private ConfigWriter() {}

    /** A line for each value, indented by tabs, without a line feed at the end. */
    public static String write(Spec spec) {
        ConfigWriter writer = new ConfigWriter();
        writer.config(spec);
        return writer.json.toString();
    }

    private void config(Spec spec) {
        json.beginObject();
        string("ociVersion", spec.ociVersion());
        Spec.Process process = spec.process();
        if (process != null) {
            process(process);
        }
        Spec.Root root = spec.root();
        if (root != null) {
            json.name("root").beginObject();
            string("path", root.path());
            flag("readonly", root.readonly());
            json.endObject();
        }
        string("hostname", spec.hostname());
        string("domainname", spec.domainname());
        mounts(spec.mounts());
        hooks(spec.hooks());
        strings("annotations", spec.annotations());
        linux(spec.linux());
        json.endObject();
    }

    private void string(String name, @Nullable String value) {
        if (value != null) {
            json.name(name).string(value);
        }
    }

    private void number(String name, @Nullable Long value) {
        if (value != null) {
            json.name(name).literal(Long.toString(value));
        }
    }

    private void bool(String name, @Nullable Boolean value) {
        if (value != null) {
            json.name(name).literal(Boolean.toString(value));
        }
    }

    private void flag(String name, boolean value) {
        if (value) {
            bool(name, true);
        }
    }

    private void strings(String name, List<String> values) {
        if (!values.isEmpty()) {
            json.name(name).beginList();
            for (String value : values) {
                json.string(value);
            }
            json.endList();
        }
    }

    private void strings(String name, Map<String, String> values) {
        if (!values.isEmpty()) {
            json.name(name).beginObject();
            for (Map.Entry<String, String> value : values.entrySet()) {
                string(value.getKey(), value.getValue());
            }
            json.endObject();
        }
    }

    private void process(Spec.Process process) {
        json.name("process").beginObject();
        flag("terminal", process.terminal());
        Spec.ConsoleSize size = process.consoleSize();
        if (size != null) {
            json.name("consoleSize").beginObject();
            number("height", size.height());
            number("width", size.width());
            json.endObject();
        }
        user(process.user());
        strings("args", process.args());
        strings("env", process.env());
        string("cwd", process.cwd());
        capabilities(process.capabilities());
        rlimits(process.rlimits());
        flag("noNewPrivileges", process.noNewPrivileges());
        number("oomScoreAdj", process.oomScoreAdj());
        string("apparmorProfile", process.apparmorProfile());
        string("selinuxLabel", process.selinuxLabel());
        scheduling(process);
        json.endObject();
    }

    private void user(Spec.User user) {
        json.name("user").beginObject();
        number("uid", user.uid());
        number("gid", user.gid());
        number("umask", user.umask());
        if (!user.additionalGids().isEmpty()) {
            json.name("additionalGids").beginList();
            for (Long gid : user.additionalGids()) {
                json.literal(Long.toString(gid));
            }
            json.endList();
        }
        json.endObject();
    }

    private void scheduling(Spec.Process process) {
        Spec.Scheduler scheduler = process.scheduler();
        if (scheduler != null) {
            json.name("scheduler").beginObject();
            string("policy", scheduler.policy());
            number("nice", scheduler.nice());
            number("priority", scheduler.priority());
            strings("flags", scheduler.flags());
            json.name("runtime").literal(Long.toUnsignedString(scheduler.runtime()));
            json.name("deadline").literal(Long.toUnsignedString(scheduler.deadline()));
            json.name("period").literal(Long.toUnsignedString(scheduler.period()));
            json.endObject();
        }
        Spec.IoPriority priority = process.ioPriority();
        if (priority != null) {
            json.name("ioPriority").beginObject();
            string("class", priority.ioClass());
            number("priority", priority.priority());
            json.endObject();
        }
        Spec.ExecCpuAffinity affinity = process.execCPUAffinity();
        if (affinity != null) {
            json.name("execCPUAffinity").beginObject();
            string("initial", affinity.initial());
            string("final", affinity.last());
            json.endObject();
        }
    }

    private void capabilities(Spec.@Nullable Capabilities sets) {
        if (sets != null) {
            json.name("capabilities").beginObject();
            strings("bounding", sets.bounding());
            strings("effective", sets.effective());
            strings("inheritable", sets.inheritable());
            strings("permitted", sets.permitted());
            strings("ambient", sets.ambient());
            json.endObject();
        }
    }

    private void rlimits(List<Spec.Rlimit> rlimits) {
        if (!rlimits.isEmpty()) {
            json.name("rlimits").beginList();
            for (Spec.Rlimit rlimit : rlimits) {
                json.beginObject();
                string("type", rlimit.type());
                json.name("hard").literal(Long.toUnsignedString(rlimit.hard()));
                json.name("soft").literal(Long.toUnsignedString(rlimit.soft()));
                json.endObject();
            }
            json.endList();
        }
    }

    private void mounts(List<Spec.Mount> mounts) {
        if (!mounts.isEmpty()) {
            json.name("mounts").beginList();
            for (Spec.Mount mount : mounts) {
                json.beginObject();
                string("destination", mount.destination());
                string("type", mount.type());
                string("source", mount.source());
                strings("options", mount.options());
                idMappings("uidMappings", mount.uidMappings());
                idMappings("gidMappings", mount.gidMappings());
                json.endObject();
            }
            json.endList();
        }
    }

    private void idMappings(String name, List<Spec.IdMapping> mappings) {
        if (!mappings.isEmpty()) {
            json.name(name).beginList();
            for (Spec.IdMapping mapping : mappings) {
                json.beginObject();
                number("containerID", mapping.containerID());
                number("hostID", mapping.hostID());
                number("size", mapping.size());
                json.endObject();
            }
            json.endList();
        }
    }

    private void hooks(Spec.Hooks hooks) {
        if (!hooks.equals(Spec.Hooks.NONE)) {
            json.name("hooks").beginObject();
            hooks("prestart", hooks.prestart());
            hooks("createRuntime", hooks.createRuntime());
            hooks("createContainer", hooks.createContainer());
            hooks("startContainer", hooks.startContainer());
            hooks("poststart", hooks.poststart());
            hooks("poststop", hooks.poststop());
            json.endObject();
        }
    }

    private void hooks(String kind, List<Spec.Hook> hooks) {
        if (!hooks.isEmpty()) {
            json.name(kind).beginList();
            for (Spec.Hook hook : hooks) {
                json.beginObject();
                string("path", hook.path());
                strings("args", hook.args());
                strings("env", hook.env());
                number("timeout", hook.timeout());
                json.endObject();
            }
            json.endList();
        }
    }

    private void linux(Spec.Linux linux) {
        json.name("linux").beginObject();
        idMappings("uidMappings", linux.uidMappings());
        idMappings("gidMappings", linux.gidMappings());
        strings("sysctl", linux.sysctl());
        resources(linux.resources());
        string("cgroupsPath", linux.cgroupsPath());
        namespaces(linux.namespaces());
        timeOffsets(linux.timeOffsets());
        devices(linux.devices());
        string("rootfsPropagation", linux.rootfsPropagation());
        strings("maskedPaths", linux.maskedPaths());
        strings("readonlyPaths", linux.readonlyPaths());
        string("mountLabel", linux.mountLabel());
        Spec.Personality personality = linux.personality();
        if (personality != null) {
            json.name("personality").beginObject();
            string("domain", personality.domain());
            strings("flags", personality.flags());
            json.endObject();
        }
        Spec.MemoryPolicy policy = linux.memoryPolicy();
        if (policy != null) {
            json.name("memoryPolicy").beginObject();
            string("mode", policy.mode());
            string("nodes", policy.nodes());
            strings("flags", policy.flags());
            json.endObject();
        }
        netDevices(linux.netDevices());
        intelRdt(linux.intelRdt());
        json.endObject();
    }

    private void netDevices(Map<String, Spec.NetDevice> devices) {
        if (!devices.isEmpty()) {
            json.name("netDevices").beginObject();
            for (Map.Entry<String, Spec.NetDevice> device : devices.entrySet()) {
                json.name(device.getKey()).beginObject();
                string("name", device.getValue().name());
                json.endObject();
            }
            json.endObject();
        }
    }

    private void intelRdt(Spec.@Nullable IntelRdt rdt) {
        if (rdt != null) {
            json.name("intelRdt").beginObject();
            string("closID", rdt.closID());
            strings("schemata", rdt.schemata());
            string("l3CacheSchema", rdt.l3CacheSchema());
            string("memBwSchema", rdt.memBwSchema());
            flag("enableMonitoring", rdt.enableMonitoring());
            json.endObject();
        }
    }

    private void namespaces(List<Spec.Namespace> namespaces) {
        if (!namespaces.isEmpty()) {
            json.name("namespaces").beginList();
            for (Spec.Namespace namespace : namespaces) {
                json.beginObject();
                string("type", namespace.type());
                string("path", namespace.path());
                json.endObject();
            }
            json.endList();
        }
    }

    private void timeOffsets(Map<String, Spec.TimeOffset> offsets) {
        if (!offsets.isEmpty()) {
            json.name("timeOffsets").beginObject();
            for (Map.Entry<String, Spec.TimeOffset> offset : offsets.entrySet()) {
                json.name(offset.getKey()).beginObject();
                number("secs", offset.getValue().secs());
                number("nanosecs", offset.getValue().nanosecs());
                json.endObject();
            }
            json.endObject();
        }
    }

    private void devices(List<Spec.Device> devices) {
        if (!devices.isEmpty()) {
            json.name("devices").beginList();
            for (Spec.Device device : devices) {
                json.beginObject();
                string("path", device.path());
                string("type", device.type());
                number("major", device.major());
                number("minor", device.minor());
                number("fileMode", device.fileMode());
                number("uid", device.uid());
                number("gid", device.gid());
                json.endObject();
            }
            json.endList();
        }
    }

    private void resources(Spec.Resources resources) {
        if (resources.equals(Spec.Resources.NONE)) {
            return;
        }
        json.name("resources").beginObject();
        deviceRules(resources.devices());
        memory(resources.memory());
        cpu(resources.cpu());
        Long pidsLimit = resources.pidsLimit();
        if (pidsLimit != null) {
            json.name("pids").beginObject();
            number("limit", pidsLimit);
            json.endObject();
        }
        blockIO(resources.blockIO());
        if (!resources.hugepageLimits().isEmpty()) {
            json.name("hugepageLimits").beginList();
            for (Spec.HugepageLimit limit : resources.hugepageLimits()) {
                json.beginObject();
                string("pageSize", limit.pageSize());
                json.name("limit").literal(Long.toUnsignedString(limit.limit()));
                json.endObject();
            }
            json.endList();
        }
        network(resources.network());
        rdma(resources.rdma());
        strings("unified", resources.unified());
        json.endObject();
    }

    private void blockIO(Spec.@Nullable BlockIO io) {
        if (io != null) {
            json.name("blockIO").beginObject();
            number("weight", io.weight());
            number("leafWeight", io.leafWeight());
            if (!io.weightDevice().isEmpty()) {
                json.name("weightDevice").beginList();
                for (Spec.WeightDevice device : io.weightDevice()) {
                    json.beginObject();
                    number("major", device.major());
                    number("minor", device.minor());
                    number("weight", device.weight());
                    number("leafWeight", device.leafWeight());
                    json.endObject();
                }
                json.endList();
            }
            throttles("throttleReadBpsDevice", io.throttleReadBpsDevice());
            throttles("throttleWriteBpsDevice", io.throttleWriteBpsDevice());
            throttles("throttleReadIOPSDevice", io.throttleReadIOPSDevice());
            throttles("throttleWriteIOPSDevice", io.throttleWriteIOPSDevice());
            json.endObject();
        }
    }

    private void throttles(String name, List<Spec.ThrottleDevice> devices) {
        if (!devices.isEmpty()) {
            json.name(name).beginList();
            for (Spec.ThrottleDevice device : devices) {
                json.beginObject();
                number("major", device.major());
                number("minor", device.minor());
                json.name("rate").literal(Long.toUnsignedString(device.rate()));
                json.endObject();
            }
            json.endList();
        }
    }

    private void network(Spec.@Nullable Network network) {
        if (network != null) {
            json.name("network").beginObject();
            number("classID", network.classID());
            if (!network.priorities().isEmpty()) {
                json.name("priorities").beginList();
                for (Spec.InterfacePriority priority : network.priorities()) {
                    json.beginObject();
                    string("name", priority.name());
                    number("priority", priority.priority());
                    json.endObject();
                }
                json.endList();
            }
            json.endObject();
        }
    }

    private void rdma(Map<String, Spec.Rdma> devices) {
        if (!devices.isEmpty()) {
            json.name("rdma").beginObject();
            for (Map.Entry<String, Spec.Rdma> device : devices.entrySet()) {
                json.name(device.getKey()).beginObject();
                number("hcaHandles", device.getValue().hcaHandles());
                number("hcaObjects", device.getValue().hcaObjects());
                json.endObject();
            }
            json.endObject();
        }
    }

    /** Access is always written: without it a rule would be about nothing. */
    private void deviceRules(List<Spec.DeviceRule> rules) {
        if (!rules.isEmpty()) {
            json.name("devices").beginList();
            for (Spec.DeviceRule rule : rules) {
                json.beginObject();
                bool("allow", rule.allow());
                if (!rule.type().equals("a")) {
                    string("type", rule.type());
                }
                number("major", rule.major());
                number("minor", rule.minor());
                string("access", rule.access());
                json.endObject();
            }
            json.endList();
        }
    }

    private void memory(Spec.@Nullable Memory memory) {
        if (memory != null) {
            json.name("memory").beginObject();
            number("limit", memory.limit());
            number("reservation", memory.reservation());
            number("swap", memory.swap());
            number("kernel", memory.kernel());
            number("kernelTCP", memory.kernelTCP());
            number("swappiness", memory.swappiness());
            bool("disableOOMKiller", memory.disableOOMKiller());
            bool("useHierarchy", memory.useHierarchy());
            bool("checkBeforeUpdate", memory.checkBeforeUpdate());
            json.endObject();
        }
    }

    private void cpu(Spec.@Nullable Cpu cpu) {
        if (cpu != null) {
            json.name("cpu").beginObject();
            number("shares", cpu.shares());
            number("quota", cpu.quota());
            number("burst", cpu.burst());
            number("period", cpu.period());
            number("realtimeRuntime", cpu.realtimeRuntime());
            number("realtimePeriod", cpu.realtimePeriod());
            string("cpus", cpu.cpus());
            string("mems", cpu.mems());
            number("idle", cpu.idle());
            json.endObject();
        }
    }
}
