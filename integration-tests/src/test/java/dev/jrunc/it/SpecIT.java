// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** runc-spec(8). */
@IntegrationTest
@Peer(runc = PASS)
class SpecIT {
    private static ObjectNode spec(Lab lab, String... options) throws IOException {
        Path folder = lab.newFolder("spec");
        List<String> words = new ArrayList<>(List.of("spec"));
        words.addAll(List.of(options));
        assertEquals(
                "",
                lab.call(words.toArray(String[]::new))
                        .in(folder)
                        .now()
                        .succeeded()
                        .stdout());
        return (ObjectNode) Json.parse(Files.readString(folder.resolve("config.json")));
    }

    private static SortedSet<String> textsOf(JsonNode array, String member) {
        TreeSet<String> texts = new TreeSet<>();
        array.forEach(element -> texts.add(
                member.isEmpty() ? element.asString() : element.path(member).asString()));
        return texts;
    }

    @Test
    void theProcess(Lab lab) throws Exception {
        JsonNode process = spec(lab).path("process");

        assertTrue(process.path("terminal").asBoolean());
        assertEquals("[\"sh\"]", process.path("args").toString());
        assertEquals("/", process.path("cwd").asString());
        assertTrue(process.path("noNewPrivileges").asBoolean());
        assertEquals(0, process.path("user").path("uid").asInt(-1));
        assertEquals(
                List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"),
                List.copyOf(textsOf(process.path("env"), "")));
        for (String set : List.of("bounding", "effective", "permitted")) {
            assertEquals(
                    "[CAP_AUDIT_WRITE, CAP_KILL, CAP_NET_BIND_SERVICE]",
                    textsOf(process.path("capabilities").path(set), "").toString());
        }
        assertEquals(
                "RLIMIT_NOFILE", process.path("rlimits").path(0).path("type").asString());
    }

    @Test
    void noCapabilityIsInheritable(Lab lab) throws Exception {
        assertEquals(
                0,
                spec(lab)
                        .path("process")
                        .path("capabilities")
                        .path("inheritable")
                        .size());
    }

    @Test
    void theRootAndTheMounts(Lab lab) throws Exception {
        ObjectNode config = spec(lab);

        assertEquals("rootfs", config.path("root").path("path").asString());
        assertTrue(config.path("root").path("readonly").asBoolean());
        assertEquals(
                "[/dev, /dev/mqueue, /dev/pts, /dev/shm, /proc, /sys, /sys/fs/cgroup]",
                textsOf(config.path("mounts"), "destination").toString());
    }

    @Test
    void theNamespacesAndPaths(Lab lab) throws Exception {
        JsonNode linux = spec(lab).path("linux");

        assertTrue(textsOf(linux.path("namespaces"), "type")
                .containsAll(List.of("pid", "network", "ipc", "uts", "mount")));
        assertTrue(textsOf(linux.path("maskedPaths"), "")
                .containsAll(List.of("/proc/kcore", "/proc/keys", "/sys/firmware")));
        assertTrue(textsOf(linux.path("readonlyPaths"), "").containsAll(List.of("/proc/sys", "/proc/sysrq-trigger")));
        assertEquals(
                "[{\"allow\":false,\"access\":\"rwm\"}]",
                linux.path("resources").path("devices").toString());
    }

    @Test
    void itRunsWithAProgramOfOnesOwn(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        ObjectNode config = spec(lab);
        bundle.config().setAll(config);
        bundle.process().put("terminal", false);
        bundle.payload("print", "runs as specified");

        lab.run(bundle).succeeded().printed("runs as specified");
    }

    @Test
    void rootless(Lab lab) throws Exception {
        ObjectNode config = spec(lab, "--rootless");

        SortedSet<String> types = textsOf(config.path("linux").path("namespaces"), "type");
        assertTrue(types.contains("user"));
        assertFalse(types.contains("network"));
        for (String map : List.of("uidMappings", "gidMappings")) {
            assertEquals(
                    "[{\"containerID\":0,\"hostID\":0,\"size\":1}]",
                    config.path("linux").path(map).toString());
        }
        assertFalse(config.path("linux").has("resources"));
        JsonNode sys = config.path("mounts").get(5);
        assertEquals("/sys", sys.path("destination").asString());
        assertEquals("/sys", sys.path("source").asString());
        assertTrue(textsOf(sys.path("options"), "").containsAll(List.of("rbind", "ro")), sys::toString);
    }

    @Test
    void rootlessByAnotherUserMapsThatUser(Lab lab) throws Exception {
        Path folder = lab.newFolder("user");
        Host.run("chown", "4242:4343", folder.toString());
        lab.plainCall("spec", "--rootless")
                .cold()
                .through("setpriv", "--reuid=4242", "--regid=4343", "--clear-groups")
                .in(folder)
                .now()
                .succeeded();
        JsonNode linux =
                Json.parse(Files.readString(folder.resolve("config.json"))).path("linux");

        assertEquals(4242, linux.path("uidMappings").path(0).path("hostID").asInt());
        assertEquals(4343, linux.path("gidMappings").path(0).path("hostID").asInt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--bundle", "-b", "-bundle"})
    void intoABundle(String option, Lab lab) {
        Path folder = lab.newFolder("bundle");
        lab.call("spec", option, folder.toString()).now().succeeded();

        assertTrue(Files.exists(folder.resolve("config.json")));
    }

    @Test
    void anExistingConfigIsKept(Lab lab) throws Exception {
        Path folder = lab.newFolder("bundle");
        Files.writeString(folder.resolve("config.json"), "mine");
        lab.fails(lab.call("spec", "-b", folder.toString()), "config.json", "exist");

        assertEquals("mine", Files.readString(folder.resolve("config.json")));
    }

    @Test
    void aFolderThatIsMissing(Lab lab) {
        lab.fails(lab.call("spec", "-b", "/missing-folder"), "/missing-folder", "no such file or directory");
    }
}
