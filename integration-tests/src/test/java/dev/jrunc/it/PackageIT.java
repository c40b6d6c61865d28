// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.cri.LinuxPodSandboxConfig;
import dev.jrunc.it.cri.LinuxSandboxSecurityContext;
import dev.jrunc.it.cri.NamespaceMode;
import dev.jrunc.it.cri.NamespaceOption;
import dev.jrunc.it.cri.PodSandboxConfig;
import dev.jrunc.it.cri.PodSandboxMetadata;
import dev.jrunc.it.cri.RemovePodSandboxRequest;
import dev.jrunc.it.cri.RemovePodSandboxResponse;
import dev.jrunc.it.cri.RunPodSandboxRequest;
import dev.jrunc.it.cri.RunPodSandboxResponse;
import dev.jrunc.it.cri.StopPodSandboxRequest;
import dev.jrunc.it.cri.StopPodSandboxResponse;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Cri;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Result;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Debian package, from its installation to its removal, as somebody finds it who has never seen jrunc: containerd is configured from the
 * example that it brings, and a broken configuration is mended by what jrunc prints alone. Only where the machine is the
 * tests' own: in the guest.
 */
@IntegrationTest
@JruncOnly("the package is jrunc's")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PackageIT {
    private static final String PROGRAM = "/usr/bin/jrunc";
    private static final Path EXAMPLES = Path.of("/usr/share/doc/jrunc/examples");
    private static final int MOST_MENDS = 20;

    PackageIT() throws IOException {
        Machine.needsSystemd();
        Host.run("dpkg", "--install", debianPackage().toString());
    }

    @AfterAll
    void remove() {
        Host.run("dpkg", "--purge", "jrunc");
        assertFalse(Files.exists(Path.of(PROGRAM)), PROGRAM);
        assertFalse(Files.exists(Path.of("/usr/lib/jrunc")), "/usr/lib/jrunc");
        assertFalse(Files.exists(Path.of("/run/jrunc-engine/engine.sock")), "the engine's socket");
        assertEquals("inactive\n", Host.run("sh", "-c", "systemctl is-active jrunc-engine.service || true"));
    }

    private static Path debianPackage() throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of("../build"), "jrunc_*.deb")) {
            for (Path file : found) {
                return file.toAbsolutePath().normalize();
            }
        }
        throw new AssertionError("no package in build; make vm-test makes it");
    }

    /** Not with the tests' engine: with the one that it finds by itself. */
    private static Result call(Lab lab, String... words) {
        List<String> all = new ArrayList<>(List.of(PROGRAM, "--engine", "auto"));
        all.addAll(List.of(words));
        return lab.host(all.toArray(String[]::new)).now();
    }

    private static long calls(Lab lab, String command) {
        long calls = 0;
        String status =
                call(lab, "engine", "status", "--format", "json").succeeded().stdout();
        for (JsonNode row : Json.parse(status).path("commands")) {
            calls += row.path("command").asString().equals(command)
                    ? row.path("calls").asLong()
                    : 0;
        }
        return calls;
    }

    @Test
    void itsEngineAnswersWithoutFurtherAsking(Lab lab) {
        assertEquals("active\n", Host.run("systemctl", "is-active", "jrunc-engine.socket"));
        assertEquals("enabled\n", Host.run("systemctl", "is-enabled", "jrunc-engine.socket"));
        Bundle bundle = lab.bundle().payload("print", "it runs").write();
        String root = lab.stateRoot().toString();
        long before = calls(lab, "run");

        String said = call(
                        lab, "--root", root, "run", "--bundle", bundle.folder().toString(), lab.nextId())
                .succeeded()
                .stdout();
        assertEquals("it runs\n", said);
        assertEquals(before + 1, calls(lab, "run"));
    }

    @Test
    void itHasPagesAndCompletions() {
        for (String file : List.of(
                "man/man1/jrunc.1.gz",
                "man/man1/jrunc-exec.1.gz",
                "bash-completion/completions/jrunc",
                "zsh/vendor-completions/_jrunc",
                "fish/vendor_completions.d/jrunc.fish")) {
            assertTrue(Files.isRegularFile(Path.of("/usr/share", file)), file);
        }
    }

    @Test
    void containerdIsConfiguredFromItsExample(Lab lab) throws Exception {
        long before = calls(lab, "create");
        try (Cri cri = Cri.startConfigured("jrunc", Files.readString(EXAMPLES.resolve("containerd.toml")))) {
            PodSandboxConfig config = PodSandboxConfig.newBuilder()
                    .setMetadata(PodSandboxMetadata.newBuilder()
                            .setName(lab.nextId())
                            .setUid(lab.nextId())
                            .setNamespace("default"))
                    .setLogDirectory(cri.folder().toString())
                    .setLinux(LinuxPodSandboxConfig.newBuilder()
                            .setCgroupParent(cri.cgroupParent())
                            .setSecurityContext(LinuxSandboxSecurityContext.newBuilder()
                                    .setNamespaceOptions(
                                            NamespaceOption.newBuilder().setNetwork(NamespaceMode.NODE))))
                    .build();
            String pod = cri.call(
                            "RunPodSandbox",
                            RunPodSandboxRequest.newBuilder()
                                    .setConfig(config)
                                    .setRuntimeHandler("jrunc")
                                    .build(),
                            RunPodSandboxResponse.getDefaultInstance())
                    .getPodSandboxId();
            String root = "/run/containerd/runc/k8s.io";
            JsonNode state = Json.parse(
                    call(lab, "--root", root, "state", pod).succeeded().stdout());

            assertEquals("running", state.path("status").asString());
            assertEquals(before + 1, calls(lab, "create"));
            cri.call(
                    "StopPodSandbox",
                    StopPodSandboxRequest.newBuilder().setPodSandboxId(pod).build(),
                    StopPodSandboxResponse.getDefaultInstance());
            cri.call(
                    "RemovePodSandbox",
                    RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod).build(),
                    RemovePodSandboxResponse.getDefaultInstance());
        }
    }

    /** Somebody who knows no more than what an error says: it names the place, and what to do there. */
    @Test
    void aBrokenConfigurationIsMendedByWhatItPrints(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().payload("print", "mended").write();
        Path file = bundle.folder().resolve("config.json");
        ObjectNode config = (ObjectNode) Json.parse(Files.readString(file));
        ((ObjectNode) config.path("process")).put("terminal", true);
        ((ObjectNode) config.path("linux").path("namespaces").path(0)).put("type", "pidd");
        ((ObjectNode) config.path("process"))
                .putArray("rlimits")
                .addObject()
                .put("type", "RLIMIT_NOFILES")
                .put("soft", 64)
                .put("hard", 64);
        ((ObjectNode) config.path("process")).put("cwd", "proc");
        Files.writeString(file, config.toString());
        List<String> said = new ArrayList<>();
        String id = lab.nextId();

        Result result = run(lab, bundle, id);
        while (result.exit() != 0 && said.size() < MOST_MENDS) {
            said.add(result.stderr());
            mend(config, result.stderr());
            Files.writeString(file, config.toString());
            result = run(lab, bundle, id);
        }
        call(lab, "--root", lab.stateRoot().toString(), "delete", "--force", id).succeeded();
        assertEquals("mended\n", result.stdout(), () -> String.join("", said));
        assertEquals(4, said.size(), () -> String.join("", said));
    }

    private static Result run(Lab lab, Bundle bundle, String id) {
        return call(
                lab,
                "--root",
                lab.stateRoot().toString(),
                "run",
                "--detach",
                "--bundle",
                bundle.folder().toString(),
                id);
    }

    private static final Pattern PLACE = Pattern.compile("config\\.json: (/[^:]*): ");
    private static final Pattern MEANT = Pattern.compile("did you mean \"([^\"]*)\"");

    private static void mend(ObjectNode config, String line) {
        Matcher place = PLACE.matcher(line);
        assertTrue(place.find(), () -> "it names no place: " + line);
        String pointer = place.group(1);
        JsonNode parent = config.at(pointer.substring(0, pointer.lastIndexOf('/')));
        String name = pointer.substring(pointer.lastIndexOf('/') + 1);
        Matcher meant = MEANT.matcher(line);
        if (meant.find()) {
            set(parent, name, meant.group(1));
        } else if (line.contains("set process.terminal to false")) {
            ((ObjectNode) config.path("process")).put("terminal", false);
        } else if (line.contains("matches ^/")) {
            set(parent, name, "/" + parent.path(name).asString());
        } else {
            throw new AssertionError("it doesn't say what to do: " + line);
        }
    }

    private static void set(JsonNode parent, String name, String value) {
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(name), value);
        } else {
            ((ObjectNode) parent).put(name, value);
        }
    }
}
