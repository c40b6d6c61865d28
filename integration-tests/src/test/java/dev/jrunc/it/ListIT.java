// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** runc-list(8). */
@IntegrationTest
@Peer(runc = PASS)
class ListIT {
    @Test
    void aTableWithAHeader(Lab lab) {
        Bundle bundle = lab.bundle();
        Container container = lab.create(bundle);
        List<String> lines = lab.call("list").now().succeeded().lines();

        assertEquals(List.of("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"), columns(lines.getFirst()));
        List<String> row = columns(lines.get(1));
        assertEquals(container.id(), row.get(0));
        assertEquals(Long.toString(container.pid()), row.get(1));
        assertEquals("created", row.get(2));
        assertEquals(bundle.folder().toString(), row.get(3));
        assertEquals("root", row.get(5));
        assertEquals(lines.getFirst().indexOf("PID"), lines.get(1).indexOf(row.get(1)), "columns line up");
    }

    private static List<String> columns(String line) {
        return List.of(line.strip().split("\\s{2,}", -1));
    }

    /** Nor makes a line of its own. */
    @Test
    @Peer(runc = WRONG, why = "runc prints it as it is", failure = "expected: <2> but was: <3>")
    void aBundleWhosePathControlsATerminal(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        bundle.config().withObject("/root").put("path", bundle.rootfs().toString());
        bundle.write();
        Path folder = lab.newFolder("\u001b[31m\nred");
        Files.copy(bundle.folder().resolve("config.json"), folder.resolve("config.json"));
        String id = lab.nextId();
        lab.created(id, lab.call("create", "--bundle", folder.toString(), id));
        List<String> lines = lab.call("list").now().succeeded().lines();

        assertEquals(2, lines.size());
        assertEquals(
                folder.toString().replace("\u001b", "\\u001b").replace("\n", "\\n"),
                columns(lines.get(1)).get(3));
    }

    @Test
    void anEmptyTable(Lab lab) {
        List<String> lines = lab.call("list").now().succeeded().lines();

        assertEquals(1, lines.size());
        assertTrue(lines.getFirst().startsWith("ID"));
    }

    @Test
    void quietPrintsIdsOnly(Lab lab) {
        String one = lab.create(lab.bundle()).id();
        String two = lab.create(lab.bundle()).id();

        assertEquals(
                List.of(one, two),
                lab.call("list", "-q").now().succeeded().lines().stream()
                        .sorted()
                        .toList());
        assertEquals(
                List.of(one, two),
                lab.call("list", "--quiet").now().succeeded().lines().stream()
                        .sorted()
                        .toList());
    }

    @Test
    void jsonHasWhatStateHas(Lab lab) {
        Container created = lab.create(lab.bundle());
        Container stopped =
                lab.create(lab.bundle().payload("exit", "0")).start().awaitStatus("stopped");
        JsonNode list = lab.call("list", "--format", "json").now().succeeded().json();

        assertTrue(list.isArray());
        for (Container container : List.of(created, stopped)) {
            JsonNode inList = StreamSupport.stream(list.spliterator(), false)
                    .filter(one -> one.path("id").asString().equals(container.id()))
                    .findFirst()
                    .orElseThrow();
            JsonNode state = container.state();
            for (String member : List.of("ociVersion", "id", "pid", "status", "bundle", "rootfs", "created")) {
                assertEquals(state.path(member), inList.path(member), member);
            }
            assertEquals("root", inList.path("owner").asString());
        }
    }

    @Test
    @Peer(runc = WRONG, why = "an empty array is an array; runc prints null", failure = "null")
    void jsonOfNothingIsAnEmptyArray(Lab lab) {
        assertEquals(
                "[]", lab.call("list", "-f", "json").now().succeeded().stdout().strip());
    }

    @Test
    void anUnknownFormat(Lab lab) {
        lab.fails(lab.call("list", "--format", "poem"), "format");
    }

    @Test
    void aFolderThatIsNoContainerDoesNotDisturb(Lab lab) throws Exception {
        Container container = lab.create(lab.bundle());
        Files.createDirectory(lab.stateRoot().resolve("left-over"));
        List<String> ids = lab.call("list", "-q").now().succeeded().lines();
        Files.delete(lab.stateRoot().resolve("left-over"));

        assertTrue(ids.contains(container.id()), ids::toString);
    }

    @Test
    void aRootThatDoesNotExistYetIsAnEmptyList(Lab lab) {
        List<String> lines = lab.plainCall("list", "-q")
                .globally("--root", lab.folder().resolve("new-root").toString())
                .now()
                .succeeded()
                .lines();

        assertEquals(List.of(), lines);
    }
}
