// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.criu.Rpc;
import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.FakeCriu;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.LocalUser;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Running;
import dev.jrunc.it.harness.Signals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What checkpoint and restore say to criu, and what they make of what it says, with a program in its place. CheckpointIT has criu itself. */
@IntegrationTest
@JruncOnly("The words are ours, and how runc speaks with criu is its own affair.")
class CheckpointErrorsIT {

    private static Container running(Lab lab) {
        return lab.create(lab.bundle().payload("tick")).start().awaitOutput("tick 3\n");
    }

    private static Path images(Lab lab) {
        return lab.folder().resolve("images");
    }

    private static Call checkpoint(Lab lab, Container container, String... options) {
        List<String> words = new ArrayList<>(
                List.of("checkpoint", "--image-path", images(lab).toString()));
        words.addAll(List.of(options));
        words.add(container.id());
        return lab.call(words.toArray(String[]::new));
    }

    private static Call restore(Lab lab, Bundle bundle, String id, String... options) throws Exception {
        bundle.write();
        Files.createDirectories(images(lab));
        List<String> words = new ArrayList<>(List.of(
                "restore",
                "--bundle",
                bundle.folder().toString(),
                "--image-path",
                images(lab).toString()));
        words.addAll(List.of(options));
        words.add(id);
        return lab.call(words.toArray(String[]::new));
    }

    private static FakeCriu dumping(Lab lab, boolean success) {
        return new FakeCriu(lab)
                .version(3, 17)
                .comesTo("pre-dump")
                .comesTo("network-lock")
                .ends(Rpc.ReqType.DUMP, success);
    }

    private static FakeCriu restoring(Lab lab) {
        return new FakeCriu(lab)
                .version(3, 17)
                .comesTo("pre-restore")
                .restoresAt("setup-namespaces")
                .restoresAt("post-restore");
    }

    private static Map<String, String> mounts(Rpc.Opts opts) {
        Map<String, String> mounts = new HashMap<>();
        opts.getExtMntList().forEach(mount -> mounts.put(mount.getKey(), mount.getVal()));
        return mounts;
    }

    private static void assertGoesOn(Container container) {
        assertEquals("running", container.status());
        String before = container.stdout();
        Await.until("another tick", () -> !container.stdout().equals(before), container::stdout);
    }

    @Test
    void noCriu(Lab lab) {
        Container container = running(lab);
        String empty = lab.newFolder("empty").toString();

        lab.fails(
                        checkpoint(lab, container).with("PATH", empty),
                        "container " + container.id()
                                + ": there is no criu: checkpoint and restore need criu 3.14 or newer in PATH")
                .oursSays("checkpoint failed: ");
        assertFalse(Files.exists(images(lab)), "images");
        assertGoesOn(container);
    }

    @Test
    void restoreWithoutCriu(Lab lab) throws Exception {
        lab.fails(
                        restore(lab, lab.bundle(), lab.nextId()).with("PATH", "/nonexistent"),
                        "there is no criu: checkpoint and restore need criu 3.14 or newer in PATH")
                .oursSays("restore failed: ");
    }

    @Test
    void aCriuThatIsTooOld(Lab lab) {
        Container container = running(lab);
        FakeCriu criu = new FakeCriu(lab).version(3, 13);

        lab.fails(
                        criu.seenBy(checkpoint(lab, container)),
                        "criu 3.13 is too old: checkpoint and restore need criu 3.14 or newer in PATH")
                .oursSays("container " + container.id() + ": ");
        assertGoesOn(container);
    }

    @Test
    void aCriuThatDoesNotTellItsVersion(Lab lab) {
        Container container = running(lab);

        lab.fails(
                new FakeCriu(lab).ends(Rpc.ReqType.EMPTY, false).seenBy(checkpoint(lab, container)),
                "criu doesn't answer VERSION: checkpoint and restore need criu 3.14 or newer in PATH");
        lab.fails(new FakeCriu(lab).seenBy(checkpoint(lab, container)), "criu ended without an answer");
        assertGoesOn(container);
    }

    @Test
    void aDumpThatFailsNamesTheErrnoTheLogAndItsErrors(Lab lab) throws Exception {
        Container container = running(lab);
        Path log = Files.createDirectories(images(lab)).resolve("dump.log");
        Files.writeString(
                log, "(00.1) Version: 3.17\n(00.2) Error (criu/x.c:7): no way\n(00.3) Error (criu/y.c:8): so\n");
        FakeCriu criu = new FakeCriu(lab)
                .version(3, 17)
                .answers(Rpc.Resp.newBuilder()
                        .setType(Rpc.ReqType.DUMP)
                        .setSuccess(false)
                        .setCrErrno(1)
                        .build());

        lab.fails(
                        criu.seenBy(checkpoint(lab, container)),
                        "criu could not dump it: Error (criu/x.c:7): no way; Error (criu/y.c:8): so: its log is " + log
                                + ": EPERM")
                .oursSays("container " + container.id() + ": ");
        assertGoesOn(container);
    }

    private static void freeze(Path cgroup) throws Exception {
        Path ofVersion1 = cgroup.resolve("freezer.state");
        if (Files.exists(ofVersion1)) {
            Files.writeString(ofVersion1, "FROZEN");
        } else {
            Files.writeString(cgroup.resolve("cgroup.freeze"), "1");
        }
    }

    /** criu goes with its front, and leaves what it has frozen. */
    @ParameterizedTest
    @ValueSource(strings = {"engine", "front"})
    void aCheckpointThatIsKilledLeavesNothingFrozen(String killed, Lab lab) throws Exception {
        Container container = running(lab);
        FakeCriu criu =
                new FakeCriu(lab).version(3, 17).comesTo("pre-dump").waits().comesTo("network-lock");
        Running checkpoint = criu.seenBy(checkpoint(lab, container)).cold().start();
        Await.until("a criu that waits", criu::isWaiting, checkpoint::stderr);
        freeze(Path.of(criu.requests().get(1).getOpts().getFreezeCgroup()));
        assertEquals("paused", container.status());

        if (killed.equals("engine")) {
            Signals.send(checkpoint.engine(), "KILL");
            criu.goOn();
            checkpoint.await().failedSaying("checkpoint failed: container " + container.id() + ": ", "engine");
            String before = container.stdout();
            Await.until("another tick", () -> !container.stdout().equals(before), container::stdout);
        } else {
            checkpoint.signal("KILL").await();
        }

        assertGoesOn(container);
        lab.call("pause", container.id()).now().succeeded();
        assertEquals("paused", container.status());
        lab.call("resume", container.id()).now().succeeded();
    }

    @Test
    void aDumpEndsTheContainerAndDeletesIt(Lab lab) throws Exception {
        Census before = lab.census();
        Bundle bundle = lab.bundle().payload("tick").mount("bind", "/usr", "/data", "rbind", "ro");
        bundle.linux()
                .putArray("maskedPaths")
                .add("/proc/keys")
                .add("/proc/irq")
                .add("/proc/missing");
        Container container = lab.create(bundle).start().awaitOutput("tick 3\n");
        long pid = container.pid();
        FakeCriu criu = dumping(lab, true);

        criu.seenBy(checkpoint(lab, container)).now().succeeded().printsNothing();

        lab.fails(lab.call("state", container.id()), "container does not exist");
        lab.forget(container);
        lab.assertNothingSince(before, "after a checkpoint");
        List<Rpc.Req> requests = criu.requests();
        assertEquals(
                List.of(Rpc.ReqType.VERSION, Rpc.ReqType.DUMP, Rpc.ReqType.NOTIFY, Rpc.ReqType.NOTIFY),
                requests.stream().map(Rpc.Req::getType).toList());
        assertTrue(requests.get(3).getNotifySuccess(), "notify_success");
        Rpc.Opts opts = requests.get(1).getOpts();
        assertEquals(pid, opts.getPid());
        assertEquals(bundle.rootfs().toString(), opts.getRoot());
        assertTrue(opts.getFreezeCgroup().contains(lab.name()), opts.getFreezeCgroup());
        assertEquals("dump.log", opts.getLogFile());
        assertFalse(opts.getLeaveRunning(), "leave_running");
        Map<String, String> mounts = mounts(opts);
        assertEquals("/data", mounts.get("/data"));
        assertEquals("/dev/null", mounts.get("/proc/keys"));
        assertFalse(mounts.containsKey("/proc/irq"), mounts::toString);
        assertFalse(mounts.containsKey("/proc/missing"), mounts::toString);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(images(lab))));
        assertEquals(
                3,
                Json.parse(Files.readString(images(lab).resolve("descriptors.json")))
                        .size());
    }

    @Test
    void eachOptionOfADumpReachesCriu(Lab lab) throws Exception {
        Container container = running(lab);
        Files.createDirectories(images(lab).resolveSibling("before"));
        FakeCriu criu = new FakeCriu(lab)
                .version(3, 17)
                .answers(Rpc.Resp.newBuilder()
                        .setType(Rpc.ReqType.FEATURE_CHECK)
                        .setSuccess(true)
                        .setFeatures(Rpc.Features.newBuilder().setMemTrack(true).setLazyPages(true))
                        .build())
                .ends(Rpc.ReqType.DUMP, true);

        criu.seenBy(checkpoint(
                        lab,
                        container,
                        "--work-path",
                        lab.folder().resolve("work").toString(),
                        "--parent-path",
                        "../before",
                        "--leave-running",
                        "--tcp-established",
                        "--tcp-skip-in-flight",
                        "--link-remap",
                        "--ext-unix-sk",
                        "--shell-job",
                        "--lazy-pages",
                        "--status-fd",
                        "1",
                        "--page-server",
                        "127.0.0.1:12345",
                        "--file-locks",
                        "--manage-cgroups-mode",
                        "strict",
                        "--empty-ns",
                        "network",
                        "--auto-dedup"))
                .now()
                .succeeded();

        assertGoesOn(container);
        Rpc.Opts opts = criu.requests().get(2).getOpts();
        assertTrue(opts.getImagesDirFd() > 2 && opts.getWorkDirFd() > opts.getImagesDirFd(), opts::toString);
        assertEquals("../before", opts.getParentImg());
        assertTrue(opts.getTrackMem() && opts.getLeaveRunning() && opts.getTcpEstablished(), opts::toString);
        assertTrue(opts.getTcpSkipInFlight() && opts.getLinkRemap() && opts.getExtUnixSk(), opts::toString);
        assertTrue(opts.getShellJob() && opts.getLazyPages() && opts.getFileLocks(), opts::toString);
        assertTrue(opts.getAutoDedup(), opts::toString);
        assertEquals(1, opts.getStatusFd());
        assertEquals("127.0.0.1", opts.getPs().getAddress());
        assertEquals(12345, opts.getPs().getPort());
        assertEquals(Rpc.CgroupMode.STRICT, opts.getManageCgroupsMode());
        assertEquals(0x4000_0000, opts.getEmptyNs());
    }

    @Test
    void aPreDumpLeavesTheContainerAsItIs(Lab lab) {
        Container container = running(lab);
        FakeCriu criu = new FakeCriu(lab)
                .version(4, 0)
                .answers(Rpc.Resp.newBuilder()
                        .setType(Rpc.ReqType.FEATURE_CHECK)
                        .setSuccess(true)
                        .setFeatures(Rpc.Features.newBuilder().setMemTrack(true))
                        .build())
                .ends(Rpc.ReqType.PRE_DUMP, true);

        criu.seenBy(checkpoint(lab, container, "--pre-dump")).now().succeeded();

        assertGoesOn(container);
        assertEquals(Rpc.ReqType.PRE_DUMP, criu.requests().get(2).getType());
    }

    @Test
    void whatTheKernelCanNotTrack(Lab lab) {
        Container container = running(lab);
        FakeCriu criu = new FakeCriu(lab).version(4, 0).ends(Rpc.ReqType.FEATURE_CHECK, true);

        lab.fails(
                criu.seenBy(checkpoint(lab, container, "--lazy-pages")),
                "criu has no lazy pages on this kernel (userfaultfd): no --lazy-pages");
        FakeCriu other = new FakeCriu(lab).version(4, 0).ends(Rpc.ReqType.FEATURE_CHECK, true);
        lab.fails(
                other.seenBy(checkpoint(lab, container, "--pre-dump")),
                "criu can't track changed memory on this kernel: no --pre-dump, no --parent-path");
    }

    @Test
    void optionsThatCanNotBeMeant(Lab lab) {
        Container container = running(lab);

        lab.fails(checkpoint(lab, container, "--manage-cgroups-mode", "all"), "invalid manage-cgroups-mode \"all\"");
        lab.fails(checkpoint(lab, container, "--empty-ns", "ipc"), "namespace \"ipc\" is not supported");
        lab.fails(checkpoint(lab, container, "--page-server", "12345"), "expected ADDRESS:PORT");
        lab.fails(checkpoint(lab, container, "--page-server", "host:70000"), "expected ADDRESS:PORT");
        lab.fails(checkpoint(lab, container, "--parent-path", "/before"), "--parent-path must be relative");
        FakeCriu criu = new FakeCriu(lab).version(3, 17).version(3, 17);
        lab.fails(criu.seenBy(checkpoint(lab, container, "--status-fd", "99")), "fd 99 is not open");
        lab.fails(criu.seenBy(checkpoint(lab, container, "--status-fd", "0")), "fd 0 is not open for writing");
        FakeCriu tracking = new FakeCriu(lab)
                .version(4, 0)
                .answers(Rpc.Resp.newBuilder()
                        .setType(Rpc.ReqType.FEATURE_CHECK)
                        .setSuccess(true)
                        .setFeatures(Rpc.Features.newBuilder().setMemTrack(true))
                        .build());
        lab.fails(
                tracking.seenBy(checkpoint(lab, container, "--parent-path", "missing")),
                images(lab).resolve("missing").toString(),
                "ENOENT");
        assertGoesOn(container);
    }

    @Test
    void aRestoredContainerIsOneLikeOthers(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().payload("tick").mount("bind", "/usr", "/data", "rbind", "ro");
        Files.createDirectories(images(lab));
        Files.writeString(images(lab).resolve("descriptors.json"), "[\"pipe:[11]\",\"/dev/null\",\"pipe:[22]\"]");
        FakeCriu criu = restoring(lab).restored();
        String id = lab.nextId();
        Path pidFile = lab.newFile("pid");

        Container container =
                lab.created(id, criu.seenBy(restore(lab, bundle, id, "--detach", "--pid-file", pidFile.toString())));

        assertEquals("running", container.status());
        assertEquals(Long.toString(container.pid()), Files.readString(pidFile));
        String cgroups = Files.readString(Path.of("/proc", Long.toString(container.pid()), "cgroup"));
        assertTrue(cgroups.contains(lab.name()), cgroups);
        assertTrue(Files.isDirectory(bundle.rootfs().resolve("data")), "mount point");
        Rpc.Opts opts = criu.requests().get(1).getOpts();
        assertEquals(lab.stateRoot().resolve(id).toString(), opts.getRoot());
        assertTrue(opts.getRstSibling() && opts.getManageCgroups() && opts.getOrphanPtsMaster(), opts::toString);
        assertEquals(
                List.of("pipe:[11]=4", "pipe:[22]=5"),
                opts.getInheritFdList().stream()
                        .map(fd -> fd.getKey() + "=" + fd.getFd())
                        .toList());
        assertEquals("/usr", mounts(opts).get("/data"));
        assertEquals(List.of(), lab.census().mounts(), "mounts");
        List<String> root = Files.readAllLines(Path.of("/proc", Long.toString(container.pid()), "mountinfo")).stream()
                .filter(line -> line.contains(" / / "))
                .toList();
        assertTrue(root.size() == 1 && root.getFirst().contains(" / / ro"), root::toString);
        container.kill("KILL").awaitStatus("stopped");
        container.delete();
    }

    @Test
    void eachOptionOfARestoreReachesCriu(Lab lab) throws Exception {
        FakeCriu criu = new FakeCriu(lab)
                .version(3, 17)
                .answers(Rpc.Resp.newBuilder()
                        .setType(Rpc.ReqType.FEATURE_CHECK)
                        .setSuccess(true)
                        .setFeatures(Rpc.Features.newBuilder().setLazyPages(true))
                        .build())
                .restored();
        String id = lab.nextId();

        lab.created(
                id,
                criu.seenBy(restore(
                        lab,
                        lab.bundle(),
                        id,
                        "-d",
                        "--work-path",
                        lab.folder().resolve("work").toString(),
                        "--tcp-established",
                        "--ext-unix-sk",
                        "--shell-job",
                        "--file-locks",
                        "--manage-cgroups-mode",
                        "ignore",
                        "--empty-ns",
                        "network",
                        "--auto-dedup",
                        "--lazy-pages",
                        "--no-subreaper",
                        "--no-pivot",
                        "--lsm-profile",
                        "apparmor:other",
                        "--lsm-mount-context",
                        "system_u:object_r:other_t:s0")));

        Rpc.Opts opts = criu.requests().get(2).getOpts();
        assertTrue(opts.getWorkDirFd() > opts.getImagesDirFd(), opts::toString);
        assertTrue(opts.getTcpEstablished() && opts.getExtUnixSk() && opts.getShellJob(), opts::toString);
        assertTrue(opts.getFileLocks() && opts.getAutoDedup() && opts.getLazyPages(), opts::toString);
        assertEquals(Rpc.CgroupMode.IGNORE, opts.getManageCgroupsMode());
        assertEquals(0x4000_0000, opts.getEmptyNs());
        assertEquals("apparmor:other", opts.getLsmProfile());
        assertEquals("system_u:object_r:other_t:s0", opts.getLsmMountContext());
        lab.fails(
                restore(lab, lab.bundle(), lab.nextId(), "--lsm-profile", "other"),
                "expected apparmor:PROFILE or selinux:LABEL");
    }

    @Test
    void inTheForegroundItsStatusIsOurs(Lab lab) throws Exception {
        FakeCriu criu = restoring(lab).restored();
        String id = lab.nextId();
        Running restore = criu.seenBy(restore(lab, lab.bundle(), id)).start();
        Container container = lab.follow(id, restore);
        Await.until(
                "a container that runs",
                () -> lab.call("list", "--quiet").now().stdout().contains(id)
                        && container.status().equals("running"),
                restore::toString);

        container.kill("TERM");

        restore.await().exited(128 + 15);
        lab.forget(container);
        lab.fails(lab.call("state", id), "container does not exist");
    }

    @Test
    void hooksOfTheRuntimeRunWhenItsNamespacesAreThere(Lab lab) throws Exception {
        Path output = lab.newFile("hook");
        Bundle bundle = lab.bundle();
        for (String kind : List.of("prestart", "createRuntime")) {
            bundle.hook(
                    kind,
                    Map.of("path", "/bin/sh", "args", List.of("sh", "-c", "echo " + kind + "; cat >> " + output)));
        }
        FakeCriu criu = restoring(lab).restored();
        String id = lab.nextId();

        Container container = lab.created(id, criu.seenBy(restore(lab, bundle, id, "--detach")));

        String states = Files.readString(output);
        assertTrue(states.contains("\"pid\":" + container.pid()), states);
        assertTrue(states.contains("\"status\":\"creating\""), states);
    }

    @Test
    void aHookThatFailsEndsTheRestore(Lab lab) throws Exception {
        Bundle bundle = lab.bundle()
                .hook("createRuntime", Map.of("path", "/bin/sh", "args", List.of("sh", "-c", "echo no; exit 3")));
        FakeCriu criu =
                new FakeCriu(lab).version(3, 17).restoresAt("setup-namespaces").ends(Rpc.ReqType.RESTORE, false);

        lab.fails(
                criu.seenBy(restore(lab, bundle, lab.nextId(), "--detach")),
                "/hooks/createRuntime/0",
                "status 3",
                "no");
        assertFalse(criu.requests().getLast().getNotifySuccess(), "notify_success");
    }

    /** Hooks may call the runtime for their container: restore holds no lock while it waits for them. */
    @Test
    void aHookAfterARestorePausesIt(Lab lab) throws Exception {
        String id = lab.nextId();
        String program = lab.runtime().path().toString();
        List<String> words =
                List.of(program, "--engine", "cold", "--root", lab.stateRoot().toString(), "pause", id);
        Bundle bundle = lab.bundle().payload("tick").hook("poststart", Map.of("path", program, "args", words));

        Container container = lab.created(id, restoring(lab).restored().seenBy(restore(lab, bundle, id, "--detach")));

        assertEquals("paused", container.status());
    }

    @Test
    void aHookThatFailsAfterARestoreLeavesNothing(Lab lab) throws Exception {
        Path after = lab.newFile("poststop");
        Bundle bundle = lab.bundle()
                .payload("tick")
                .hook("poststart", Map.of("path", "/bin/false"))
                .hook("poststop", Map.of("path", "/bin/touch", "args", List.of("touch", after.toString())));

        lab.fails(
                restoring(lab).restored().seenBy(restore(lab, bundle, lab.nextId(), "--detach")),
                "/hooks/poststart/0",
                "status 1");
        assertTrue(Files.exists(after), "poststop");
    }

    @Test
    void aRestoreThatFailsLeavesNothing(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        Files.createDirectories(images(lab));
        Files.writeString(
                images(lab).resolve("restore.log"), "(00.2) Error (criu/image.c:470): Unable to open core-1.img\n");
        FakeCriu criu = restoring(lab).ends(Rpc.ReqType.RESTORE, false);

        lab.fails(
                criu.seenBy(restore(lab, bundle, lab.nextId(), "--detach")),
                "criu could not restore it: Error (criu/image.c:470): Unable to open core-1.img: its log is "
                        + images(lab).resolve("restore.log"));
    }

    @Test
    void aCriuThatDiesInARestoreLeavesNothing(Lab lab) throws Exception {
        lab.fails(
                restoring(lab).seenBy(restore(lab, lab.bundle(), lab.nextId(), "--detach")),
                "criu ended without an answer");
    }

    /** The container's cgroups, in all hierarchies, as somebody has made them before. */
    private static void makeCgroups(Lab lab, String path) throws Exception {
        Bundle bundle = lab.bundle();
        bundle.linux().put("cgroupsPath", path);
        Container container = lab.create(bundle);
        List<Path> folders = Cgroups.mentioning(path);
        container.delete("--force");
        for (Path folder : folders) {
            Files.createDirectories(folder);
            lab.atEnd(() -> folder.toFile().delete());
        }
    }

    private static long process(Running call, String word) {
        return ProcessHandle.of(call.pid())
                .orElseThrow()
                .children()
                .filter(child ->
                        List.of(child.info().arguments().orElse(new String[0])).contains(word))
                .findFirst()
                .orElseThrow()
                .pid();
    }

    /** What criu makes are no children of an init that takes them with it, before it has come to its end. */
    @ParameterizedTest
    @ValueSource(strings = {"criu", "engine", "front", "nobody"})
    void aRestoreThatIsCutOffLeavesNoProcessInACgroupThatWasThere(String killed, Lab lab) throws Exception {
        String cgroup = "/" + lab.name();
        makeCgroups(lab, cgroup);
        Bundle bundle = lab.bundle();
        bundle.linux().put("cgroupsPath", cgroup);
        String id = lab.nextId();
        FakeCriu criu = restoring(lab).makesAnother().waits().restored();
        Census before = lab.census();
        Running restore =
                criu.seenBy(restore(lab, bundle, id, "--detach")).cold().start();
        Await.until("a criu that waits", criu::isWaiting, restore::stderr);
        long named = process(restore, "sleep");

        switch (killed) {
            case "criu" -> Signals.send(process(restore, "swrk"), "KILL");
            case "engine" -> {
                Signals.send(process(restore, "-Xrs"), "KILL");
                criu.goOn();
            }
            case "front" -> Signals.send(restore.pid(), "KILL");
            default -> Signals.send(restore.pid(), "TERM");
        }

        switch (killed) {
            case "criu" -> restore.await().failedSaying(id, "criu ended without an answer");
            case "engine" -> restore.await().failedSaying(id, "engine", "SIGKILL");
            case "front" -> {
                restore.await().exited(137);
                assertTrue(Processes.isRunning(named));
                lab.call("state", id).now().failedSaying("container does not exist");
            }
            default -> restore.await().failedSaying(id, "interrupted by SIGTERM");
        }
        lab.assertNothingSince(before, "after a restore that was cut off");
        assertTrue(Cgroups.mentioning(cgroup).size() > 0, "the cgroups are somebody else's");
    }

    @Test
    void imagesThatAreNotThere(Lab lab) {
        Bundle bundle = lab.bundle().write();
        String missing = lab.folder().resolve("nowhere").toString();

        lab.fails(
                lab.call("restore", "--bundle", bundle.folder().toString(), "--image-path", missing, lab.nextId()),
                missing,
                "ENOENT");
        lab.fails(
                lab.call(
                        "restore",
                        "--bundle",
                        bundle.folder().toString(),
                        "--image-path",
                        bundle.folder().resolve("config.json").toString(),
                        lab.nextId()),
                "--image-path",
                "ENOTDIR");
    }

    @Test
    void descriptorsThatCanNotBeRead(Lab lab) throws Exception {
        Files.createDirectories(images(lab));
        Files.writeString(images(lab).resolve("descriptors.json"), "[\"pipe:[11]\", 7]");

        lab.fails(
                new FakeCriu(lab).version(3, 17).seenBy(restore(lab, lab.bundle(), lab.nextId())),
                "the image is broken: " + images(lab).resolve("descriptors.json"));
    }

    @Test
    void anIdThatIsInUse(Lab lab) throws Exception {
        Container container = running(lab);

        lab.fails(
                new FakeCriu(lab).version(3, 17).seenBy(restore(lab, lab.bundle(), container.id())),
                "container with given ID already exists");
        assertGoesOn(container);
    }

    @Test
    void aTerminalNeedsSomebodyWhoTakesIt(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        bundle.process().put("terminal", true);

        lab.fails(
                restore(lab, bundle, lab.nextId(), "--detach"),
                "cannot allocate tty if jrunc will detach without setting console socket");
        lab.fails(restore(lab, bundle, lab.nextId()), "none of the caller's standard fds is a terminal");
    }

    @Test
    void theMasterOfARestoredTerminalGoesToTheConsoleSocket(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        bundle.process().put("terminal", true);
        Path socket = lab.newFile("console");
        Running receiver = lab.consoleReceiver(socket);
        FakeCriu criu = new FakeCriu(lab)
                .version(3, 17)
                .restoresAt("setup-namespaces")
                .withTerminal()
                .comesTo("orphan-pts-master")
                .restored();
        String id = lab.nextId();

        lab.created(id, criu.seenBy(restore(lab, bundle, id, "--detach", "--console-socket", socket.toString())));

        assertTrue(receiver.await().succeeded().stdout().contains("a restored terminal"), receiver::toString);
    }

    @Test
    void ofContainersThatDoNotRun(Lab lab) {
        Container created = lab.create(lab.bundle().payload("tick"));
        Container stopped =
                lab.create(lab.bundle().payload("exit", "0")).start().awaitStatus("stopped");

        lab.fails(
                checkpoint(lab, created), "cannot checkpoint a container in the created state: container not running");
        lab.fails(
                checkpoint(lab, stopped), "cannot checkpoint a container in the stopped state: container not running");
        lab.fails(lab.call("checkpoint", lab.nextId()), "container does not exist");
    }

    @Test
    void byAnOrdinaryUser(Lab lab) throws Exception {
        try (LocalUser user = LocalUser.make(false)) {
            lab.fails(
                    user.call(lab.plainCall("checkpoint", lab.nextId())),
                    "cannot checkpoint a rootless container: criu needs root of the host");
            lab.fails(
                    user.call(lab.plainCall("restore", lab.nextId())),
                    "cannot restore a rootless container: criu needs root of the host");
        }
    }
}
