// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** runc-checkpoint(8), runc-restore(8), with criu itself: in the guest of {@code make vm-test}. */
@IntegrationTest
@Peer(runc = PASS)
class CheckpointIT {
    private static final String CGROUP =
            "on version 2 criu makes the cgroup again that was dumped, and runc, which has another one, leaves it";
    private static final String LEFT = "left behind by the test";

    @BeforeEach
    void criuWorks() {
        Machine.needsCriu();
    }

    private static Path images(Lab lab) {
        return lab.folder().resolve("images");
    }

    /** Its standard fds are /dev/null and a pipe to the file that is read here: criu has no way to restore a file of the host. */
    private static Call piped(Call call) {
        return call.through("bash", "-c", "exec \"$@\" </dev/null > >(exec cat) 2>&1", "bash");
    }

    /** A container that counts. */
    private static Container counting(Lab lab, Bundle bundle) {
        String id = lab.nextId();
        return lab.created(id, piped(lab.runCall(bundle.payload("tick", "100000"), id, "--detach")))
                .awaitOutput("tick 20\n");
    }

    private static Call checkpoint(Lab lab, Container container, String... options) {
        List<String> words = new ArrayList<>(
                List.of("checkpoint", "--image-path", images(lab).toString()));
        words.addAll(List.of(options));
        words.add(container.id());
        return lab.call(words.toArray(String[]::new));
    }

    /** A checkpoint after which the container is gone. */
    private static void ends(Lab lab, Container container, String... options) {
        checkpoint(lab, container, options).now().succeeded();
        lab.forget(container);
        lab.fails(lab.call("state", container.id()), "container does not exist");
    }

    private static Call restoring(Lab lab, Bundle bundle, String id, String... options) {
        List<String> words = new ArrayList<>(List.of(
                "restore",
                "--bundle",
                bundle.folder().toString(),
                "--image-path",
                images(lab).toString(),
                "--work-path",
                lab.folder().resolve("work").toString()));
        words.addAll(List.of(options));
        words.add(id);
        return lab.call(words.toArray(String[]::new));
    }

    private static Container restored(Lab lab, Bundle bundle, String... options) {
        String id = lab.nextId();
        List<String> words = new ArrayList<>(List.of(options));
        words.add("--detach");
        return lab.created(id, piped(restoring(lab, bundle, id, words.toArray(String[]::new))));
    }

    private static long number(String tick) {
        return Long.parseLong(tick.substring("tick ".length()));
    }

    /** The first that one counts follows the last that the other has counted. */
    private static void assertCountsOn(Container before, Container after) {
        String last = before.stdout().lines().reduce((one, two) -> two).orElseThrow();
        after.awaitOutput("\n");
        String next = after.stdout().lines().findFirst().orElseThrow();

        assertEquals(number(last) + 1, number(next));
    }

    private static void assertCounts(Container container) {
        String before = container.stdout();
        Await.until("another tick", () -> !container.stdout().equals(before), container::stdout);
    }

    @Test
    @Peer(runc = WRONG, why = CGROUP, failure = LEFT)
    void aContainerGoesOnWhereItWas(Lab lab) {
        Bundle bundle = lab.bundle();
        Container container = counting(lab, bundle);

        ends(lab, container);
        Container again = restored(lab, bundle);

        assertEquals("running", again.status());
        assertCountsOn(container, again);
        again.kill("KILL").awaitStatus("stopped");
        again.delete();
    }

    @Test
    void leaveRunning(Lab lab) {
        Container container = counting(lab, lab.bundle());

        checkpoint(lab, container, "--leave-running").now().succeeded();

        assertEquals("running", container.status());
        assertCounts(container);
    }

    @Test
    @Peer(runc = WRONG, why = CGROUP, failure = LEFT)
    void aPreDumpAndWhatChangedSince(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        Container container = counting(lab, bundle);
        Path first = lab.folder().resolve("first");
        lab.call("checkpoint", "--pre-dump", "--image-path", first.toString(), container.id())
                .now()
                .succeeded();
        assertCounts(container);

        ends(lab, container, "--parent-path", "../first");

        assertEquals(first, images(lab).resolve("parent").toRealPath());
        assertCountsOn(container, restored(lab, bundle));
    }

    @Test
    @Peer(runc = WRONG, why = "root.readonly is lost: criu leaves the root writable", failure = "/ ro")
    void theRestoredOneIsConfinedAsBefore(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().mount("bind", "/usr", "/data", "rbind", "ro");
        bundle.linux().putArray("maskedPaths").add("/proc/keys").add("/proc/irq");
        Container container = counting(lab, bundle);
        List<String> credentials = credentials(container);
        List<String> mounts = mounts(lab, container);

        ends(lab, container);
        Container again = restored(lab, bundle);

        assertEquals(credentials, credentials(again));
        assertEquals(mounts, mounts(lab, again));
        assertTrue(mounts.containsAll(List.of("/data ro", "/proc/keys rw", "/proc/irq ro")), mounts::toString);
    }

    /** Of the container's process: its ids, capabilities and the like; not no_new_privs, which criu 3.17 doesn't restore. */
    private static List<String> credentials(Container container) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(container.pid()), "status"))) {
            if (line.startsWith("Cap")
                    || line.startsWith("Uid")
                    || line.startsWith("Gid")
                    || line.startsWith("Seccomp:")) {
                lines.add(line);
            }
        }
        assertEquals(8, lines.size(), lines::toString);
        return lines;
    }

    private static List<String> mounts(Lab lab, Container container) {
        return lab.exec(container, "report").succeeded().report().mounts().stream()
                .map(mount -> mount.target() + " " + (mount.options().contains("ro") ? "ro" : "rw"))
                .sorted()
                .toList();
    }

    @Test
    @Peer(runc = WRONG, why = CGROUP, failure = LEFT)
    void inTheForeground(Lab lab) {
        Bundle bundle = lab.bundle();
        Container container = counting(lab, bundle);
        ends(lab, container);

        String id = lab.nextId();
        Running call = piped(restoring(lab, bundle, id)).start();
        Container again = lab.follow(id, call);
        again.awaitOutput("tick");
        again.kill("KILL");

        call.await().exited(128 + 9);
        lab.forget(again);
        lab.fails(lab.call("state", id), "container does not exist");
    }

    @Test
    @Peer(runc = WRONG, why = "on version 2 criu puts it into the cgroup that was dumped", failure = "/first")
    void inItsOwnCgroupWithItsLimits(Lab lab) throws Exception {
        lab.atEnd(() -> Cgroups.remove(List.of(Cgroups.unified("/" + lab.name()))));
        Bundle bundle = lab.bundle();
        bundle.linux().put("cgroupsPath", lab.cgroup("first"));
        bundle.linux().withObject("/resources/pids").put("limit", 77);
        Container container = counting(lab, bundle);
        ends(lab, container);

        bundle.linux().put("cgroupsPath", lab.cgroup("second"));
        bundle.write();
        Container again = restored(lab, bundle);

        String cgroups = Files.readString(Path.of("/proc", Long.toString(again.pid()), "cgroup"));
        assertTrue(cgroups.contains(lab.cgroup("second")), cgroups);
        assertFalse(cgroups.contains(lab.cgroup("first")), cgroups);
        Path limit = Path.of("/sys/fs/cgroup" + lab.cgroup("second"), "pids.max");
        assertEquals("77", Files.readString(limit).strip());
    }

    @Test
    @Peer(runc = WRONG, why = CGROUP, failure = LEFT)
    void aNetworkNamespaceOfOthersIsJoinedAgain(Lab lab) {
        Container other = lab.create(lab.bundle().payload("sleep", "1000")).start();
        Bundle bundle = lab.bundle().join("network", other.namespace("net"));
        Container container = counting(lab, bundle);

        ends(lab, container);
        Container again = restored(lab, bundle);

        assertCountsOn(container, again);
        assertEquals(link(other.namespace("net")), link(again.namespace("net")));
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Peer(runc = WRONG, why = CGROUP, failure = LEFT)
    void hooksOfTheRuntimeRunAgain(Lab lab) throws Exception {
        Path output = lab.newFile("hook");
        Bundle bundle = lab.bundle()
                .hook(
                        "createRuntime",
                        Map.of(
                                "path",
                                "/bin/sh",
                                "args",
                                List.of("sh", "-c", "cat >> " + output + "; echo >> " + output)));
        Container container = counting(lab, bundle);
        ends(lab, container);

        Container again = restored(lab, bundle);

        List<String> states = Files.readAllLines(output);
        assertEquals(2, states.size(), states::toString);
        assertTrue(states.get(1).contains("\"pid\":" + again.pid()), states.get(1));
    }

    @Test
    @Peer(runc = WRONG, why = CGROUP, failure = LEFT)
    void aTerminalComesOverTheConsoleSocketAgain(Lab lab) {
        Bundle bundle = lab.bundle().payload("tick", "100000");
        bundle.process().put("terminal", true);
        Running first = lab.consoleReceiver(lab.folder().resolve("first"));
        String id = lab.nextId();
        Container container = lab.created(
                id,
                lab.runCall(
                        bundle,
                        id,
                        "--detach",
                        "--console-socket",
                        lab.folder().resolve("first").toString()));
        first.awaitOutput("tick 20");
        ends(lab, container);

        Running second = lab.consoleReceiver(lab.folder().resolve("second"));
        restored(lab, bundle, "--console-socket", lab.folder().resolve("second").toString());

        second.awaitOutput("tick");
    }

    @Test
    @Peer(runc = WRONG, why = CGROUP, failure = LEFT)
    void aPausedContainer(Lab lab) {
        Bundle bundle = lab.bundle();
        Container container = counting(lab, bundle);
        lab.call("pause", container.id()).now().succeeded();

        ends(lab, container);

        assertCountsOn(container, restored(lab, bundle));
    }

    @Test
    void aFileOfTheHostCanNotBeDumped(Lab lab) {
        Container container = lab.create(lab.bundle().payload("tick", "100000")).start();
        container.awaitOutput("tick 20\n");

        lab.fails(checkpoint(lab, container), "criu")
                .oursSays(
                        "container " + container.id() + ": criu could not dump it: Error (criu/",
                        "Can't lookup mount=",
                        "its log is " + images(lab).resolve("dump.log"));
        assertEquals("running", container.status());
        assertCounts(container);
    }

    @Test
    void aBrokenImage(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        Container container = counting(lab, bundle);
        ends(lab, container);
        Files.delete(images(lab).resolve("inventory.img"));

        lab.fails(restoring(lab, bundle, lab.nextId(), "--detach"), "criu")
                .oursSays("criu could not restore it: Error (criu/", "its log is ");
    }

    @Test
    void anAnnotationNamesAFileOfOptions(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        Path options = Files.writeString(lab.newFile("criu"), "log-file annotated.log\n");
        bundle.config().withObject("/annotations").put("org.criu.config", options.toString());
        Container container = counting(lab, bundle);

        ends(lab, container);

        assertTrue(Files.exists(images(lab).resolve("annotated.log")), "log");
    }
}
