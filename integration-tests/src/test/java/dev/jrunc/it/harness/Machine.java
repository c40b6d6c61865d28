// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    /**
     * Skips the test unless the condition holds, also on a machine that has all that most tests need: the condition is another
     * machine's, where {@code JRUNC_MUST_WORK} names it.
     */
    private static void needsAnywhere(String what, boolean condition) {
        if (!condition) {
            throw new TestAbortedException("needs " + what);
        }
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

    /** Needs a cgroup controller, of either version. */
    public static void needsCgroup(String controller) {
        if (Cgroups.areUnified()) {
            needsCgroupV2(controller);
        } else {
            needsCgroupV1(controller);
        }
    }

    /** Needs cgroup v2 alone, with a controller: the guest of {@code make vm-test} has it. */
    public static void needsCgroupV2(String controller) {
        Path controllers = Path.of("/sys/fs/cgroup/cgroup.controllers");
        try {
            needsAnywhere(
                    "cgroup v2 with " + controller,
                    Files.exists(controllers)
                            && List.of(Files.readString(controllers).strip().split(" ", -1))
                                    .contains(controller));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Needs a systemd that is process 1, with cgroup v2 alone: the guest of {@code make vm-test} has it. */
    public static void needsSystemd() {
        needsAnywhere("a systemd that runs", Files.isDirectory(Path.of("/run/systemd/system")));
        needsCgroupV2("pids");
    }

    /** Needs a systemd that is process 1, with the hierarchies of version 1: the second boot of {@code make vm-test} has it. */
    public static void needsSystemdWithCgroupV1() {
        needsAnywhere(
                "a systemd that runs, with cgroup v1",
                Files.isDirectory(Path.of("/run/systemd/system"))
                        && Files.isDirectory(Path.of("/sys/fs/cgroup/systemd")));
    }

    static boolean hasSystemd() {
        return Files.isDirectory(Path.of("/run/systemd/system")) && Cgroups.areUnified();
    }

    /** Needs a kernel that enforces AppArmor, and its parser. */
    public static void needsAppArmor() {
        needsAnywhere(
                "AppArmor",
                Files.isDirectory(Path.of("/sys/kernel/security/apparmor"))
                        && Files.isExecutable(Path.of("/usr/sbin/apparmor_parser")));
    }
}
