// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Namespaces;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** config-linux.md, "Namespaces" and "Offset for Time Namespace". */
@IntegrationTest
@Peer(runc = PASS)
class NamespacesIT {
    @ParameterizedTest
    @ValueSource(strings = {"pid", "network", "ipc", "uts", "mount"})
    void aNamespaceOfTheDefaultIsNew(String type, Lab lab) {
        String name = Namespaces.nameOf(type);

        assertNotEquals(Namespaces.own(name), lab.report(lab.bundle()).namespace(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "cgroup", "time"})
    void aNamespaceThatIsNotAskedForIsTheCallers(String type, Lab lab) {
        assertEquals(Namespaces.own(type), lab.report(lab.bundle()).namespace(type));
    }

    @Test
    void withoutANetworkNamespaceTheHostsInterfacesAreThere(Lab lab) {
        Set<String> before = hostsInterfaces();
        Report report = lab.report(lab.bundle().withoutNamespace("network"));
        Set<String> after = hostsInterfaces();

        assertEquals(Namespaces.own("net"), report.namespace("net"));
        Set<String> seen = Set.copyOf(report.names("/interfaces"));
        Set<String> throughout = new TreeSet<>(before); // others may come and go
        throughout.retainAll(after);
        after.addAll(before);
        assertTrue(seen.containsAll(throughout) && after.containsAll(seen), () -> seen + " of " + after);
    }

    private static Set<String> hostsInterfaces() {
        return new TreeSet<>(Host.run("ls", "/sys/class/net").lines().toList());
    }

    @Test
    void withoutAnIpcNamespace(Lab lab) {
        Bundle bundle = lab.bundle().withoutNamespace("ipc").unmount("/dev/mqueue");

        assertEquals(Namespaces.own("ipc"), lab.report(bundle).namespace("ipc"));
    }

    @Test
    void withoutAUtsNamespace(Lab lab) {
        Bundle bundle = lab.bundle().withoutNamespace("uts").edit(config -> config.remove("hostname"));

        assertEquals(Host.run("hostname").strip(), lab.report(bundle).text("/hostname"));
    }

    @Test
    void withoutAPidNamespace(Lab lab) {
        Bundle bundle = lab.bundle().withoutNamespace("pid").payload("report", ",", "signal-exit");
        Container container = lab.create(bundle).start().awaitOutput("ready");
        long pid = container.pid();
        container.kill("TERM");

        assertEquals(pid, container.report().number("/pid"));
        assertEquals(Namespaces.own("pid"), container.report().namespace("pid"));
    }

    @Test
    @Peer(
            runc = UNSUPPORTED,
            why = "config-linux.md, namespaces: a type that isn't listed is inherited; runc needs /proc in such a root",
            failure = "open /proc/self/fd: no such file or directory")
    void withoutAMountNamespaceTheProgramStillSeesTheRootfsOnly(Lab lab) {
        Bundle bundle = lab.bundle().withoutNamespace("mount").writable().edit(config -> config.remove("mounts"));
        bundle.linux().remove("maskedPaths");
        bundle.linux().remove("readonlyPaths");
        bundle.payload("list", "/");
        Result result = lab.runCall(bundle, lab.nextId())
                .through("unshare", "-m", "--propagation", "private")
                .now()
                .succeeded();

        assertTrue(result.json().path("/").has("payload"), result::toString);
        assertTrue(!result.json().path("/").has("boot"), result::toString);
    }

    @Test
    void inACgroupNamespaceTheContainersCgroupIsTheRoot(Lab lab) {
        Report report = lab.report(lab.bundle().addNamespace("cgroup"));

        assertNotEquals(Namespaces.own("cgroup"), report.namespace("cgroup"));
        report.text("/cgroup").lines().forEach(line -> assertTrue(line.endsWith(":/"), () -> report.text("/cgroup")));
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "time namespaces came with specification 1.1", failure = "time")
    void aTimeNamespaceWithOffsets(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().addNamespace("time").payload("report", ",", "clocks");
        bundle.linux()
                .set(
                        "timeOffsets",
                        Json.quoted("{'boottime':{'secs':86400},'monotonic':{'secs':172800,'nanosecs':5}}"));
        double before = uptime();
        Result result = lab.run(bundle).succeeded();
        double after = uptime();

        assertNotEquals(Namespaces.own("time"), result.report().namespace("time"));
        Matcher clocks = Pattern.compile("boottime (\\d+) monotonic (\\d+)").matcher(result.stdout());
        assertTrue(clocks.find(), result::toString);
        for (double begun :
                new double[] {Double.parseDouble(clocks.group(1)) - 86400, Double.parseDouble(clocks.group(2)) - 172800
                }) {
            assertTrue(begun > before - 10 && begun < after + 10, () -> begun + " of " + before + " to " + after);
        }
    }

    private static double uptime() {
        return Double.parseDouble(Host.read(Path.of("/proc/uptime")).split(" ", -1)[0]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"network", "ipc", "uts", "pid", "cgroup"})
    void aNamespaceIsJoinedByItsPath(String type, Lab lab) {
        String name = Namespaces.nameOf(type);
        Container holder = lab.create(holder(lab));
        Bundle bundle = lab.bundle().edit(config -> config.remove("hostname")).join(type, holder.namespace(name));

        assertEquals(Namespaces.of(holder.pid(), name), lab.report(bundle).namespace(name));
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "time namespaces came with specification 1.1", failure = "time")
    void aTimeNamespaceIsJoinedByItsPath(Lab lab) {
        Container holder = lab.create(holder(lab).addNamespace("time"));

        assertEquals(
                Namespaces.of(holder.pid(), "time"),
                lab.report(lab.bundle().join("time", holder.namespace("time"))).namespace("time"));
    }

    @Test
    void aMountNamespaceIsJoinedByItsPath(Lab lab) {
        Running holder = lab.host("unshare", "-m", "--propagation", "private", "sh", "-c", "echo ready; read line")
                .interactive()
                .start()
                .awaitOutput("ready");
        Bundle bundle = lab.bundle().join("mount", Path.of("/proc/" + holder.pid() + "/ns/mnt"));
        Report report = lab.report(bundle);

        assertEquals(Namespaces.of(holder.pid(), "mnt"), report.namespace("mnt"));
        holder.type("\n").await().succeeded();
    }

    private static Bundle holder(Lab lab) {
        Bundle bundle = lab.bundle().addNamespace("cgroup").payload("sleep");
        bundle.config().put("hostname", "holder");
        return bundle;
    }

    @Test
    void allNamespacesOfAContainerAreJoinedAtOnce(Lab lab) {
        Container holder = lab.create(holder(lab));
        Bundle bundle = lab.bundle().edit(config -> config.remove("hostname"));
        for (String type : new String[] {"network", "ipc", "uts", "pid", "cgroup"}) {
            bundle.join(type, holder.namespace(Namespaces.nameOf(type)));
        }
        Report report = lab.report(bundle);

        assertEquals("holder", report.text("/hostname"));
        for (String name : new String[] {"net", "ipc", "uts", "pid", "cgroup"}) {
            assertEquals(Namespaces.of(holder.pid(), name), report.namespace(name), name);
        }
        assertNotEquals(Namespaces.of(holder.pid(), "mnt"), report.namespace("mnt"));
    }

    @Test
    void inAJoinedPidNamespaceTheProgramIsOneAmongOthers(Lab lab) {
        Container holder = lab.create(holder(lab)).start();
        Report report = lab.report(lab.bundle().join("pid", holder.namespace("pid")));

        assertTrue(report.number("/pid") > 1, () -> "pid " + report.number("/pid"));
        assertEquals(0, report.number("/ppid"));
    }

    @Test
    void theHostnameIsSetInAJoinedUtsNamespace(Lab lab) {
        Container holder = lab.create(holder(lab));
        Bundle bundle = lab.bundle().join("uts", holder.namespace("uts"));
        bundle.config().put("hostname", "renamed");

        assertEquals("renamed", lab.report(bundle).text("/hostname"));
    }

    @Test
    void aNamespaceLivesOnInABindMount(Lab lab) throws Exception {
        Container holder = lab.create(holder(lab));
        Path kept = Files.createFile(lab.newFile("uts"));
        Host.run("mount", "--bind", holder.namespace("uts").toString(), kept.toString());
        lab.atEnd(() -> Host.run("umount", kept.toString()));
        holder.delete("--force");

        Bundle bundle = lab.bundle().edit(config -> config.remove("hostname")).join("uts", kept);
        assertEquals("holder", lab.report(bundle).text("/hostname"));
    }

    @Test
    void aNamespaceLivesOnInAnOpenDescriptor(Lab lab) {
        Container holder = lab.create(holder(lab));
        Running keeper = lab.host("sh", "-c", "exec 9<" + holder.namespace("uts") + "; echo kept; read line")
                .interactive()
                .start();
        keeper.awaitOutput("kept");
        holder.delete("--force");

        Bundle bundle = lab.bundle()
                .edit(config -> config.remove("hostname"))
                .join("uts", Path.of("/proc/" + keeper.pid() + "/fd/9"));
        assertEquals("holder", lab.report(bundle).text("/hostname"));
        keeper.type("\n").await();
    }

    @ParameterizedTest
    @ValueSource(strings = {"network", "ipc", "pid", "cgroup"})
    void aPathOfAnotherKindIsAnError(String type, Lab lab) {
        Bundle bundle = lab.bundle().join(type, Path.of("/proc/self/ns/uts"));
        int index = bundle.linux().path("namespaces").size() - 1;

        lab.failsToCreate(bundle)
                .oursSays("/linux/namespaces/" + index, "/proc/self/ns/uts", type, "this is a uts namespace");
    }

    @Test
    void aPathThatIsNoNamespaceIsAnError(Lab lab) throws Exception {
        Path file = Files.createFile(lab.newFile("plain"));
        Bundle bundle = lab.bundle().join("network", file);

        lab.failsToCreate(bundle).oursSays("/linux/namespaces/4", file.toString(), "this is no namespace");
    }

    @Test
    void aPathThatIsMissingIsAnError(Lab lab) {
        Bundle bundle = lab.bundle().join("network", Path.of("/run/netns/it-is-not-here"));

        lab.failsToCreate(bundle, "/run/netns/it-is-not-here", "no such file or directory")
                .oursSays("/linux/namespaces/4", "ENOENT");
    }

    @Test
    void aTypeTwiceIsAnError(Lab lab) {
        lab.failsToCreate(lab.bundle().addNamespace("network"), "network").oursSays("/linux/namespaces/5");
    }

    @Test
    void anUnknownTypeIsAnError(Lab lab) {
        lab.failsToCreate(lab.bundle().addNamespace("galaxy"), "galaxy").oursSays("/linux/namespaces/5/type");
    }

    @Test
    void aHostnameNeedsAUtsNamespace(Lab lab) {
        lab.failsToCreate(lab.bundle().withoutNamespace("uts"), "hostname", "uts")
                .oursSays("/hostname");
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "domainname came with specification 1.1", failure = "(none)")
    void hostnameAndDomainname(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().put("hostname", "host-a").put("domainname", "domain-b");
        Report report = lab.report(bundle);

        assertEquals("host-a", report.text("/hostname"));
        assertEquals("domain-b", report.text("/domainname"));
    }

    @Test
    void theHostsHostnameIsUntouched(Lab lab) {
        String before = Host.run("hostname");
        lab.report(lab.bundle());

        assertEquals(before, Host.run("hostname"));
    }

    @Test
    void sysctl(Lab lab) {
        Bundle bundle = lab.bundle()
                .payload("cat", "/proc/sys/kernel/msgmax", ",", "cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start");
        bundle.linux()
                .putObject("sysctl")
                .put("kernel.msgmax", "9001")
                .put("net.ipv4.ip_unprivileged_port_start", "80");

        assertEquals("9001\n80\n", lab.run(bundle).succeeded().stdout());
    }

    @Test
    void aSysctlOfTheHost(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux().putObject("sysctl").put("vm.swappiness", "1");

        lab.failsToCreate(bundle)
                .failedSaying("sysctl \"vm.swappiness\" is not in a separate kernel namespace")
                .oursSays("config.json: /linux/sysctl/vm.swappiness: ");
    }

    @Test
    void aSysctlOfTheNetworkNamespaceByThePathOfTheHosts(Lab lab) {
        checkByPath("network", "net", "net.ipv4.ip_default_ttl", lab);
    }

    @ParameterizedTest
    @CsvSource({"ipc, kernel.msgmax", "uts, kernel.domainname"})
    @JruncOnly("runc looks at the network's alone")
    void aSysctlOfANamespaceByThePathOfTheHosts(String type, String sysctl, Lab lab) {
        checkByPath(type, type, sysctl, lab);
    }

    /** The value is what the host has already: nothing happens to it where it is written. */
    private static void checkByPath(String type, String file, String sysctl, Lab lab) {
        String value = Host.run("cat", "/proc/sys/" + sysctl.replace('.', '/')).trim();
        Bundle bundle = lab.bundle().join(type, Path.of("/proc/self/ns", file));
        bundle.config().remove("hostname");
        bundle.linux().putObject("sysctl").put(sysctl, value);

        lab.failsToCreate(bundle)
                .failedSaying(sysctl)
                .oursSays("config.json: /linux/sysctl/" + sysctl + ": ", "allowed in");
    }

    @Test
    void loopbackIsUpInANewNetworkNamespace(Lab lab) {
        Report report = lab.report(lab.bundle());

        assertTrue(report.names("/interfaces").contains("lo"));
        assertTrue(report.flag("/interfaces/lo/up"));
        assertEquals("127.0.0.1", report.text("/interfaces/lo/addresses/0"));
    }
}
