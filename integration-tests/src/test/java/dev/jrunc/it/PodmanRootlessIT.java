// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.LocalUser;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Namespaces;
import dev.jrunc.it.harness.OciRuntime;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Podman;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** podman as an ordinary user: it calls the runtime as root of a user namespace, without a right to any cgroup. */
class PodmanRootlessIT {

    private static Result run(Podman podman, Lab lab, List<String> options, String... program) {
        return podman.runCall(lab, options, program).now();
    }

    private static String running(Podman podman, Lab lab) {
        return podman.started(lab, List.of(), "/payload", "tick", "100000");
    }

    private static void aContainerRuns(Podman podman, Lab lab) {
        Report report =
                run(podman, lab, List.of(), "/payload", "report").succeeded().report();

        assertEquals(1, report.number("/pid"));
        assertEquals(List.of("0", "1", "2"), report.names("/fds"));
        assertFalse(report.namespace("net") == Namespaces.own("net"));
        run(podman, lab, List.of(), "sh", "-c", "exit 7").exited(7);
    }

    private static void anotherProcess(Podman podman, Lab lab) {
        String id = running(podman, lab);
        podman.call(lab, "exec", id, "sh", "-c", "id -u; exit 9")
                .now()
                .exited(9)
                .printed("0");
        podman.call(lab, "exec", id, "no-such-tool").now().exited(127);
        podman.call(lab, "exec", id, "/bin").now().exited(126);
        podman.call(lab, "kill", "-s", "KILL", id).now().succeeded();
        podman.call(lab, "wait", id).now().succeeded().printed("137");
    }

    private static void nothingIsLeft(Podman podman, Lab lab) throws Exception {
        Path idFile = podman.stateRoot().resolveSibling("cid");
        run(podman, lab, List.of("--cidfile", idFile.toString()), "true").succeeded();
        String id = Files.readString(idFile).strip();
        Files.delete(idFile);

        assertTrue(Files.exists(podman.stateRoot()), "the states are below XDG_RUNTIME_DIR");
        assertFalse(Files.exists(podman.stateRoot().resolve(id)), "the runtime's state");
        // conmon itself ends a moment after podman.
        Await.until(
                "the end of its processes", () -> Processes.mentioning(id).isEmpty(), () -> Processes.mentioning(id));
    }

    private static void theHostsNetwork(Podman podman, Lab lab) {
        Report report = run(podman, lab, List.of("--network", "host"), "/payload", "report")
                .succeeded()
                .report();

        assertEquals(Namespaces.own("net"), report.namespace("net"));
    }

    /** A user with ranges in subuid(5) and subgid(5). */
    @Nested
    @IntegrationTest
    @Tag("client")
    @Peer(runc = PASS)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class WithSubordinateIds {
        private final LocalUser user;
        private final Podman podman;

        WithSubordinateIds(OciRuntime runtime) throws Exception {
            user = LocalUser.make(true);
            podman = Podman.of(user, runtime);
        }

        @AfterAll
        void stop() {
            podman.close();
        }

        @Test
        void aContainerRuns(Lab lab) {
            PodmanRootlessIT.aContainerRuns(podman, lab);
        }

        @Test
        void anotherProcess(Lab lab) {
            PodmanRootlessIT.anotherProcess(podman, lab);
        }

        @Test
        void nothingIsLeft(Lab lab) throws Exception {
            PodmanRootlessIT.nothingIsLeft(podman, lab);
        }

        @Test
        void theHostsNetwork(Lab lab) {
            PodmanRootlessIT.theHostsNetwork(podman, lab);
        }

        @Test
        void usersAndGroups(Lab lab) {
            run(podman, lab, List.of("--user", "1000:1001", "--group-add", "5"), "sh", "-c", "echo $(id -u; id -G)")
                    .succeeded()
                    .printed("1000 1001 5");
            run(podman, lab, List.of("--userns", "keep-id"), "id", "-u")
                    .succeeded()
                    .printed(Long.toString(user.uid()));
            run(podman, lab, List.of("--uidmap", "0:10:20"), "cat", "/proc/self/uid_map")
                    .succeeded()
                    .printed("         0         10         20");
        }

        @Test
        void anInitAndAReadOnlyRoot(Lab lab) {
            run(podman, lab, List.of("--init"), "cat", "/proc/1/comm")
                    .succeeded()
                    .printed("podman-init");
            Result result =
                    run(podman, lab, List.of("--read-only"), "touch", "/x").exited(1);

            assertTrue(result.stderr().contains("Read-only file system"), result::toString);
        }

        @Test
        void withATerminal(Lab lab) {
            Result run = podman.onTerminal(
                            lab, "run", "--rm", "-it", "--network", "none", Podman.IMAGE, "sh", "-c", "tty; exit 5")
                    .now();

            assertTrue(run.exited(5).stdout().contains("/dev/pts/0"), run::toString);
        }

        /** CVE-2023-25809: what it sees of them are its caller's, not to be changed by it. */
        @Test
        void cgroupsAreReadOnly(Lab lab) {
            Machine.needsCgroupV1("pids");
            Report report = run(podman, lab, List.of(), "/payload", "report")
                    .succeeded()
                    .report();

            assertTrue(report.mount("/sys/fs/cgroup/pids").options().contains("ro"), report::toString);
        }
    }

    /** A user with no other ids than its own: podman maps that alone, and setgroups(2) is denied. */
    @Nested
    @IntegrationTest
    @Tag("client")
    @Peer(runc = PASS)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class WithoutSubordinateIds {
        private final Podman podman;

        WithoutSubordinateIds(OciRuntime runtime) throws Exception {
            podman = Podman.of(LocalUser.make(false), runtime);
        }

        @AfterAll
        void stop() {
            podman.close();
        }

        @Test
        void aContainerRuns(Lab lab) {
            PodmanRootlessIT.aContainerRuns(podman, lab);
        }

        @Test
        void anotherProcess(Lab lab) {
            PodmanRootlessIT.anotherProcess(podman, lab);
        }

        @Test
        void nothingIsLeft(Lab lab) throws Exception {
            PodmanRootlessIT.nothingIsLeft(podman, lab);
        }

        @Test
        void theHostsNetwork(Lab lab) {
            PodmanRootlessIT.theHostsNetwork(podman, lab);
        }

        @Test
        void groupsThatCanNotBeSetAreLeftOut(Lab lab) {
            run(podman, lab, List.of("--group-add", "5"), "id", "-g")
                    .succeeded()
                    .printed("0");
        }

        @Test
        void aUserThatIsNotMapped(Lab lab) {
            Result result = run(podman, lab, List.of("--user", "1000"), "true").exited(126);

            assertTrue(
                    result.stderr().toLowerCase(java.util.Locale.ROOT).contains("invalid argument"), result::toString);
        }
    }
}
