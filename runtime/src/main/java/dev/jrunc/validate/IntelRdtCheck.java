// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.validate;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.spec.Spec;
import java.util.Set;

/** config-linux.md section "IntelRdt". */
final class IntelRdtCheck {

    private static final String POINTER = "/linux/intelRdt";

    /** Folders of the kernel's own, and ways out. */
    private static final Set<String> NO_GROUPS = Set.of(".", "..", "info", "mon_data", "mon_groups");

    private IntelRdtCheck() {}

    /** @throws InvalidSpec at the first problem */
    static void check(Spec.IntelRdt rdt) {
        String closID = rdt.closID();
        if (closID != null
                && !closID.equals("/")
                && (closID.indexOf('/') >= 0 || closID.indexOf('\n') >= 0 || NO_GROUPS.contains(closID))) {
            throw new InvalidSpec(
                    POINTER + "/closID",
                    "expected the name of a group, or / for the default one, found \"" + closID + "\"");
        }
        String bandwidth = rdt.memBwSchema();
        if (bandwidth != null && (!bandwidth.startsWith("MB:") || bandwidth.indexOf('\n') >= 0)) {
            throw new InvalidSpec(
                    POINTER + "/memBwSchema", "expected one line that begins with MB:, found \"" + bandwidth + "\"");
        }
        for (int i = 0; i < rdt.schemata().size(); i++) {
            String line = rdt.schemata().get(i);
            if (line.indexOf(':') <= 0 || line.indexOf('\n') >= 0) {
                throw new InvalidSpec(
                        POINTER + "/schemata/" + i, "expected one line such as L3:0=7f0;1=1f, found \"" + line + "\"");
            }
        }
    }
}
