// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Namespaces;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** config-linux.md, "User namespace mappings", with a privileged caller. */
@IntegrationTest
@Peer(runc = PASS)
class UserNamespaceIT {
    private static final int HOST_ID = 100_000;

    private static Bundle bundle(Lab lab) {
        return lab.bundle().userNamespace(HOST_ID);
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+", -1));
    }

    @Test
    void theMapsAreWrittenAsGiven(Lab lab) {
        Report report = lab.report(bundle(lab));

        assertNotEquals(Namespaces.own("user"), report.namespace("user"));
        assertEquals(List.of("0", "100000", "65536"), words(report.text("/uidMap")));
        assertEquals(List.of("0", "100000", "65536"), words(report.text("/gidMap")));
        assertEquals("allow", report.text("/setgroups").strip());
    }

    /** Of each the runtime has a descriptor, as init may not reach what the caller may. */
    private static Report ofManyMounts(Lab lab, Bundle bundle) {
        for (int i = 0; i < 1200; i++) {
            bundle.mount("bind", lab.folder().toString(), "/many/" + i, "bind", "ro");
        }
        Call call = lab.runCall(bundle.writable().payload("report"), lab.nextId());
        return call.through("sh", "-c", "ulimit -S -n 256; exec \"$0\" \"$@\"")
                .now()
                .succeeded()
                .report();
    }

    @Test
    void moreMountsThanTheCallerMayHaveOpenFiles(Lab lab) {
        Bundle bundle = bundle(lab);
        bundle.process().set("rlimits", Json.quoted("[{'type':'RLIMIT_NOFILE','soft':100,'hard':200}]"));

        assertEquals(List.of("100", "200"), ofManyMounts(lab, bundle).texts("/rlimits/RLIMIT_NOFILE"));
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "Go raises its soft limit, and the program gets that",
            failure = "expected: <256> but was: <")
    void theLimitOfOpenFilesIsTheCallersAgain(Lab lab) {
        Bundle bundle = bundle(lab);
        bundle.process().remove("rlimits");

        assertEquals(
                "256", ofManyMounts(lab, bundle).texts("/rlimits/RLIMIT_NOFILE").getFirst());
    }

    @Test
    void rootInsideOwnsItsMessageQueues(Lab lab) {
        assertEquals(0, lab.report(lab.bundle().userNamespace(100000)).number("/dev/mqueue/uid"));
    }

    @Test
    void severalRangesInOneMap(Lab lab) {
        Bundle bundle = lab.bundle().addNamespace("user");
        bundle.linux()
                .set(
                        "uidMappings",
                        Json.quoted(
                                "[{'containerID':0,'hostID':0,'size':1},{'containerID':1,'hostID':200001,'size':9}]"));
        bundle.linux().set("gidMappings", Json.quoted("[{'containerID':0,'hostID':0,'size':6}]"));

        assertEquals(
                List.of("0", "0", "1", "1", "200001", "9"),
                words(lab.report(bundle).text("/uidMap")));
    }

    @Test
    void rootInsideIsSomebodyElseOutside(Lab lab) {
        Container container = lab.create(bundle(lab).payload("report", ",", "signal-exit"))
                .start()
                .awaitOutput("ready");
        String outside = Host.run("grep", "^[UG]id", "/proc/" + container.pid() + "/status");
        container.kill("TERM");

        assertEquals(List.of("0", "0", "0"), container.report().texts("/uids"));
        assertEquals(List.of("0", "0", "0"), container.report().texts("/gids"));
        outside.lines().forEach(line -> assertTrue(line.matches("[UG]id:(\\s+100000){4}"), outside));
    }

    @Test
    void anotherUserWithGroups(Lab lab) {
        Bundle bundle = bundle(lab);
        bundle.process().set("user", Json.quoted("{'uid':1000,'gid':1001,'additionalGids':[1002,1003]}"));
        Report report = lab.report(bundle);

        assertEquals(List.of("1000", "1000", "1000"), report.texts("/uids"));
        assertEquals(List.of("1001", "1001", "1001"), report.texts("/gids"));
        assertEquals(List.of("1002", "1003"), report.texts("/groups"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1000})
    void theUserMayOpenItsOutputsAgain(int uid, Lab lab) {
        Bundle bundle = bundle(lab).payload("terminal-write", "/dev/stdout", "again\n");
        bundle.process().set("user", Json.of(Map.of("uid", uid, "gid", uid)));
        lab.runCall(bundle.write(), lab.nextId())
                .through("sh", "-c", "\"$0\" \"$@\" | cat")
                .now()
                .succeeded()
                .printed("terminal-write /dev/stdout: OK");
    }

    @Test
    void whatExecStartsMayOpenItsOutputsAgain(Lab lab) {
        Container container = lab.create(bundle(lab).payload("signal-exit")).start();
        lab.execCall(container, List.of(), "terminal-write", "/dev/stdout", "again\n")
                .through("sh", "-c", "\"$0\" \"$@\" | cat")
                .now()
                .succeeded()
                .printed("terminal-write /dev/stdout: OK");
    }

    @Test
    void capabilitiesHoldInsideButNotOutside(Lab lab) {
        Bundle bundle =
                bundle(lab).writable().capabilities("CAP_SYS_ADMIN", "CAP_NET_RAW", "CAP_MKNOD", "CAP_SYS_NICE");
        bundle.directory("/data");
        bundle.payload(
                "report",
                ",",
                "try-mount",
                "tmpfs",
                "/data",
                ",",
                "try-hostname",
                "renamed",
                ",",
                "try-socket",
                ",",
                "try-mknod",
                "/dev/mine",
                "c",
                "1",
                "3",
                ",",
                "try-nice",
                "-5");
        Result result = lab.run(bundle).succeeded();

        assertEquals(
                List.of("CAP_NET_RAW", "CAP_SYS_ADMIN", "CAP_SYS_NICE", "CAP_MKNOD"),
                result.report().capabilities("CapEff"));
        result.printed("try-mount /data: OK")
                .printed("try-hostname renamed: OK")
                .printed("try-socket packet: OK")
                .printed("try-mknod /dev/mine: EPERM");
        assertTrue(result.lines().getLast().matches("try-nice -5: E(PERM|ACCES)"), result::toString);
    }

    @Test
    void theDefaultDevicesAreThereThoughMknodIsRefused(Lab lab) {
        Bundle bundle = bundle(lab).payload("report", ",", "try-write", "/dev/null", ",", "try-open", "/dev/zero", "r");
        Result result = lab.run(bundle).succeeded();

        for (String device : List.of("null", "zero", "full", "random", "urandom", "tty")) {
            assertEquals("char", result.report().text("/dev/" + device + "/type"), device);
        }
        assertEquals(1, result.report().number("/dev/null/major"));
        assertEquals(3, result.report().number("/dev/null/minor"));
        result.printed("try-write /dev/null: OK").printed("try-open /dev/zero: OK");
    }

    @Test
    @Peer(
            runc = UNSUPPORTED,
            why = "the root file system is opened with the mapped root's rights",
            failure = "permission denied")
    void theRootfsMayLieBelowAFolderThatMappedRootCannotEnter(Lab lab) throws Exception {
        Path closed = Files.createDirectory(
                lab.newFile("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));

        lab.report(lab.bundleIn(closed.resolve("bundle")).userNamespace(HOST_ID));
    }

    @Test
    void bindSourcesMayLieBelowAFolderThatMappedRootCannotEnter(Lab lab) throws Exception {
        Path closed = Files.createDirectory(
                lab.newFile("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path source = Files.createDirectory(closed.resolve("source"));
        Files.writeString(source.resolve("file"), "through the door");
        Bundle bundle = bundle(lab)
                .mount("bind", source.toString(), "/data", "bind", "ro")
                .payload("cat", "/data/file");

        assertEquals("through the door", lab.run(bundle).succeeded().stdout());
    }

    /** The front opens each source and passes it to init, and the kernel passes 253 fds at a time. */
    @Test
    void moreBindMountsThanFdsGoWithAMessage(Lab lab) throws Exception {
        Path sources = Files.createDirectory(lab.newFile("sources"));
        Bundle bundle = bundle(lab);
        for (int i = 0; i < 600; i++) {
            Path source = Files.writeString(sources.resolve("source" + i), "source " + i + "\n");
            bundle.mount("bind", source.toString(), "/data/" + i, "bind", "ro");
        }
        bundle.payload("cat", "/data/0", ",", "cat", "/data/249", ",", "cat", "/data/250", ",", "cat", "/data/599");

        assertEquals(
                "source 0\nsource 249\nsource 250\nsource 599\n",
                lab.run(bundle).succeeded().stdout());
    }

    @Test
    @Peer(
            runc = UNSUPPORTED,
            why = "runc 1.1 wants the maps of a joined user namespace in config.json as well",
            failure = "no uid mappings found")
    void theNamespaceIsJoinedByItsPath(Lab lab) {
        Container holder = lab.create(bundle(lab).payload("sleep"));
        Bundle bundle = bundle(lab).join("user", holder.namespace("user"));
        bundle.linux().remove("uidMappings");
        bundle.linux().remove("gidMappings");
        // the namespaces that belong to it come along, else mounting proc and sysfs would be refused
        for (String type : List.of("network", "ipc", "uts", "pid")) {
            bundle.join(type, holder.namespace(Namespaces.nameOf(type)));
        }
        bundle.edit(config -> config.remove("hostname"));
        Report report = lab.report(bundle);

        assertEquals(Namespaces.of(holder.pid(), "user"), report.namespace("user"));
        assertEquals(List.of("0", "100000", "65536"), words(report.text("/uidMap")));
        assertEquals(List.of("0", "0", "0"), report.texts("/uids"));
    }

    @Test
    void aJoinedNamespaceWithItsMapsAndNewOthers(Lab lab) {
        Container holder = lab.create(bundle(lab).payload("sleep"));
        Report report = lab.report(bundle(lab).join("user", holder.namespace("user")));

        assertEquals(Namespaces.of(holder.pid(), "user"), report.namespace("user"));
        assertNotEquals(Namespaces.of(holder.pid(), "net"), report.namespace("net"));
        assertTrue(report.flag("/interfaces/lo/up"));
    }

    @Test
    void aUserWhoIsNotMappedIsAnError(Lab lab) {
        Bundle bundle = bundle(lab);
        bundle.process().withObject("/user").put("uid", 70_000);

        lab.failsToCreate(bundle).oursSays("/process/user", "70000", "EINVAL");
    }

    @Test
    void overlappingRangesAreAnError(Lab lab) {
        Bundle bundle = lab.bundle().userNamespace(HOST_ID);
        bundle.linux()
                .withArray("uidMappings")
                .addObject()
                .put("containerID", 10)
                .put("hostID", 300_000)
                .put("size", 5);

        lab.failsToCreate(bundle).oursSays("/linux/uidMappings", "EINVAL");
    }

    @Test
    void withATerminalTheProgramOwnsIt(Lab lab) {
        Bundle bundle = bundle(lab);
        bundle.process().put("terminal", true);
        bundle.process().set("user", Json.quoted("{'uid':1000,'gid':1000}"));
        Report report = TerminalIT.inTerminal(lab, bundle).report();

        assertEquals(1000, report.number("/ttyUid"));
        assertTrue(report.flag("/controllingTerminal"));
    }
}
