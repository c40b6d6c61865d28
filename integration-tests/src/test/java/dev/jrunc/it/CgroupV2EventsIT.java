// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** runc-events(8), on a host that has version 2 alone. */
@IntegrationTest
@Peer(runc = PASS)
class CgroupV2EventsIT {
    private static final String LIMITS =
            "{'memory':{'limit':20971520,'swap':20971520},'pids':{'limit':40},'cpu':{'quota':10000,'period':100000}}";

    private static Container running(Lab lab, String script) {
        Machine.needsCgroupV2("memory");
        Bundle bundle = lab.shellBundle(script).addNamespace("cgroup").writable();
        bundle.linux().put("cgroupsPath", lab.cgroup("c"));
        lab.atEnd(() -> Cgroups.remove(List.of(Cgroups.unified("/" + lab.name()))));
        Json.quoted(LIMITS)
                .properties()
                .forEach(one -> bundle.linux().withObject("/resources").set(one.getKey(), one.getValue()));
        return lab.create(bundle).start().awaitOutput("ready");
    }

    private static JsonNode stats(Lab lab, Container container) {
        return lab.call("events", "--stats", container.id())
                .now()
                .succeeded()
                .json()
                .at("/data");
    }

    private static String value(Lab lab, String file) {
        return Cgroups.value(Cgroups.unified(lab.cgroup("c")), file);
    }

    @Test
    void statsAreThoseOfTheCgroup(Lab lab) {
        Container container = running(lab, "echo ready; while :; do :; done");
        Await.until(
                "CPU time, throttled",
                () -> stats(lab, container)
                                .at("/cpu/throttling/throttledPeriods")
                                .asLong()
                        > 0,
                () -> stats(lab, container));
        JsonNode data = stats(lab, container);

        assertEquals(20_971_520, data.at("/memory/usage/limit").asLong());
        assertEquals(40, data.at("/pids/limit").asLong());
        assertEquals(1, data.at("/pids/current").asLong());
        assertTrue(data.at("/memory/usage/usage").asLong() > 0, data::toString);
        assertTrue(data.at("/memory/raw/anon").asLong() > 0, data::toString);
        assertTrue(data.at("/cpu/usage/total").asLong() > 0, data::toString);
        assertTrue(data.at("/cpu/usage/total").asLong() <= micros(value(lab, "cpu.stat"), "usage_usec") * 1000);
    }

    private static long micros(String stat, String key) {
        return stat.lines()
                .filter(line -> line.startsWith(key + " "))
                .mapToLong(line -> Long.parseLong(line.substring(key.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** Documentation/accounting/psi.rst of the kernel: the guest has it on. */
    @Test
    @Peer(runc = UNSUPPORTED, why = "PSI came later", failure = "/cpu/psi")
    void pressure(Lab lab) {
        Machine.needs("/proc/pressure", Files.exists(Path.of("/proc/pressure/cpu")));
        Container container = running(lab, "echo ready; while :; do :; done");

        Await.until(
                "/cpu/psi, which grows",
                () -> stats(lab, container).at("/cpu/psi/some/total").asLong() > 0,
                () -> stats(lab, container));
        JsonNode data = stats(lab, container);
        for (String what : new String[] {"/cpu/psi", "/memory/psi", "/blkio/psi"}) {
            assertTrue(data.at(what + "/some").isObject(), () -> what + " in " + data);
            assertTrue(data.at(what + "/full").isObject(), () -> what + " in " + data);
        }
        String file = value(lab, "cpu.pressure");
        assertTrue(
                data.at("/cpu/psi/some/total").asLong()
                        <= Long.parseLong(file.lines().findFirst().orElseThrow().replaceAll(".*total=", "")),
                file);
    }

    private static final String EATS_WHEN_TOLD =
            "echo ready; while ! [ -e /go ]; do sleep 0.2; done; x=a; while :; do x=$x$x; done";

    /** Of the processes one is killed, and the container lives on. */
    @Test
    void memoryThatRunsOut(Lab lab) {
        Container container = running(lab, "echo ready; sleep 1000");
        Running events = watched(lab, container);

        assertEquals(
                137,
                lab.call("exec", container.id(), "/bin/sh", "-c", "x=a; while :; do x=$x$x; done")
                        .now()
                        .exit());
        events.awaitOutput("{\"type\":\"oom\",\"id\":\"" + container.id() + "\"}\n");
        assertEquals("running", container.status());
        end(container);
        assertTrue(events.await().succeeded().lines().stream().allMatch(line -> line.contains("oom")));
    }

    /** The last one is told, too, though the container ends with it. */
    @Test
    void memoryThatRunsOutForTheContainersOnlyProcess(Lab lab) {
        Container container = running(lab, EATS_WHEN_TOLD);
        Running events = watched(lab, container);
        lab.call("exec", container.id(), "/bin/touch", "/go").now().succeeded();
        container.awaitStatus("stopped");
        container.delete();

        String printed = events.await().succeeded().stdout();
        assertTrue(printed.contains("\"type\":\"oom\""), printed);
    }

    private static void end(Container container) {
        container.kill("KILL");
        container.awaitStatus("stopped");
        container.delete();
    }

    /** From here on what runs out is told; what was before is not. */
    private static Running watched(Lab lab, Container container) {
        Running events = lab.call("events", "--interval", "1h", container.id()).start();
        String opened = lab.runtime().isJrunc() ? "/memory.events" : "anon_inode:inotify";
        Await.until(
                opened,
                () -> Processes.openFiles(events.pid()).stream().anyMatch(file -> file.endsWith(opened)),
                () -> Processes.openFiles(events.pid()));
        return events;
    }
}
