// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Mount;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** config.md, "Mounts". */
@IntegrationTest
@Peer(runc = PASS)
class MountsIT {
    private static Mount tmpfs(Lab lab, String... options) {
        return lab.report(lab.bundle().mount("tmpfs", "a-source", "/data", options))
                .mount("/data");
    }

    private static Path folderWith(Lab lab, String file, String text) throws IOException {
        Path folder = lab.newFolder("source");
        Files.writeString(folder.resolve(file), text);
        return folder;
    }

    @Test
    void theDefaultMounts(Lab lab) {
        Report report = lab.report(lab.bundle());

        assertEquals("proc", report.mount("/proc").type());
        assertMount(report, "/dev", "tmpfs", "rw", "nosuid");
        assertTrue(report.mount("/dev").superOptions().containsAll(Set.of("size=65536k", "mode=755")));
        assertMount(report, "/dev/pts", "devpts", "rw", "nosuid", "noexec");
        assertTrue(report.mount("/dev/pts").superOptions().containsAll(Set.of("gid=5", "mode=620", "ptmxmode=666")));
        assertMount(report, "/dev/shm", "tmpfs", "rw", "nosuid", "noexec", "nodev");
        assertMount(report, "/dev/mqueue", "mqueue", "rw", "nosuid", "noexec", "nodev");
        assertMount(report, "/sys", "sysfs", "ro", "nosuid", "noexec", "nodev");
        assertTrue(report.findMount("/sys/fs/cgroup").isPresent());
    }

    private static void assertMount(Report report, String target, String type, String... options) {
        Mount mount = report.mount(target);
        assertEquals(type, mount.type(), target);
        assertTrue(mount.options().containsAll(Set.of(options)), mount::toString);
    }

    @Test
    void flagsAndDataAreToldApart(Lab lab) {
        Mount mount = tmpfs(lab, "nosuid", "nodev", "noexec", "ro", "noatime", "size=64k", "mode=700");

        assertEquals("a-source", mount.source());
        assertTrue(mount.options().containsAll(Set.of("ro", "nosuid", "nodev", "noexec", "noatime")), mount::toString);
        assertTrue(mount.superOptions().containsAll(Set.of("size=64k", "mode=700")), mount::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "ro,rw,ro",
        "nosuid,suid,nosuid",
        "nodev,dev,nodev",
        "noexec,exec,noexec",
        "noatime,atime,noatime",
        "nodiratime,diratime,nodiratime"
    })
    void anOptionAndItsNegation(String option, String negation, String shown, Lab lab) {
        assertTrue(tmpfs(lab, negation, option).options().contains(shown));
        assertFalse(tmpfs(lab, option, negation).options().contains(shown));
    }

    @ParameterizedTest
    @ValueSource(strings = {"relatime", "nodiratime", "noatime"})
    void accessTimes(String option, Lab lab) {
        assertTrue(tmpfs(lab, option).options().contains(option));
    }

    @Test
    void strictatime(Lab lab) {
        Set<String> options = tmpfs(lab, "strictatime").options();

        assertFalse(options.contains("relatime") || options.contains("noatime"), options::toString);
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "mount(8) has the option defaults; runc gives it to the file system",
            failure = "data: defaults")
    void defaultsIsNoFlag(Lab lab) {
        assertTrue(tmpfs(lab, "defaults", "nodev").options().containsAll(Set.of("rw", "nodev")));
    }

    @Test
    void aFlagOfFewFileSystemsIsNoError(Lab lab) {
        assertEquals("tmpfs", tmpfs(lab, "iversion").type());
    }

    private static Path closedFolder(Bundle bundle) throws IOException {
        Path folder = Files.createDirectory(bundle.rootfs().resolve("closed"));
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
    }

    /** As mount(8) prints them, and many a config.json has them. */
    @Test
    void severalOptionsMayBeOneString(Lab lab) {
        Mount mount = tmpfs(lab, "nosuid", "size=64k,nr_inodes=20", "uid=5,gid=6");

        assertTrue(mount.options().contains("nosuid"), mount::toString);
        assertTrue(
                mount.superOptions().containsAll(Set.of("size=64k", "nr_inodes=20", "uid=5", "gid=6")),
                mount::toString);
    }

    @Test
    void aTmpfsHasTheModeOfTheFolderThatItHides(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().mount("tmpfs", "tmpfs", "/closed").mount("tmpfs", "tmpfs", "/new");
        closedFolder(bundle);
        Report report = lab.report(bundle);

        assertEquals(0750, report.number("/root/closed/mode"));
        assertEquals(01777, report.number("/root/new/mode"));
    }

    @Test
    @Peer(runc = WRONG, why = "runc 1.1 gives it the folder's nevertheless", failure = "expected: <457>")
    void aModeThatIsAskedForIsThatOfTheTmpfs(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().mount("tmpfs", "tmpfs", "/closed", "mode=711");
        closedFolder(bundle);

        assertEquals(0711, lab.report(bundle).number("/root/closed/mode"));
    }

    @Test
    void theyAreMadeInOrder(Lab lab) {
        Bundle bundle = lab.bundle()
                .mount("tmpfs", "below", "/data")
                .mount("tmpfs", "inside", "/data/inside")
                .mount("tmpfs", "hidden", "/other/inside")
                .mount("tmpfs", "above", "/other");
        Report report = lab.report(bundle);

        List<String> sources = report.mounts().stream().map(Mount::source).toList();
        assertTrue(sources.indexOf("below") < sources.indexOf("inside"), sources::toString);
        assertTrue(sources.indexOf("hidden") < sources.indexOf("above"), sources::toString);
        assertEquals("inside", report.mount("/data/inside").source());
    }

    @Test
    void anotherMountOfTheSamePathHidesTheFirst(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "first", "/data").mount("tmpfs", "second", "/data");

        assertEquals("second", lab.report(bundle).mount("/data").source());
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config.md, mounts: options are of their mount; runc makes the upper one read-only, too",
            failure = "no line \"try-write /data/file: OK\"")
    void aReadonlyMountThatAnotherOfItsPathHides(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "first", "/data", "ro").mount("tmpfs", "second", "/data", "nosuid");
        bundle.payload("report", ",", "try-write", "/data/file");
        Result result = lab.run(bundle).succeeded().printed("try-write /data/file: OK");

        assertEquals("second", result.report().mount("/data").source());
    }

    @Test
    void aReadonlyMountThatAnotherOfTheFolderAboveHides(Lab lab) {
        Bundle bundle = lab.bundle().unmount("/sys").unmount("/sys/fs/cgroup");
        bundle.mount("cgroup", "cgroup", "/sys/fs/cgroup", "ro").mount("sysfs", "sysfs", "/sys", "ro");
        bundle.payload("report", ",", "stat", "/sys/kernel");

        assertEquals("sysfs", lab.run(bundle).succeeded().report().mount("/sys").type());
    }

    @Test
    void aTargetThatIsMissingIsMadeThoughTheRootIsReadonly(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "tmpfs", "/made/on/the/way");
        Report report = lab.report(bundle);

        assertTrue(report.mount("/").options().contains("ro"));
        assertEquals("tmpfs", report.mount("/made/on/the/way").type());
        assertTrue(Files.isDirectory(bundle.rootfs().resolve("made/on/the/way")));
    }

    @Test
    void aRelativeDestinationIsTakenFromTheRoot(Lab lab) {
        assertEquals(
                "tmpfs",
                lab.report(lab.bundle().mount("tmpfs", "tmpfs", "data"))
                        .mount("/data")
                        .type());
    }

    @Test
    void aFolderOfTheHost(Lab lab) throws Exception {
        Path source = folderWith(lab, "file", "of the host");
        Bundle bundle = lab.bundle().mount("bind", source.toString(), "/data", "bind");
        Result result =
                lab.run(bundle.payload("report", ",", "cat", "/data/file", ",", "try-write", "/data/new", "inside"));

        assertTrue(result.succeeded().stdout().contains("of the host"));
        result.printed("of the hosttry-write /data/new: OK");
        assertEquals("inside", Files.readString(source.resolve("new")));
        assertEquals(source.toString(), result.report().mount("/data").root());
    }

    @Test
    void aFileOfTheHostGetsAFileAsItsTarget(Lab lab) throws Exception {
        Path source = folderWith(lab, "file", "of the host").resolve("file");
        Bundle bundle = lab.bundle().mount("bind", source.toString(), "/etc/made/file", "bind", "ro");
        Result result = lab.run(bundle.payload("cat", "/etc/made/file", ",", "try-open", "/etc/made/file", "w"));

        assertEquals(
                "of the hosttry-open /etc/made/file: EROFS\n",
                result.succeeded().stdout());
        assertTrue(Files.isRegularFile(bundle.rootfs().resolve("etc/made/file")));
    }

    @Test
    void theTypeOfABindMayBeAbsentOrNone(Lab lab) throws Exception {
        Path source = folderWith(lab, "file", "text");
        Bundle bundle = lab.bundle()
                .mount("", source.toString(), "/one", "bind")
                .mount("none", source.toString(), "/two", "bind");
        Result result = lab.run(bundle.payload("cat", "/one/file", "/two/file"));

        assertEquals("texttext", result.succeeded().stdout());
    }

    @Test
    void theSourceIsRelativeToTheBundle(Lab lab) throws Exception {
        Bundle bundle =
                lab.bundle().mount("bind", "../other/folder", "/data", "bind").payload("cat", "/data/file");
        Files.createDirectories(lab.folder().resolve("other/folder"));
        Files.writeString(lab.folder().resolve("other/folder/file"), "relative");

        assertEquals("relative", lab.run(bundle).succeeded().stdout());
    }

    @Test
    void aBindWithMoreFlags(Lab lab) throws Exception {
        Path source = folderWith(lab, "file", "text");
        Bundle bundle =
                lab.bundle().mount("bind", source.toString(), "/data", "bind", "ro", "nosuid", "nodev", "noexec");
        Result result = lab.run(bundle.payload("report", ",", "try-write", "/data/new"));

        Set<String> options = result.succeeded().report().mount("/data").options();
        assertTrue(options.containsAll(Set.of("ro", "nosuid", "nodev", "noexec")), options::toString);
        result.printed("try-write /data/new: EROFS");
    }

    @Test
    void aBindTakesOnlyTheTopMountAndRbindAll(Lab lab) throws Exception {
        Path source = lab.newFolder("source");
        Path inside = Files.createDirectory(source.resolve("inside"));
        Host.run("mount", "-t", "tmpfs", "submount", inside.toString());
        lab.atEnd(() -> Host.run("umount", inside.toString()));
        Bundle bundle = lab.bundle()
                .mount("bind", source.toString(), "/one", "bind")
                .mount("bind", source.toString(), "/all", "rbind");
        Report report = lab.report(bundle);

        assertTrue(report.findMount("/one/inside").isEmpty());
        assertEquals("submount", report.mount("/all/inside").source());
    }

    @Test
    void roIsOfTheTopMountAndRroOfAll(Lab lab) throws Exception {
        Path source = lab.newFolder("source");
        Path inside = Files.createDirectory(source.resolve("inside"));
        Host.run("mount", "-t", "tmpfs", "submount", inside.toString());
        lab.atEnd(() -> Host.run("umount", inside.toString()));
        Bundle bundle = lab.bundle()
                .mount("bind", source.toString(), "/top", "rbind", "ro")
                .mount("bind", source.toString(), "/all", "rbind", "rro");
        Report report = lab.report(bundle);

        assertTrue(report.mount("/top").options().contains("ro"));
        assertTrue(report.mount("/top/inside").options().contains("rw"));
        assertTrue(report.mount("/all").options().contains("ro"));
        assertTrue(report.mount("/all/inside").options().contains("ro"));
    }

    @Test
    void whatIsSaidOfAllMountsHoldsForTheTopOneToo(Lab lab) {
        Path source = lab.newFolder("source");
        Bundle bundle = lab.bundle()
                .mount("bind", source.toString(), "/readonly", "rbind", "rro", "rw")
                .mount("bind", source.toString(), "/times", "rbind", "noatime", "rrelatime");
        Report report = lab.report(bundle);

        assertTrue(report.mount("/readonly").options().contains("ro"));
        assertTrue(report.mount("/times").options().contains("relatime"));
    }

    /** mount_setattr(2) with AT_RECURSIVE: the mounts below have them as well, or have them no more. */
    @ParameterizedTest
    @CsvSource({
        "rro, rrw, ro",
        "rnosuid, rsuid, nosuid",
        "rnodev, rdev, nodev",
        "rnoexec, rexec, noexec",
        "rnodiratime, rdiratime, nodiratime",
        "rnosymfollow, rsymfollow, nosymfollow"
    })
    void recursiveAttributesAreOfAllMountsBelow(String option, String negation, String shown, Lab lab)
            throws Exception {
        checkRecursive(option, negation, shown, lab);
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config.md, mount options: ratime; runc asks for an access time of none",
            failure = "exit status")
    void accessTimesOfAllMountsBelow(Lab lab) throws Exception {
        checkRecursive("rnoatime", "ratime", "noatime", lab);
    }

    private static void checkRecursive(String option, String negation, String shown, Lab lab) throws Exception {
        Path source = lab.newFolder("source");
        Path inside = Files.createDirectory(source.resolve("inside"));
        Host.run("mount", "-t", "tmpfs", "-o", shown, "submount", inside.toString());
        lab.atEnd(() -> Host.run("umount", inside.toString()));
        Path plain = lab.newFolder("plain");
        Path below = Files.createDirectory(plain.resolve("inside"));
        Host.run("mount", "-t", "tmpfs", "-o", "strictatime", "submount", below.toString());
        lab.atEnd(() -> Host.run("umount", below.toString()));
        Bundle bundle = lab.bundle()
                .mount("bind", plain.toString(), "/set", "rbind", option)
                .mount("bind", plain.toString(), "/top", "rbind", option.substring(1))
                .mount("bind", source.toString(), "/cleared", "rbind", negation);
        Report report = lab.report(bundle);

        assertTrue(report.mount("/set").options().contains(shown));
        assertTrue(report.mount("/set/inside").options().contains(shown));
        assertTrue(report.mount("/top").options().contains(shown));
        assertFalse(report.mount("/top/inside").options().contains(shown));
        assertFalse(report.mount("/cleared/inside").options().contains(shown));
    }

    @Test
    void flagsThatTheSourceHasStay(Lab lab) {
        Path source = lab.newFolder("source");
        Host.run("mount", "-t", "tmpfs", "-o", "nosuid,nodev,noexec", "tmpfs", source.toString());
        lab.atEnd(() -> Host.run("umount", source.toString()));
        Bundle bundle = lab.bundle().mount("bind", source.toString(), "/data", "bind");

        assertTrue(lab.report(bundle).mount("/data").options().containsAll(Set.of("nosuid", "nodev", "noexec")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "rshared"})
    void propagationShared(String option, Lab lab) {
        Set<String> fields = tmpfs(lab, option).propagation();

        assertTrue(fields.stream().anyMatch(field -> field.startsWith("shared:")), fields::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"private", "rprivate", "slave", "rslave"})
    void propagationPrivateOrSlaveOfAMountThatWasNotShared(String option, Lab lab) {
        assertEquals(Set.of(), tmpfs(lab, option).propagation());
    }

    @ParameterizedTest
    @ValueSource(strings = {"unbindable", "runbindable"})
    void propagationUnbindable(String option, Lab lab) {
        assertEquals(Set.of("unbindable"), tmpfs(lab, option).propagation());
    }

    @Test
    void tmpcopyup(Lab lab) {
        Bundle bundle =
                lab.bundle().mount("tmpfs", "tmpfs", "/data", "tmpcopyup").payload("cat", "/data/a/file", "/data/b");
        bundle.file("/data/a/file", "copied");
        bundle.file("/data/b", " up");
        bundle.payload("cat", "/data/a/file", "/data/b", ",", "try-write", "/data/new");
        Result result = lab.run(bundle).succeeded();

        assertEquals("copied uptry-write /data/new: OK\n", result.stdout());
        assertFalse(Files.exists(bundle.rootfs().resolve("data/new")));
    }

    @Test
    void theCgroupMountShowsTheContainersOwnCgroup(Lab lab) {
        Bundle bundle = lab.bundle().payload("report", ",", "cat", "/sys/fs/cgroup/pids/cgroup.procs");
        Result result = lab.run(bundle).succeeded();

        assertTrue(result.report().mount("/sys/fs/cgroup/pids").options().contains("ro"));
        assertTrue(result.stdout().endsWith("\n1\n"), result::toString);
    }

    @Test
    void theCgroupMountTakesAnotherAccessTime(Lab lab) {
        Bundle bundle = lab.bundle().unmount("/sys/fs/cgroup");
        bundle.mount("cgroup", "cgroup", "/sys/fs/cgroup", "nosuid", "noexec", "nodev", "noatime", "ro");
        List<Mount> mounts = lab.report(bundle).mounts().stream()
                .filter(mount -> mount.type().equals("cgroup"))
                .toList();

        assertFalse(mounts.isEmpty());
        mounts.forEach(mount -> assertTrue(mount.options().contains("noatime"), mount::toString));
    }

    @Test
    void aLinkInTheRootStaysInTheRoot(Lab lab) throws Exception {
        Path outside = lab.newFolder("outside");
        Bundle bundle = lab.bundle().mount("tmpfs", "caught", "/link").payload("report");
        bundle.symlink("/link", outside.toString());
        Report report = lab.report(bundle);

        assertEquals("caught", report.mount(outside.toString()).source());
        assertTrue(Files.isDirectory(bundle.rootfs().resolve(outside.toString().substring(1))));
    }

    @Test
    void aLinkUpwardsStaysInTheRoot(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "caught", "/deep/link/inside");
        bundle.symlink("/deep/link", "../../../../../../..");

        assertEquals("caught", lab.report(bundle).mount("/inside").source());
    }

    @Test
    void aLinkToAFolderIsFollowedInside(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "caught", "/var/run/app");
        bundle.directory("/run");
        bundle.symlink("/var/run", "/run");

        assertEquals("caught", lab.report(bundle).mount("/run/app").source());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/proc", "/sys"})
    void procAndSysOverALinkAreRefused(String target, Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.symlink(target, "/elsewhere");
        bundle.directory("/elsewhere");

        lab.failsToCreate(bundle, target).oursSays("symbolic link", "/mounts/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/proc/sys/kernel", "/proc/self", "/proc/1"})
    void mountsInsideProcAreRefused(String destination, Lab lab) {
        Bundle bundle = lab.bundle().mount("bind", lab.newFolder("source").toString(), destination, "bind");

        lab.failsToCreate(bundle, destination, "proc").oursSays(bundle.lastMount());
    }

    @Test
    @Peer(runc = WRONG, why = "CVE-2019-16884 and after: runc doesn't look at a tmpfs", failure = "exit status")
    void aTmpfsInsideProcIsRefused(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "tmpfs", "/proc/sys/kernel");

        lab.failsToCreate(bundle, "/proc/sys/kernel", "proc").oursSays(bundle.lastMount());
    }

    /** In the words of config.json it is procfs. */
    @ParameterizedTest
    @CsvSource({"proc, /tmp", "bind, proc", "proc, proc"})
    void whatOnlySaysThatItIsProcfsIsRefused(String type, String source, Lab lab) {
        Bundle bundle = lab.bundle().unmount("/proc").mount(type, source, "/proc", "bind");

        lab.failsToCreate(bundle, "/proc").oursSays(bundle.lastMount(), "only procfs may be mounted on /proc");
    }

    @Test
    void aFileOfProcMayBeReplacedWhereThatIsCommon(Lab lab) throws Exception {
        Path source = folderWith(lab, "uptime", "42.0 42.0\n").resolve("uptime");
        Bundle bundle = lab.bundle()
                .mount("bind", source.toString(), "/proc/uptime", "bind")
                .payload("cat", "/proc/uptime");

        assertEquals("42.0 42.0\n", lab.run(bundle).succeeded().stdout());
    }

    @Test
    void anOptionThatTheFileSystemRefuses(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "tmpfs", "/data", "sizee=1");

        lab.failsToCreate(bundle, "/data", "tmpfs", "invalid argument")
                .oursSays(bundle.lastMount(), "EINVAL", "sizee=1");
    }

    @Test
    void aFileSystemThatDoesNotExist(Lab lab) {
        Bundle bundle = lab.bundle().mount("nosuchfs", "nosuchfs", "/data");

        lab.failsToCreate(bundle, "/data", "nosuchfs", "no such device").oursSays(bundle.lastMount(), "ENODEV");
    }

    @Test
    void aSourceThatDoesNotExist(Lab lab) {
        Bundle bundle = lab.bundle().mount("bind", "/missing/source", "/data", "bind");

        lab.failsToCreate(bundle, "/missing/source", "no such file or directory")
                .oursSays(bundle.lastMount(), "ENOENT");
    }

    @Test
    void aFolderOnAFile(Lab lab) {
        Bundle bundle = lab.bundle().mount("bind", lab.newFolder("source").toString(), "/data", "bind");
        bundle.file("/data", "a file");

        lab.failsToCreate(bundle, "/data", "not a directory").oursSays(bundle.lastMount(), "ENOTDIR");
    }

    @Test
    void aMountWithoutADestination(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.mounts().add(Json.quoted("{'type':'tmpfs','source':'tmpfs'}"));

        lab.failsToCreate(bundle).oursSays(bundle.lastMount(), "destination");
    }
}
