// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Running;
import dev.jrunc.it.harness.Signals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a killed engine, a killed front and a damaged state leave: nothing that the next command doesn't take away. */
@IntegrationTest
@JruncOnly("the peers have no engine, and leave cgroups behind")
class RecoveryIT {

    /** A create that waits in its createRuntime hook, with everything made. */
    private record Waiting(String id, Bundle bundle, Running create, Path goOn) {

        void endHook() throws Exception {
            Files.createFile(goOn);
        }
    }

    private static Waiting waitingCreate(Lab lab) throws Exception {
        return waitingCreate(lab, lab.nextId());
    }

    private static Waiting waitingCreate(Lab lab, String id) throws Exception {
        Path reached = lab.newFile("reached");
        Path goOn = lab.newFile("go-on");
        Path hook = Files.writeString(
                lab.newFile("hook"),
                "#!/bin/sh\n: >" + reached + "\nwhile [ ! -e " + goOn + " ]; do sleep 0.05; done\n");
        assertTrue(hook.toFile().setExecutable(true));
        lab.atEnd(() -> goOn.toFile().mkdir());
        Bundle bundle = lab.bundle();
        bundle.linux().put("cgroupsPath", lab.cgroup("a/b"));
        bundle.write();
        Bundle withHook =
                lab.bundle().hook("createRuntime", Map.of("path", hook.toString(), "env", List.of("PATH=/bin")));
        withHook.linux().put("cgroupsPath", lab.cgroup("a/b"));
        Running create = lab.createCall(withHook, id, "--").cold().start();
        Await.until("the hook", () -> Files.exists(reached), create::stderr);
        return new Waiting(id, bundle, create, goOn);
    }

    private static void assertNothingOf(Lab lab) {
        assertTrue(
                Await.within(Await.LIMIT, () -> Cgroups.mentioning(lab.name()).isEmpty()),
                () -> Cgroups.mentioning(lab.name()).toString());
        assertEquals(0, lab.stateRoot().toFile().list().length);
    }

    @Test
    void anEngineThatIsKilledInMidCreate(Lab lab) throws Exception {
        Waiting waiting = waitingCreate(lab);
        Signals.send(waiting.create().engine(), "KILL");
        waiting.endHook();

        waiting.create().await().failedSaying("engine", "SIGKILL");
        assertNothingOf(lab);
    }

    /** An id may look like an option, and then the one who recovers must not take it for one. */
    @ParameterizedTest
    @ValueSource(strings = {"-x", "--help"})
    void anEngineThatIsKilledInMidCreateOfAnIdThatBeginsWithADash(String id, Lab lab) throws Exception {
        Waiting waiting = waitingCreate(lab, id);
        Signals.send(waiting.create().engine(), "KILL");
        waiting.endHook();

        waiting.create().await().failedSaying("engine", "SIGKILL");
        assertNothingOf(lab);
    }

    @ParameterizedTest
    @ValueSource(strings = {"state", "start", "kill"})
    void afterAKilledFrontTheNextCommandFindsNoContainer(String command, Lab lab) throws Exception {
        Waiting waiting = waitingCreate(lab);
        waiting.create().signal("KILL").await();

        lab.call(command, waiting.id()).now().failedSaying("container does not exist");
        assertNothingOf(lab);
    }

    @Test
    void afterAKilledFrontAListDoesNotHaveIt(Lab lab) throws Exception {
        waitingCreate(lab).create().signal("KILL").await();

        assertEquals("", lab.call("list", "-q").now().succeeded().stdout());
        assertNothingOf(lab);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--force"})
    void afterAKilledFrontItCanBeDeleted(String option, Lab lab) throws Exception {
        Waiting waiting = waitingCreate(lab);
        waiting.create().signal("KILL").await();
        String[] words = option.isEmpty()
                ? new String[] {"delete", waiting.id()}
                : new String[] {"delete", option, waiting.id()};

        lab.call(words).now().succeeded();
        assertNothingOf(lab);
    }

    @Test
    void afterAKilledFrontTheIdCanBeUsedAgain(Lab lab) throws Exception {
        Waiting waiting = waitingCreate(lab);
        waiting.create().signal("KILL").await();
        Container container = lab.created(waiting.id(), lab.createCall(waiting.bundle(), waiting.id()));

        assertEquals("created", container.status());
        container.delete();
        lab.atEnd(() -> Cgroups.remove(Cgroups.mentioning(lab.name())));
    }

    @Test
    void whileItIsBeingCreatedItIsCreating(Lab lab) throws Exception {
        Waiting waiting = waitingCreate(lab);

        assertTrue(lab.call("state", waiting.id()).now().succeeded().stdout().contains("\"status\": \"creating\""));
        waiting.create().signal("TERM").await();
        assertNothingOf(lab);
    }

    @Test
    void aCgroupThatOthersAreInIsLeftAlone(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        bundle.linux().put("cgroupsPath", lab.cgroup("a/b"));
        Container first = lab.create(bundle);
        Census before = lab.census();

        lab.call("create", "--bundle", bundle.folder().toString(), lab.nextId())
                .now()
                .failedSaying("container's cgroup is not empty: 1 process(es) found in /sys/fs/cgroup/");
        lab.assertNothingSince(before, "by the refused create");
        assertEquals("created", first.status());
        first.delete();
        lab.atEnd(() -> Cgroups.remove(Cgroups.mentioning(lab.name())));
    }

    @Test
    void aDamagedStateIsNamedAndCanBeDeletedByForce(Lab lab) throws Exception {
        Container container = lab.create(lab.bundle());
        Path state = lab.stateRoot().resolve(container.id()).resolve("state.json");
        String saved = Files.readString(state);
        Files.writeString(state, "{");

        lab.call("state", container.id()).now().failedSaying(state + ": is not JSON: line 1");
        lab.call("delete", container.id()).now().failedSaying(state + ": is not JSON");
        Files.writeString(state, saved);
        container.delete();

        Path folder = Files.createDirectory(lab.stateRoot().resolve(lab.nextId()));
        Files.writeString(folder.resolve("state.json"), "{");
        lab.call("delete", "--force", folder.getFileName().toString()).now().succeeded();
        assertFalse(Files.exists(folder));
    }
}
