// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.List;

/**
 * How a container is made, once its cgroups are.
 *
 * @param trees mount trees and files for SPAWN's caller to open first, in this order
 * @param init for SEND_PLAN
 * @param afterSpawn for the front, once init is there
 * @param netDevices to move before init has its plan, so that hooks and sysctls find them
 * @param limits rlimits, scheduler and I/O priority, to set at the sync point LIMITS
 * @param runtimeHooks the sync point RUNTIME_HOOKS exists
 * @param console init sends a terminal
 * @param warnings what is not done, and does no harm
 */
public record Plan(
        List<Step<HostOperation>> trees,
        HostOperation.Spawn spawn,
        List<Step<HostOperation>> afterSpawn,
        List<Step<HostOperation>> netDevices,
        List<Step<InitOperation>> init,
        List<Step<HostOperation>> limits,
        boolean runtimeHooks,
        boolean console,
        List<String> warnings) {

    /** Sync points of native/protocol.h. */
    public static final long SYNC_RUNTIME_HOOKS = 2;

    public static final long SYNC_LIMITS = 3;
    public static final long SYNC_READY = 4;

    public Plan {
        trees = List.copyOf(trees);
        afterSpawn = List.copyOf(afterSpawn);
        netDevices = List.copyOf(netDevices);
        init = List.copyOf(init);
        limits = List.copyOf(limits);
        warnings = List.copyOf(warnings);
    }
}
