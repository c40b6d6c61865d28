// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** runtime.md, "Lifecycle" and "Operations". */
@IntegrationTest
@Peer(runc = PASS)
class LifecycleIT {
    @Test
    void fromCreateToDelete(Lab lab) {
        Container container = lab.create(lab.bundle().payload("print", "it runs", ",", "signal-exit"));
        assertEquals("created", container.status());
        assertEquals("", container.stdout());

        container.start().awaitOutput("ready");
        assertEquals("running", container.status());

        container.kill("TERM").awaitStatus("stopped");
        assertEquals("it runs\nready\nsignal 15\n", container.stdout());

        container.delete();
        lab.call("state", container.id()).now().failedSaying("container does not exist");
    }

    @Test
    void theProgramDoesNotRunBeforeStart(Lab lab) {
        Container container = lab.create(lab.bundle().payload("print", "it runs"));
        assertFalse(
                Await.within(Duration.ofMillis(300), () -> !container.stdout().isEmpty()));

        container.start().awaitStatus("stopped");
        assertEquals("it runs\n", container.stdout());
    }

    @Test
    void theProcessOfCreateIsTheProcessOfTheProgram(Lab lab) {
        Container container = lab.create(lab.bundle().payload("print", "ready", ",", "sleep"));
        long pid = container.pid();
        long started = Processes.startTime(pid);
        container.start().awaitOutput("ready");

        assertEquals(pid, container.pid());
        assertEquals(started, Processes.startTime(pid));
        container.kill("KILL").awaitStatus("stopped");
    }

    @Test
    void laterChangesOfConfigJsonHaveNoEffect(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().payload("print", "first");
        Container container = lab.create(bundle);
        bundle.payload("print", "second").write();
        container.start().awaitStatus("stopped");

        assertEquals("first\n", container.stdout());
    }

    @Test
    void theBundleIsTheWorkingDirectoryUnlessToldOtherwise(Lab lab) {
        Bundle bundle = lab.bundle().payload("print", "here").write();

        lab.call("run", lab.nextId()).in(bundle.folder()).now().succeeded().printed("here");
    }

    @Test
    void theBundleMayBeARelativePath(Lab lab) {
        Bundle bundle = lab.bundle().payload("print", "here").write();

        lab.call("run", "-b", bundle.folder().getFileName().toString(), lab.nextId())
                .now()
                .succeeded()
                .printed("here");
    }

    @Test
    void twoContainersOfOneBundleLiveSideBySide(Lab lab) {
        Bundle bundle = lab.bundle().payload("signal-exit");
        Container first = lab.create(bundle).start();
        Container second = lab.create(bundle).start();
        first.awaitOutput("ready").kill("TERM").awaitStatus("stopped");

        assertEquals("running", second.awaitOutput("ready").status());
        second.kill("TERM").awaitStatus("stopped");
    }

    @Test
    void anIdIsFreeAgainAfterDelete(Lab lab) {
        Bundle bundle = lab.bundle().payload("print", "again");
        String id = lab.nextId();
        lab.created(id, lab.createCall(bundle, id)).delete();

        lab.created(id, lab.createCall(bundle, id))
                .start()
                .awaitStatus("stopped")
                .delete();
    }

    @Test
    void anIdInUseIsAnErrorAndTheContainerLivesOn(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("signal-exit")).start().awaitOutput("ready");
        lab.fails(lab.createCall(lab.bundle(), container.id()), "container with given ID already exists")
                .oursSays(container.id());

        assertEquals("running", container.status());
        container.kill("TERM").awaitStatus("stopped");
    }

    @Test
    void startOfAMissingContainer(Lab lab) {
        lab.fails(lab.call("start", lab.nextId()), "container does not exist");
    }

    @Test
    void startTwice(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("signal-exit")).start().awaitOutput("ready");
        lab.fails(lab.call("start", container.id()), "cannot start an already running container");

        assertEquals("running", container.status());
    }

    @Test
    void startAfterTheEnd(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("exit", "0")).start().awaitStatus("stopped");

        lab.fails(lab.call("start", container.id()), "cannot start a container that has stopped");
    }

    @Test
    void startOfOneThatWasKilledBefore(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("exit", "0")).kill("KILL").awaitStatus("stopped");

        lab.fails(lab.call("start", container.id()), "cannot start a container that has stopped");
    }

    @Test
    void thePidFileHasThePidInTheCallersNamespace(Lab lab) throws Exception {
        Path file = lab.newFile("pid");
        Container container = lab.create(lab.bundle().payload("exit", "0"), "--pid-file", file.toString());

        assertEquals(Long.toString(container.pid()), Files.readString(file));
    }

    @Test
    void thePidFileMayBeARelativePath(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        String id = lab.nextId();
        Path folder = lab.newFolder("elsewhere");
        Container container = lab.created(
                id, lab.createCall(bundle, id, "--pid-file", "relative.pid").in(folder));

        assertEquals(Long.toString(container.pid()), Files.readString(folder.resolve("relative.pid")));
    }

    /** The host's /dev/null stays what it is. */
    @ParameterizedTest
    @ValueSource(strings = {"null", "link"})
    @Peer(runc = WRONG, why = "runc puts a file in its place", failure = "character special file")
    void aPidFileThatIsNoFileIsNotReplaced(String name, Lab lab) throws Exception {
        Path folder = lab.newFolder("devices");
        Host.run("mknod", folder.resolve("null").toString(), "c", "1", "3");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("null"));
        lab.create(
                lab.bundle().payload("exit", "0"),
                "--pid-file",
                folder.resolve(name).toString());

        assertEquals(
                "character special file",
                Host.run("stat", "-Lc", "%F", folder.resolve(name).toString()).trim());
        assertEquals(name.equals("link"), Files.isSymbolicLink(folder.resolve(name)));
    }

    @Test
    void aPidFileThatCannotBeWrittenIsAnError(Lab lab) {
        lab.fails(
                        lab.createCall(lab.bundle(), lab.nextId(), "--pid-file", "/missing-folder/pid"),
                        "/missing-folder/",
                        "no such file or directory")
                .oursSays("ENOENT");
    }

    @Test
    void createReturnsThoughTheProgramKeepsItsOutputOpen(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("signal-exit")).start().awaitOutput("ready");

        assertFalse(container.creation().isAlive());
    }

    @Test
    void theRootFileSystemIsNotNeededAnyMoreToDelete(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().payload("exit", "0");
        Container container = lab.create(bundle).start().awaitStatus("stopped");
        Files.move(bundle.folder(), lab.folder().resolve("moved"));

        container.delete();
    }

    @Test
    void manyContainersAreCreatedAtOnce(Lab lab) {
        List<Container> containers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String id = lab.nextId();
            Bundle bundle = lab.bundle().payload("print", "it ran");
            containers.add(lab.follow(id, lab.createCall(bundle, id).start()));
        }
        for (Container container : containers) {
            container.creation().await().succeeded();
            container.start().awaitStatus("stopped");
            assertEquals("it ran\n", container.stdout());
        }
    }

    @Test
    @Peer(
            runc = UNSUPPORTED,
            why = "contract: --pidfd-socket, which newer versions of runc have",
            failure = "flag provided but not defined")
    void thePidfdComesOverTheSocket(Lab lab) {
        Path socket = lab.newFile("pidfd");
        Running receiver = lab.host(lab.payload(), "pidfd-receive", socket.toString())
                .start()
                .awaitOutput("listening");
        Container container = lab.create(lab.bundle(), "--pidfd-socket", socket.toString());

        receiver.await().succeeded().printed("received the pidfd of " + container.pid());
    }

    @Test
    void theReadinessOfTheProgramReachesTheSupervisorOfStart(Lab lab) {
        Path socket = lab.newFile("notify");
        Running supervisor = supervisor(lab, socket);
        String id = lab.nextId();
        Bundle bundle = lab.bundle().payload("notify", "READY=1");
        Container container = lab.created(id, lab.createCall(bundle, id).with("NOTIFY_SOCKET", socket.toString()));
        lab.call("start", id).with("NOTIFY_SOCKET", socket.toString()).now().succeeded();

        container.awaitStatus("stopped");
        assertEquals("notify READY=1: OK\n", container.stdout());
        assertTrue(supervisor.await().stdout().contains("READY=1"));
    }

    @Test
    void theReadinessOfTheProgramReachesTheSupervisorOfRun(Lab lab) {
        Path socket = lab.newFile("notify");
        Running supervisor = supervisor(lab, socket);
        Bundle bundle = lab.bundle().payload("notify", "READY=1", ",", "signal-exit");
        Running run = lab.runCall(bundle, lab.nextId())
                .with("NOTIFY_SOCKET", socket.toString())
                .start();

        assertTrue(supervisor.await().stdout().contains("READY=1"));
        run.awaitOutput("ready").signal("TERM").await().exited(115).printed("notify READY=1: OK");
    }

    private static Running supervisor(Lab lab, Path socket) {
        return lab.host(lab.payload(), "notify-receive", socket.toString())
                .start()
                .awaitOutput("listening");
    }
}
