// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.List;

/**
 * How another process comes into a container.
 *
 * @param namespaces CLONE_NEW* bits of what the container has of its own
 * @param chroot it has no mount namespace
 * @param afterSpawn for the front, once init is there
 * @param init for SEND_PLAN
 * @param limits to set at the sync point LIMITS, which exists when there are any
 * @param console init sends a terminal
 * @param warnings what is not done, and does no harm
 */
public record ExecPlan(
        long namespaces,
        boolean chroot,
        List<Step<HostOperation>> afterSpawn,
        List<Step<InitOperation>> init,
        List<Step<HostOperation>> limits,
        boolean console,
        List<String> warnings) {

    public ExecPlan {
        afterSpawn = List.copyOf(afterSpawn);
        init = List.copyOf(init);
        limits = List.copyOf(limits);
        warnings = List.copyOf(warnings);
    }
}
