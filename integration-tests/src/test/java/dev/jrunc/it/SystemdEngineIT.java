// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.LocalUser;
import dev.jrunc.it.harness.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The units of packaging/systemd, under a systemd that is process 1. */
@IntegrationTest
@JruncOnly("no peer has an engine")
class SystemdEngineIT {
    private static final Path UNITS =
            Path.of("../packaging/systemd").toAbsolutePath().normalize();
    private static final Path INSTALLED = Path.of("/run/systemd");
    private static final Path PROGRAM = Path.of("/usr/local/bin/jrunc");
    private static final String SOCKET = "jrunc-engine.socket";
    private static final String SERVICE = "jrunc-engine.service";

    /** As make install does, but until the end of the test, with a link to the program under test. */
    private static void copied(Lab lab, String kind) throws Exception {
        Machine.needsSystemd();
        Machine.needs("no " + PROGRAM, !Files.exists(PROGRAM));
        Path folder = INSTALLED.resolve(kind);
        lab.atEnd(() -> {
            for (Path path : List.of(PROGRAM, folder.resolve(SOCKET), folder.resolve(SERVICE))) {
                path.toFile().delete();
            }
        });
        Files.createDirectories(folder);
        Files.createSymbolicLink(PROGRAM, lab.runtime().path());
        for (String unit : List.of(SOCKET, SERVICE)) {
            Files.copy(UNITS.resolve(kind).resolve(unit), folder.resolve(unit));
        }
    }

    private static void installed(Lab lab) throws Exception {
        copied(lab, "system");
        lab.atEnd(() -> Host.run("systemctl", "stop", SOCKET, SERVICE));
        Host.run("systemctl", "daemon-reload");
        Host.run("systemctl", "start", SOCKET);
    }

    private static String property(String name) {
        return Host.run("systemctl", "show", "--value", "-p", name, SERVICE).strip();
    }

    /** A call that finds its engine by itself. */
    private static String call(Lab lab, String... words) {
        List<String> all = new ArrayList<>(List.of(PROGRAM.toString(), "--engine", "warm"));
        all.addAll(List.of(words));
        return lab.host(all.toArray(String[]::new)).now().succeeded().stdout();
    }

    @Test
    void theFirstCallStartsIt(Lab lab) throws Exception {
        installed(lab);
        assertEquals("inactive", property("ActiveState"));
        call(lab, "--root", lab.stateRoot().toString(), "list");

        assertEquals("active", property("ActiveState"));
        assertEquals(property("MainPID"), property("ExecMainPID"), "the keeper is systemd's main process");
    }

    @Test
    void aContainerIsMadeByIt(Lab lab) throws Exception {
        installed(lab);
        Bundle bundle = lab.bundle().payload("print", "it runs").write();
        String root = lab.stateRoot().toString();

        assertEquals(
                "it runs\n",
                call(lab, "--root", root, "run", "--bundle", bundle.folder().toString(), lab.nextId()));
        long runs = 0;
        for (JsonNode command :
                Json.parse(call(lab, "engine", "status", "-f", "json")).path("commands")) {
            runs += command.path("command").asString().equals("run")
                    ? command.path("calls").asLong()
                    : 0;
        }
        assertEquals(1, runs);
    }

    @Test
    void itIsAUserOfItsOwnWithoutRights(Lab lab) throws Exception {
        installed(lab);
        call(lab, "--root", lab.stateRoot().toString(), "list");
        long engine = Json.parse(call(lab, "engine", "status", "-f", "json"))
                .path("pid")
                .asLong();
        String status = Files.readString(Path.of("/proc/" + engine + "/status"));

        assertFalse(status.contains("\nUid:\t0\t"), status);
        assertTrue(status.contains("\nCapEff:\t0000000000000000\n"), status);
        assertTrue(status.contains("\nNoNewPrivs:\t1\n"), status);
        assertTrue(status.contains("\nSeccomp:\t2\n"), status);
    }

    @Test
    void itComesAgainWhenItWasKilled(Lab lab) throws Exception {
        installed(lab);
        call(lab, "--root", lab.stateRoot().toString(), "list");
        String first = property("MainPID");
        Host.run("systemctl", "kill", "--signal=KILL", SERVICE);
        Await.until("its end", () -> !property("ActiveState").equals("active"), () -> property("ActiveState"));
        call(lab, "--root", lab.stateRoot().toString(), "list");

        assertEquals("active", property("ActiveState"));
        assertNotEquals(first, property("MainPID"));
    }

    /** Its socket is where the user's fronts look for it, and it is the user's, with no right more. */
    @Test
    void aUsersOwn(Lab lab) throws Exception {
        copied(lab, "user");
        LocalUser user = LocalUser.tester();
        lab.atEnd(user::close);
        lab.atEnd(() -> systemctl(lab, user, "stop", SOCKET, SERVICE));
        systemctl(lab, user, "daemon-reload");
        systemctl(lab, user, "start", SOCKET);
        user.call(lab.host(PROGRAM.toString(), "--engine", "warm", "list"))
                .now()
                .succeeded();
        JsonNode engine = user.call(lab.host(PROGRAM.toString(), "--engine", "warm", "engine", "status", "-f", "json"))
                .now()
                .succeeded()
                .json();
        String status = Files.readString(Path.of("/proc/" + engine.path("pid").asLong() + "/status"));

        assertTrue(engine.path("commands").toString().contains("\"list\""), engine::toString);
        assertTrue(status.contains("\nUid:\t" + user.uid() + "\t"), status);
        assertTrue(status.contains("\nNoNewPrivs:\t1\n"), status);
    }

    private static void systemctl(Lab lab, LocalUser user, String... words) {
        List<String> all = new ArrayList<>(List.of("systemctl", "--user"));
        all.addAll(List.of(words));
        user.call(lab.host(all.toArray(String[]::new))).now().succeeded();
    }
}
