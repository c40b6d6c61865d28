// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.nio.file.Files;
import java.nio.file.Path;

/** The jrunc program with faults at chosen points (native/faults.h), which uses the engine of the runtime under test. */
public final class FaultBuild {
    private static final Path PROGRAM =
            Path.of("../build/faults/jrunc").toAbsolutePath().normalize();

    private FaultBuild() {}

    /** Skips the test where it isn't built, and fails where it is an old one. */
    public static Path of(OciRuntime runtime) {
        Machine.needs("the test build, " + PROGRAM + " (make build/faults/jrunc)", Files.isExecutable(PROGRAM));
        checkProtocol(PROGRAM, runtime.path());
        return PROGRAM;
    }

    /** Fails unless both speak the same: else the engine would be started again and again, and waited for. */
    public static void checkProtocol(Path program, Path runtime) {
        if (!Host.run(program.toString(), "--dump-protocol").equals(Host.run(runtime.toString(), "--dump-protocol"))) {
            throw new AssertionError(program + " speaks another protocol than " + runtime
                    + ": it is of another build; make build/faults/jrunc makes it again");
        }
    }
}
