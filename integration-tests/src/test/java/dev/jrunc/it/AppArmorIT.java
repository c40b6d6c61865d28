// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** config.md, process.apparmorProfile, apparmor.d(5): where the kernel enforces it. */
@IntegrationTest
@Peer(runc = PASS)
class AppArmorIT {
    private static String profile(Lab lab) throws Exception {
        Machine.needsAppArmor();
        String name = lab.name();
        Path file = lab.newFile("profile");
        Files.writeString(
                file,
                "profile " + name + " flags=(attach_disconnected,mediate_deleted) {\n"
                        + "  file,\n  signal,\n  capability,\n  deny /forbidden rw,\n}\n");
        Host.run("apparmor_parser", "--replace", "--skip-cache", file.toString());
        lab.atEnd(() -> Host.run("apparmor_parser", "--remove", "--skip-cache", file.toString()));
        return name;
    }

    private static Bundle bundle(Lab lab) throws IOException {
        Bundle bundle = lab.bundle();
        Files.writeString(bundle.rootfs().resolve("forbidden"), "a secret");
        Files.writeString(bundle.rootfs().resolve("permitted"), "no secret");
        return bundle;
    }

    private static final String[] TRIES = {
        "cat", "/proc/self/attr/current", ",", "try-open", "/permitted", "r", ",", "try-open", "/forbidden", "r"
    };

    private static String confined(String profile) {
        return profile + " (enforce)\ntry-open /permitted: OK\ntry-open /forbidden: EACCES\n";
    }

    @Test
    void theProgramIsConfined(Lab lab) throws Exception {
        String profile = profile(lab);
        Bundle bundle = bundle(lab).payload(TRIES);
        bundle.process().put("apparmorProfile", profile);

        assertEquals(confined(profile), lab.run(bundle).succeeded().stdout());
    }

    @Test
    void withoutAProfileItIsNot(Lab lab) throws Exception {
        profile(lab);

        assertEquals(
                "unconfined\ntry-open /permitted: OK\ntry-open /forbidden: OK\n",
                lab.run(bundle(lab).payload(TRIES)).succeeded().stdout());
    }

    @Test
    void execIsConfinedAsTheContainerIs(Lab lab) throws Exception {
        String profile = profile(lab);
        Bundle bundle = bundle(lab).payload("sleep");
        bundle.process().put("apparmorProfile", profile);
        Container container = lab.create(bundle).start();

        assertEquals(confined(profile), lab.exec(container, TRIES).succeeded().stdout());
    }

    @Test
    void execWithAProfileOfItsOwn(Lab lab) throws Exception {
        String profile = profile(lab);
        Container container = lab.create(bundle(lab).payload("sleep")).start();

        assertEquals(
                confined(profile),
                lab.execCall(container, List.of("--apparmor", profile), TRIES)
                        .now()
                        .succeeded()
                        .stdout());
    }

    @Test
    void aProfileThatIsNotLoaded(Lab lab) throws Exception {
        Machine.needsAppArmor();
        Bundle bundle = bundle(lab).payload(TRIES);
        bundle.process().put("apparmorProfile", "no-such-profile");

        lab.failsToCreate(bundle, "apparmor", "no such file or directory")
                .oursSays("/process/apparmorProfile", "no-such-profile", "ENOENT");
    }
}
