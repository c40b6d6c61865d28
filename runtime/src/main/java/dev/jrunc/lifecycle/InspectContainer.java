// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.cgroup.CgroupDriver;
import dev.jrunc.cgroup.PresentLimits;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.JruncException;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.LiveContainer;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Names;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import dev.jrunc.state.StateFolder;
import dev.jrunc.state.Status;
import dev.jrunc.validate.HostCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** {@code explain ID}: what a container is now, beside what was asked for. Nothing is changed. */
public final class InspectContainer {

    private static final Origin EXPLAIN = Origin.rule("explain");
    private static final long MAX_FILE_BYTES = 4L * 1024 * 1024;
    private static final int MAX_PROCESSES = 1000;

    /** Types of namespaces to their names in /proc/PID/ns. */
    private static final List<String> NAMESPACES =
            List.of("user", "mount", "pid", "network", "ipc", "uts", "cgroup", "time");

    private final Context context;
    private final Front front;

    public InspectContainer(Context context) {
        this.context = context;
        this.front = context.front();
    }

    /** @throws ContainerError when there is no such container, or one that is being created */
    public LiveContainer inspect(String id) {
        StateFolder folder = context.folder(id);
        RecoverContainer.Found found = RecoverContainer.find(context, folder);
        if (found.status() == Status.CREATING) {
            throw new ContainerError("cannot explain a container that is being created");
        }
        ContainerState state = found.state();
        Spec spec = ConfigReader.read(folder.config());
        List<LiveContainer.CgroupValue> cgroups = cgroups(state, spec);
        LiveContainer stopped = new LiveContainer(
                id, Status.STOPPED.toString(), 0, state.bundle(), List.of(), cgroups, List.of(), null, List.of());
        if (found.status() == Status.STOPPED) {
            return stopped;
        }
        LiveContainer live = new LiveContainer(
                id,
                found.status().toString(),
                state.pid(),
                state.bundle(),
                namespaces(id, state, spec),
                cgroups,
                LiveMounts.of(spec, read(state.pid(), "mountinfo")),
                confinement(spec, state.pid()),
                processes(state));
        // What was read of a process that has ended meanwhile may be another's.
        return folder.status(state) == Status.STOPPED ? stopped : live;
    }

    private String read(long pid, String file) {
        return text("/proc/" + pid + "/" + file);
    }

    /** Empty for what can't be read. */
    private String text(String path) {
        Result read = front.attempt(new HostOperation.ReadFile(EXPLAIN, path, MAX_FILE_BYTES));
        return read.ok() ? read.data().utf8() : "";
    }

    private List<LiveContainer.Namespace> namespaces(String id, ContainerState state, Spec spec) {
        Map<String, List<Look>> others = new LinkedHashMap<>();
        for (String other : StateFolder.ids(front, context.root())) {
            if (!other.equals(id)) {
                running(other).ifPresent(pid -> others.put(other, looks(Long.toString(pid))));
            }
        }
        List<Look> own = looks(Long.toString(state.pid()));
        List<Look> callers = looks("self");
        List<LiveContainer.Namespace> namespaces = new ArrayList<>();
        for (int i = 0; i < NAMESPACES.size(); i++) {
            Look look = own.get(i);
            if (!look.found()) {
                continue;
            }
            List<String> with = new ArrayList<>();
            for (Map.Entry<String, List<Look>> other : others.entrySet()) {
                if (look.isSame(other.getValue().get(i))) {
                    with.add(other.getKey());
                }
            }
            String type = NAMESPACES.get(i);
            namespaces.add(new LiveContainer.Namespace(
                    type, look.inode(), asked(spec, type), look.isSame(callers.get(i)), with));
        }
        return namespaces;
    }

    /** The pid of its first process; empty for one that has none, or whose state can't be read. */
    private Optional<Long> running(String id) {
        try {
            ContainerState state = context.folder(id).read();
            Status status = context.folder(id).status(state);
            return status == Status.STOPPED ? Optional.empty() : Optional.of(state.pid());
        } catch (JruncException e) {
            return Optional.empty();
        }
    }

    private List<Look> looks(String process) {
        List<Look> looks = new ArrayList<>();
        for (String type : NAMESPACES) {
            looks.add(Look.at(front, EXPLAIN, "/proc/" + process + "/ns/" + HostCheck.KERNEL_NAMES.get(type)));
        }
        return looks;
    }

    private static String asked(Spec spec, String type) {
        for (Spec.Namespace namespace : spec.linux().namespaces()) {
            if (namespace.type().equals(type)) {
                String path = namespace.path();
                return path == null ? "new" : path;
            }
        }
        return "inherited";
    }

    /** What create, or update after it, has written, and what is in the same files now. */
    private List<LiveContainer.CgroupValue> cgroups(ContainerState state, Spec spec) {
        List<CgroupFolder> folders = new ArrayList<>();
        for (ContainerState.Cgroup cgroup : state.cgroups()) {
            folders.add(cgroup.folder());
        }
        if (folders.isEmpty()) {
            return List.of();
        }
        List<LiveContainer.CgroupValue> values = new ArrayList<>();
        for (Step<HostOperation> limit : CgroupDriver.update(
                        folders, spec.linux().resources(), PresentLimits.NEW, false)
                .limits()) {
            switch (limit.operation()) {
                case HostOperation.WriteFile write ->
                    values.add(
                            value(write.origin(), write.path(), write.content().utf8()));
                case HostOperation.WriteFirst write -> values.add(first(write));
                default -> {
                    // A device program can't be read.
                }
            }
        }
        return values;
    }

    private LiveContainer.CgroupValue first(HostOperation.WriteFirst write) {
        for (int i = 0; i < write.paths().size(); i++) {
            LiveContainer.CgroupValue value =
                    value(write.origin(), write.paths().get(i), write.contents().get(i));
            if (value.now() != null) {
                return value;
            }
        }
        return value(write.origin(), write.paths().getFirst(), write.contents().getFirst());
    }

    private LiveContainer.CgroupValue value(Origin origin, String path, String asked) {
        Result read = front.attempt(new HostOperation.ReadFile(EXPLAIN, path, MAX_FILE_BYTES));
        return new LiveContainer.CgroupValue(
                origin.text(), path, asked, read.ok() ? read.data().utf8().strip() : null);
    }

    private LiveContainer.Confinement confinement(Spec spec, long pid) {
        String status = read(pid, "status");
        Spec.Process process = Objects.requireNonNull(spec.process());
        Spec.Capabilities asked = process.capabilities();
        List<String> none = List.of();
        String filters = field(status, "Seccomp_filters");
        String profile = process.apparmorProfile();
        String label = process.selinuxLabel();
        return new LiveContainer.Confinement(
                List.of(
                        set("bounding", asked == null ? none : asked.bounding(), field(status, "CapBnd")),
                        set("effective", asked == null ? none : asked.effective(), field(status, "CapEff")),
                        set("permitted", asked == null ? none : asked.permitted(), field(status, "CapPrm")),
                        set("inheritable", asked == null ? none : asked.inheritable(), field(status, "CapInh")),
                        set("ambient", asked == null ? none : asked.ambient(), field(status, "CapAmb"))),
                process.noNewPrivileges(),
                field(status, "NoNewPrivs").equals("1"),
                spec.linux().seccomp() != null,
                switch (field(status, "Seccomp")) {
                    case "1" -> "strict";
                    case "2" -> "filter";
                    default -> "none";
                },
                filters.isEmpty() ? null : Long.valueOf(filters),
                profile != null ? profile : label != null ? label : "",
                read(pid, "attr/current").replace("\0", "").strip());
    }

    private static LiveContainer.CapabilitySet set(String name, List<String> asked, String mask) {
        List<String> now = new ArrayList<>();
        long bits = mask.isEmpty() ? 0 : Long.parseUnsignedLong(mask, 16);
        for (int i = 0; i < Long.SIZE; i++) {
            if ((bits >>> i & 1) != 0) {
                now.add(i < Names.CAPABILITIES.size() ? Names.CAPABILITIES.get(i) : Integer.toString(i));
            }
        }
        return new LiveContainer.CapabilitySet(name, List.copyOf(asked), now);
    }

    /** Of /proc/PID/status, where no name of the process can have a line of its own; empty for none. */
    private static String field(String status, String name) {
        for (String line : status.lines().toList()) {
            if (line.startsWith(name + ":")) {
                return line.substring(name.length() + 1).strip();
            }
        }
        return "";
    }

    private List<LiveContainer.Process> processes(ContainerState state) {
        Optional<CgroupFolder> cgroup = Cgroups.ofProcesses(state);
        if (cgroup.isEmpty()) {
            return List.of(process(state.pid()));
        }
        Result listed = front.attempt(
                new HostOperation.CgroupProcesses(EXPLAIN, cgroup.get().folder()));
        List<LiveContainer.Process> processes = new ArrayList<>();
        for (String pid : listed.data().utf8().split("\\s+", -1)) {
            if (!pid.isEmpty() && !pid.equals("0") && processes.size() < MAX_PROCESSES) {
                processes.add(process(Long.parseLong(pid)));
            }
        }
        return processes;
    }

    private LiveContainer.Process process(long pid) {
        List<String> arguments = new ArrayList<>();
        String text = read(pid, "cmdline");
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf('\0', start);
            end = end < 0 ? text.length() : end;
            arguments.add(text.substring(start, end));
            start = end + 1;
        }
        return new LiveContainer.Process(pid, read(pid, "comm").strip(), arguments);
    }
}
