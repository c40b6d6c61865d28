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
            Path.of("../packaging/systemd/system").toAbsolutePath().normalize();
    private static final Path INSTALLED = Path.of("/run/systemd/system");
    private static final String SOCKET = "jrunc-engine.socket";
    private static final String SERVICE = "jrunc-engine.service";

    /** As make install does, but until the end of the test, with a link to the program under test. */
    private static void installed(Lab lab) throws Exception {
        Machine.needsSystemd();
        Path program = Path.of("/usr/local/bin/jrunc");
        Machine.needs("no " + program, !Files.exists(program));
        Files.createSymbolicLink(program, lab.runtime().path());
        for (String unit : List.of(SOCKET, SERVICE)) {
            Files.copy(UNITS.resolve(unit), INSTALLED.resolve(unit));
        }
        lab.atEnd(() -> {
            Host.run("systemctl", "stop", SOCKET, SERVICE);
            for (Path path : List.of(program, INSTALLED.resolve(SOCKET), INSTALLED.resolve(SERVICE))) {
                path.toFile().delete();
            }
            Host.run("systemctl", "daemon-reload");
        });
        Host.run("systemctl", "daemon-reload");
        Host.run("systemctl", "start", SOCKET);
    }

    private static String property(String name) {
        return Host.run("systemctl", "show", "--value", "-p", name, SERVICE).strip();
    }

    /** A call that finds its engine by itself. */
    private static String call(Lab lab, String... words) {
        List<String> all = new ArrayList<>(List.of("/usr/local/bin/jrunc", "--engine", "warm"));
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
}
