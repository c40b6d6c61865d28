// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Namespaces;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** The ground that containers stand on: namespaces(7), pid_namespaces(7), mount_namespaces(7), user_namespaces(7). */
@IntegrationTest
@Peer(runc = PASS)
class GroundIT {
    @Test
    void oneCallMakesAllNamespaces(Lab lab) {
        Report report = lab.report(lab.bundle().addNamespace("cgroup").userNamespace(100_000));

        for (String name : List.of("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")) {
            assertNotEquals(Namespaces.own(name), report.namespace(name), name);
        }
    }

    @Test
    void whoJoinsAPidNamespaceIsNotSeenInIt(Lab lab) {
        Container holder = lab.create(lab.bundle().payload("sleep")).start();
        Bundle bundle = lab.bundle().join("pid", holder.namespace("pid")).payload("list", "/proc", ",", "report");
        Result result = lab.run(bundle).succeeded();
        Set<String> pids = new TreeSet<>();
        Json.parse(result.lines().getFirst()).path("/proc").propertyNames().stream()
                .filter(name -> name.matches("\\d+"))
                .forEach(pids::add);

        assertEquals(Set.of("1", result.report().text("/pid")), Set.copyOf(pids));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mount", "uts", "ipc", "network", "pid", "cgroup"})
    void namespacesCanBeUnsharedInPlaceWithTheCapability(String kind, Lab lab) {
        Bundle bundle = lab.bundle().payload("try-unshare", kind);

        lab.run(bundle).succeeded().printed("try-unshare " + kind + ": EPERM");
        lab.run(bundle.capabilities("CAP_SYS_ADMIN")).succeeded().printed("try-unshare " + kind + ": OK");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 2, 1, 9, 19})
    void aSignalWithoutAHandlerDoesNotReachPidOneFromInside(int number, Lab lab) {
        Bundle bundle = lab.bundle().payload("child-kills-me", Integer.toString(number));

        lab.run(bundle).succeeded().printed("child-kills-me " + number + ": survived, kill gave 0");
    }

    @Test
    void aSignalWithoutAHandlerDoesNotReachPidOneFromOutsideButKillDoes(Lab lab) {
        Container container = lab.create(lab.bundle().payload("print", "ready", ",", "sleep"))
                .start()
                .awaitOutput("ready");
        container.kill("TERM").kill("INT");
        assertEquals("running", container.status());

        container.kill("KILL").awaitStatus("stopped");
    }

    @Test
    void orphansComeToPidOne(Lab lab) {
        lab.run(lab.bundle().payload("orphan")).succeeded().printed("orphan: parent 1");
    }

    @Test
    void theDeathOfPidOneEndsItsNamespace(Lab lab) {
        Container container = lab.create(lab.bundle().payload("fork-sleep", "3", ",", "print", "ready", ",", "sleep"))
                .start()
                .awaitOutput("ready");
        assertEquals(4, Processes.mentioning(container.id()).size());
        container.kill("KILL").awaitStatus("stopped");

        Await.until(
                "the end of all processes",
                () -> Processes.mentioning(container.id()).isEmpty(),
                () -> Processes.mentioning(container.id()));
    }

    @Test
    void aDeadPidNamespaceCannotBeForkedInto(Lab lab) throws Exception {
        Container holder = lab.create(lab.bundle().payload("sleep"));
        Path kept = Files.createFile(lab.newFile("pid-namespace"));
        Host.run("mount", "--bind", holder.namespace("pid").toString(), kept.toString());
        lab.atEnd(() -> Host.run("umount", kept.toString()));
        holder.delete("--force");

        lab.failsToCreate(lab.bundle().join("pid", kept)).oursSays("/linux/namespaces/4", "ENOMEM");
    }

    @ParameterizedTest
    @CsvSource({"rprivate,false,false", "rslave,true,false", "rshared,true,true", "runbindable,false,false"})
    void mountsOfTheHostAndOfTheContainer(String propagation, boolean hostsIsSeen, boolean containersIsSeen, Lab lab)
            throws Exception {
        Shared shared = new Shared(lab, propagation);
        Host.run(
                "mount",
                "-t",
                "tmpfs",
                "from-the-host",
                shared.folder.resolve("host").toString());
        Report report = shared.lookAndMount();

        assertEquals(hostsIsSeen, report.findMount("/shared/host").isPresent(), "the host's mount in the container");
        assertEquals(containersIsSeen, shared.isMountedOnTheHost("container"), "the container's mount on the host");
    }

    @Test
    void sharedAndSlaveAtOnce(Lab lab) throws Exception {
        Shared shared = new Shared(lab, "rslave", "rshared");
        Host.run(
                "mount",
                "-t",
                "tmpfs",
                "from-the-host",
                shared.folder.resolve("host").toString());
        Report report = shared.lookAndMount();

        assertTrue(report.findMount("/shared/host").isPresent());
        assertFalse(shared.isMountedOnTheHost("container"));
        Set<String> fields = report.mount("/shared").propagation();
        assertTrue(fields.stream().anyMatch(field -> field.startsWith("shared:")), fields::toString);
        assertTrue(fields.stream().anyMatch(field -> field.startsWith("master:")), fields::toString);
    }

    /** A shared mount of the host, bound into a container that waits for a signal, looks, and mounts something of its own. */
    private static final class Shared {
        private final Path folder;
        private final Container container;

        Shared(Lab lab, String... propagation) throws Exception {
            folder = lab.newFolder("shared");
            Host.run("mount", "-t", "tmpfs", "shared-tmpfs", folder.toString());
            lab.atEnd(() -> Host.run("umount", "-R", folder.toString()));
            Host.run("mount", "--make-shared", folder.toString());
            Files.createDirectory(folder.resolve("host"));
            Files.createDirectory(folder.resolve("container"));
            List<String> options = new ArrayList<>(List.of("rbind"));
            options.addAll(List.of(propagation));
            Bundle bundle = lab.bundle()
                    .mount("bind", folder.toString(), "/shared", options.toArray(String[]::new))
                    .capabilities("CAP_SYS_ADMIN");
            // the root's own propagation must let a shared mount stay shared
            bundle.linux().put("rootfsPropagation", "rshared");
            bundle.payload(
                    "signal-log",
                    "1",
                    ",",
                    "try-mount",
                    "tmpfs",
                    "/shared/container",
                    ",",
                    "report",
                    ",",
                    "signal-exit");
            container = lab.create(bundle).start().awaitOutput("ready");
        }

        Report lookAndMount() {
            container
                    .kill("USR1")
                    .awaitOutput("{\"fds\"")
                    .awaitOutput("ready\nsignal 10\ntry-mount /shared/container: OK");
            Await.until("the second ready", () -> container.stdout().endsWith("ready\n"), container::stdout);
            return container.reportSoFar();
        }

        boolean isMountedOnTheHost(String name) throws Exception {
            return Files.readString(Path.of("/proc/self/mountinfo")).contains(" " + folder.resolve(name) + " ");
        }
    }

    @Test
    void anUnprivilegedUserGetsTheOtherNamespacesThroughAUserNamespace(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        Path root = lab.newFolder("state-of-4242");
        Path spec = lab.newFolder("spec");
        Host.run("chown", "-R", "4242:4242", bundle.folder().toString(), root.toString(), spec.toString());
        String[] user = {
            "setpriv", "--reuid=4242", "--regid=4242", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"
        };
        lab.plainCall("spec", "--rootless").cold().through(user).in(spec).now().succeeded();
        ObjectNode config = (ObjectNode) Json.parse(Files.readString(spec.resolve("config.json")));
        bundle.config().setAll(config);
        bundle.unmount("/sys").unmount("/sys/fs/cgroup").process().put("terminal", false);
        bundle.payload("report", ",", "try-hostname", "renamed").write();
        Result result = lab.plainCall("run", "--bundle", bundle.folder().toString(), lab.nextId())
                .globally("--root", root.toString())
                .cold()
                .through(user)
                .now()
                .succeeded();
        Report report = result.report();

        assertEquals(
                List.of("0", "4242", "1"),
                List.of(report.text("/uidMap").strip().split("\\s+", -1)));
        assertEquals("deny", report.text("/setgroups").strip());
        assertEquals(List.of("0", "0", "0"), report.texts("/uids"));
        for (String name : List.of("ipc", "mnt", "pid", "user", "uts")) {
            assertNotEquals(Namespaces.own(name), report.namespace(name), name);
        }
        result.printed("try-hostname renamed: EPERM");
    }
}
