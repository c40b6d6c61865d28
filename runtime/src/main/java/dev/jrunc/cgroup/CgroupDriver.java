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
import org.jspecify.annotations.Nullable;

/** Compiles {@code linux.resources} for one version of cgroups. */
public abstract sealed class CgroupDriver permits CgroupV1, CgroupV2 {

    static final String RESOURCES = "/linux/resources";

    /** WRITE_FILE disposition of native/protocol.h: the file is the kernel's. */
    private static final long EXISTING = 0;

    final List<CgroupFolder> folders;
    private final Origin path;

    final PresentLimits present;

    /** It has had limits already. */
    final boolean updating;

    final List<Step<HostOperation>> limits = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();

    CgroupDriver(List<CgroupFolder> folders, Origin path, PresentLimits present) {
        this.folders = folders;
        this.path = path;
        this.present = present;
        this.updating = !present.isNew();
    }

    private static CgroupDriver of(List<CgroupFolder> folders, Origin path, PresentLimits present) {
        boolean unified = folders.size() == 1 && folders.getFirst().version() == 2;
        return unified ? new CgroupV2(folders, path, present) : new CgroupV1(folders, path, present);
    }

    /**
     * @param id of the container
     * @param privileged the caller is root, and in no user namespace: it may set device rules
     * @param rootless where the caller has no right to a cgroup, and none is asked for, the container goes without
     * @throws dev.jrunc.error.InvalidSpec for values that can't be meant
     * @throws Unsupported for what this host can't do
     */
    public static CgroupPlan plan(CgroupLayout layout, Spec spec, String id, boolean privileged, boolean rootless) {
        return plan(
                layout, spec, CgroupPaths.folders(layout, spec.linux().cgroupsPath(), id), "", privileged, rootless);
    }

    /**
     * The same where somebody else has said where the cgroup is.
     *
     * @param given absolute, below each mount
     * @param below where in it the processes are: empty, or a folder's name with a slash before it
     */
    public static CgroupPlan planGiven(CgroupLayout layout, Spec spec, String given, String below, boolean privileged) {
        return plan(layout, spec, CgroupPaths.folders(layout, given, ""), below, privileged, false);
    }

    private static CgroupPlan plan(
            CgroupLayout layout,
            Spec spec,
            List<CgroupFolder> folders,
            String below,
            boolean privileged,
            boolean rootless) {
        Spec.Resources resources = spec.linux().resources();
        if (folders.isEmpty()) {
            if (!resources.equals(Spec.Resources.NONE) && asksForLimits(resources)) {
                throw new Unsupported(RESOURCES, "no cgroup hierarchy is mounted here");
            }
            return new CgroupPlan(List.of(), "", List.of(), List.of(), List.of(), false, List.of());
        }
        Origin path = CgroupPaths.origin(spec.linux().cgroupsPath());
        CgroupDriver driver = of(folders, path, PresentLimits.NEW);
        if (privileged) {
            driver.planDevices(DeviceRules.of(resources.devices()));
        }
        driver.planLimits(resources);
        boolean optional = rootless && !path.isPointer();
        return new CgroupPlan(
                folders, below, CgroupPaths.callers(layout), driver.create(), driver.limits, optional, driver.warnings);
    }

    /**
     * New limits for a container that has been made. What they don't name stays as it is: also its device rules, which are
     * changed only to others than it was made with.
     *
     * @param folders its cgroups
     * @param asked what {@code update} asks for
     * @param privileged as for {@link #plan}
     * @throws dev.jrunc.error.InvalidSpec for values that can't be meant
     * @throws Unsupported for what this host can't do
     */
    public static CgroupPlan update(
            List<CgroupFolder> folders, Spec.Resources asked, PresentLimits present, boolean privileged) {
        if (folders.isEmpty()) {
            throw new Unsupported(RESOURCES, "the container has no cgroup");
        }
        CgroupDriver driver = of(folders, Origin.rule("update"), present);
        if (privileged && !asked.devices().isEmpty()) {
            driver.limits.addAll(devices(folders, present.asked().devices(), asked.devices()));
        }
        driver.planLimits(asked);
        return new CgroupPlan(folders, "", List.of(), List.of(), driver.limits, false, driver.warnings);
    }

    /** The steps from one list of device rules to another one. */
    public static List<Step<HostOperation>> devices(
            List<CgroupFolder> folders, List<Spec.DeviceRule> from, List<Spec.DeviceRule> to) {
        if (from.equals(to)) {
            return List.of();
        }
        CgroupDriver driver = of(folders, Origin.rule("update"), PresentLimits.NEW);
        driver.changeDevices(DeviceRules.of(from), DeviceRules.of(to));
        return driver.limits;
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

    /** The same for processes that use devices meanwhile. */
    abstract void changeDevices(List<DeviceRules.Rule> from, List<DeviceRules.Rule> to);

    /** 0 asks for nothing, as absence does; but for some, where 0 takes back what was asked for. */
    static boolean isGiven(@Nullable Long value) {
        return orZero(value) != 0;
    }

    static long orZero(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    /** Whether a value that may be 0 is to be written: in a new cgroup it is 0 already. */
    final boolean isGivenOrTakenBack(@Nullable Long value) {
        return isGiven(value) || value != null && updating;
    }

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

    /** For a value that may be refused as long as another one isn't written, after which it is written again. */
    final void tryToWrite(CgroupFolder folder, String file, String value, String pointer) {
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
