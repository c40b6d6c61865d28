// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.EngineChoice;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.LocalUser;
import dev.jrunc.it.harness.OciRuntime;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Podman;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** podman as it is on most hosts: its cgroups are units of systemd, below version 2 alone. */
class PodmanSystemdIT {
    private static final List<String> LIMITS = List.of("--memory", "64m", "--cpus", "0.5", "--pids-limit", "50");
    private static final String FILES = "cd /sys/fs/cgroup && cat memory.max cpu.max pids.max";

    private static String limited(Podman podman, Lab lab) {
        return podman.started(lab, LIMITS, "/payload", "tick", "100000");
    }

    private static Path cgroup(Podman podman, Lab lab, String id) {
        return Cgroups.unified(podman.inspect(lab, id, "{{.State.CgroupPath}}"));
    }

    private static List<String> seenFromInside(Podman podman, Lab lab, String id) {
        return podman.call(lab, "exec", id, "sh", "-c", FILES).now().succeeded().lines();
    }

    private static void limitsAreMadeAndUpdated(Podman podman, Lab lab, String slice) {
        String id = limited(podman, lab);
        Path cgroup = cgroup(podman, lab, id);

        assertTrue(cgroup.toString().contains("/" + slice + "/libpod-"), cgroup::toString);
        assertTrue(cgroup.toString().contains(".scope"), cgroup::toString);
        assertEquals("67108864", Cgroups.value(cgroup, "memory.max"));
        assertEquals(List.of("67108864", "50000 100000", "50"), seenFromInside(podman, lab, id));
        podman.call(lab, "update", "--memory", "32m", "--cpus", "0.25", id)
                .now()
                .succeeded();
        assertEquals(List.of("33554432", "25000 100000", "50"), seenFromInside(podman, lab, id));
    }

    private static void pausedAndGoingOn(Podman podman, Lab lab) {
        String id = limited(podman, lab);
        podman.call(lab, "pause", id).now().succeeded();
        String frozen = Cgroups.value(cgroup(podman, lab, id), "cgroup.events");
        podman.call(lab, "unpause", id).now().succeeded();

        assertTrue(frozen.contains("frozen 1"), frozen);
        podman.call(lab, "exec", id, "true").now().succeeded();
        podman.call(lab, "stats", "--no-stream", "--format", "{{.PIDs}}", id)
                .now()
                .succeeded()
                .printed("1");
    }

    private static void nothingIsLeft(Podman podman, Lab lab) {
        String name = limited(podman, lab);
        Path cgroup = cgroup(podman, lab, name);
        String id = podman.inspect(lab, name, "{{.Id}}");
        assertTrue(Files.exists(podman.stateRoot().resolve(id)), "the runtime's state");
        podman.call(lab, "rm", "-f", "-t", "0", name).now().succeeded();

        assertFalse(Files.exists(podman.stateRoot().resolve(id)), "the runtime's state");
        assertFalse(Files.exists(cgroup), cgroup::toString);
        // conmon itself ends a moment after podman.
        Await.until(
                "the end of its processes", () -> Processes.mentioning(id).isEmpty(), () -> Processes.mentioning(id));
    }

    @Nested
    @IntegrationTest
    @Tag("client")
    @Peer(runc = PASS)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class OfRoot {
        private final Podman podman;

        OfRoot(OciRuntime runtime, EngineChoice engine) throws Exception {
            podman = Podman.ofRootWithSystemd(runtime, engine);
        }

        @AfterAll
        void stop() {
            podman.close();
        }

        @Test
        void limitsAreMadeAndUpdated(Lab lab) {
            PodmanSystemdIT.limitsAreMadeAndUpdated(podman, lab, "machine.slice");
        }

        @Test
        void pausedAndGoingOn(Lab lab) {
            PodmanSystemdIT.pausedAndGoingOn(podman, lab);
        }

        @Test
        void nothingIsLeft(Lab lab) {
            PodmanSystemdIT.nothingIsLeft(podman, lab);
        }
    }

    /** A user whose systemd has cgroups delegated to it. */
    @Nested
    @IntegrationTest
    @Tag("client")
    @Peer(runc = PASS)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class OfAUser {
        private final Podman podman;

        OfAUser(OciRuntime runtime) throws Exception {
            podman = Podman.withSystemd(LocalUser.tester(), runtime);
        }

        @AfterAll
        void stop() {
            podman.close();
        }

        @Test
        void limitsAreMadeAndUpdated(Lab lab) {
            PodmanSystemdIT.limitsAreMadeAndUpdated(podman, lab, "user.slice");
        }

        @Test
        void pausedAndGoingOn(Lab lab) {
            PodmanSystemdIT.pausedAndGoingOn(podman, lab);
        }

        @Test
        void nothingIsLeft(Lab lab) {
            PodmanSystemdIT.nothingIsLeft(podman, lab);
        }

        @Test
        void withTheLimitsOfNone(Lab lab) {
            Result result = podman.runCall(lab, List.of(), "cat", "/sys/fs/cgroup/memory.max")
                    .now()
                    .succeeded();

            assertEquals(List.of("max"), result.lines());
        }
    }
}
