// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks that runtimes have fallen to. */
@IntegrationTest
@Peer(runc = PASS)
class SecurityIT {
    private static String[] withHostFolderAs(int fd) {
        return new String[] {"bash", "-c", "exec " + fd + "</; exec \"$0\" \"$@\""};
    }

    /** CVE-2024-21626. */
    @ParameterizedTest
    @ValueSource(ints = {3, 5, 6, 7, 8, 9, 10, 11})
    void aWorkingDirectoryThatIsALeakedDescriptor(int fd, Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().put("cwd", "/proc/self/fd/" + fd);
        Result result = lab.runCall(bundle.payload("list", "."), lab.nextId())
                .through(withHostFolderAs(fd))
                .now();

        assertEquals(1, result.exit(), result::toString);
        assertFalse(result.stdout().contains("boot"), result::toString);
    }

    /** CVE-2024-21626, second way. */
    @ParameterizedTest
    @ValueSource(ints = {3, 6, 7, 8, 9})
    void aProgramThroughALeakedDescriptor(int fd, Lab lab) {
        Bundle bundle = lab.bundle().args("/proc/self/fd/" + fd + lab.payload(), "print", "ran");
        Result result =
                lab.runCall(bundle, lab.nextId()).through(withHostFolderAs(fd)).now();

        assertEquals(1, result.exit(), result::toString);
        assertFalse(result.stdout().contains("ran"), result::toString);
    }

    private static void execWhileSpiedOn(Lab lab, Container container) {
        for (int i = 0; i < 8; i++) {
            lab.execCall(container, List.of("--env", "MARK=" + i), "print", "ran")
                    .with("SECRET_OF_THE_HOST", "x")
                    .now()
                    .succeeded()
                    .printed("ran");
        }
        container.kill("TERM").awaitStatus("stopped");
    }

    /** CVE-2016-9962: what comes into a container can't be looked at before it runs the container's program. */
    @Test
    @JruncOnly("the spy traces what runs the container's program by then, and runc 1.1 doesn't wait for such an end")
    void aProcessThatEntersTellsNothing(Lab lab) {
        Container container = lab.create(lab.bundle().payload("fork-sleep", "1", ",", "spy"))
                .start()
                .awaitOutput("ready");
        execWhileSpiedOn(lab, container);

        List<String> spied = container
                .stdout()
                .lines()
                .filter(line -> line.startsWith("spied"))
                .toList();
        assertEquals(List.of(), spied);
        assertFalse(container.stdout().contains("denied 0\n"), "the spy saw nobody come");
    }

    /** CVE-2019-5736: who may trace everything finds nothing of the host's. */
    @Test
    @JruncOnly("what there is to see is jrunc's own")
    void aProcessThatEntersHasNothingOfTheHost(Lab lab) {
        Bundle bundle = lab.bundle().capabilities("CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_KILL");
        Container container = lab.create(bundle.payload("fork-sleep", "1", ",", "spy"))
                .start()
                .awaitOutput("ready");
        execWhileSpiedOn(lab, container);

        List<String> links = container
                .stdout()
                .lines()
                .filter(line -> line.startsWith("spied exe")
                        || line.startsWith("spied cwd")
                        || line.startsWith("spied root")
                        || line.startsWith("spied environ"))
                .sorted()
                .toList();
        assertEquals(List.of("spied cwd /", "spied exe /memfd:jrunc-init (deleted)", "spied root /"), links);
        List<String> fds = container
                .stdout()
                .lines()
                .filter(line -> line.startsWith("spied fd/")
                        && !line.contains(lab.folder().toString()))
                .filter(line -> !line.contains("socket:[") && !line.endsWith(" /") && !line.contains("/payload"))
                .toList();
        assertEquals(List.of(), fds, "beside its channel, its root and what the program gets");
    }

    /** CVE-2026-41579, CVE-2026-47766. */
    @Test
    @Peer(
            runc = WRONG,
            why = "CVE-2026-41579: runc 1.1 follows the image's /dev to the host",
            failure = "written to the host")
    void aDevThatIsALinkToTheHost(Lab lab) {
        Path outside = lab.newFolder("outside");
        Bundle bundle = lab.bundle().writable();
        for (String mount : List.of("/dev/pts", "/dev/shm", "/dev/mqueue", "/dev")) {
            bundle.unmount(mount);
        }
        bundle.symlink("/dev", outside.toString());
        lab.run(bundle.payload("exit", "0"));

        String[] written = outside.toFile().list();
        assertEquals(List.of(), List.of(written), "written to the host");
    }

    /** CVE-2024-45310, CVE-2021-30465: here without a race. */
    @Test
    void aMountTargetThatLeadsToTheHost(Lab lab) throws Exception {
        Path outside = lab.newFolder("outside");
        Bundle bundle = lab.bundle().mount("tmpfs", "caught", "/link/inside").mount("tmpfs", "caught", "/up/up/inside");
        bundle.symlink("/link", outside.toString());
        bundle.symlink("/up", "../../../../../" + outside);
        lab.run(bundle.payload("exit", "0"));

        assertEquals(List.of(), List.of(outside.toFile().list()));
        assertFalse(Files.readString(Path.of("/proc/self/mountinfo")).contains("caught"));
    }

    @Test
    void aWorkingDirectoryThatLeadsToTheHostIsMadeInside(Lab lab) {
        Path outside = lab.newFolder("outside");
        Bundle bundle = lab.bundle().writable();
        bundle.symlink("/link", outside.toString());
        bundle.process().put("cwd", "/link/new");
        Result result = lab.run(bundle);

        assertEquals(List.of(), List.of(outside.toFile().list()));
        if (result.exit() == 0) {
            assertTrue(result.report().text("/cwd").endsWith("/new"), result::toString);
        } else {
            result.failedSaying("/link");
        }
    }

    @Test
    void thePasswdOfTheImageThatLeadsToTheHostIsNotRead(Lab lab) throws Exception {
        Path outside = Files.writeString(lab.newFile("passwd"), "x:x:1000:1000::/from-the-host:/bin/sh\n");
        Bundle bundle = lab.bundle().env("A=1");
        bundle.symlink("/etc/passwd", outside.toString());
        bundle.process().putObject("user").put("uid", 1000).put("gid", 1000);
        Result result = lab.run(bundle);

        assertFalse(result.stdout().contains("from-the-host"), result::toString);
    }

    /** The environment of the caller is nobody's business, not even before start. */
    @Test
    void theCreatedProcessDoesNotKnowTheCallersEnvironment(Lab lab) throws Exception {
        String id = lab.nextId();
        Container container = lab.created(id, lab.createCall(lab.bundle(), id).with("SECRET", "of-the-caller"));
        String environment = new String(
                Files.readAllBytes(Path.of("/proc/" + container.pid() + "/environ")), StandardCharsets.ISO_8859_1);

        assertFalse(environment.contains("of-the-caller"), environment);
    }

    /** CVE-2019-5736. */
    @Test
    @JruncOnly("design: init and whatever enters a container run from a sealed copy")
    void theCreatedProcessRunsFromASealedCopy(Lab lab) throws Exception {
        Container container = lab.create(lab.bundle());
        Path executable = Path.of("/proc/" + container.pid() + "/exe");

        assertNotEquals(
                Files.getAttribute(lab.runtime().path(), "unix:ino"), Files.getAttribute(executable, "unix:ino"));
        assertTrue(Files.readSymbolicLink(executable).toString().startsWith("/memfd:"), executable::toString);
    }

    @Test
    void aStateFolderThatIsALinkIsNotFollowedByDelete(Lab lab) throws Exception {
        Path victim = lab.newFolder("victim");
        Files.writeString(victim.resolve("precious"), "data");
        Path link = Files.createSymbolicLink(lab.stateRoot().resolve(lab.id("evil")), victim);
        lab.call("delete", "--force", lab.id("evil")).now();
        Files.deleteIfExists(link);

        assertEquals("data", Files.readString(victim.resolve("precious")));
    }

    @Test
    void aStateFileThatIsALinkIsNotFollowed(Lab lab) throws Exception {
        Container good = lab.create(lab.bundle().payload("signal-exit")).start().awaitOutput("ready");
        Path folder = Files.createDirectory(lab.stateRoot().resolve(lab.id("evil")));
        Path link = Files.createSymbolicLink(
                folder.resolve("state.json"), lab.stateRoot().resolve(good.id()).resolve("state.json"));
        Result result = lab.call("kill", lab.id("evil"), "KILL").now();
        Files.delete(link);
        Files.delete(folder);

        assertEquals("running", good.status(), () -> "was killed by " + result);
        result.exited(1);
    }

    @Test
    @JruncOnly("contract: a state folder that another user owns")
    void aStateFolderOfAnotherUserIsNotTrusted(Lab lab) throws Exception {
        Container good = lab.create(lab.bundle().payload("signal-exit")).start().awaitOutput("ready");
        Path folder = Files.createDirectory(lab.stateRoot().resolve(lab.id("evil")));
        Files.copy(lab.stateRoot().resolve(good.id()).resolve("state.json"), folder.resolve("state.json"));
        Host.run("chown", "-R", "4242", folder.toString());
        Result result = lab.call("kill", lab.id("evil"), "KILL").now();
        Host.run("rm", "-r", folder.toString());

        assertEquals("running", good.status(), () -> "was killed by " + result);
        result.exited(1);
    }

    @Tag("slow")
    @Test
    void aPidThatWasGivenToAnotherProcessIsNotSignalled(Lab lab) {
        Path next = Path.of("/proc/sys/kernel/ns_last_pid");
        Machine.needs("a writable " + next, Files.isWritable(next));
        Container container =
                lab.create(lab.bundle().payload("signal-exit")).start().awaitOutput("ready");
        long pid = container.pid();
        container.kill("KILL").awaitStatus("stopped");
        Await.until("the end of " + pid, () -> Processes.startTime(pid) < 0, () -> Processes.startTime(pid));
        Running stranger = strangerWithPid(lab, pid);

        assertEquals("stopped", container.status());
        lab.call("kill", container.id(), "KILL").now().failedSaying("container not running");
        container.delete("--force");
        assertTrue(Processes.isRunning(pid), "the stranger with the container's old pid was killed");
        stranger.type("\n").await();
    }

    private static Running strangerWithPid(Lab lab, long pid) {
        String script = "for i in $(seq 200); do echo " + (pid - 1)
                + " >/proc/sys/kernel/ns_last_pid; sleep 600 & p=$!;" + " if [ $p = " + pid
                + " ]; then echo caught; read line; kill $p; exit; fi; kill $p; done; echo missed";
        Running running = lab.host("sh", "-c", script).interactive().start().awaitOutput("\n");
        Machine.needs("the pid " + pid + " for a stranger", running.stdout().contains("caught"));
        assertTrue(Processes.isRunning(pid));
        return running;
    }

    @Test
    void aConfigThatIsNestedTooDeeply(Lab lab) {
        int depth = 200_000;
        String text = "{\"ociVersion\":\"1.0.2\",\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}";

        lab.failsToCreate(lab.bundle().rawConfig(text), "depth").oursSays("config.json");
    }

    @Test
    @JruncOnly("contract: named limits with clear errors")
    void aConfigThatIsTooLarge(Lab lab) {
        String text = "{\"ociVersion\":\"1.0.2\",\"x\":\"" + "x".repeat(100 << 20) + "\"}";

        lab.failsToCreate(lab.bundle().rawConfig(text), "config.json", "bytes");
    }
}
