// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** config-linux.md, "Network Devices": veth pairs, of which one end goes into the container. */
@IntegrationTest
@Peer(runc = UNSUPPORTED, why = "specification 1.3, Network Devices", failure = "expected: <")
class NetDevicesIT {

    /** One end of a pair. The kernel takes it away some time after the last process of its namespace. */
    private static String pair(Lab lab, String suffix) {
        String name = lab.interfacePrefix() + suffix;
        Host.run("ip", "link", "add", name, "type", "veth", "peer", "name", name + "p");
        lab.atEnd(() -> Host.run("sh", "-c", "ip link del " + name + "p 2>/dev/null || true"));
        return name;
    }

    private static Bundle bundle(Lab lab, String device, String inside) {
        Bundle bundle = lab.bundle();
        bundle.linux().withObject("/netDevices").putObject(device).put("name", inside);
        return bundle;
    }

    private static JsonNode link(Container container, String name) {
        return Json.parse(Host.run(
                        "nsenter",
                        "--net=" + container.namespace("net"),
                        "ip",
                        "-json",
                        "-details",
                        "address",
                        "show",
                        "dev",
                        name))
                .path(0);
    }

    private static List<String> addresses(JsonNode link, String scope) {
        List<String> found = new ArrayList<>();
        for (JsonNode address : link.path("addr_info")) {
            if (address.path("scope").asString().equals(scope)) {
                found.add(address.path("local").asString() + "/"
                        + address.path("prefixlen").asInt());
            }
        }
        return found;
    }

    @Test
    void itIsInsideUnderItsNewNameAndUp(Lab lab) {
        String device = pair(lab, "a");
        Report report = lab.report(bundle(lab, device, "eth0"));

        assertEquals(
                List.of("eth0", "lo"),
                report.names("/interfaces").stream().sorted().toList());
        assertTrue(report.flag("/interfaces/eth0/up"));
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "specification 1.3, Network Devices", failure = "nothing at /interfaces/")
    void withoutANameItKeepsItsOwn(Lab lab) {
        String device = pair(lab, "a");
        Bundle bundle = lab.bundle();
        bundle.linux().withObject("/netDevices").putObject(device);

        assertTrue(lab.report(bundle).flag("/interfaces/" + device + "/up"));
    }

    @Test
    void itIsGoneFromTheHostAndNeverComesBack(Lab lab) {
        String device = pair(lab, "a");
        Container container = lab.create(bundle(lab, device, "eth0"));

        assertFalse(Files.exists(Path.of("/sys/class/net/" + device)));
        container.delete("--force");

        assertFalse(Files.exists(Path.of("/sys/class/net/" + device)), "a veth ends with its namespace");
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "specification 1.3, Network Devices", failure = "does not exist")
    void hardwareAddressMtuAndAliasStay(Lab lab) {
        String device = pair(lab, "a");
        Host.run("ip", "link", "set", device, "address", "02:00:00:00:12:34", "mtu", "1400", "alias", "an alias");
        JsonNode link = link(lab.create(bundle(lab, device, "eth0")), "eth0");

        assertEquals("02:00:00:00:12:34", link.path("address").asString());
        assertEquals(1400, link.path("mtu").asInt());
        assertEquals("an alias", link.path("ifalias").asString());
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "specification 1.3, Network Devices", failure = "does not exist")
    void permanentGlobalAddressesAreKept(Lab lab) {
        String device = pair(lab, "a");
        Host.run("ip", "address", "add", "192.0.2.5/24", "broadcast", "192.0.2.255", "dev", device);
        Host.run("ip", "address", "add", "192.0.2.6/24", "label", device + ":x", "dev", device);
        Host.run("ip", "address", "add", "198.51.100.1", "peer", "198.51.100.2/32", "metric", "7", "dev", device);
        Host.run("ip", "address", "add", "2001:db8::5/64", "nodad", "noprefixroute", "dev", device);
        Host.run("ip", "link", "set", device, "up");
        JsonNode link = link(lab.create(bundle(lab, device, "eth0")), "eth0");

        assertEquals(
                List.of("192.0.2.5/24", "198.51.100.1/32", "192.0.2.6/24", "2001:db8::5/64").stream()
                        .sorted()
                        .toList(),
                addresses(link, "global").stream().sorted().toList());
        for (JsonNode address : link.path("addr_info")) {
            switch (address.path("local").asString()) {
                case "192.0.2.5" -> {
                    assertEquals("192.0.2.255", address.path("broadcast").asString());
                    assertEquals("eth0", address.path("label").asString());
                }
                case "192.0.2.6" -> {
                    assertTrue(address.path("secondary").asBoolean());
                    assertEquals("eth0:x", address.path("label").asString());
                }
                case "198.51.100.1" -> {
                    assertEquals("198.51.100.2", address.path("address").asString());
                    assertEquals(7, address.path("metric").asInt());
                }
                case "2001:db8::5" -> {
                    assertTrue(address.path("nodad").asBoolean());
                    assertTrue(address.path("noprefixroute").asBoolean());
                }
                default -> assertEquals("link", address.path("scope").asString());
            }
        }
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "specification 1.3, Network Devices", failure = "does not exist")
    void addressesForATimeOrOfTheLinkAreNot(Lab lab) {
        String device = pair(lab, "a");
        Host.run("ip", "address", "add", "192.0.2.5/24", "valid_lft", "900", "preferred_lft", "900", "dev", device);
        Host.run("ip", "address", "add", "203.0.113.9/24", "scope", "link", "dev", device);
        Host.run("ip", "address", "add", "2001:db8::9/64", "valid_lft", "900", "preferred_lft", "900", "dev", device);
        JsonNode link = link(lab.create(bundle(lab, device, "eth0")), "eth0");

        assertEquals(List.of(), addresses(link, "global"));
        assertFalse(link.toString().contains("203.0.113.9"), link::toString);
    }

    @Test
    void ofATemplateTheKernelMakesFreeNames(Lab lab) {
        Bundle bundle = bundle(lab, pair(lab, "a"), "eth%d");
        bundle.linux().withObject("/netDevices").putObject(pair(lab, "b")).put("name", "eth%d");

        assertEquals(
                List.of("eth0", "eth1", "lo"),
                lab.report(bundle).names("/interfaces").stream().sorted().toList());
    }

    @Test
    void itsSysctlsCanBeSet(Lab lab) {
        Bundle bundle = bundle(lab, pair(lab, "a"), "eth0").payload("cat", "/proc/sys/net/ipv4/conf/eth0/forwarding");
        bundle.linux().withObject("/sysctl").put("net/ipv4/conf/eth0/forwarding", "1");

        lab.run(bundle).succeeded().printed("1");
    }

    @Test
    void hooksOfTheRuntimeSeeIt(Lab lab) throws Exception {
        Bundle bundle = bundle(lab, pair(lab, "a"), "eth0");
        Path seen = lab.newFile("seen");
        Path script = Files.writeString(lab.newFile("look"), """
            #!/bin/sh
            pid=$(sed 's/.*"pid": *\\([0-9]*\\).*/\\1/')
            nsenter -t "$pid" -n ip -brief link show eth0 >%s
            """.formatted(seen));
        assertTrue(script.toFile().setExecutable(true));
        bundle.hook(
                "createRuntime",
                Map.of("path", script.toString(), "env", List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin")));
        lab.create(bundle);

        assertTrue(Host.run("cat", seen.toString()).startsWith("eth0"));
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "specification 1.3, Network Devices", failure = "nothing at /interfaces/")
    void withAUserNamespace(Lab lab) {
        String device = pair(lab, "a");
        Host.run("ip", "address", "add", "192.0.2.5/24", "dev", device);
        Report report = lab.report(bundle(lab, device, "eth0").userNamespace(100_000));

        assertEquals(List.of("192.0.2.5"), report.texts("/interfaces/eth0/addresses"));
        assertTrue(report.flag("/interfaces/eth0/up"));
    }

    /** The namespace belongs to the host's user namespace: root in the container could not do it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Peer(runc = UNSUPPORTED, why = "specification 1.3, Network Devices", failure = "nothing at /interfaces/")
    void intoAJoinedNamespace(boolean userNamespace, Lab lab) {
        String device = pair(lab, "a");
        Host.run("ip", "address", "add", "192.0.2.5/24", "dev", device);
        Path namespace = namespace(lab);
        Bundle bundle = bundle(lab, device, "eth0").join("network", namespace);
        if (userNamespace) {
            // Only who owns the network namespace may mount its sysfs.
            bundle.userNamespace(100_000)
                    .mounts()
                    .removeIf(mount -> mount.path("type").asString().equals("sysfs"));
        }
        Report report = lab.report(bundle);

        assertEquals(List.of("192.0.2.5"), report.texts("/interfaces/eth0/addresses"));
        assertTrue(Host.run("nsenter", "--net=" + namespace, "ip", "-brief", "link", "show", "eth0")
                .startsWith("eth0"));
    }

    /** A network namespace that outlives its maker, as ip netns makes it. */
    private static Path namespace(Lab lab) {
        Path file = lab.newFile("netns");
        Host.run("touch", file.toString());
        Host.run("unshare", "--net=" + file, "true");
        lab.atEnd(() -> Host.run("umount", file.toString()));
        return file;
    }

    @Test
    @Peer(runc = PASS)
    void withoutAnyNothingIsMoved(Lab lab) {
        assertEquals(List.of("lo"), lab.report(lab.bundle()).names("/interfaces"));
    }

    @Test
    void aNameThatExistsInside(Lab lab) {
        String device = pair(lab, "a");
        Path namespace = namespace(lab);
        Host.run("nsenter", "--net=" + namespace, "ip", "link", "add", "eth0", "type", "veth", "peer", "name", "x");

        lab.failsToCreate(bundle(lab, device, "eth0").join("network", namespace), "eth0", "EEXIST")
                .oursSays("/linux/netDevices/" + device + ": move network device " + device
                        + " into the container, where it is to be called eth0: EEXIST (file exists)");
        assertTrue(Files.exists(Path.of("/sys/class/net/" + device)), "it was not touched");
    }

    @Test
    void aDeviceThatIsNotThere(Lab lab) {
        lab.failsToCreate(bundle(lab, "nowhere0", "eth0"), "nowhere0")
                .oursSays("/linux/netDevices/nowhere0: find network device nowhere0: ENODEV (no such device)");
    }

    /** What can't be is found before anything is moved. */
    @Test
    void oneThatIsThereAndOneThatIsNot(Lab lab) {
        String device = pair(lab, "a");
        Bundle bundle = bundle(lab, device, "eth0");
        bundle.linux().withObject("/netDevices").putObject("nowhere0");
        lab.failsToCreate(bundle, "nowhere0").oursSays("/linux/netDevices/nowhere0", "ENODEV");

        assertTrue(Files.exists(Path.of("/sys/class/net/" + device)));
    }

    @Test
    void itNeedsANamespace(Lab lab) {
        String device = pair(lab, "a");
        lab.failsToCreate(bundle(lab, device, "eth0").withoutNamespace("network"), "namespace")
                .oursSays("/linux/netDevices: network devices need a network namespace: add one to /linux/namespaces");

        assertTrue(Files.exists(Path.of("/sys/class/net/" + device)));
    }

    @Test
    void theNamespaceIsNotTheHosts(Lab lab) {
        String device = pair(lab, "a");
        lab.failsToCreate(bundle(lab, device, "eth0").join("network", Path.of("/proc/self/ns/net")), "namespace")
                .oursSays(
                        "/linux/netDevices/" + device,
                        "the container's network namespace is the caller's own",
                        "EINVAL");

        assertTrue(Files.exists(Path.of("/sys/class/net/" + device)));
    }

    /** It was moved, and ends with the namespace of the container that could not be made. */
    @Test
    @Peer(runc = UNSUPPORTED, why = "specification 1.3, Network Devices", failure = "the end of the pair")
    void aCreateThatFailsLater(Lab lab) {
        String device = pair(lab, "a");
        lab.failsToCreate(bundle(lab, device, "eth0").args("/nowhere"), "/nowhere")
                .oursSays("/process/args/0");

        Path other = Path.of("/sys/class/net/" + device + "p");
        Await.until("the end of the pair", () -> !Files.exists(other), () -> other);
    }
}
