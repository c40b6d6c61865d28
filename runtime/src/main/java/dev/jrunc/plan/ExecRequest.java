// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.spec.Spec;
import org.jspecify.annotations.Nullable;

/**
 * All that the plan of another process in a container depends on.
 *
 * @param id the container's
 * @param spec the container's configuration
 * @param process to be executed, checked
 * @param base where it comes from: /process in config.json, the empty string in a process.json
 * @param setGroupsDenied setgroups(2) is denied in the container's user namespace
 * @param sessionKeyring the container has a session keyring of its own
 * @param preserveFds how many fds from 3 on reach the program
 * @param seccomp the container's compiled filter; null for none
 */
public record ExecRequest(
        String id,
        Spec spec,
        Spec.Process process,
        String base,
        boolean setGroupsDenied,
        boolean sessionKeyring,
        long preserveFds,
        @Nullable SeccompFilter seccomp) {}
