// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.plan.Bytes;
import java.util.List;

/** Calls for tests: in the initial user namespace, without terminals, with no fds but the standard ones. */
public final class Calls {

    private Calls() {}

    /**
     * @param euid of the caller; root has all capabilities
     * @param release of the kernel
     */
    public static Call of(List<String> args, List<String> environment, String cwd, long euid, String release) {
        Bytes map = Bytes.utf8("0 0 4294967295\n");
        long capabilities = euid == 0 ? ~0L : 0;
        return new Call(
                args,
                environment,
                cwd,
                1,
                euid,
                euid,
                euid,
                euid,
                List.of(),
                capabilities,
                Bytes.EMPTY,
                map,
                Bytes.EMPTY,
                0,
                0,
                0,
                0,
                release,
                "x86_64",
                0,
                0);
    }

    /** The same caller under that label of a security module, and in the user namespace of that map. */
    public static Call with(Call call, Bytes label, Bytes uidMap) {
        return with(call, call.effectiveCapabilities(), call.cgroups(), uidMap, label, call.terminals());
    }

    /** The same caller in these cgroups, the text of /proc/self/cgroup. */
    public static Call inCgroups(Call call, String cgroups) {
        Bytes joined = Bytes.utf8(cgroups);
        return with(call, call.effectiveCapabilities(), joined, call.uidMap(), call.label(), call.terminals());
    }

    /** The same caller with these capabilities alone, by their bits. */
    public static Call withCapabilities(Call call, long capabilities) {
        return with(call, capabilities, call.cgroups(), call.uidMap(), call.label(), call.terminals());
    }

    /** The same caller with terminals as these of its fds 0 to 2, by their bits. */
    public static Call onTerminals(Call call, long terminals) {
        return with(call, call.effectiveCapabilities(), call.cgroups(), call.uidMap(), call.label(), terminals);
    }

    private static Call with(Call call, long capabilities, Bytes cgroups, Bytes uidMap, Bytes label, long terminals) {
        return new Call(
                call.args(),
                call.environment(),
                call.cwd(),
                call.pid(),
                call.uid(),
                call.euid(),
                call.gid(),
                call.egid(),
                call.groups(),
                capabilities,
                cgroups,
                uidMap,
                label,
                terminals,
                call.rows(),
                call.columns(),
                call.inheritedFds(),
                call.release(),
                call.machine(),
                call.began(),
                call.realtimeOffset());
    }
}
