// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.error.Unsupported;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compiles {@code linux.resources} for one version of cgroups. */
public abstract sealed class CgroupDriver permits CgroupV1, CgroupV2 {

    static final String RESOURCES = "/linux/resources";

    /** WRITE_FILE disposition of native/protocol.h: the file is the kernel's. */
    private static final long EXISTING = 0;

    final List<CgroupFolder> folders;
    private final Origin path;
    final List<Step<HostOperation>> limits = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();

    CgroupDriver(List<CgroupFolder> folders, Origin path) {
        this.folders = folders;
        this.path = path;
    }

    /**
     * @param id of the container
     * @param privileged the caller is root, and in no user namespace: it may set device rules
     * @param rootless where the caller has no right to a cgroup, and none is asked for, the container goes without
     * @throws dev.jrunc.error.InvalidSpec for values that can't be meant
     * @throws Unsupported for what this host can't do
     */
    public static CgroupPlan plan(CgroupLayout layout, Spec spec, String id, boolean privileged, boolean rootless) {
        Spec.Resources resources = spec.linux().resources();
        List<CgroupFolder> folders = CgroupPaths.folders(layout, spec.linux().cgroupsPath(), id);
        if (folders.isEmpty()) {
            if (!resources.equals(Spec.Resources.NONE) && asksForLimits(resources)) {
                throw new Unsupported(RESOURCES, "no cgroup hierarchy is mounted here");
            }
            return new CgroupPlan(List.of(), List.of(), List.of(), List.of(), false, List.of());
        }
        Origin path = CgroupPaths.origin(spec.linux().cgroupsPath());
        CgroupDriver driver = layout.isUnified() ? new CgroupV2(folders, path) : new CgroupV1(folders, path);
        if (privileged) {
            driver.planDevices(DeviceRules.of(resources.devices()));
        }
        driver.planLimits(resources);
        boolean optional = rootless && !path.isPointer();
        return new CgroupPlan(
                folders, CgroupPaths.callers(layout), driver.create(), driver.limits, optional, driver.warnings);
    }

    private static boolean asksForLimits(Spec.Resources resources) {
        return resources.memory() != null
                || resources.cpu() != null
                || resources.pidsLimit() != null
                || resources.blockIO() != null
                || resources.network() != null
                || !resources.hugepageLimits().isEmpty()
                || !resources.rdma().isEmpty()
                || !resources.unified().isEmpty();
    }

    abstract List<Step<HostOperation>> create();

    abstract void planLimits(Spec.Resources resources);

    abstract void planDevices(List<DeviceRules.Rule> rules);

    final Step<HostOperation> create(CgroupFolder folder, boolean inheritCpuset, List<String> controllers) {
        return Step.must(
                new HostOperation.CgroupCreate(path, folder.mount(), folder.path(), inheritCpuset, controllers));
    }

    /** A value for a file of the container's cgroup; pointer is below {@code /linux/resources}. */
    final void write(CgroupFolder folder, String file, String value, String pointer) {
        write(folder, file, value, Origin.at(RESOURCES + pointer));
    }

    final void write(CgroupFolder folder, String file, String value, Origin origin) {
        limits.add(Step.must(writing(folder, file, value, origin)));
    }

    /** For a value that is the default, where the kernel may have no such file. */
    final void writeIfThere(CgroupFolder folder, String file, String value, String pointer) {
        limits.add(Step.mayFail(writing(folder, file, value, Origin.at(RESOURCES + pointer))));
    }

    /** A value for the first of these files that the kernel has. */
    final void writeFirst(CgroupFolder folder, Map<String, String> values, String pointer) {
        List<String> paths = new ArrayList<>();
        for (String file : values.keySet()) {
            paths.add(folder.folder() + "/" + file);
        }
        limits.add(Step.must(
                new HostOperation.WriteFirst(Origin.at(RESOURCES + pointer), paths, new ArrayList<>(values.values()))));
    }

    /** The files' names and values, in the order in which they are tried. */
    static Map<String, String> either(String file, String value, String otherFile, String otherValue) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(file, value);
        values.put(otherFile, otherValue);
        return values;
    }

    /** {@code mlx5_1 hca_handle=3 hca_object=10000}; both versions have it. */
    static String rdmaText(String device, Spec.Rdma limits) {
        StringBuilder text = new StringBuilder(device);
        if (limits.hcaHandles() != null) {
            text.append(" hca_handle=").append(limits.hcaHandles());
        }
        if (limits.hcaObjects() != null) {
            text.append(" hca_object=").append(limits.hcaObjects());
        }
        return text.toString();
    }

    private static HostOperation writing(CgroupFolder folder, String file, String value, Origin origin) {
        return new HostOperation.WriteFile(origin, folder.folder() + "/" + file, Bytes.utf8(value), 0, EXISTING);
    }

    final void warn(String pointer, String what) {
        warnings.add(RESOURCES + pointer + ": " + what);
    }
}
