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
                ~0L,
                022,
                Bytes.EMPTY,
                map,
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
}
