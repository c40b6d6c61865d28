// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** runtime.md, "Delete"; runc-delete(8). */
@IntegrationTest
@Peer(runc = PASS)
class DeleteIT {
    @Test
    void aStoppedContainer(Lab lab) {
        lab.create(lab.bundle().payload("exit", "0"))
                .start()
                .awaitStatus("stopped")
                .delete();

        lab.call("list", "-q").now().succeeded();
        assertEquals(0, lab.stateRoot().toFile().list().length);
    }

    @Test
    void aCreatedContainerIsKilledFirst(Lab lab) {
        Container container = lab.create(lab.bundle());
        long pid = container.pid();
        container.delete();

        assertTrue(Await.within(Await.LIMIT, () -> !Processes.isRunning(pid)));
    }

    @Test
    void aRunningContainerIsRefused(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("signal-exit")).start().awaitOutput("ready");
        lab.fails(lab.call("delete", container.id()), "cannot delete container", "that is not stopped: running")
                .oursSays("cannot delete container " + container.id() + " that is not stopped: running");

        assertEquals("running", container.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--force", "-f", "-force"})
    void aRunningContainerByForce(String option, Lab lab) {
        Container container = lab.create(lab.bundle().payload("print", "ready", ",", "sleep"))
                .start()
                .awaitOutput("ready");
        long pid = container.pid();
        container.delete(option);

        assertTrue(Await.within(Await.LIMIT, () -> !Processes.isRunning(pid)));
    }

    @Test
    void byForceWithoutAnEnvironment(Lab lab) {
        Container container = lab.create(lab.bundle());

        lab.call("delete", "--force", container.id()).withoutEnvironment().now().succeeded();
    }

    @Test
    void aMissingContainer(Lab lab) {
        lab.fails(lab.call("delete", lab.nextId()), "container does not exist");
    }

    @Test
    void aMissingContainerByForce(Lab lab) {
        assertEquals(
                "",
                lab.call("delete", "--force", lab.nextId()).now().succeeded().stderr());
    }

    @Test
    void twice(Lab lab) {
        Container container = lab.create(lab.bundle());
        container.delete();

        lab.fails(lab.call("delete", container.id()), "container does not exist");
        lab.call("delete", "--force", container.id()).now().succeeded();
    }

    @Test
    void aLeftOverFolderWithoutStateIsRemoved(Lab lab) throws Exception {
        Path folder = Files.createDirectory(lab.stateRoot().resolve(lab.nextId()));
        Files.createFile(folder.resolve("something"));
        lab.call("delete", "--force", folder.getFileName().toString()).now().succeeded();

        assertFalse(Files.exists(folder));
    }

    @Test
    void processesThatLingerAreEnded(Lab lab) {
        Container container = lab.create(
                        lab.bundle().withoutNamespace("pid").payload("fork-sleep", "3", ",", "exit", "0"))
                .start()
                .awaitStatus("stopped");
        container.delete();
    }
}
