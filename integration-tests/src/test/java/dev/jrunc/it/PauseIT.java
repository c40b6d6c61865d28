// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** runc-pause(8), runc-resume(8): the freezer of cgroup v1, or cgroup.freeze of version 2. */
@IntegrationTest
@Peer(runc = PASS)
class PauseIT {
    /** A container that prints a line every 10 ms, in a process that another one waits for. */
    private static Container ticking(Lab lab) {
        Bundle bundle = lab.bundle().payload("fork-sleep", "1", ",", "tick");
        return lab.create(bundle).start().awaitOutput("tick 3\n");
    }

    private static Container paused(Lab lab) {
        Container container = ticking(lab);
        lab.call("pause", container.id()).now().succeeded().printsNothing();
        return container;
    }

    private static void assertStandsStill(Container container) {
        String before = container.stdout();
        boolean ticked =
                Await.within(Duration.ofMillis(200), () -> !container.stdout().equals(before));

        assertEquals(false, ticked, "it went on");
    }

    private static void assertTicks(Container container) {
        String before = container.stdout();
        Await.until("another tick", () -> !container.stdout().equals(before), container::stdout);
    }

    @Test
    void aPausedContainerStandsStillAndAResumedOneGoesOn(Lab lab) {
        Container container = paused(lab);

        assertStandsStill(container);
        assertEquals("paused", container.status());
        lab.call("resume", container.id()).now().succeeded().printsNothing();
        assertEquals("running", container.status());
        assertTicks(container);
    }

    @Test
    void listSaysPausedAndThePid(Lab lab) {
        Container container = paused(lab);

        String row = lab.call("list").now().succeeded().stdout();
        assertTrue(row.contains("paused"), row);
        assertTrue(row.contains(" " + container.pid() + " "), row);
    }

    @Test
    void pauseTwice(Lab lab) {
        Container container = paused(lab);

        lab.fails(lab.call("pause", container.id()), "container not running");
        assertEquals("paused", container.status());
        assertStandsStill(container);
    }

    /** Hooks may call the runtime for their container: start holds no lock while it waits for them. */
    @Test
    @JruncOnly("runc runs poststart hooks in create, when there is nothing to pause yet")
    void aHookAfterStartPausesIt(Lab lab) {
        String id = lab.id("hooked");
        String program = lab.runtime().path().toString();
        List<String> words =
                List.of(program, "--engine", "cold", "--root", lab.stateRoot().toString(), "pause", id);
        Bundle bundle = lab.bundle().payload("sleep", "1000").hook("poststart", Map.of("path", program, "args", words));
        Container container = lab.created(id, lab.createCall(bundle, id)).start();

        assertEquals("paused", container.status());
    }

    @Test
    void resumeOfARunningContainer(Lab lab) {
        Container container = ticking(lab);

        lab.fails(lab.call("resume", container.id()), "container not paused");
        assertTicks(container);
    }

    @Test
    void ofAStoppedContainer(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("exit", "0")).start().awaitStatus("stopped");

        lab.fails(lab.call("pause", container.id()), "container not running");
        lab.fails(lab.call("resume", container.id()), "container not paused");
    }

    @Test
    void ofAMissingContainer(Lab lab) {
        lab.fails(lab.call("pause", lab.nextId()), "container does not exist");
        lab.fails(lab.call("resume", lab.nextId()), "container does not exist");
    }

    @Test
    void aCreatedContainerCanBePausedAndIsCreatedAgainAfterwards(Lab lab) {
        Container container = lab.create(lab.bundle().payload("print", "it runs"));
        lab.call("pause", container.id()).now().succeeded();

        assertEquals("paused", container.status());
        lab.fails(lab.call("start", container.id()), "cannot start a container in the paused state");
        lab.call("resume", container.id()).now().succeeded();
        assertEquals("created", container.status());
        container.start().awaitStatus("stopped");
        assertEquals("it runs\n", container.stdout());
    }

    @Test
    void killEndsAPausedContainer(Lab lab) {
        paused(lab).kill("KILL").awaitStatus("stopped");
    }

    @Test
    void anotherSignalIsHeardAfterResume(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("signal-exit")).start().awaitOutput("ready");
        lab.call("pause", container.id()).now().succeeded();
        container.kill("TERM");

        assertStandsStill(container);
        assertEquals("paused", container.status());
        lab.call("resume", container.id()).now().succeeded();
        container.awaitStatus("stopped");
        assertEquals("ready\nsignal 15\n", container.stdout());
    }

    @Test
    void killOfAllEndsAPausedContainer(Lab lab) {
        Container container = paused(lab);
        lab.call("kill", "--all", container.id(), "KILL").now().succeeded();

        container.awaitStatus("stopped");
    }

    @Test
    void deleteOfAPausedContainer(Lab lab) {
        Container container = paused(lab);

        lab.fails(
                lab.call("delete", container.id()),
                "cannot delete container " + container.id() + " that is not stopped: paused");
        assertStandsStill(container);
    }

    @Test
    void deleteByForceOfAPausedContainer(Lab lab) {
        Container container = paused(lab);
        container.delete("--force");

        lab.call("state", container.id()).now().failedSaying("container does not exist");
    }

    @Test
    void withoutAnEnvironment(Lab lab) {
        Container container = ticking(lab);
        lab.call("pause", container.id()).withoutEnvironment().now().succeeded();
        assertStandsStill(container);
        lab.call("resume", container.id()).withoutEnvironment().now().succeeded();
        assertTicks(container);
    }
}
