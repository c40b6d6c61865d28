// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** config-linux.md, "IntelRdt", on a host that has none: hardly a machine that runs tests has it. */
@IntegrationTest
@Peer(runc = PASS)
class IntelRdtIT {

    private static Bundle bundle(Lab lab, String rdt) throws Exception {
        assumeFalse(Files.readString(Path.of("/proc/mounts")).contains(" resctrl "), "this host has resctrl");
        Bundle bundle = lab.bundle();
        bundle.linux().set("intelRdt", Json.quoted(rdt));
        return bundle;
    }

    /** config-linux.md: "If no mounted resctrl pseudo-filesystem is available … the runtime MUST generate an error". */
    @Test
    void withoutResctrlItIsAnError(Lab lab) throws Exception {
        lab.failsToCreate(bundle(lab, "{'l3CacheSchema':'L3:0=f'}"))
                .oursSays(
                        "config.json: /linux/intelRdt: no resctrl file system is mounted on this host: mount -t resctrl"
                                + " resctrl /sys/fs/resctrl, which takes a processor and a kernel with RDT");
    }

    @Test
    @Peer(runc = WRONG, why = "config-linux.md, intelRdt: no resctrl MUST be an error", failure = "exit status")
    void alsoForAGroupThatIsToBeThere(Lab lab) throws Exception {
        lab.failsToCreate(bundle(lab, "{'closID':'gold'}")).oursSays("/linux/intelRdt: no resctrl");
    }

    @Test
    void withoutItNothingIsDone(Lab lab) {
        lab.report(lab.bundle());

        assertFalse(Files.exists(Path.of("/sys/fs/resctrl/" + lab.name())));
    }
}
