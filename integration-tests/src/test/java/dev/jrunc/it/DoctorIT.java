// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.LocalUser;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code doctor} on this machine, and with clients and configurations that are planted in the caller's environment. */
@IntegrationTest
@JruncOnly("the peers have no doctor")
class DoctorIT {
    private static Call doctor(Lab lab) {
        return lab.call("doctor", "--format", "json");
    }

    private static JsonNode row(Result result, String name) {
        for (JsonNode row : result.json().path("rows")) {
            if (row.path("name").asString().equals(name)) {
                return row;
            }
        }
        throw new AssertionError("no row " + name + " in " + result);
    }

    private static void says(Result result, String name, String verdict, String value) {
        JsonNode row = row(result, name);
        assertEquals(verdict, row.path("verdict").asString(), row::toString);
        assertTrue(row.path("value").asString().contains(value), row::toString);
    }

    /** A program that only says its version, in a folder that is to be PATH. */
    private static Path program(Path folder, String name, String script) throws Exception {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void everyRowHasItsMembers(Lab lab) {
        Result result = doctor(lab).now().succeeded();
        Set<String> areas = new TreeSet<>();
        for (JsonNode row : result.json().path("rows")) {
            assertEquals(5, row.size(), row::toString);
            areas.add(row.path("area").asString());
            assertTrue(
                    Set.of("good", "note", "warning")
                            .contains(row.path("verdict").asString()),
                    row::toString);
        }
        assertEquals(Set.of("kernel", "cgroups", "security", "user", "engine", "clients"), areas);
    }

    @Test
    void whatItSaysIsSo(Lab lab) {
        Result result = doctor(lab).now().succeeded();
        says(result, "release", "good", Host.run("uname", "-r").strip());
        says(result, "openat2", "good", "rootfs");
        says(result, "AOT cache", "good", "/lib/jrunc/jrunc.aot, in use");
        says(result, "resident engine", lab.isWarm() ? "good" : "note", lab.isWarm() ? "pid " : "none");
        boolean systemd = Files.exists(Path.of("/run/systemd/system"));
        says(result, "systemd", systemd ? "good" : "note", systemd ? "runs" : "does not run");
    }

    @Test
    void clientsInThePathOfTheCaller(Lab lab) throws Exception {
        Path bin = lab.newFolder("bin");
        program(bin, "podman", "echo podman version 4.3.1");
        program(bin, "crio", "echo crio version 1.30.2");
        Path conf = Files.writeString(
                lab.newFile("containers.conf"),
                "[engine]\nruntime = \"jrunc\" # ours\n[engine.runtimes]\njrunc = [\n\"/x/jrunc\",\n]\n");
        Result result = doctor(lab)
                .with("PATH", bin.toString())
                .with("CONTAINERS_CONF", conf.toString())
                .now()
                .succeeded();

        says(result, "podman", "good", "4.3.1, " + bin + "/podman; jrunc is its default (" + conf + ")");
        says(result, "CRI-O", "note", "1.30.2, " + bin + "/crio; does not call jrunc");
        assertTrue(row(result, "CRI-O")
                .path("advice")
                .asString()
                .contains("runtime_path = \"" + lab.runtime().path() + "\""));
        assertFalse(result.stdout().contains("\"docker\""));
        says(result, "CRIU", "note", "not installed");
    }

    /** In a mount namespace of the caller's, where /etc is another. */
    @Test
    void configurationsOfTheHost(Lab lab) throws Exception {
        Path bin = lab.newFolder("bin");
        program(bin, "dockerd", "echo Docker version 20.10.24+dfsg1, build 297e128");
        program(bin, "containerd", "echo containerd github.com/containerd/containerd 1.6.20 1.6.20");
        Path etc = lab.newFolder("etc");
        Files.createDirectories(etc.resolve("docker"));
        Files.createDirectories(etc.resolve("containerd"));
        Files.writeString(etc.resolve("docker/daemon.json"), "{\"runtimes\":{\"fast\":{\"path\":\"/usr/bin/jrunc\"}}}");
        Files.writeString(etc.resolve("containerd/config.toml"), "version = = 2");
        Result result = doctor(lab)
                .with("PATH", bin.toString())
                .through(
                        "/usr/bin/unshare",
                        "-m",
                        "/bin/sh",
                        "-c",
                        "/bin/mount --bind " + etc + " /etc && exec \"$@\"",
                        "sh")
                .now()
                .succeeded();

        says(result, "docker", "good", "knows jrunc as --runtime fast (/etc/docker/daemon.json)");
        says(result, "containerd", "note", "does not call jrunc");
        says(result, "/etc/containerd/config.toml", "warning", "is not TOML: line 1");
    }

    @Test
    void aProgramThatNeverAnswersIsEnded(Lab lab) throws Exception {
        Path bin = lab.newFolder("bin");
        program(bin, "criu", "exec /bin/sleep 301");
        Result result = doctor(lab).with("PATH", bin.toString()).now().succeeded();

        says(result, "CRIU", "warning", bin + "/criu");
        Await.until(
                "its end",
                () -> Processes.mentioning(bin.toString()).isEmpty(),
                () -> Processes.mentioning(bin.toString()));
    }

    @Test
    void withoutCgroups(Lab lab) {
        Call call =
                doctor(lab).through("unshare", "-m", "sh", "-c", "umount -R -l /sys/fs/cgroup && exec \"$@\"", "sh");
        Result result = call.now().exited(1);

        assertEquals("missing", result.json().path("verdict").asString());
        says(result, "layout", "missing", "none is mounted");
    }

    @Test
    void anOrdinaryUser(Lab lab) throws Exception {
        try (LocalUser user = LocalUser.make(true)) {
            Result result =
                    user.call(lab.plainCall("doctor", "--format", "json")).now();

            says(result, "caller", "good", "user " + user.uid());
            says(result, "newuidmap", "good", "/usr/bin/newuidmap");
            says(
                    result,
                    "subordinate ids",
                    "good",
                    "uids " + user.subordinateIds("subuid").getFirst() + "+");
            says(result, "runtime folder", "good", user.runtimeFolder().toString());
        }
    }

    @Test
    void asText(Lab lab) {
        Result result = lab.call("doctor").now().succeeded();

        assertTrue(result.stdout().startsWith("kernel\n  good     release           "), result::toString);
        assertFalse(result.stdout().contains("\u001b"), result::toString);
        assertTrue(result.stdout()
                .strip()
                .lines()
                .reduce((first, last) -> last)
                .orElseThrow()
                .startsWith("This host has"));
    }

    @Test
    void coloursOnATerminal(Lab lab) {
        String coloured = lab.call("doctor")
                .through(lab.payload(), "pty", "33", "99")
                .now()
                .succeeded()
                .stdout();
        String plain = lab.call("doctor")
                .with("NO_COLOR", "1")
                .through(lab.payload(), "pty", "33", "99")
                .now()
                .succeeded()
                .stdout();

        assertTrue(coloured.contains("  \u001b[32mgood\u001b[0m     release"), coloured);
        assertTrue(plain.contains("  good     release"), plain);
        assertFalse(plain.contains("\u001b"), plain);
    }

    @Test
    void argumentsThatCannotBeMeant(Lab lab) {
        lab.call("doctor", "now").now().failedSaying("\"doctor\" requires exactly 0 arguments");
        lab.call("doctor", "--format", "xml").now().failedSaying("expected text or json");
    }
}
