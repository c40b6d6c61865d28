// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.cgroup.CgroupDriver;
import dev.jrunc.cgroup.CgroupPlan;
import dev.jrunc.cgroup.PresentLimits;
import dev.jrunc.cgroup.PreviousValues;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.error.Unsupported;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.json.ConfigWriter;
import dev.jrunc.json.ContainerState;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import dev.jrunc.state.StateFolder;
import dev.jrunc.state.Status;
import dev.jrunc.systemd.UnitProperties;
import dev.jrunc.validate.SpecCheck;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code update}: new limits for a container, all of them or none. */
public final class UpdateContainer {

    private static final Origin UPDATE = Origin.rule("update");
    private static final long MAX_LIMIT_BYTES = 1 << 16;

    /** What systemd writes beside what it is told; a kernel, or a cgroup, may have fewer. */
    private static final List<String> WRITTEN_BY_SYSTEMD = List.of(
            "cpu.idle",
            "cpu.weight",
            "cpu.max",
            "memory.min",
            "memory.low",
            "memory.high",
            "memory.swap.max",
            "memory.zswap.max",
            "memory.zswap.writeback",
            "memory.oom.group");

    private final Context context;
    private final Front front;
    private final UpdateOptions options;

    public UpdateContainer(Context context, UpdateOptions options) {
        this.context = context;
        this.front = context.front();
        this.options = options;
    }

    /** @throws ContainerError when the container doesn't run, or for limits that it can't have: then it has its old ones */
    public void update(String id) {
        StateFolder folder = context.folder(id);
        RecoverContainer.find(context, folder);
        ContainerState state = RecoverContainer.lockAndRead(context, folder);
        Status status = folder.status(state);
        if (status == Status.STOPPED || status == Status.CREATING) {
            throw ContainerError.notRunning();
        }
        Bytes config = folder.config();
        Spec spec = ConfigReader.read(config);
        Spec.Resources asked = asked();
        List<CgroupFolder> cgroups = new ArrayList<>();
        for (ContainerState.Cgroup cgroup : state.cgroups()) {
            cgroups.add(cgroup.folder());
        }
        Spec.Resources before = spec.linux().resources();
        PresentLimits present = new PresentLimits(before, read(PresentLimits.paths(cgroups)));
        CgroupPlan plan = plan(cgroups, asked, present);
        plan.warnings().forEach(context.warnings());
        List<Step<HostOperation>> steps = new ArrayList<>(plan.limits());
        steps.addAll(new RdtSchemata(front, options).writing(spec, id));
        Spec.Resources after = UpdatedResources.of(before, asked);
        steps.add(folder.keeping(Bytes.utf8(ConfigWriter.write(spec.withResources(after)))));
        List<Step<HostOperation>> old = new ArrayList<>();
        if (front.call().isHostRoot()) {
            old.addAll(CgroupDriver.devices(cgroups, after.devices(), before.devices()));
        }
        Map<String, String> previous = read(PreviousValues.paths(steps));
        try {
            write(steps, cgroups);
            old.add(folder.keeping(config));
            tellSystemd(state, plan.limits(), after);
        } catch (JruncException e) {
            List<Step<HostOperation>> undo = new ArrayList<>(PreviousValues.undo(steps, changed(previous)));
            undo.addAll(old);
            undo(undo).forEach(e::addSuppressed);
            throw e;
        }
    }

    private void write(List<Step<HostOperation>> steps, List<CgroupFolder> cgroups) {
        try {
            front.execute(steps);
        } catch (OperationFailed e) {
            throw new UpdateFailure(front, options, cgroups).explain(e);
        }
    }

    /**
     * Of version 2 it is told what the cgroup has now. It writes what it knows of cpu, or of memory, when it is told anything of that:
     * with a quota of whole percents, no burst or idle cgroup, and without what only unified has given. The cgroup gets back what it had.
     */
    private void tellSystemd(ContainerState state, List<Step<HostOperation>> written, Spec.Resources after) {
        ContainerState.Unit unit = state.unit();
        if (unit == null) {
            return;
        }
        CgroupFolder cgroup = state.cgroups().getFirst().folder();
        if (state.cgroups().size() > 1 || cgroup.version() != 2) {
            SystemdUnit.limit(front, unit, UnitProperties.limits(after, false));
            return;
        }
        Map<String, String> limits = new LinkedHashMap<>();
        read(PreviousValues.paths(written))
                .forEach((path, text) -> limits.put(path.substring(path.lastIndexOf('/') + 1), text));
        List<String> files = new ArrayList<>();
        for (String file : WRITTEN_BY_SYSTEMD) {
            files.add(cgroup.folder() + "/" + file);
        }
        Map<String, String> had = read(files);
        SystemdUnit.limit(front, unit, UnitProperties.ofFiles(limits));
        changed(had).forEach((path, text) -> front.attempt(PreviousValues.writing(UPDATE, path, text.strip())));
    }

    private Spec.Resources asked() {
        Spec.Resources asked = options.limits();
        String file = options.file();
        try {
            if (file != null) {
                asked = ConfigReader.readResources(document(file));
            }
            SpecCheck.checkResources(asked);
            return asked;
        } catch (InvalidSpec e) {
            throw invalid(e.pointer(), e.problem());
        }
    }

    private Bytes document(String file) {
        String path = file.equals("-") ? "" : front.call().absolute(file);
        return front.execute(
                        new HostOperation.ReadInput(Origin.rule("--resources"), path, ConfigReader.MAX_CONFIG_BYTES))
                .data();
    }

    private ContainerError invalid(String pointer, String problem) {
        return new ContainerError(options.place(pointer) + ": " + problem);
    }

    private CgroupPlan plan(List<CgroupFolder> cgroups, Spec.Resources asked, PresentLimits present) {
        try {
            return CgroupDriver.update(cgroups, asked, present, front.call().isHostRoot());
        } catch (InvalidSpec e) {
            throw invalid(e.pointer(), e.problem());
        } catch (Unsupported e) {
            throw invalid(e.pointer(), e.why());
        }
    }

    /** The text of those that can be read, by path. */
    private Map<String, String> read(Collection<String> paths) {
        List<Step<HostOperation>> reads = new ArrayList<>();
        for (String path : paths) {
            reads.add(Step.mayFail(new HostOperation.ReadFile(UPDATE, path, MAX_LIMIT_BYTES)));
        }
        Map<String, String> texts = new HashMap<>();
        int at = 0;
        for (Result result : reads.isEmpty() ? List.<Result>of() : front.execute(reads)) {
            String path = ((HostOperation.ReadFile) reads.get(at++).operation()).path();
            if (result.ok()) {
                texts.put(path, result.data().utf8());
            }
        }
        return texts;
    }

    /** The files, with the text they had, that have another one now. */
    private Map<String, String> changed(Map<String, String> previous) {
        Map<String, String> changed = new HashMap<>(previous);
        read(previous.keySet()).forEach((path, text) -> changed.remove(path, text));
        return changed;
    }

    /** What of it failed at last: of two values that depend on each other, one may have to be written twice. */
    private Collection<OperationFailed> undo(List<Step<HostOperation>> steps) {
        Map<String, OperationFailed> failures = new LinkedHashMap<>();
        for (Step<HostOperation> step : steps) {
            HostOperation operation = step.operation();
            String path = operation instanceof HostOperation.WriteFile write ? write.path() : operation.name();
            Result result = front.attempt(operation);
            failures.remove(path);
            if (!result.ok()) {
                failures.put(
                        path,
                        new OperationFailed(operation.name(), UPDATE.text(), (int) result.error(), result.message()));
            }
        }
        return failures.values();
    }
}
