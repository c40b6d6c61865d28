// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Bytes;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** config.json to {@link Spec}. Strict about types; unknown properties are ignored, as the specification demands. */
public final class ConfigReader {

    /** Largest config.json, in bytes. */
    public static final long MAX_CONFIG_BYTES = 16L * 1024 * 1024;

    /** Largest number of entries of any list in it. */
    static final int MAX_ENTRIES = 65_536;

    /** CVE row "config as code": largest number of mounts. */
    static final int MAX_MOUNTS = 4096;

    private ConfigReader() {}

    /** @throws InvalidSpec when it isn't JSON, or a value has another type than the specification's */
    public static Spec read(Bytes document) {
        Place config = JsonTree.read(document);
        return new Spec(
                config.at("ociVersion").string(),
                root(config.at("root")),
                process(config.at("process")),
                config.at("hostname").optionalString(),
                config.at("domainname").optionalString(),
                mounts(config.at("mounts")),
                hooks(config.at("hooks")),
                config.at("annotations").stringMap(),
                linux(config.at("linux")));
    }

    private static Spec.@Nullable Root root(Place root) {
        return root.present()
                ? new Spec.Root(root.at("path").string(), root.at("readonly").bool())
                : null;
    }

    private static List<Spec.Mount> mounts(Place mounts) {
        List<Spec.Mount> read = new ArrayList<>();
        for (Place mount : mounts.list(MAX_MOUNTS)) {
            read.add(new Spec.Mount(
                    mount.at("destination").string(),
                    mount.at("type").optionalString(),
                    mount.at("source").optionalString(),
                    mount.at("options").strings(MAX_ENTRIES),
                    idMappings(mount.at("uidMappings")),
                    idMappings(mount.at("gidMappings"))));
        }
        return read;
    }

    private static List<Spec.IdMapping> idMappings(Place mappings) {
        List<Spec.IdMapping> read = new ArrayList<>();
        for (Place mapping : mappings.list(MAX_ENTRIES)) {
            read.add(new Spec.IdMapping(
                    mapping.at("containerID").u32(),
                    mapping.at("hostID").u32(),
                    mapping.at("size").u32()));
        }
        return read;
    }

    /** process of config.json, or a whole process.json. */
    private static Spec.@Nullable Process process(Place process) {
        if (!process.present()) {
            return null;
        }
        return new Spec.Process(
                process.at("terminal").bool(),
                consoleSize(process.at("consoleSize")),
                process.at("cwd").string(),
                process.at("env").strings(MAX_ENTRIES),
                process.at("args").strings(MAX_ENTRIES),
                rlimits(process.at("rlimits")),
                capabilities(process.at("capabilities")),
                process.at("noNewPrivileges").bool(),
                process.at("oomScoreAdj").optionalI64(),
                text(process.at("apparmorProfile")),
                text(process.at("selinuxLabel")),
                scheduler(process.at("scheduler")),
                ioPriority(process.at("ioPriority")),
                execCpuAffinity(process.at("execCPUAffinity")),
                user(process.at("user")));
    }

    /**
     * A process.json.
     *
     * @throws InvalidSpec with pointers into it
     */
    public static Spec.Process readProcess(Bytes document) {
        Spec.Process read = process(JsonTree.read(document));
        if (read == null) {
            throw new InvalidSpec("", "expected an object, found null");
        }
        return read;
    }

    /** Callers write empty strings for what they don't ask for. */
    private static @Nullable String text(Place place) {
        String text = place.optionalString();
        return text == null || text.isEmpty() ? null : text;
    }

    private static Spec.@Nullable Scheduler scheduler(Place scheduler) {
        return scheduler.present()
                ? new Spec.Scheduler(
                        scheduler.at("policy").string(),
                        i64Or0(scheduler.at("nice")),
                        i64Or0(scheduler.at("priority")),
                        scheduler.at("flags").strings(MAX_ENTRIES),
                        u64Or0(scheduler.at("runtime")),
                        u64Or0(scheduler.at("deadline")),
                        u64Or0(scheduler.at("period")))
                : null;
    }

    private static long i64Or0(Place place) {
        return place.present() ? place.i64() : 0;
    }

    private static long u64Or0(Place place) {
        return place.present() ? place.u64() : 0;
    }

    private static Spec.@Nullable IoPriority ioPriority(Place priority) {
        return priority.present()
                ? new Spec.IoPriority(priority.at("class").string(), i64Or0(priority.at("priority")))
                : null;
    }

    private static Spec.@Nullable ExecCpuAffinity execCpuAffinity(Place affinity) {
        return affinity.present()
                ? new Spec.ExecCpuAffinity(text(affinity.at("initial")), text(affinity.at("final")))
                : null;
    }

    private static Spec.@Nullable ConsoleSize consoleSize(Place size) {
        return size.present()
                ? new Spec.ConsoleSize(size.at("height").u32(), size.at("width").u32())
                : null;
    }

    private static Spec.User user(Place user) {
        if (!user.present()) {
            return new Spec.User(0, 0, null, List.of());
        }
        List<Long> additionalGids = new ArrayList<>();
        for (Place gid : user.at("additionalGids").list(MAX_ENTRIES)) {
            additionalGids.add(gid.u32());
        }
        return new Spec.User(
                user.at("uid").u32Or(0),
                user.at("gid").u32Or(0),
                user.at("umask").optionalU32(),
                additionalGids);
    }

    private static List<Spec.Rlimit> rlimits(Place rlimits) {
        List<Spec.Rlimit> read = new ArrayList<>();
        for (Place rlimit : rlimits.list(MAX_ENTRIES)) {
            read.add(new Spec.Rlimit(
                    rlimit.at("type").string(),
                    rlimit.at("soft").u64(),
                    rlimit.at("hard").u64()));
        }
        return read;
    }

    private static Spec.@Nullable Capabilities capabilities(Place capabilities) {
        return capabilities.present()
                ? new Spec.Capabilities(
                        capabilities.at("bounding").strings(MAX_ENTRIES),
                        capabilities.at("effective").strings(MAX_ENTRIES),
                        capabilities.at("inheritable").strings(MAX_ENTRIES),
                        capabilities.at("permitted").strings(MAX_ENTRIES),
                        capabilities.at("ambient").strings(MAX_ENTRIES))
                : null;
    }

    private static Spec.Hooks hooks(Place hooks) {
        return hooks.present()
                ? new Spec.Hooks(
                        hookList(hooks.at("prestart")),
                        hookList(hooks.at("createRuntime")),
                        hookList(hooks.at("createContainer")),
                        hookList(hooks.at("startContainer")),
                        hookList(hooks.at("poststart")),
                        hookList(hooks.at("poststop")))
                : Spec.Hooks.NONE;
    }

    private static List<Spec.Hook> hookList(Place hooks) {
        List<Spec.Hook> read = new ArrayList<>();
        for (Place hook : hooks.list(MAX_ENTRIES)) {
            read.add(hook(hook));
        }
        return read;
    }

    static Spec.Hook hook(Place hook) {
        return new Spec.Hook(
                hook.at("path").string(),
                hook.at("args").strings(MAX_ENTRIES),
                hook.at("env").strings(MAX_ENTRIES),
                hook.at("timeout").optionalI64());
    }

    private static Spec.Linux linux(Place given) {
        Place linux = given.present() ? given : JsonTree.read(Bytes.utf8("{}"));
        return new Spec.Linux(
                namespaces(linux.at("namespaces")),
                idMappings(linux.at("uidMappings")),
                idMappings(linux.at("gidMappings")),
                timeOffsets(linux.at("timeOffsets")),
                devices(linux.at("devices")),
                linux.at("cgroupsPath").optionalString(),
                resources(linux.at("resources")),
                linux.at("rootfsPropagation").optionalString(),
                linux.at("sysctl").stringMap(),
                linux.at("maskedPaths").strings(MAX_ENTRIES),
                linux.at("readonlyPaths").strings(MAX_ENTRIES),
                text(linux.at("mountLabel")),
                personality(linux.at("personality")),
                memoryPolicy(linux.at("memoryPolicy")),
                netDevices(linux.at("netDevices")),
                intelRdt(linux.at("intelRdt")),
                SeccompReader.read(linux.at("seccomp")));
    }

    private static Spec.@Nullable Personality personality(Place personality) {
        return personality.present()
                ? new Spec.Personality(
                        personality.at("domain").string(),
                        personality.at("flags").strings(MAX_ENTRIES))
                : null;
    }

    private static Spec.@Nullable MemoryPolicy memoryPolicy(Place policy) {
        return policy.present()
                ? new Spec.MemoryPolicy(
                        policy.at("mode").string(),
                        text(policy.at("nodes")),
                        policy.at("flags").strings(MAX_ENTRIES))
                : null;
    }

    private static Map<String, Spec.NetDevice> netDevices(Place devices) {
        Map<String, Spec.NetDevice> read = new LinkedHashMap<>();
        for (Map.Entry<String, Place> device : devices.members().entrySet()) {
            Place value = device.getValue();
            read.put(device.getKey(), new Spec.NetDevice(value.present() ? text(value.at("name")) : null));
        }
        return read;
    }

    private static Spec.@Nullable IntelRdt intelRdt(Place rdt) {
        return rdt.present()
                ? new Spec.IntelRdt(
                        text(rdt.at("closID")),
                        rdt.at("schemata").strings(MAX_ENTRIES),
                        text(rdt.at("l3CacheSchema")),
                        text(rdt.at("memBwSchema")),
                        rdt.at("enableMonitoring").bool()
                                // Until specification 1.2, of which 1.3 made one.
                                || rdt.at("enableCMT").bool()
                                || rdt.at("enableMBM").bool())
                : null;
    }

    private static List<Spec.Namespace> namespaces(Place namespaces) {
        List<Spec.Namespace> read = new ArrayList<>();
        for (Place namespace : namespaces.list(MAX_ENTRIES)) {
            String path = namespace.at("path").optionalString();
            read.add(new Spec.Namespace(namespace.at("type").string(), path == null || path.isEmpty() ? null : path));
        }
        return read;
    }

    private static Map<String, Spec.TimeOffset> timeOffsets(Place offsets) {
        Map<String, Spec.TimeOffset> read = new LinkedHashMap<>();
        for (Map.Entry<String, Place> offset : offsets.members().entrySet()) {
            Place value = offset.getValue();
            read.put(
                    offset.getKey(),
                    new Spec.TimeOffset(
                            value.at("secs").present() ? value.at("secs").i64() : 0,
                            value.at("nanosecs").u32Or(0)));
        }
        return read;
    }

    private static List<Spec.Device> devices(Place devices) {
        List<Spec.Device> read = new ArrayList<>();
        for (Place device : devices.list(MAX_ENTRIES)) {
            read.add(new Spec.Device(
                    device.at("type").string(),
                    device.at("path").string(),
                    number(device, "major"),
                    number(device, "minor"),
                    device.at("fileMode").optionalU32(),
                    device.at("uid").u32Or(0),
                    device.at("gid").u32Or(0)));
        }
        return read;
    }

    /** Only a fifo has none: 0 and 0 is what overlay takes for a file that was removed. */
    private static long number(Place device, String name) {
        Place number = device.at(name);
        boolean node = !device.at("type").string().equals("p");
        return node || number.present() ? number.u32() : 0;
    }

    /**
     * linux.resources alone, as {@code update --resources} reads it.
     *
     * @throws InvalidSpec with pointers into it
     */
    public static Spec.Resources readResources(Bytes document) {
        Place resources = JsonTree.read(document);
        return resources(resources);
    }

    private static Spec.Resources resources(Place resources) {
        if (!resources.present()) {
            return Spec.Resources.NONE;
        }
        Place pids = resources.at("pids");
        return new Spec.Resources(
                deviceRules(resources.at("devices")),
                memory(resources.at("memory")),
                cpu(resources.at("cpu")),
                pids.present() ? pids.at("limit").optionalI64() : null,
                blockIO(resources.at("blockIO")),
                hugepageLimits(resources.at("hugepageLimits")),
                network(resources.at("network")),
                rdma(resources.at("rdma")),
                resources.at("unified").stringMap());
    }

    private static Spec.@Nullable BlockIO blockIO(Place io) {
        return io.present()
                ? new Spec.BlockIO(
                        io.at("weight").optionalU32(),
                        io.at("leafWeight").optionalU32(),
                        weightDevices(io.at("weightDevice")),
                        throttles(io.at("throttleReadBpsDevice")),
                        throttles(io.at("throttleWriteBpsDevice")),
                        throttles(io.at("throttleReadIOPSDevice")),
                        throttles(io.at("throttleWriteIOPSDevice")))
                : null;
    }

    private static List<Spec.WeightDevice> weightDevices(Place devices) {
        List<Spec.WeightDevice> read = new ArrayList<>();
        for (Place device : devices.list(MAX_ENTRIES)) {
            read.add(new Spec.WeightDevice(
                    device.at("major").u32(),
                    device.at("minor").u32(),
                    device.at("weight").optionalU32(),
                    device.at("leafWeight").optionalU32()));
        }
        return read;
    }

    private static List<Spec.ThrottleDevice> throttles(Place devices) {
        List<Spec.ThrottleDevice> read = new ArrayList<>();
        for (Place device : devices.list(MAX_ENTRIES)) {
            read.add(new Spec.ThrottleDevice(
                    device.at("major").u32(),
                    device.at("minor").u32(),
                    device.at("rate").u64()));
        }
        return read;
    }

    private static List<Spec.HugepageLimit> hugepageLimits(Place limits) {
        List<Spec.HugepageLimit> read = new ArrayList<>();
        for (Place limit : limits.list(MAX_ENTRIES)) {
            read.add(new Spec.HugepageLimit(
                    limit.at("pageSize").string(), limit.at("limit").u64()));
        }
        return read;
    }

    private static Spec.@Nullable Network network(Place network) {
        if (!network.present()) {
            return null;
        }
        List<Spec.InterfacePriority> priorities = new ArrayList<>();
        for (Place priority : network.at("priorities").list(MAX_ENTRIES)) {
            priorities.add(new Spec.InterfacePriority(
                    priority.at("name").string(), priority.at("priority").u32()));
        }
        return new Spec.Network(network.at("classID").optionalU32(), priorities);
    }

    private static Map<String, Spec.Rdma> rdma(Place devices) {
        Map<String, Spec.Rdma> read = new LinkedHashMap<>();
        for (Map.Entry<String, Place> device : devices.members().entrySet()) {
            read.put(
                    device.getKey(),
                    new Spec.Rdma(
                            device.getValue().at("hcaHandles").optionalU32(),
                            device.getValue().at("hcaObjects").optionalU32()));
        }
        return read;
    }

    private static List<Spec.DeviceRule> deviceRules(Place rules) {
        List<Spec.DeviceRule> read = new ArrayList<>();
        for (Place rule : rules.list(MAX_ENTRIES)) {
            String type = rule.at("type").optionalString();
            String access = rule.at("access").optionalString();
            read.add(new Spec.DeviceRule(
                    rule.at("allow").bool(),
                    type == null || type.isEmpty() ? "a" : type,
                    number(rule.at("major")),
                    number(rule.at("minor")),
                    access == null || access.isEmpty() ? "rwm" : access));
        }
        return read;
    }

    /** Of a device; -1 stands for all, as absence does. */
    private static @Nullable Long number(Place place) {
        Long number = place.optionalI64();
        return number == null || number == -1 ? null : number;
    }

    private static Spec.@Nullable Memory memory(Place memory) {
        return memory.present()
                ? new Spec.Memory(
                        memory.at("limit").optionalI64(),
                        memory.at("reservation").optionalI64(),
                        memory.at("swap").optionalI64(),
                        memory.at("kernel").optionalI64(),
                        memory.at("kernelTCP").optionalI64(),
                        memory.at("swappiness").optionalU63(),
                        memory.at("disableOOMKiller").optionalBool(),
                        memory.at("useHierarchy").optionalBool(),
                        memory.at("checkBeforeUpdate").optionalBool())
                : null;
    }

    private static Spec.@Nullable Cpu cpu(Place cpu) {
        return cpu.present()
                ? new Spec.Cpu(
                        cpu.at("shares").optionalU63(),
                        cpu.at("quota").optionalI64(),
                        cpu.at("burst").optionalU63(),
                        cpu.at("period").optionalU63(),
                        cpu.at("realtimeRuntime").optionalI64(),
                        cpu.at("realtimePeriod").optionalU63(),
                        cpu.at("cpus").optionalString(),
                        cpu.at("mems").optionalString(),
                        cpu.at("idle").optionalI64())
                : null;
    }
}
