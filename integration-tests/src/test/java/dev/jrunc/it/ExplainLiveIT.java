// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code explain ID}: what a container is now, beside what was asked for. */
@IntegrationTest
@JruncOnly("newer feature of jrunc")
class ExplainLiveIT {

    private static JsonNode explain(Lab lab, Container container) {
        return lab.call("explain", "--format", "json", container.id())
                .now()
                .succeeded()
                .json();
    }

    private static JsonNode named(JsonNode list, String member, String value) {
        for (JsonNode one : list) {
            if (one.path(member).asString().equals(value)) {
                return one;
            }
        }
        throw new AssertionError("no " + member + " " + value + " in " + list);
    }

    private static String inode(Container container, String name) throws Exception {
        return Files.readSymbolicLink(container.namespace(name)).toString().replaceAll("[^0-9]", "");
    }

    private static Bundle sleeping(Lab lab) {
        return lab.shellBundle("echo ready; exec sleep 1000");
    }

    private static Container running(Lab lab, Bundle bundle) {
        Container container = lab.create(bundle).start();
        container.awaitOutput("ready");
        return container;
    }

    @Test
    void namespacesAndWhoIsInThemToo(Lab lab) throws Exception {
        Container first = lab.create(lab.bundle());
        Container second = lab.create(lab.bundle()
                .withoutNamespace("ipc")
                .join("network", first.namespace("net"))
                .join("uts", first.namespace("uts")));
        JsonNode namespaces = explain(lab, second).path("namespaces");
        JsonNode network = named(namespaces, "type", "network");

        assertEquals(inode(first, "net"), network.path("inode").asString());
        assertEquals(first.namespace("net").toString(), network.path("asked").asString());
        assertEquals(Json.of(List.of(first.id())), network.path("sharedWith"));
        assertFalse(network.path("sharedWithCaller").asBoolean());
        JsonNode mount = named(namespaces, "type", "mount");
        assertEquals(inode(second, "mnt"), mount.path("inode").asString());
        assertEquals("new", mount.path("asked").asString());
        assertEquals(0, mount.path("sharedWith").size());
        JsonNode ipc = named(namespaces, "type", "ipc");
        assertEquals("inherited", ipc.path("asked").asString());
        assertTrue(ipc.path("sharedWithCaller").asBoolean());
        assertEquals(
                Json.of(List.of(second.id())),
                named(explain(lab, first).path("namespaces"), "type", "uts").path("sharedWith"));
    }

    @Test
    void cgroupValuesAsTheyAreNow(Lab lab) throws Exception {
        Machine.needsCgroupV1("pids");
        Machine.needsCgroupV1("memory");
        Bundle bundle = sleeping(lab);
        bundle.linux().put("cgroupsPath", "/" + lab.id("values"));
        bundle.linux().set("resources", Json.quoted("{'pids':{'limit':77},'memory':{'limit':33554432}}"));
        Container container = lab.create(bundle);
        Path file = Path.of("/sys/fs/cgroup/pids" + "/" + lab.id("values") + "/pids.max");
        Files.writeString(file, "55");
        JsonNode values = explain(lab, container).path("cgroups");
        JsonNode pids = named(values, "file", file.toString());

        assertEquals("77", pids.path("asked").asString());
        assertEquals("55", pids.path("now").asString());
        assertEquals("/linux/resources/pids/limit", pids.path("origin").asString());
        assertEquals(
                "33554432",
                named(values, "origin", "/linux/resources/memory/limit")
                        .path("now")
                        .asString());

        lab.call("update", "--pids-limit", "66", container.id()).now().succeeded();
        pids = named(explain(lab, container).path("cgroups"), "file", file.toString());
        assertEquals("66", pids.path("asked").asString(), "what update has asked for");
        assertEquals("66", pids.path("now").asString());
    }

    @Test
    void mountsAsTheContainerSeesThem(Lab lab) {
        Bundle bundle =
                lab.shellBundle("echo ready; exec sleep 1000").mount("tmpfs", "tmpfs", "/da ta", "size=8k", "noexec");
        bundle.directory("/da ta");
        JsonNode mounts = explain(lab, running(lab, bundle)).path("mounts");
        JsonNode data = named(mounts, "path", "/da ta");

        assertEquals(bundle.lastMount(), data.path("origin").asString());
        assertEquals("tmpfs tmpfs size=8k,noexec", data.path("asked").asString());
        assertTrue(data.path("now").asString().matches("tmpfs tmpfs rw,.*noexec.*size=8k.*"), data::toString);
        assertEquals("/mounts/0", named(mounts, "path", "/proc").path("origin").asString());
        assertEquals("/root/path", named(mounts, "path", "/").path("origin").asString());
    }

    @Test
    void aMountThatTheContainerHasTakenAway(Lab lab) {
        Bundle bundle = lab.shellBundle("umount /data && echo ready; exec sleep 1000")
                .mount("tmpfs", "tmpfs", "/data")
                .capabilities("CAP_SYS_ADMIN");
        bundle.symlink("/bin/umount", "busybox");
        JsonNode data = named(explain(lab, running(lab, bundle)).path("mounts"), "path", "/data");

        assertEquals("tmpfs tmpfs", data.path("asked").asString());
        assertTrue(data.path("now").isMissingNode(), data::toString);
    }

    @Test
    void whatHoldsIt(Lab lab) {
        Bundle bundle = sleeping(lab);
        bundle.process()
                .set(
                        "capabilities",
                        Json.quoted(
                                "{'bounding':['CAP_KILL','CAP_CHOWN'],'permitted':['CAP_KILL'],'effective':['CAP_KILL']}"));
        bundle.process().put("noNewPrivileges", true);
        bundle.linux().set("seccomp", Json.quoted("{'defaultAction':'SCMP_ACT_ALLOW'}"));
        JsonNode live = explain(lab, running(lab, bundle));

        assertEquals(Json.of(List.of("CAP_CHOWN", "CAP_KILL")), live.at("/capabilities/bounding/now"));
        assertEquals(Json.of(List.of("CAP_KILL", "CAP_CHOWN")), live.at("/capabilities/bounding/asked"));
        assertEquals(Json.of(List.of("CAP_KILL")), live.at("/capabilities/effective/now"));
        assertEquals(Json.of(List.of("CAP_KILL")), live.at("/capabilities/effective/asked"));
        assertEquals(Json.of(List.of()), live.at("/capabilities/ambient/now"));
        assertTrue(live.at("/noNewPrivileges/now").asBoolean());
        assertTrue(live.at("/seccomp/asked").asBoolean());
        assertEquals("filter", live.at("/seccomp/now").asString());
        JsonNode without = explain(lab, lab.create(lab.bundle()));
        assertFalse(without.at("/seccomp/asked").asBoolean());
        assertEquals("none", without.at("/seccomp/now").asString());
    }

    private static String arguments(Lab lab, Container container) {
        List<String> arguments = new ArrayList<>();
        explain(lab, container)
                .path("processes")
                .forEach(process -> arguments.add(process.path("arguments").toString()));
        return String.join(" ", arguments);
    }

    @Test
    void itsProcesses(Lab lab) {
        Container container = running(lab, lab.shellBundle("sleep 1001 & sleep 1002 & echo ready; wait"));
        Await.until(
                "both",
                () -> arguments(lab, container).contains("[\"sleep\",\"1001\"] [\"sleep\",\"1002\"]"),
                () -> arguments(lab, container));
        JsonNode processes = explain(lab, container).path("processes");

        assertEquals(container.pid(), processes.at("/0/pid").asLong());
        assertEquals("sh", processes.at("/0/name").asString());
        assertEquals(3, processes.size(), processes::toPrettyString);
    }

    @Test
    void createdRunningPausedAndStopped(Lab lab) {
        Container container = lab.create(sleeping(lab));
        assertEquals("created", explain(lab, container).path("status").asString());
        container.start();
        container.awaitOutput("ready");
        assertEquals("running", explain(lab, container).path("status").asString());
        lab.call("pause", container.id()).now().succeeded();
        JsonNode paused = explain(lab, container);
        assertEquals("paused", paused.path("status").asString());
        assertEquals(container.pid(), paused.path("pid").asLong());
        assertTrue(paused.path("mounts").size() > 5, paused::toPrettyString);
        lab.call("resume", container.id()).now().succeeded();
        container.kill("KILL").awaitStatus("stopped");
        JsonNode stopped = explain(lab, container);
        assertEquals("stopped", stopped.path("status").asString());
        for (String gone : List.of("namespaces", "mounts", "processes")) {
            assertEquals(0, stopped.path(gone).size(), stopped::toPrettyString);
        }
        assertTrue(stopped.path("capabilities").isMissingNode());
    }

    @Test
    void aMissingContainer(Lab lab) {
        lab.call("explain", lab.id("none")).now().failedSaying("container does not exist");
    }

    @Test
    void aFormThatItDoesNotHave(Lab lab) {
        lab.call("explain", "-f", "dot", lab.create(lab.bundle()).id()).now().failedSaying("dot");
    }

    /** A terminal would obey what a container has written into its names. */
    @Test
    void namesOfTheContainerAreMadePrintable(Lab lab) {
        Bundle bundle = lab.shellBundle("evil=$(printf '/data/\\033[2J'); mkdir $evil; mount -t tmpfs $evil $evil;"
                        + " echo ready; exec sh -c 'sleep 1000; :' $evil")
                .mount("tmpfs", "tmpfs", "/data")
                .capabilities("CAP_SYS_ADMIN");
        for (String applet : List.of("mkdir", "mount", "printf")) {
            bundle.symlink("/bin/" + applet, "busybox");
        }
        Container container = running(lab, bundle);
        Await.until(
                "the shell",
                () -> arguments(lab, container).contains("sleep 1000; :\","),
                () -> arguments(lab, container));
        Result result = lab.call("explain", container.id()).now().succeeded();

        assertFalse(result.stdout().contains("\u001b"), result::toString);
        assertTrue(result.stdout().contains("  /data/\\u001b[2J  tmpfs /data/\\u001b[2J rw"), result::toString);
        assertTrue(result.stdout().contains("sh -c sleep 1000; : /data/\\u001b[2J\n"), result::toString);
    }
}
