// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
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

    private static Bundle bundle(Lab lab) {
        return withSecret(lab.bundle());
    }

    private static Bundle withSecret(Bundle bundle) {
        bundle.file("/forbidden", "a secret");
        bundle.file("/permitted", "no secret");
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
    void execOfAProcessFileWithoutAProfileIsConfinedAsTheContainerIs(Lab lab) throws Exception {
        String profile = profile(lab);
        Bundle bundle = bundle(lab).payload("sleep");
        bundle.process().put("apparmorProfile", profile);
        Container container = lab.create(bundle).start();
        Path file = Files.writeString(
                lab.newFile("process.json"),
                "{\"args\":[\"" + Bundle.PAYLOAD + "\",\"" + String.join("\",\"", TRIES) + "\"],\"cwd\":\"/\"}");

        assertEquals(
                confined(profile),
                lab.call("exec", "--process", file.toString(), container.id())
                        .now()
                        .succeeded()
                        .stdout());
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

    /** A file of procfs, as the kernel's own are that a label is written to, which takes anything. */
    private static final String TAKES_ALL = "/proc/1/sched";

    private static final String TAKEN =
            "CVE-2025-52881: runc 1.1 sets the label there, and only then misses other files of /proc";

    /** A folder of the image in which all paths by which procfs has the label of a program lead to one file. */
    private static Path decoy(Bundle bundle, String folder) {
        Path file = bundle.file(folder + "/self/attr/exec", "nothing");
        bundle.directory(folder + "/self/attr/apparmor");
        bundle.symlink(folder + "/self/attr/apparmor/exec", "../exec");
        bundle.symlink(folder + "/self/task", "..");
        bundle.symlink(folder + "/thread-self", "self");
        for (int pid = 1; pid < 100; pid++) {
            bundle.symlink(folder + "/" + pid, "self");
        }
        return file;
    }

    /** CVE-2019-16884: what an image has as /proc is not procfs. */
    @Test
    @Peer(
            runc = WRONG,
            why = "it writes to the image's file, which is read-only here",
            failure = "attr/apparmor/exec: read-only")
    void aProcOfTheImageTakesNoLabel(Lab lab) throws Exception {
        String profile = profile(lab);
        Bundle bundle = bundle(lab).unmount("/proc").payload("sleep");
        bundle.process().put("apparmorProfile", profile);
        Path file = decoy(bundle, "/proc");
        Container container = lab.create(bundle).start();

        assertEquals(profile + " (enforce)", label(container));
        assertEquals("nothing", Files.readString(file));
    }

    /** CVE-2025-52881: another file of procfs in its place would take it without a word. */
    @Test
    @Peer(runc = WRONG, why = TAKEN, failure = "error closing exec fds: open /proc/self/fd")
    void anotherFileOfProcfsTakesNoLabel(Lab lab) throws Exception {
        String profile = profile(lab);
        Bundle bundle = bundle(lab).unmount("/proc").payload("sleep");
        bundle.process().put("apparmorProfile", profile);
        decoy(bundle, "/decoy");
        // Mounts below /proc are refused, but this link is the image's.
        bundle.symlink("/proc", "decoy");
        bundle.mount("bind", TAKES_ALL, "/decoy/self/attr/exec", "bind");
        Container container = lab.create(bundle).start();

        assertEquals(profile + " (enforce)", label(container));
    }

    /** The same by a container that mounts over its own /proc, and then is entered. */
    @Test
    @Peer(runc = WRONG, why = TAKEN, failure = "error closing exec fds: open /proc/self/fd")
    void aProcThatTheContainerHasCoveredTakesNoLabel(Lab lab) throws Exception {
        String profile = profile(lab);
        Bundle bundle = withSecret(
                        lab.shellBundle("/bin/busybox mount -o rbind /decoy /proc && echo covered && exec sleep 1000"))
                .capabilities("CAP_SYS_ADMIN");
        decoy(bundle, "/decoy");
        bundle.mount("bind", TAKES_ALL, "/decoy/self/attr/exec", "bind");
        Container container = lab.create(bundle).start().awaitOutput("covered");

        lab.execCall(container, List.of("--apparmor", profile), "try-open", "/forbidden", "r")
                .now()
                .succeeded()
                .printed("try-open /forbidden: EACCES");
    }

    private static String label(Container container) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(container.pid()), "attr/current"))
                .strip();
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
