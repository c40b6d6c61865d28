// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** runc-ps(8). */
@IntegrationTest
@Peer(runc = PASS)
class PsIT {
    /** A container of three processes. */
    private static Container three(Lab lab) {
        return lab.create(lab.bundle().payload("fork-sleep", "2", ",", "print", "ready", ",", "sleep"))
                .start()
                .awaitOutput("ready");
    }

    private static List<Long> pids(Lab lab, Container container) {
        List<Long> pids = new ArrayList<>();
        lab.call("ps", "--format", "json", container.id())
                .now()
                .succeeded()
                .json()
                .forEach(pid -> pids.add(pid.asLong()));
        return pids;
    }

    @Test
    void jsonHasThePidsAsTheCallerKnowsThem(Lab lab) throws Exception {
        Container container = three(lab);
        List<Long> pids = pids(lab, container);

        assertEquals(3, pids.size(), () -> "pids: " + pids);
        assertTrue(pids.contains(container.pid()));
        for (long pid : pids) {
            assertEquals(
                    Files.readSymbolicLink(container.namespace("pid")),
                    Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "ns/pid")));
        }
    }

    @Test
    void theTableHasExactlyTheContainersProcesses(Lab lab) {
        Container container = three(lab);
        List<Long> pids = pids(lab, container);

        List<String> lines = lab.call("ps", container.id()).now().succeeded().lines();
        assertTrue(lines.getFirst().startsWith("UID"), lines::toString);
        assertEquals(
                pids,
                lines.stream()
                        .skip(1)
                        .map(line -> Long.parseLong(line.split(" +")[1]))
                        .sorted()
                        .toList());
    }

    @Test
    void otherOptionsOfPs(Lab lab) {
        Container container = three(lab);

        List<String> lines = lab.call("ps", container.id(), "-e", "-o", "comm,pid")
                .now()
                .succeeded()
                .lines();
        assertEquals(List.of("COMMAND", "PID"), List.of(lines.getFirst().strip().split(" +")));
        assertEquals(4, lines.size());
        assertTrue(lines.stream().skip(1).allMatch(line -> line.startsWith("payload")), lines::toString);
    }

    @Test
    void optionsWithoutThePid(Lab lab) {
        Container container = three(lab);

        lab.fails(lab.call("ps", container.id(), "-e", "-o", "comm"), "couldn't find PID field in ps output")
                .oursSays("`ps -e -o comm`");
    }

    @Test
    void optionsThatPsDoesNotKnow(Lab lab) {
        Container container = three(lab);

        lab.call("ps", container.id(), "--no-such-option")
                .now()
                .failedSaying("exit status 1: error: unknown gnu long option")
                .oursSays("`ps --no-such-option` failed: exit status 1: error: ");
    }

    @Test
    void ofACreatedContainer(Lab lab) {
        Container container = lab.create(lab.bundle().payload("exit", "0"));

        assertEquals(List.of(container.pid()), pids(lab, container));
    }

    @Test
    @Peer(runc = WRONG, why = "runc 1.1 prints null where there is no pid: not an array", failure = "array")
    void ofAStoppedContainer(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("exit", "0")).start().awaitStatus("stopped");

        assertTrue(
                lab.call("ps", "-f", "json", container.id())
                        .now()
                        .succeeded()
                        .json()
                        .isArray(),
                "an array of no pids");
        assertEquals(1, lab.call("ps", container.id()).now().succeeded().lines().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "json"})
    void ofAMissingContainer(String format, Lab lab) {
        lab.fails(lab.call("ps", "--format", format, lab.nextId()), "container does not exist");
    }

    @Test
    void anUnknownFormat(Lab lab) {
        Container container = three(lab);

        lab.call("ps", "--format", "yaml", container.id()).now().failedSaying("invalid format option");
    }

    @Test
    @Peer(runc = WRONG, why = "runc 1.1 finds no ps where PATH is not set", failure = "executable file not found")
    void withoutAnEnvironment(Lab lab) {
        Container container = three(lab);

        assertEquals(
                4,
                lab.call("ps", container.id())
                        .withoutEnvironment()
                        .now()
                        .succeeded()
                        .lines()
                        .size());
    }
}
