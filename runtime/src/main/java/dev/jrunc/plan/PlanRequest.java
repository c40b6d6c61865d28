// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.spec.Spec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a plan depends on.
 *
 * @param id the container's
 * @param bundle absolute, without links
 * @param rootfs absolute, without links
 * @param spec checked
 * @param privileged the caller has CAP_SYS_ADMIN in its user namespace
 * @param copiesTrees the caller may copy mount trees
 * @param cgroups the container's cgroups; empty where it has none
 * @param inheritedCgroups its caller's, in the hierarchies in which it has none of its own
 * @param cgroupsMayFail the caller may have no right to put a process into them
 * @param cgroupsLater init is put into them after it was made: it can't join them by itself
 * @param noPivot --no-pivot
 * @param noNewKeyring --no-new-keyring
 * @param preserveFds how many fds from 3 on reach the program, LISTEN_FDS included
 * @param listenEnvironment LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES, for the program
 * @param seccomp the compiled filter
 * @param selinux this host has SELinux, and it is on
 * @param netDevices numbers of the caller's network devices that linux.netDevices names
 * @param mapHelpers the caller may not write the id maps itself: newuidmap(1) and newgidmap(1) may
 * @param setGroupsDenied setgroups(2) is denied in the caller's user namespace
 * @param notifySocket NOTIFY_SOCKET of the caller, sd_notify(3); empty for none
 * @param creatingState what createContainer hooks read
 * @param createdState what startContainer hooks read
 */
public record PlanRequest(
        String id,
        String bundle,
        String rootfs,
        Spec spec,
        boolean privileged,
        boolean copiesTrees,
        List<CgroupFolder> cgroups,
        List<CgroupFolder> inheritedCgroups,
        boolean cgroupsMayFail,
        boolean cgroupsLater,
        boolean noPivot,
        boolean noNewKeyring,
        long preserveFds,
        List<String> listenEnvironment,
        @Nullable SeccompFilter seccomp,
        boolean selinux,
        Map<String, Long> netDevices,
        boolean mapHelpers,
        boolean setGroupsDenied,
        String notifySocket,
        Bytes creatingState,
        Bytes createdState) {

    public PlanRequest {
        cgroups = List.copyOf(cgroups);
        inheritedCgroups = List.copyOf(inheritedCgroups);
        listenEnvironment = List.copyOf(listenEnvironment);
        netDevices = Map.copyOf(netDevices);
    }
}
