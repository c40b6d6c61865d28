// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Mount;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** config.md, "Root" and config-linux.md, "Rootfs Mount Propagation", "Masked Paths", "Readonly Paths". */
@IntegrationTest
@Peer(runc = PASS)
class RootfsIT {
    @Test
    void thePathIsRelativeToTheBundle(Lab lab) {
        Report report = lab.report(lab.bundle());

        assertTrue(
                report.names("/root").contains("payload"),
                () -> report.names("/root").toString());
        assertEquals("/", report.mount("/").target());
    }

    @Test
    void thePathMayBeAbsolute(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().withObject("/root").put("path", bundle.rootfs().toString());

        lab.report(bundle);
    }

    @Test
    void readonly(Lab lab) {
        Bundle bundle = lab.bundle().payload("report", ",", "try-write", "/new", ",", "try-mkdir", "/dev/made-in-dev");
        var result = lab.run(bundle).succeeded();

        assertTrue(result.report().mount("/").options().contains("ro"));
        result.printed("try-write /new: EROFS").printed("try-mkdir /dev/made-in-dev: OK");
    }

    @Test
    void writable(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().writable().payload("try-write", "/new", "text");
        lab.run(bundle).succeeded().printed("try-write /new: OK");

        assertEquals("text", Files.readString(bundle.rootfs().resolve("new")));
    }

    @Test
    void nothingOfTheHostIsMountedInTheContainer(Lab lab) {
        Report report = lab.report(lab.bundle());

        List<String> targets = report.mounts().stream().map(Mount::target).toList();
        assertEquals(
                Set.of("/", "/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys", "/sys/fs/cgroup"),
                Set.copyOf(targets.stream()
                        .filter(target -> !target.startsWith("/proc/") && !target.startsWith("/sys/fi"))
                        .filter(target -> !target.startsWith("/sys/fs/cgroup/"))
                        .toList()));
        assertTrue(targets.stream().noneMatch(target -> target.contains("oldroot") || target.contains("put_old")));
    }

    @Test
    void withoutPivotRootTheProgramSeesItsOwnRoot(Lab lab) {
        Report report = lab.run(lab.bundle(), "--no-pivot").succeeded().report();

        assertTrue(report.names("/root").contains("payload"));
        assertTrue(report.mount("/").options().contains("ro"));
    }

    @Test
    void maskedPaths(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.file("/secret/folder/inside", "secret");
        bundle.file("/secret/file", "secret");
        bundle.linux()
                .set("maskedPaths", Json.quoted("['/secret/folder','/secret/file','/missing/path','/proc/uptime']"));
        bundle.payload(
                "report",
                ",",
                "cat",
                "/secret/file",
                ",",
                "list",
                "/secret/folder",
                ",",
                "try-write",
                "/secret/folder/new",
                ",",
                "stat",
                "/secret/file",
                "/proc/uptime",
                "/missing");
        var result = lab.run(bundle).succeeded();

        assertFalse(result.stdout().contains("\nsecret"));
        assertEquals("tmpfs", result.report().mount("/secret/folder").type());
        assertTrue(result.report().mount("/secret/folder").options().contains("ro"));
        result.printed("{\"/secret/folder\":{}}").printed("try-write /secret/folder/new: EROFS");
        var seen = Json.parse(result.lines().getLast());
        assertEquals("char", seen.path("/secret/file").path("type").asString());
        assertEquals(1, seen.path("/secret/file").path("major").asInt());
        assertEquals(3, seen.path("/secret/file").path("minor").asInt());
        assertEquals("char", seen.path("/proc/uptime").path("type").asString());
        assertEquals("ENOENT", seen.path("/missing").path("error").asString());
    }

    @Test
    void readonlyPaths(Lab lab) {
        Bundle bundle = lab.bundle().writable();
        bundle.file("/settings/inside", "old");
        bundle.file("/setting", "old");
        bundle.linux().set("readonlyPaths", Json.quoted("['/settings','/setting','/missing','/proc/sys']"));
        bundle.payload(
                "report",
                ",",
                "try-write",
                "/settings/inside",
                ",",
                "try-write",
                "/setting",
                ",",
                "try-open",
                "/proc/sys/kernel/hostname",
                "w",
                ",",
                "try-write",
                "/elsewhere");
        var result = lab.run(bundle).succeeded();

        result.printed("try-write /settings/inside: EROFS")
                .printed("try-write /setting: EROFS")
                .printed("try-open /proc/sys/kernel/hostname: EROFS")
                .printed("try-write /elsewhere: OK");
        Mount sys = result.report().mount("/proc/sys");
        assertEquals("proc", sys.type());
        assertTrue(sys.options().contains("ro"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/.", "/link"})
    void theRootMayBeAReadonlyPath(String path, Lab lab) {
        Bundle bundle = lab.bundle().writable();
        bundle.symlink("/link", "/");
        bundle.linux().putArray("readonlyPaths").add(path);
        bundle.payload("try-write", "/elsewhere", ",", "try-write", "/dev/shm/file");

        lab.run(bundle).succeeded().printed("try-write /elsewhere: EROFS").printed("try-write /dev/shm/file: OK");
    }

    @Test
    void readonlyPathsKeepTheFlagsOfTheirMount(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.unmount("/proc").mount("proc", "proc", "/proc", "nosuid", "noexec", "nodev");
        Report report = lab.report(bundle);

        assertTrue(report.mount("/proc/sys").options().containsAll(Set.of("ro", "nosuid", "noexec", "nodev")));
    }

    @Test
    void theRootMountIsPrivateOrSlaveUnlessToldOtherwise(Lab lab) {
        Report report = lab.report(lab.bundle());

        assertTrue(report.mount("/").propagation().stream().noneMatch(field -> field.startsWith("shared")));
    }

    @Test
    void rootfsPropagationPrivate(Lab lab) {
        assertEquals(Set.of(), propagationOfRoot(lab, "private"));
    }

    @Test
    @Peer(runc = WRONG, why = "config-linux.md, rootfsPropagation: unbindable", failure = "invalid argument")
    void rootfsPropagationUnbindable(Lab lab) {
        assertEquals(Set.of("unbindable"), propagationOfRoot(lab, "unbindable"));
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config-linux.md, rootfsPropagation: shared; runc needs the host's mount to be shared",
            failure = "expected: <1> but was: <0>")
    void rootfsPropagationShared(Lab lab) {
        Set<String> fields = propagationOfRoot(lab, "shared");

        assertEquals(1, fields.size(), fields::toString);
        assertTrue(fields.iterator().next().startsWith("shared:"), fields::toString);
    }

    private static Set<String> propagationOfRoot(Lab lab, String propagation) {
        Bundle bundle = lab.bundle();
        bundle.linux().put("rootfsPropagation", propagation);
        return lab.report(bundle).mount("/").propagation();
    }

    @Test
    void anUnknownPropagationIsAnError(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux().put("rootfsPropagation", "sideways");

        lab.failsToCreate(bundle, "rootfsPropagation", "sideways").oursSays("/linux/rootfsPropagation");
    }

    @Test
    void theRootMayBeAMountOfTheHost(Lab lab) {
        Bundle bundle = lab.bundle();
        Host.run(
                "mount",
                "--bind",
                "-o",
                "nosuid,nodev",
                bundle.rootfs().toString(),
                bundle.rootfs().toString());
        lab.atEnd(() -> Host.run("umount", bundle.rootfs().toString()));

        lab.report(bundle);
    }

    @Test
    void rootfsPropagationRslaveHearsOfTheHostsMounts(Lab lab) {
        hearsOfTheHostsMounts(lab, "rslave");
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config-linux.md, rootfsPropagation: slave; runc makes the mount of the rootfs private first",
            failure = "nothing is mounted on /shared")
    void rootfsPropagationSlaveHearsOfTheHostsMounts(Lab lab) {
        hearsOfTheHostsMounts(lab, "slave");
    }

    private static void hearsOfTheHostsMounts(Lab lab, String propagation) {
        Bundle bundle = lab.bundle();
        Path shared = bundle.directory("/shared");
        Host.run("mount", "--bind", bundle.rootfs().toString(), bundle.rootfs().toString());
        lab.atEnd(() -> Host.run("umount", "-R", bundle.rootfs().toString()));
        Host.run("mount", "--make-shared", bundle.rootfs().toString());
        bundle.linux().put("rootfsPropagation", propagation);
        bundle.payload("signal-log", "1", ",", "report", ",", "try-mount", "tmpfs", "/shared");
        bundle.capabilities("CAP_SYS_ADMIN");
        Container container = lab.create(bundle).start().awaitOutput("ready");
        Host.run("mount", "-t", "tmpfs", "made-by-the-host", shared.toString());
        container.kill("USR1");

        Report report = container.report();
        assertEquals("made-by-the-host", report.mount("/shared").source());
        assertTrue(container.stdout().contains("try-mount /shared: OK"));
        // It is there twice where the host's own root is shared: then the bind mount above went on to itself.
        for (String source : Host.run("findmnt", "-n", "-o", "SOURCE", shared.toString())
                .strip()
                .split("\n", -1)) {
            assertEquals("made-by-the-host", source);
        }
    }
}
