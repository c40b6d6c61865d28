// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** runc-events(8), on cgroup v1. */
@IntegrationTest
@Peer(runc = PASS)
class EventsIT {
    private static final Path RUNC = Path.of("/usr/sbin/runc");

    private static Bundle limited(Lab lab, Bundle bundle) {
        Machine.needsCgroupV1("memory");
        bundle.linux().put("cgroupsPath", "/" + lab.name());
        bundle.linux()
                .withObject("/resources")
                .set("memory", Json.quoted("{'limit':20971520,'swap':20971520}"))
                .set("pids", Json.quoted("{'limit':40}"))
                .set("cpu", Json.quoted("{'quota':50000,'period':100000}"));
        return bundle;
    }

    private static Container running(Lab lab) {
        return lab.create(limited(lab, lab.bundle().payload("print", "ready", ",", "sleep")))
                .start()
                .awaitOutput("ready");
    }

    private static JsonNode stats(Lab lab, Container container) {
        JsonNode event =
                lab.call("events", "--stats", container.id()).now().succeeded().json();
        assertEquals("stats", event.at("/type").asString());
        assertEquals(container.id(), event.at("/id").asString());
        return event.at("/data");
    }

    private static long value(Lab lab, String controller, String file) {
        return Long.parseLong(Cgroups.value(Cgroups.folder(controller, "/" + lab.name()), file));
    }

    @Test
    void statsAreThoseOfTheCgroups(Lab lab) {
        Container container = running(lab);
        JsonNode data = stats(lab, container);

        assertEquals(20_971_520, data.at("/memory/usage/limit").asLong());
        assertEquals(20_971_520, data.at("/memory/swap/limit").asLong());
        assertEquals(40, data.at("/pids/limit").asLong());
        assertEquals(1, data.at("/pids/current").asLong());
        assertTrue(data.at("/memory/usage/usage").asLong() > 0);
        assertTrue(data.at("/memory/usage/max").asLong()
                >= data.at("/memory/usage/usage").asLong());
        assertEquals(
                value(lab, "memory", "memory.failcnt"),
                data.at("/memory/usage/failcnt").asLong());
        assertEquals(
                value(lab, "cpuset", "cpuset.sched_relax_domain_level"),
                data.at("/cpuset/sched_relax_domain_level").asLong());
        assertEquals(1, data.at("/cpuset/sched_load_balance").asLong());
        assertTrue(data.at("/cpu/usage/total").asLong() > 0);
        assertTrue(data.at("/cpu/usage/total").asLong() <= value(lab, "cpuacct", "cpuacct.usage"));
        assertEquals(
                20_971_520, data.at("/memory/raw/hierarchical_memory_limit").asLong());
    }

    @Test
    void whatItHasUsedGrows(Lab lab) {
        Bundle busy = limited(lab, lab.shellBundle("echo ready; while :; do :; done"));
        busy.linux().withObject("/resources/cpu").put("quota", 5000); // less than it gets on a busy machine
        Container container = lab.create(busy).start().awaitOutput("ready");
        long before = stats(lab, container).at("/cpu/usage/total").asLong();

        Await.until(
                "CPU time, throttled",
                () -> {
                    JsonNode cpu = stats(lab, container).at("/cpu");
                    return cpu.at("/usage/total").asLong() > before + 10_000_000
                            && cpu.at("/throttling/throttledPeriods").asLong() > 0
                            && cpu.at("/throttling/periods").asLong()
                                    >= cpu.at("/throttling/throttledPeriods").asLong();
                },
                () -> stats(lab, container));
    }

    /** Names, nesting and kinds of values, all of them; where a member is left out for being 0, only one may have it. */
    @Test
    @JruncOnly("compares with a peer")
    void theMembersAreRuncs(Lab lab) throws Exception {
        Machine.needs("runc at " + RUNC, Files.isExecutable(RUNC));
        Bundle bundle = limited(lab, lab.shellBundle("cat /bin/busybox > /x; echo ready; sleep 100"))
                .writable();
        Container container = lab.create(bundle).start().awaitOutput("ready");
        JsonNode ours = stats(lab, container);
        Path root = lab.newFolder("runc-root");
        String id = lab.nextId();
        Bundle other = limited(lab, lab.shellBundle("cat /bin/busybox > /x; echo ready; sleep 100"))
                .writable();
        other.linux().put("cgroupsPath", "/" + lab.name() + "-runc");
        other.write();
        lab.atEnd(() -> lab.host(RUNC.toString(), "--root", root.toString(), "delete", "--force", id)
                .now());
        lab.host(
                        "sh",
                        "-c",
                        "exec \"$0\" \"$@\" </dev/null >/dev/null 2>&1",
                        RUNC.toString(),
                        "--root",
                        root.toString(),
                        "run",
                        "-d",
                        "-b",
                        other.folder().toString(),
                        id)
                .now()
                .succeeded();
        JsonNode theirs = lab.host(RUNC.toString(), "--root", root.toString(), "events", "--stats", id)
                .now()
                .succeeded()
                .json()
                .at("/data");

        List<String> differences = new ArrayList<>();
        compare("", ours, theirs, differences);
        assertEquals(List.of(), differences);
    }

    /** Counters that are 0 are left out by both. */
    private static void compare(String place, JsonNode ours, JsonNode theirs, List<String> differences) {
        if (ours.isObject() && theirs.isObject()) {
            for (String name : ours.propertyNames()) {
                if (!theirs.has(name)
                        && !(ours.get(name).isNumber() && ours.get(name).asLong() != 0)) {
                    differences.add("only ours: " + place + "/" + name);
                } else if (theirs.has(name)) {
                    compare(place + "/" + name, ours.get(name), theirs.get(name), differences);
                }
            }
            for (String name : theirs.propertyNames()) {
                if (!ours.has(name)
                        && !(theirs.get(name).isNumber() && theirs.get(name).asLong() != 0)) {
                    differences.add("only theirs: " + place + "/" + name);
                }
            }
        } else if (ours.getNodeType() != theirs.getNodeType()
                || ours.isArray() && place.startsWith("/cpu/") && ours.size() != theirs.size()) {
            differences.add(place + ": " + ours + " and " + theirs);
        }
    }

    @Test
    void aLineForEachInterval(Lab lab) {
        Container container = running(lab);
        Running events =
                lab.call("events", "--interval", "150ms", container.id()).start();

        Await.until("three lines", () -> events.stdout().lines().count() >= 3, events::stdout);
        container.kill("KILL");
        container.awaitStatus("stopped");
        container.delete();
        List<String> lines = events.await().succeeded().lines();
        for (String line : lines) {
            assertEquals("stats", Json.parse(line).at("/type").asString());
        }
        for (String line : lines.subList(0, 3)) { // it may have ended when a later one was made
            assertTrue(Json.parse(line).at("/data/memory/usage/usage").asLong() > 0, line);
        }
    }

    /** The interval is not that of the engine's life. */
    @Test
    @JruncOnly("runc has no engine")
    void noEngineWaits(Lab lab) {
        Container container = running(lab);
        Running events = lab.call("events", "--interval", "4s", container.id()).start();

        Await.until(
                "the engine's end",
                () -> Processes.children(events.pid()).isEmpty() && events.isAlive(),
                () -> Processes.children(events.pid()));
        events.awaitOutput("\n");
        Await.until(
                "its end again",
                () -> Processes.children(events.pid()).isEmpty(),
                () -> Processes.children(events.pid()));
        container.kill("KILL");
        events.await().succeeded();
    }

    @Test
    void memoryThatRunsOut(Lab lab) {
        Bundle bundle = limited(lab, lab.shellBundle("echo ready; sleep 1000"));
        Container container = lab.create(bundle).start().awaitOutput("ready");
        Running events = lab.call("events", "--interval", "1h", container.id()).start();
        awaitWatch(lab, events);

        assertEquals(
                137,
                lab.call("exec", container.id(), "/bin/sh", "-c", "x=a; while :; do x=$x$x; done")
                        .now()
                        .exit());
        events.awaitOutput("{\"type\":\"oom\",\"id\":\"" + container.id() + "\"}\n");
        assertEquals("running", container.status());
        container.kill("KILL");
        container.awaitStatus("stopped");
        container.delete();
        assertTrue(events.await().succeeded().lines().stream().allMatch(line -> line.contains("oom")));
    }

    /** The last one is told, too, though the container ends with it. */
    @Test
    void memoryThatRunsOutForTheContainersOnlyProcess(Lab lab) {
        String script = "echo ready; while ! [ -e /go ]; do sleep 0.1; done; x=a; while :; do x=$x$x; done";
        Bundle bundle = limited(lab, lab.shellBundle(script)).writable();
        Container container = lab.create(bundle).start().awaitOutput("ready");
        Running events = lab.call("events", "--interval", "1h", container.id()).start();
        awaitWatch(lab, events);
        lab.call("exec", container.id(), "/bin/touch", "/go").now().succeeded();
        container.awaitStatus("stopped");
        container.delete();

        String printed = events.await().succeeded().stdout();
        assertTrue(printed.contains("\"type\":\"oom\""), printed);
    }

    /** Until somebody listens: what was before is not told. */
    private static void awaitWatch(Lab lab, Running events) {
        String opened = lab.runtime().isJrunc() ? "anon_inode:[eventfd]" : "/memory.oom_control";
        Await.until(
                opened,
                () -> Processes.openFiles(events.pid()).stream().anyMatch(file -> file.endsWith(opened)),
                () -> Processes.openFiles(events.pid()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalEndsIt(String signal, Lab lab) {
        Container container = running(lab);
        Running events =
                lab.call("events", "--interval", "200ms", container.id()).start();
        events.awaitOutput("stats");

        int exit = events.signal(signal).await().exit();
        assertEquals(signal.equals("INT") ? 130 : 143, exit);
        assertEquals("running", container.status());
    }

    @Test
    void severalAtOnce(Lab lab) {
        Container container = running(lab);
        List<Running> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(lab.call("events", "--interval", "300ms", container.id()).start());
        }
        for (Running events : all) {
            Await.until("two lines", () -> events.stdout().lines().count() >= 2, events::stdout);
        }
        lab.call("state", container.id()).now().succeeded();
        container.kill("KILL");
        container.awaitStatus("stopped");
        container.delete();
        for (Running events : all) {
            events.await().succeeded();
        }
    }

    @Test
    @Peer(runc = WRONG, why = "it goes on until the container is deleted", failure = "end of")
    void itEndsWithTheContainerNotWithItsDeletion(Lab lab) {
        Container container = running(lab);
        Running events = lab.call("events", "--interval", "1h", container.id()).start();
        awaitWatch(lab, events);
        container.kill("KILL");
        container.awaitStatus("stopped");

        Await.until("the end of events", () -> !events.isAlive(), events::stdout);
        events.await().succeeded();
        lab.call("state", container.id()).now().succeeded();
    }

    @Test
    void aStoppedContainer(Lab lab) {
        Container container = lab.create(lab.bundle().payload("print", "done")).start();
        container.awaitStatus("stopped");

        lab.fails(lab.call("events", container.id()), "not running");
        lab.fails(lab.call("events", "--stats", container.id()), "not running");
    }

    @Test
    void aMissingContainer(Lab lab) {
        lab.fails(lab.call("events", lab.nextId()), "container does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0s", "-1s", "-0.5s"})
    void anIntervalThatIsNone(String interval, Lab lab) {
        lab.fails(
                lab.call("events", "--interval=" + interval, running(lab).id()),
                "duration interval must be greater than 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "often", "5 s", "s"})
    void anIntervalThatIsNoDuration(String interval, Lab lab) {
        lab.fails(lab.call("events", "--interval", interval, running(lab).id()), "invalid value", "interval");
    }
}
