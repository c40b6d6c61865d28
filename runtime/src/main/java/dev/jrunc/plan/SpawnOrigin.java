// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.spec.Spec;
import java.util.List;

/** SPAWN does what several places of config.json ask for: which of them failed is told by what it says. */
public final class SpawnOrigin {

    private static final long ENOMEM = 12;

    private SpawnOrigin() {}

    /**
     * @param error a number of errno(3)
     * @param message of SPAWN's failure
     */
    public static Origin of(Spec spec, long error, String message) {
        List<Spec.Namespace> namespaces = spec.linux().namespaces();
        for (int i = 0; i < namespaces.size(); i++) {
            Spec.Namespace namespace = namespaces.get(i);
            String path = namespace.path();
            // No process can be made any more in a pid namespace whose init has gone.
            boolean dead = error == ENOMEM && namespace.type().equals("pid") && message.startsWith("clone init");
            if (path != null && (dead || message.startsWith("join the " + namespace.type() + " namespace " + path))) {
                return Origin.at("/linux/namespaces/" + i);
            }
        }
        if (message.startsWith("write uid_map")) {
            return Origin.at("/linux/uidMappings");
        }
        if (message.startsWith("write gid_map") || message.startsWith("write setgroups")) {
            return Origin.at("/linux/gidMappings");
        }
        if (message.startsWith("put init into cgroup")) {
            return Origin.rule("cgroups of the container");
        }
        return Origin.at(message.startsWith("write the offsets") ? "/linux/timeOffsets" : "/linux/namespaces");
    }
}
