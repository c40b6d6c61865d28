// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.ResctrlGroup;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * state.json: all that start, kill, delete and the cleaning up after a killed front need.
 *
 * @param complete false while it is being created: what is named here may exist or not
 * @param criu is at work on it: it may have frozen a complete one, and have made processes of another that no init takes with it
 * @param pid of init in the front's pid namespace; 0 before there is one
 * @param startTime of that process, field 22 of /proc/PID/stat
 * @param bundle absolute
 * @param rootfs absolute
 * @param created RFC 3339, UTC
 * @param owner the name of the user that created it, or its number
 * @param ownPidNamespace the end of init is the end of all its processes
 * @param sessionKeyring its processes get session keyrings of their own, and those of exec, too
 * @param unit systemd's, whose cgroup it is; null without --systemd-cgroup
 * @param cgroups one in every hierarchy
 * @param resctrl its groups of linux.intelRdt
 * @param poststart hooks that start runs
 * @param poststop hooks that delete runs
 */
public record ContainerState(
        String id,
        boolean complete,
        boolean criu,
        long pid,
        long startTime,
        String bundle,
        String rootfs,
        String created,
        Map<String, String> annotations,
        String owner,
        boolean ownPidNamespace,
        boolean sessionKeyring,
        @Nullable Unit unit,
        List<Cgroup> cgroups,
        @Nullable ResctrlGroup resctrl,
        List<Spec.Hook> poststart,
        List<Spec.Hook> poststop) {

    /**
     * A container's cgroup in one hierarchy.
     *
     * @param made how many folders of its path were not there before the container; 0 when all were
     */
    public record Cgroup(CgroupFolder folder, int made) {}

    /**
     * A unit of systemd, and where systemd was talked to.
     *
     * @param socket a path, or a name in the abstract namespace
     * @param isBus it is a message bus, and not systemd itself
     */
    public record Unit(String name, String socket, boolean isAbstract, boolean isBus) {}

    public ContainerState {
        cgroups = List.copyOf(cgroups);
        poststart = List.copyOf(poststart);
        poststop = List.copyOf(poststop);
    }

    /** The cgroup that can be frozen: cgroup v1 has a hierarchy for it, in version 2 every cgroup can. */
    public Optional<CgroupFolder> freezer() {
        CgroupFolder unified = null;
        for (Cgroup cgroup : cgroups) {
            CgroupFolder folder = cgroup.folder();
            if (folder.controllers().contains("freezer")) {
                return Optional.of(folder);
            }
            unified = folder.version() == 2 ? folder : unified;
        }
        return Optional.ofNullable(unified);
    }

    /** The file that says whether that is to be frozen, for PROCESS_STATUS; empty where there is none. */
    public String frozenFile() {
        Optional<CgroupFolder> freezer = freezer();
        if (freezer.isEmpty()) {
            return "";
        }
        CgroupFolder folder = freezer.get();
        return folder.folder() + (folder.version() == 1 ? "/freezer.self_freezing" : "/cgroup.freeze");
    }

    public ContainerState withProcess(long initPid, long initStartTime) {
        return with(complete, criu, initPid, initStartTime, cgroups);
    }

    /** Without the cgroups that could not be made: those in these folders are left. */
    public ContainerState withCgroups(List<CgroupFolder> folders) {
        List<Cgroup> left = new ArrayList<>();
        for (Cgroup cgroup : cgroups) {
            if (folders.contains(cgroup.folder())) {
                left.add(cgroup);
            }
        }
        return withTheseCgroups(left);
    }

    /** With other numbers of folders that were made. */
    public ContainerState withTheseCgroups(List<Cgroup> others) {
        return with(complete, criu, pid, startTime, others);
    }

    public ContainerState asComplete() {
        return with(true, false, pid, startTime, cgroups);
    }

    /** Before criu's work on a complete one, and after that. */
    public ContainerState withCriu(boolean now) {
        return with(complete, now, pid, startTime, cgroups);
    }

    /** What changes; all else stays. */
    private ContainerState with(boolean whole, boolean now, long initPid, long initStartTime, List<Cgroup> its) {
        return new ContainerState(
                id,
                whole,
                now,
                initPid,
                initStartTime,
                bundle,
                rootfs,
                created,
                annotations,
                owner,
                ownPidNamespace,
                sessionKeyring,
                unit,
                its,
                resctrl,
                poststart,
                poststop);
    }
}
