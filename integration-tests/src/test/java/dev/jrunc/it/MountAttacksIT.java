// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attacks by what lies in the root file system or in a volume while mounts, folders, devices and masks are made in it: by another
 * container that shares a volume and swaps files all the time; or, where the moment has to be met exactly, by a hook in its place.
 */
@IntegrationTest
@Peer(runc = PASS)
class MountAttacksIT {
    private static final String RACE = "a race, which a runtime without the defence loses only now and then";

    /** How often a race is run: with the defence switched off one run in three to ten is lost. */
    private static final int RUNS = 40;
    /** Of one file in one run, where the time in which a swap does harm is that between two calls. */
    private static final int COPIES = 20;

    /** A path that leads up out of every root file system here, and to the host's folder. */
    private static String upTo(Path folder) {
        return "../../../../../../../.." + folder;
    }

    /** A container that has the volume as /volume, and has a and b in it change places all the time. */
    private static Container swapper(Lab lab, Path volume, String a, String b) {
        Bundle bundle = lab.bundle()
                .mount("bind", volume.toString(), "/volume", "bind")
                .payload("swap", "/volume/" + a, "/volume/" + b);
        return lab.create(bundle).start().awaitOutput("ready");
    }

    /** The same by a process of the host, which stands for a container that shares the root file system. */
    private static Running hostSwapper(Lab lab, Path a, Path b) {
        return lab.host(lab.payload(), "swap", a.toString(), b.toString())
                .start()
                .awaitOutput("ready");
    }

    private static void end(Running swapper) {
        assertTrue(swapper.isAlive(), () -> "the swapper was gone: " + swapper.stdout() + swapper.stderr());
        swapper.signal("KILL").await();
    }

    private static void assertUntouched(Path outside) {
        assertEquals(List.of(), List.of(outside.toFile().list()), "written to the host");
    }

    /** CVE-2021-30465, CVE-2019-18837: what was looked at is what is mounted on. */
    @Test
    @Tag("slow")
    @JruncOnly(RACE)
    void aMountTargetThatIsSwappedForALink(Lab lab) throws Exception {
        Path volume = lab.newFolder("volume");
        Path outside = lab.newFolder("outside");
        Files.createDirectories(volume.resolve("a/target"));
        Files.createDirectories(outside.resolve("target"));
        Files.createSymbolicLink(volume.resolve("b"), Path.of(upTo(outside)));
        Container swapper = swapper(lab, volume, "a", "b");
        Bundle bundle = lab.bundle()
                .mount("bind", volume.toString(), "/volume", "bind")
                .mount("tmpfs", "caught", "/volume/a/target");
        for (int i = 0; i < RUNS; i++) {
            Result result = lab.run(bundle).succeeded();

            assertEquals(
                    1,
                    result.report().mounts().stream()
                            .filter(mount -> mount.source().equals("caught"))
                            .count(),
                    () -> "the mount is not in the container, but where the link leads on the host: " + result);
        }
        assertEquals("running", swapper.status());
        assertFalse(Files.readString(Path.of("/proc/self/mountinfo")).contains("caught"));
    }

    /** CVE-2024-45310: folders and files that are missing are made one by one, each in the one before. */
    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "bind"})
    @Tag("slow")
    @JruncOnly(RACE)
    void aFolderThatIsSwappedWhileWhatIsMissingIsMade(String type, Lab lab) throws Exception {
        Path volume = lab.newFolder("volume");
        Path outside = lab.newFolder("outside");
        Path file = Files.writeString(lab.newFile("file"), "of the host");
        Files.createDirectory(volume.resolve("a"));
        Files.createSymbolicLink(volume.resolve("b"), Path.of(upTo(outside)));
        Container swapper = swapper(lab, volume, "a", "b");
        for (int i = 0; i < RUNS; i++) {
            String target = "/volume/a/n" + i + "/x/y/z";
            Bundle bundle = lab.bundle().mount("bind", volume.toString(), "/volume", "bind");
            if (type.equals("bind")) {
                bundle.mount("bind", file.toString(), target, "bind");
            } else {
                bundle.mount("tmpfs", "tmpfs", target);
            }
            lab.run(bundle.payload("exit", "0"));

            assertUntouched(outside);
        }
        assertEquals("running", swapper.status());
    }

    /** CVE-2026-41579, CVE-2026-47766: /dev is looked up once, and only inside. */
    @Test
    @Tag("slow")
    @JruncOnly(RACE)
    void aDevThatIsSwappedForALinkToTheHost(Lab lab) throws Exception {
        Path outside = lab.newFolder("outside");
        Bundle bundle = lab.bundle().writable().payload("exit", "0");
        for (String mount : List.of("/dev/pts", "/dev/shm", "/dev/mqueue", "/dev")) {
            bundle.unmount(mount);
        }
        Path dev = bundle.directory("/dev");
        Path link = bundle.symlink("/other", upTo(outside));
        Running swapper = hostSwapper(lab, dev, link);
        for (int i = 0; i < RUNS; i++) {
            lab.run(bundle);

            assertUntouched(outside);
        }
        end(swapper);
    }

    /** All of /dev goes into one folder, though another one has its name in the middle. */
    @Test
    @Tag("slow")
    @JruncOnly(RACE)
    void allOfDevGoesIntoOneFolder(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().writable().payload("exit", "0");
        for (String mount : List.of("/dev/pts", "/dev/shm", "/dev/mqueue", "/dev")) {
            bundle.unmount(mount);
        }
        Path dev = bundle.directory("/dev");
        Path other = bundle.directory("/other");
        for (int i = 0; i < RUNS; i++) {
            Running swapper = hostSwapper(lab, dev, other);
            lab.run(bundle); // or it fails: /dev/null, by which it masks, is in the other one
            end(swapper);
            int devices = dev.toFile().list().length;
            int others = other.toFile().list().length;

            assertTrue(devices == 0 || others == 0, devices + " and " + others + " in the two folders");
            Host.run("sh", "-c", "rm -rf " + dev + "/* " + other + "/*");
        }
    }

    /** A hook of the runtime comes when everything is mounted and nothing is masked: as an attacker who met that moment. */
    private static Bundle meanwhile(Bundle bundle, String script) {
        return bundle.hook(
                "createRuntime",
                Map.of(
                        "path",
                        "/bin/sh",
                        "args",
                        List.of("sh", "-ec", "cd " + bundle.rootfs() + "; " + script),
                        "env",
                        List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin")));
    }

    /** CVE-2019-16884, CVE-2019-19921, CVE-2023-27561, CVE-2023-28642, CVE-2025-54867: what is masked is what was mounted. */
    @Test
    @JruncOnly("runc 1.1 masks what the paths lead to by then, and reads its own fds from there")
    void aProcThatIsMovedAwayIsMaskedAllTheSame(Lab lab) {
        Bundle bundle = meanwhile(lab.bundle().writable(), "mv proc real; mkdir proc");
        bundle.linux().withArray("maskedPaths").add("/proc/version");
        bundle.linux().withArray("readonlyPaths").add("/proc/sys");
        String sysctl = "/real/sys/kernel/shm_rmid_forced";
        Result result = lab.run(bundle.payload("cat", "/real/version", ",", "try-write", sysctl, "0"))
                .succeeded();

        assertFalse(result.stdout().contains("Linux version"), result::toString);
        result.printed("try-write " + sysctl + ": EROFS");
    }

    /** The same of /sys. */
    @Test
    @JruncOnly("runc 1.1 masks what the path leads to by then")
    void aSysThatIsMovedAwayIsMaskedAllTheSame(Lab lab) {
        Bundle bundle = meanwhile(lab.bundle().writable(), "mv sys real; mkdir sys");
        bundle.linux().withArray("maskedPaths").add("/sys/kernel");
        Result result = lab.run(bundle.payload("list", "/real/kernel")).succeeded();

        assertFalse(result.stdout().contains("notes"), result::toString);
    }

    /** What comes later is masked in the read-only copy of the whole. */
    @Test
    void aMaskInAProcThatIsReadOnly(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux().putArray("readonlyPaths").add("/proc/.").add("/sys/");
        bundle.linux().putArray("maskedPaths").add("/proc/version").add("/sys/kernel");
        Result result = lab.run(bundle.payload(
                        "cat",
                        "/proc/version",
                        ",",
                        "list",
                        "/sys/kernel",
                        ",",
                        "try-write",
                        "/proc/self/oom_score_adj"))
                .succeeded();

        assertFalse(result.stdout().contains("Linux version"), result::toString);
        assertFalse(result.stdout().contains("notes"), result::toString);
        result.printed("try-write /proc/self/oom_score_adj: EROFS");
    }

    /** CVE-2019-16884: a volume's link has another name for a part of procfs. */
    @ParameterizedTest
    @ValueSource(strings = {"/volume/link/sys/kernel", "/volume/self/attr", "/volume/up/proc/self"})
    void aMountThatALinkLeadsIntoProc(String target, Lab lab) throws Exception {
        Path volume = lab.newFolder("volume");
        Files.createSymbolicLink(volume.resolve("link"), Path.of("/proc"));
        Files.createSymbolicLink(volume.resolve("self"), Path.of("/proc/self"));
        Files.createSymbolicLink(volume.resolve("up"), Path.of("../.."));
        Path source = lab.newFolder("source");
        Bundle bundle = lab.bundle()
                .mount("bind", volume.toString(), "/volume", "bind")
                .mount("bind", source.toString(), target, "bind");

        lab.failsToCreate(bundle, "proc").oursSays(bundle.lastMount(), "EPERM", "which leads into procfs");
    }

    /** CVE row "another root": exec enters what lies on the root, and so the program would be below it. */
    @ParameterizedTest
    @ValueSource(strings = {"/volume/up", "/volume/link"})
    @JruncOnly("runc mounts it, and then doesn't find its own files, or the program's")
    void aMountThatALinkLeadsToTheRoot(String target, Lab lab) throws Exception {
        Path volume = lab.newFolder("volume");
        Files.createSymbolicLink(volume.resolve("link"), Path.of("/"));
        Files.createSymbolicLink(volume.resolve("up"), Path.of("../.."));
        Bundle bundle = lab.bundle()
                .mount("bind", volume.toString(), "/volume", "bind")
                .mount("bind", lab.newFolder("source").toString(), target, "bind");

        lab.failsToCreate(bundle).oursSays(bundle.lastMount(), "EPERM", "which leads to the root");
    }

    /** The same of a mask, which would hide nothing from the program. */
    @Test
    @JruncOnly("runc covers the root, which the program doesn't see")
    void aMaskThatALinkLeadsToTheRoot(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.symlink("/link", "/");
        bundle.linux().putArray("maskedPaths").add("/link");

        lab.failsToCreate(bundle).oursSays("EPERM", "mask /link, which leads to the root");
    }

    /** CVE-2025-31133, CVE-2025-62161: what masks is the null device and nothing else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ln -s /proc/sys/kernel/core_pattern dev/null",
                "echo readable > dev/null",
                "mknod dev/null c 1 5"
            })
    @Peer(runc = WRONG, why = "CVE-2025-31133: runc 1.1 takes what is there", failure = "exit status")
    void aNullDeviceThatWasSwapped(String swap, Lab lab) {
        Bundle bundle = lab.bundle().writable();
        for (String mount : List.of("/dev/pts", "/dev/shm", "/dev/mqueue", "/dev")) {
            bundle.unmount(mount);
        }
        meanwhile(bundle, "rm dev/null; " + swap);
        bundle.linux().putArray("maskedPaths").add("/proc/version");

        lab.failsToCreate(bundle, "/dev/null").oursSays("/linux/maskedPaths/0", "is not the null device", "EPERM");
    }

    /** CVE-2025-52565: what is bound on /dev/console is the terminal's other side, and no file that has its name. */
    @Test
    @JruncOnly("runc 1.1 binds what the name of the terminal leads to")
    void aDevptsThatWasSwapped(Lab lab) {
        Bundle bundle = lab.bundle()
                .writable()
                .unmount("/dev/shm")
                .unmount("/dev/mqueue")
                .unmount("/dev");
        bundle.process().put("terminal", true);
        String file = "/proc/sys/kernel/shm_rmid_forced";
        meanwhile(
                bundle,
                "mv dev/pts dev/real; mkdir dev/pts; ln -s ../real/ptmx dev/pts/ptmx; ln -s " + file + " dev/pts/0");
        bundle.payload("try-write", "/dev/console", "1", ",", "cat", file);
        Path socket = lab.newFile("console");
        Running receiver = lab.consoleReceiver(socket);
        lab.createCall(bundle, lab.nextId(), "--console-socket", socket.toString())
                .now()
                .failedSaying("a terminal needs a devpts at /dev/pts");
        receiver.signalIfRunning("KILL").await();
    }

    /** CVE-2019-16884 and its kin: the terminal comes over no part of procfs, either. */
    @Test
    @Peer(runc = WRONG, why = "runc 1.1 binds it on what the image's link leads to", failure = "exit status")
    void aConsoleThatALinkLeadsIntoProc(Lab lab) {
        Bundle bundle = lab.bundle()
                .writable()
                .unmount("/dev/pts")
                .unmount("/dev/shm")
                .unmount("/dev/mqueue")
                .unmount("/dev")
                .mount("devpts", "devpts", "/dev/pts", "newinstance", "ptmxmode=0666");
        bundle.process().put("terminal", true);
        bundle.directory("/dev");
        bundle.symlink("/dev/console", "/proc/version");
        Path socket = lab.newFile("console");
        Running receiver = lab.host(lab.payload(), "console-receive", socket.toString())
                .interactive()
                .start()
                .awaitOutput("listening");
        lab.atEnd(() -> receiver.signalIfRunning("KILL").await());

        lab.fails(lab.createCall(bundle, lab.nextId(), "--console-socket", socket.toString()), "/dev/console")
                .oursSays("mount the terminal on /dev/console, which leads into procfs");
    }

    /** CVE-2025-52881, CVE-2025-62596: what is written to procfs goes to procfs, whatever was mounted over it. */
    @Test
    @Peer(runc = WRONG, why = "CVE-2025-52881: runc 1.1 writes to a path", failure = "written to another file")
    void aSysctlThatIsRedirected(Lab lab) throws Exception {
        String file = "/proc/sys/kernel/shm_rmid_forced";
        // Not on the file itself: each IPC namespace has its own in procfs.
        Path folder = lab.newFolder("kernel");
        Path caught = Files.writeString(folder.resolve("shm_rmid_forced"), "nothing");
        Bundle bundle = lab.bundle()
                .unmount("/proc")
                .mount("bind", "/proc", "/proc", "rbind")
                .withoutNamespace("pid");
        bundle.linux().putArray("maskedPaths");
        bundle.linux().putArray("readonlyPaths");
        bundle.linux().putObject("sysctl").put("kernel.shm_rmid_forced", "1");
        bundle.payload("sleep");
        String id = lab.nextId();
        Container container = lab.created(
                id,
                lab.createCall(bundle, id)
                        .through(
                                "unshare",
                                "-m",
                                "sh",
                                "-ec",
                                "mount --bind " + folder + " /proc/sys/kernel; exec \"$0\" \"$@\""));

        assertEquals("nothing", Files.readString(caught), "written to another file");
        assertEquals(
                "1",
                Host.run("nsenter", "--ipc=" + container.namespace("ipc"), "cat", file)
                        .strip());
    }

    /** tmpcopyup: what is copied is what the image has, and not what a link leads to on the host. */
    @Test
    @Tag("slow")
    @JruncOnly(RACE)
    void aFileThatIsSwappedForALinkWhileItIsCopied(Lab lab) throws Exception {
        Path secret = Files.writeString(lab.newFile("secret"), "secret of the host");
        Path volume = lab.newFolder("volume"); // where it is quick to swap
        Host.run("mount", "-t", "tmpfs", "tmpfs", volume.toString());
        lab.atEnd(() -> Host.run("umount", "-l", volume.toString()));
        Path folder = Files.createDirectory(volume.resolve("data"));
        Files.writeString(folder.resolve("file"), "the image's");
        Files.createSymbolicLink(volume.resolve("link"), secret);
        Container swapper = swapper(lab, volume, "data/file", "link");
        Bundle bundle = lab.bundle();
        List<String> command = new ArrayList<>(List.of("cat"));
        for (int i = 0; i < COPIES; i++) {
            bundle.mount("bind", volume.toString(), "/volume" + i, "bind")
                    .mount("tmpfs", "tmpfs", "/volume" + i + "/data", "tmpcopyup");
            command.add("/volume" + i + "/data/file");
        }
        bundle.payload(command.toArray(String[]::new));
        for (int i = 0; i < RUNS; i++) {
            Result result = lab.run(bundle);

            assertFalse(result.stdout().contains("secret"), result::toString);
        }
        assertEquals("running", swapper.status());
    }

    /** Nothing that is no file, folder or link is opened, least of all one that would wait for ever. */
    @Test
    @JruncOnly("runc 1.1 copies the content of fifos and devices, which has no end")
    void whatIsNoFileIsNotCopied(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "tmpfs", "/data", "tmpcopyup");
        Path data = bundle.directory("/data");
        bundle.file("/data/file", "the image's");
        Host.run("mkfifo", data.resolve("fifo").toString());
        Host.run("mknod", data.resolve("zero").toString(), "c", "1", "5");
        Result result = lab.run(bundle.payload("list", "/data"));

        assertTrue(result.succeeded().stdout().contains("file"), result::toString);
        assertFalse(result.stdout().contains("zero"), result::toString);
    }

    /** Wherever a destination leads, it is inside. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../../../..%s",
                "/a/..//../.././/..%s/",
                "/up/up/..%s",
                "/up%s/.//",
                "/absolute/new",
                "/relative/new/",
                "/chain/new"
            })
    void aDestinationThatLeadsUp(String destination, Lab lab) throws Exception {
        Path outside = lab.newFolder("outside");
        Bundle bundle = lab.bundle();
        bundle.symlink("/up", "../..");
        bundle.symlink("/absolute", outside.toString());
        bundle.symlink("/relative", upTo(outside));
        bundle.symlink("/chain", "/absolute");
        bundle.mount("tmpfs", "caught", destination.formatted(outside));
        Result result = lab.run(bundle).succeeded();

        assertUntouched(outside);
        assertEquals(
                1,
                result.report().mounts().stream()
                        .filter(mount -> mount.source().equals("caught"))
                        .count(),
                result::toString);
    }

    @Test
    void aDestinationThatGoesRoundInCircles(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "tmpfs", "/here/new");
        bundle.symlink("/here", "/there");
        bundle.symlink("/there", "/here");

        lab.failsToCreate(bundle, "symbolic link").oursSays(bundle.lastMount(), "ELOOP");
    }

    /** 16 MiB of config.json hold no million mounts; its limit has a name. */
    @Test
    @JruncOnly("contract: named limits with clear errors")
    void moreMountsThanAnybodyNeeds(Lab lab) {
        StringBuilder mounts = new StringBuilder();
        for (int i = 0; i < 150_000; i++) {
            mounts.append(i == 0 ? "" : ",").append("{\"destination\":\"/m\",\"type\":\"tmpfs\",\"source\":\"t\"}");
        }
        String text = lab.bundle().config().toString().replaceFirst("\"mounts\":\\[", "\"mounts\":[" + mounts + ",");

        lab.failsToCreate(lab.bundle().rawConfig(text), "/mounts").oursSays("4096");
    }

    /** A container that may make cgroups nests them deeper than a process may open files: it can be deleted all the same. */
    @Test
    @Tag("slow")
    void cgroupsThatAreNestedDeeply(Lab lab) {
        Machine.needsCgroupV1("pids");
        Bundle bundle = lab.bundle().unmount("/sys/fs/cgroup").mount("cgroup", "cgroup", "/sys/fs/cgroup", "rw");
        bundle.linux().put("cgroupsPath", "/" + lab.name());
        Container container = lab.create(bundle.payload("nest", "/sys/fs/cgroup/pids", "1200", ",", "signal-exit"))
                .start()
                .awaitOutput("ready");
        assertTrue(container.stdout().contains("nested 1200"), container::stdout);
        for (String command : List.of("ps", "pause", "resume")) {
            withFewFiles(lab.call(command, container.id())).now().succeeded();
        }
        withFewFiles(lab.call("delete", "--force", container.id())).now().succeeded();

        assertFalse(Files.exists(Path.of("/sys/fs/cgroup/pids", lab.name())));
    }

    private static Call withFewFiles(Call call) {
        return call.through("prlimit", "--nofile=1024:1024");
    }
}
