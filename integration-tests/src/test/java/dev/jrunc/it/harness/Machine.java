// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import org.opentest4j.TestAbortedException;

/** What a test needs of the machine, and what happens when it isn't there. */
public final class Machine {
    private Machine() {}

    /**
     * Skips the test unless the condition holds. With {@code JRUNC_MUST_WORK=1}, the machine is one that has all that the tests
     * need, and the test fails instead.
     */
    public static void needs(String what, boolean condition) {
        if (condition) {
            return;
        }
        if ("1".equals(System.getenv("JRUNC_MUST_WORK"))) {
            throw new AssertionError("this machine should have " + what + " (JRUNC_MUST_WORK=1)");
        }
        throw new TestAbortedException("needs " + what);
    }

    /** Needs a program in the usual folders. */
    public static void needsProgram(String name) {
        needs(
                "the program " + name,
                Files.isExecutable(Path.of("/usr/bin", name)) || Files.isExecutable(Path.of("/usr/sbin", name)));
    }

    /** Needs a cgroup v1 hierarchy of a controller. */
    public static void needsCgroupV1(String controller) {
        needs(
                "a cgroup v1 hierarchy with " + controller,
                Files.exists(Path.of("/sys/fs/cgroup", controller, "cgroup.clone_children")));
    }
}
