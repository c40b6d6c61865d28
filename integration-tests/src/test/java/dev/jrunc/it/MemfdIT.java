// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sealed copy where sysctl vm.memfd_noexec, Linux 6.3, has a say: it is each pid namespace's own. */
@IntegrationTest
@JruncOnly("how a runtime protects its executable is its own affair")
class MemfdIT {
    private static Call run(Lab lab, String noexec) {
        Machine.needs("vm.memfd_noexec, Linux 6.3", Files.exists(Path.of("/proc/sys/vm/memfd_noexec")));
        Bundle bundle = lab.bundle().payload("print", "it runs");
        return lab.runCall(bundle, lab.nextId())
                .cold()
                .through(
                        "unshare",
                        "--pid",
                        "--fork",
                        "--mount-proc",
                        "sh",
                        "-c",
                        "echo " + noexec + " >/proc/sys/vm/memfd_noexec && exec \"$0\" \"$@\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void whereMemfdsMayBeExecutedIfAskedFor(String noexec, Lab lab) {
        run(lab, noexec).now().succeeded().printed("it runs");
    }

    @Test
    void whereTheyMayNot(Lab lab) {
        lab.fails(run(lab, "2"), "memfds may not be executed here (sysctl vm.memfd_noexec)");
    }
}
