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
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** config-linux.md, "Devices", "Default Devices", "Allowed Device list". */
@IntegrationTest
@Peer(runc = PASS)
class DevicesIT {
    @ParameterizedTest
    @CsvSource({"null,1,3", "zero,1,5", "full,1,7", "random,1,8", "urandom,1,9", "tty,5,0"})
    void aDefaultDevice(String name, int major, int minor, Lab lab) {
        Report report = lab.report(lab.bundle());

        assertEquals("char", report.text("/dev/" + name + "/type"));
        assertEquals(major, report.number("/dev/" + name + "/major"));
        assertEquals(minor, report.number("/dev/" + name + "/minor"));
        assertEquals(0666, report.number("/dev/" + name + "/mode"));
        assertEquals(0, report.number("/dev/" + name + "/uid"));
        assertEquals(0, report.number("/dev/" + name + "/gid"));
    }

    @ParameterizedTest
    @CsvSource({
        "fd,/proc/self/fd",
        "stdin,/proc/self/fd/0",
        "stdout,/proc/self/fd/1",
        "stderr,/proc/self/fd/2",
        "ptmx,pts/ptmx"
    })
    void aDefaultLink(String name, String target, Lab lab) {
        assertEquals(target, lab.report(lab.bundle()).text("/dev/" + name + "/link"));
    }

    @Test
    void theDefaultDevicesMayBeUsed(Lab lab) {
        Bundle bundle = lab.bundle()
                .payload(
                        "try-write",
                        "/dev/null",
                        ",",
                        "try-write",
                        "/dev/full",
                        ",",
                        "try-open",
                        "/dev/urandom",
                        ",",
                        "try-open",
                        "/dev/ptmx",
                        "rw");

        lab.run(bundle)
                .succeeded()
                .printed("try-write /dev/null: OK")
                .printed("try-write /dev/full: ENOSPC")
                .printed("try-open /dev/urandom: OK")
                .printed("try-open /dev/ptmx: OK");
    }

    @Test
    void devicesWithModeAndOwner(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux()
                .set(
                        "devices",
                        Json.quoted(
                                "[{'type':'c','path':'/dev/kmsg-mine','major':1,'minor':11,'fileMode':416,'uid':10,'gid':20},"
                                        + "{'type':'u','path':'/dev/deep/inside/char','major':1,'minor':3},"
                                        + "{'type':'b','path':'/dev/a-block','major':7,'minor':200,'fileMode':384},"
                                        + "{'type':'p','path':'/dev/a-fifo','fileMode':438}]"));
        bundle.payload("report", ",", "stat", "/dev/deep/inside/char");
        Result result = lab.run(bundle).succeeded();
        Report report = result.report();

        assertEquals("char", report.text("/dev/kmsg-mine/type"));
        assertEquals(1, report.number("/dev/kmsg-mine/major"));
        assertEquals(11, report.number("/dev/kmsg-mine/minor"));
        assertEquals(0640, report.number("/dev/kmsg-mine/mode"));
        assertEquals(10, report.number("/dev/kmsg-mine/uid"));
        assertEquals(20, report.number("/dev/kmsg-mine/gid"));
        assertEquals("block", report.text("/dev/a-block/type"));
        assertEquals(7, report.number("/dev/a-block/major"));
        assertEquals(200, report.number("/dev/a-block/minor"));
        assertEquals(0600, report.number("/dev/a-block/mode"));
        assertEquals("fifo", report.text("/dev/a-fifo/type"));
        assertEquals(0666, report.number("/dev/a-fifo/mode"));
        assertTrue(result.lines().getLast().contains("\"type\":\"char\""), result::toString);
    }

    /** So that reading /dev/random never waits, for instance. */
    @Test
    void aMountInPlaceOfADefaultDeviceStays(Lab lab) {
        Bundle bundle = lab.bundle().mount("bind", "/dev/urandom", "/dev/random", "bind");

        assertEquals(9, lab.report(bundle).number("/dev/random/minor"));
    }

    @Test
    void theCallersUmaskHasNoSay(Lab lab) {
        Bundle bundle = lab.bundle().write();
        Report report = lab.runCall(bundle, lab.nextId())
                .through("sh", "-c", "umask 077; exec \"$0\" \"$@\"")
                .now()
                .succeeded()
                .report();

        assertEquals(0666, report.number("/dev/null/mode"));
    }

    @Test
    void aDeviceThatIsListedButNotAllowedCannotBeOpened(Lab lab) {
        Bundle bundle = kmsg(lab);

        lab.run(bundle).succeeded().printed("try-open /dev/kmsg: EPERM");
    }

    /** Not listed, but VPNs in containers count on it. */
    @Test
    void tunMayBeUsedByWhoMakesItsNode(Lab lab) {
        Bundle bundle = lab.bundle().capabilities("CAP_MKNOD");
        bundle.payload("try-mknod", "/dev/tun", "c", "10", "200", ",", "try-open", "/dev/tun");

        lab.run(bundle).succeeded().printed("try-open /dev/tun: OK");
    }

    @Test
    void aDeviceThatIsAllowedCanBeOpened(Lab lab) {
        Bundle bundle = kmsg(lab);
        bundle.linux()
                .withArray("/resources/devices")
                .add(Json.quoted("{'allow':true,'type':'c','major':1,'minor':11,'access':'rw'}"));

        lab.run(bundle).succeeded().printed("try-open /dev/kmsg: OK");
    }

    @Test
    void accessIsByKind(Lab lab) {
        Bundle bundle = kmsg(lab).payload("try-open", "/dev/kmsg", "r", ",", "try-open", "/dev/kmsg", "w");
        bundle.linux()
                .withArray("/resources/devices")
                .add(Json.quoted("{'allow':true,'type':'c','major':1,'minor':11,'access':'w'}"));
        Result result = lab.run(bundle).succeeded();

        assertEquals("try-open /dev/kmsg: EPERM\ntry-open /dev/kmsg: OK\n", result.stdout());
    }

    @Test
    void aRuleWithoutNumbersHoldsForAll(Lab lab) {
        Bundle bundle = kmsg(lab);
        bundle.linux().withArray("/resources/devices").add(Json.quoted("{'allow':true,'type':'c','access':'rwm'}"));

        lab.run(bundle).succeeded().printed("try-open /dev/kmsg: OK");
    }

    @Test
    void laterRulesWin(Lab lab) {
        Bundle bundle = kmsg(lab);
        bundle.linux()
                .withObject("/resources")
                .set(
                        "devices",
                        Json.quoted(
                                "[{'allow':true,'access':'rwm'},{'allow':false,'type':'c','major':1,'minor':11,'access':'rwm'}]"));

        lab.run(bundle).succeeded().printed("try-open /dev/kmsg: EPERM");
    }

    @Test
    void whatComesBeforeARuleForAllIsVoid(Lab lab) {
        Bundle bundle = kmsg(lab);
        bundle.linux()
                .withObject("/resources")
                .set(
                        "devices",
                        Json.quoted("[{'allow':false,'access':'rwm'},{'allow':true,'type':'a','access':'rw'},"
                                + "{'allow':false,'type':'c','major':1,'minor':5,'access':'r'},"
                                + "{'allow':true,'type':'a','access':'rwm'}]"));

        lab.run(bundle).succeeded().printed("try-open /dev/kmsg: OK");
    }

    private static Bundle kmsg(Lab lab) {
        Bundle bundle = lab.bundle().payload("try-open", "/dev/kmsg", "w");
        bundle.linux()
                .set("devices", Json.quoted("[{'type':'c','path':'/dev/kmsg','major':1,'minor':11,'fileMode':438}]"));
        return bundle;
    }

    @Test
    void makingNodesOfOtherDevicesIsRefusedByTheCgroup(Lab lab) {
        Bundle bundle = lab.bundle().capabilities("CAP_MKNOD");
        bundle.linux().withObject("/resources").set("devices", Json.quoted("[{'allow':false,'access':'rwm'}]"));
        bundle.payload("try-mknod", "/dev/mem", "c", "1", "1", ",", "try-open", "/dev/mem");

        Result result = lab.run(bundle).succeeded();
        assertFalse(result.stdout().contains("try-open /dev/mem: OK"), result::toString);
    }

    @Test
    void aDeviceOfAnUnknownType(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux().set("devices", Json.quoted("[{'type':'x','path':'/dev/odd','major':1,'minor':1}]"));

        lab.failsToCreate(bundle, "x").oursSays("/linux/devices/0/type");
    }

    private static Bundle withNull(Bundle bundle, String path) {
        bundle.linux().set("devices", Json.quoted("[{'type':'c','path':'" + path + "','major':1,'minor':3}]"));
        return bundle;
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config-linux.md, Devices: MUST generate an error; runc 1.1 leaves the file",
            failure = "exit status")
    void aDeviceWhereTheImageHasAnotherFile(Lab lab) throws Exception {
        Bundle bundle = withNull(lab.bundle(), "/precious");
        bundle.file("/precious", "text");

        lab.failsToCreate(bundle, "/precious").oursSays("/linux/devices/0", "a file is there");
        assertEquals("text", Files.readString(bundle.rootfs().resolve("precious")));
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config-linux.md, Devices: MUST generate an error; runc 1.1 leaves the file",
            failure = "exit status")
    void aDeviceWhereTheImageHasAnotherDevice(Lab lab) {
        Bundle bundle = withNull(lab.bundle(), "/other");
        Host.run("mknod", bundle.rootfs().resolve("other").toString(), "c", "10", "229");

        lab.failsToCreate(bundle, "/other").oursSays("/linux/devices/0", "a character device 10:229 is there");
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config-linux.md, Devices: MUST generate an error; runc 1.1 leaves the file",
            failure = "exit status")
    void aDeviceWhereTheHostHasAnEmptyFile(Lab lab) throws Exception {
        Path folder = lab.newFolder("hosts");
        Files.createFile(folder.resolve("lock"));
        Bundle bundle = withNull(lab.bundle(), "/data/lock").mount("bind", folder.toString(), "/data", "bind");

        lab.failsToCreate(bundle, "/data/lock").oursSays("/linux/devices/0", "a file is there");
        assertTrue(Files.isRegularFile(folder.resolve("lock")));
    }

    @Test
    @Peer(runc = WRONG, why = "the same; runc 1.1 leaves the empty file", failure = "expected: <1:3>")
    void anEmptyFileIsAPlaceForADevice(Lab lab) {
        Bundle bundle = withNull(lab.shellBundle("stat -c %t:%T /place"), "/place");
        bundle.file("/place", "");

        assertEquals("1:3", lab.run(bundle).succeeded().stdout().strip());
    }

    /** Where the host's node is bound there stays an empty file, in whose place the next container binds it. */
    @Test
    void theHostsNodeIsBoundASecondTime(Lab lab) {
        Path node = lab.newFile("null");
        Host.run("mknod", node.toString(), "c", "1", "3");
        Bundle bundle = withNull(lab.shellBundle("stat -c %t:%T " + node), node.toString())
                .userNamespace(200_000);

        for (int i = 0; i < 2; i++) {
            assertEquals("1:3", lab.run(bundle).succeeded().stdout().strip());
        }
    }

    @Test
    void twoDevicesOfOnePath(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux()
                .set("devices", Json.quoted("[{'type':'c','path':'/dev/full','major':1,'minor':5,'fileMode':438}]"));
        Report report = lab.report(bundle);

        assertEquals(5, report.number("/dev/full/minor"), "what config.json says wins over the default");
    }
}
