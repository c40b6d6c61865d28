// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.json.Features;
import dev.jrunc.plan.MountOptions;
import dev.jrunc.plan.Names;
import dev.jrunc.seccomp.SeccompNames;
import dev.jrunc.spec.Annotation;
import dev.jrunc.spec.DefaultSpec;
import dev.jrunc.spec.Spec;
import dev.jrunc.validate.SpecCheck;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;

/** What this version can do, whatever the host allows: from the tables that create goes by. */
public final class DescribeFeatures {

    private DescribeFeatures() {}

    /** @param annotations about this build */
    public static Features describe(SortedMap<String, String> annotations) {
        return new Features(
                SpecCheck.OLDEST_VERSION,
                DefaultSpec.OCI_VERSION,
                Spec.Hooks.KINDS,
                List.copyOf(MountOptions.names()),
                List.copyOf(new TreeSet<>(Names.NAMESPACES.keySet())),
                Names.CAPABILITIES,
                new Features.Seccomp(
                        SeccompNames.ACTION_NAMES,
                        SeccompNames.OPERATORS,
                        SeccompNames.ARCHITECTURES,
                        SeccompNames.FLAG_NAMES),
                annotations,
                List.copyOf(new TreeSet<>(Annotation.keys())));
    }
}
