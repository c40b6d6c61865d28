// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.spec;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * config.json, for Linux: the OCI runtime specification's own names. What is absent is null for a single value, and empty for a
 * list or map.
 *
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md">config.md</a>
 */
public record Spec(
        String ociVersion,
        @Nullable Root root,
        @Nullable Process process,
        @Nullable String hostname,
        @Nullable String domainname,
        List<Mount> mounts,
        Hooks hooks,
        Map<String, String> annotations,
        Linux linux) {

    public Spec {
        mounts = List.copyOf(mounts);
    }

    /** The same with other {@code linux.resources}. */
    public Spec withResources(Resources resources) {
        return new Spec(
                ociVersion,
                root,
                process,
                hostname,
                domainname,
                mounts,
                hooks,
                annotations,
                linux.withResources(resources));
    }

    public record Root(String path, boolean readonly) {}

    /** An entry of {@code mounts}; type is null where it isn't given (a bind mount). */
    public record Mount(
            String destination,
            @Nullable String type,
            @Nullable String source,
            List<String> options,
            List<IdMapping> uidMappings,
            List<IdMapping> gidMappings) {}

    /** Ids 0 to 4294967295, size from 1. */
    public record IdMapping(long containerID, long hostID, long size) {}

    public record Process(
            boolean terminal,
            @Nullable ConsoleSize consoleSize,
            String cwd,
            List<String> env,
            List<String> args,
            List<Rlimit> rlimits,
            @Nullable Capabilities capabilities,
            boolean noNewPrivileges,
            @Nullable Long oomScoreAdj,
            @Nullable String apparmorProfile,
            @Nullable String selinuxLabel,
            @Nullable Scheduler scheduler,
            @Nullable IoPriority ioPriority,
            @Nullable ExecCpuAffinity execCPUAffinity,
            User user) {}

    /** policy: SCHED_OTHER etc., flags: SCHED_FLAG_RESET_ON_FORK etc.; runtime, deadline and period: nanoseconds, unsigned. */
    public record Scheduler(
            String policy, long nice, long priority, List<String> flags, long runtime, long deadline, long period) {}

    /** ioClass: IOPRIO_CLASS_RT, IOPRIO_CLASS_BE or IOPRIO_CLASS_IDLE ({@code class} in config.json); priority: 0 to 7. */
    public record IoPriority(String ioClass, long priority) {}

    /** Lists of CPUs such as 0-3,7, for what exec runs: until it is in the container's cgroup, and from then on. */
    public record ExecCpuAffinity(
            @Nullable String initial, @Nullable String last) {}

    /** In characters, 0 to 65535. */
    public record ConsoleSize(long height, long width) {}

    /** umask is null where it isn't given. */
    public record User(long uid, long gid, @Nullable Long umask, List<Long> additionalGids) {}

    /** type is RLIMIT_CORE etc.; soft and hard are unsigned 64-bit numbers, ~0 for no limit. */
    public record Rlimit(String type, long soft, long hard) {}

    /** Names such as CAP_CHOWN. */
    public record Capabilities(
            List<String> bounding,
            List<String> effective,
            List<String> inheritable,
            List<String> permitted,
            List<String> ambient) {}

    /** The six kinds, in the order in which they run. */
    public record Hooks(
            List<Hook> prestart,
            List<Hook> createRuntime,
            List<Hook> createContainer,
            List<Hook> startContainer,
            List<Hook> poststart,
            List<Hook> poststop) {

        /** In the order in which they run. */
        public static final List<String> KINDS =
                List.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop");

        public static final Hooks NONE = new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** timeout: seconds, greater than 0; null for none. */
    public record Hook(
            String path,
            List<String> args,
            List<String> env,
            @Nullable Long timeout) {}

    public record Linux(
            List<Namespace> namespaces,
            List<IdMapping> uidMappings,
            List<IdMapping> gidMappings,
            Map<String, TimeOffset> timeOffsets,
            List<Device> devices,
            @Nullable String cgroupsPath,
            Resources resources,
            @Nullable String rootfsPropagation,
            Map<String, String> sysctl,
            List<String> maskedPaths,
            List<String> readonlyPaths,
            @Nullable String mountLabel,
            @Nullable Personality personality,
            @Nullable MemoryPolicy memoryPolicy,
            Map<String, NetDevice> netDevices,
            @Nullable IntelRdt intelRdt,
            @Nullable Seccomp seccomp) {

        Linux withResources(Resources other) {
            return new Linux(
                    namespaces,
                    uidMappings,
                    gidMappings,
                    timeOffsets,
                    devices,
                    cgroupsPath,
                    other,
                    rootfsPropagation,
                    sysctl,
                    maskedPaths,
                    readonlyPaths,
                    mountLabel,
                    personality,
                    memoryPolicy,
                    netDevices,
                    intelRdt,
                    seccomp);
        }
    }

    /** domain: LINUX or LINUX32. */
    public record Personality(String domain, List<String> flags) {}

    /** mode: MPOL_DEFAULT etc.; nodes: a list such as 0-3,7; flags: MPOL_F_STATIC_NODES etc. */
    public record MemoryPolicy(String mode, @Nullable String nodes, List<String> flags) {}

    /** name: inside, or null for the same one. */
    public record NetDevice(@Nullable String name) {}

    /** closID: a folder of resctrl; schemata: lines for its schemata file. */
    public record IntelRdt(
            @Nullable String closID,
            List<String> schemata,
            @Nullable String l3CacheSchema,
            @Nullable String memBwSchema,
            boolean enableMonitoring) {}

    /** Actions are SCMP_ACT_*, architectures SCMP_ARCH_*, flags SECCOMP_FILTER_FLAG_*. */
    public record Seccomp(
            String defaultAction,
            @Nullable Long defaultErrnoRet,
            List<String> flags,
            List<String> architectures,
            List<SyscallRule> syscalls,
            @Nullable String listenerPath,
            @Nullable String listenerMetadata) {}

    /** All of args have to fit, except where two look at the same argument: then each alone is enough. */
    public record SyscallRule(
            List<String> names, String action, @Nullable Long errnoRet, List<SyscallArgument> args) {}

    /** index: 0 to 5. value and valueTwo: 64 bits, unsigned. op: SCMP_CMP_*. */
    public record SyscallArgument(long index, long value, long valueTwo, String op) {}

    /** type: pid, network, mount, ipc, uts, user, cgroup or time; path is null for a new one. */
    public record Namespace(String type, @Nullable String path) {}

    /** Seconds, and nanoseconds from 0 to 999999999. */
    public record TimeOffset(long secs, long nanosecs) {}

    /** type: c, b, u or p. fileMode null: 0666. */
    public record Device(
            String type,
            String path,
            long major,
            long minor,
            @Nullable Long fileMode,
            long uid,
            long gid) {}

    public record Resources(
            List<DeviceRule> devices,
            @Nullable Memory memory,
            @Nullable Cpu cpu,
            @Nullable Long pidsLimit,
            @Nullable BlockIO blockIO,
            List<HugepageLimit> hugepageLimits,
            @Nullable Network network,
            Map<String, Rdma> rdma,
            Map<String, String> unified) {

        public static final Resources NONE =
                new Resources(List.of(), null, null, null, null, List.of(), null, Map.of(), Map.of());
    }

    /** Weights from 10 to 1000; null or 0 for none. */
    public record BlockIO(
            @Nullable Long weight,
            @Nullable Long leafWeight,
            List<WeightDevice> weightDevice,
            List<ThrottleDevice> throttleReadBpsDevice,
            List<ThrottleDevice> throttleWriteBpsDevice,
            List<ThrottleDevice> throttleReadIOPSDevice,
            List<ThrottleDevice> throttleWriteIOPSDevice) {}

    public record WeightDevice(
            long major,
            long minor,
            @Nullable Long weight,
            @Nullable Long leafWeight) {}

    /** rate: bytes or operations per second, unsigned; 0 for no limit. */
    public record ThrottleDevice(long major, long minor, long rate) {}

    /** pageSize such as 2MB; limit: bytes, unsigned. */
    public record HugepageLimit(String pageSize, long limit) {}

    /** Of net_cls and net_prio. */
    public record Network(@Nullable Long classID, List<InterfacePriority> priorities) {}

    public record InterfacePriority(String name, long priority) {}

    /** At least one of them is given. */
    public record Rdma(@Nullable Long hcaHandles, @Nullable Long hcaObjects) {}

    /** type: a, c or b. major and minor are null for all. access: of r, w and m. */
    public record DeviceRule(
            boolean allow,
            String type,
            @Nullable Long major,
            @Nullable Long minor,
            String access) {}

    /** Bytes; -1 for no limit. */
    public record Memory(
            @Nullable Long limit,
            @Nullable Long reservation,
            @Nullable Long swap,
            @Nullable Long kernel,
            @Nullable Long kernelTCP,
            @Nullable Long swappiness,
            @Nullable Boolean disableOOMKiller,
            @Nullable Boolean useHierarchy,
            @Nullable Boolean checkBeforeUpdate) {}

    /** quota, period, burst, realtimeRuntime, realtimePeriod: microseconds. */
    public record Cpu(
            @Nullable Long shares,
            @Nullable Long quota,
            @Nullable Long burst,
            @Nullable Long period,
            @Nullable Long realtimeRuntime,
            @Nullable Long realtimePeriod,
            @Nullable String cpus,
            @Nullable String mems,
            @Nullable Long idle) {}
}
