// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/** The mounts of a container as checkpoint and restore need them: which are the host's, and what they are mounted on. Pure. */
public final class HostMounts {

    private final Spec spec;
    private final String bundle;
    private final List<CgroupFolder> cgroups;

    /**
     * @param bundle absolute
     * @param cgroups those of its processes
     */
    public HostMounts(Spec spec, String bundle, List<CgroupFolder> cgroups) {
        this.spec = spec;
        this.bundle = bundle;
        this.cgroups = List.copyOf(cgroups);
    }

    /**
     * A bind mount.
     *
     * @param target in the container
     * @param source on the host, absolute
     */
    public record Bound(String target, String source) {}

    /** Those that belong to the host: binds; cgroups, without a namespace of them; and devices, where nobody can make them. */
    public List<Bound> bound() {
        List<Bound> bound = new ArrayList<>();
        for (Spec.Mount mount : spec.mounts()) {
            String target = NormalPath.of(mount.destination());
            if (isBind(mount)) {
                bound.add(new Bound(target, source(mount)));
            } else if (isCgroup(mount) && !has("cgroup")) {
                addCgroups(bound, target);
            }
        }
        if (has("user")) {
            for (Step<InitOperation> step : DevicePlanner.plan(spec)) {
                if (step.operation() instanceof InitOperation.Device device) {
                    bound.add(new Bound(device.path(), device.path()));
                }
            }
        }
        return bound;
    }

    private void addCgroups(List<Bound> bound, String target) {
        boolean unified = cgroups.size() == 1 && cgroups.getFirst().version() == 2;
        for (CgroupFolder cgroup : cgroups) {
            if (unified) {
                bound.add(new Bound(target, cgroup.folder()));
            } else if (cgroup.version() == 1) {
                bound.add(new Bound(target + "/" + cgroup.name(), cgroup.folder()));
            }
        }
    }

    /**
     * What something is mounted on, and which may be missing.
     *
     * @param root a folder of the host's: the root file system, or the source of a bind mount
     * @param path below it
     * @param source of a bind mount: a file lies on a file; or empty
     */
    public record Point(String root, String path, String source) {}

    /** In order; not those in file systems that come with their content. */
    public List<Point> points(String rootfs) {
        List<Point> points = new ArrayList<>();
        List<Spec.Mount> mounts = spec.mounts();
        for (int i = 0; i < mounts.size(); i++) {
            String target = NormalPath.of(mounts.get(i).destination());
            String source = isBind(mounts.get(i)) ? source(mounts.get(i)) : "";
            int below = innermost(mounts.subList(0, i), target);
            if (below < 0) {
                points.add(new Point(rootfs, target, source));
            } else if (isBind(mounts.get(below))) {
                String on = NormalPath.of(mounts.get(below).destination());
                points.add(new Point(source(mounts.get(below)), target.substring(on.length()), source));
            }
        }
        return points;
    }

    /** Of the mounts that are there already, the last that a path is below; -1: none. */
    private static int innermost(List<Spec.Mount> mounts, String path) {
        for (int i = mounts.size() - 1; i >= 0; i--) {
            if (path.startsWith(NormalPath.of(mounts.get(i).destination()) + "/")) {
                return i;
            }
        }
        return -1;
    }

    private boolean has(String namespace) {
        for (Spec.Namespace one : spec.linux().namespaces()) {
            if (one.type().equals(namespace)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBind(Spec.Mount mount) {
        return "bind".equals(mount.type()) || MountOptions.of(mount.options()).isBind();
    }

    private static boolean isCgroup(Spec.Mount mount) {
        return "cgroup".equals(mount.type()) || "cgroup2".equals(mount.type());
    }

    private String source(Spec.Mount mount) {
        String source = mount.source() == null ? "" : mount.source();
        return source.startsWith("/") ? source : bundle + "/" + source;
    }
}
