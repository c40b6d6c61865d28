// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --systemd-cgroup} with cgroups of version 1, of which systemd knows some, and the runtime makes the others. */
@IntegrationTest
@Peer(runc = PASS)
class SystemdV1IT {
    private static final List<String> HIERARCHIES =
            List.of("name=systemd", "memory", "cpu", "cpuset", "pids", "devices", "freezer", "blkio");

    private static Bundle bundle(Lab lab, String resources) {
        Machine.needsSystemdWithCgroupV1();
        return SystemdIT.inSlice(lab, resources);
    }

    private static Path folder(Lab lab, String controller) {
        return Cgroups.folder(controller, "/jrunctest.slice/" + SystemdIT.unit(lab));
    }

    private static void assertIsIn(String cgroups, Lab lab) {
        for (String hierarchy : HIERARCHIES) {
            assertEquals(
                    "/jrunctest.slice/" + SystemdIT.unit(lab),
                    Cgroups.pathIn(cgroups, hierarchy).orElseThrow(),
                    hierarchy);
        }
    }

    private static void assertGone(Lab lab) {
        SystemdIT.awaitForgotten(SystemdIT.unit(lab));
        assertEquals(List.of(), Cgroups.mentioning(SystemdIT.unit(lab)));
    }

    @Test
    void aScopeInEveryHierarchy(Lab lab) throws Exception {
        Container container = SystemdIT.create(lab, bundle(lab, "{}"));

        assertEquals("active", SystemdIT.property(SystemdIT.unit(lab), "ActiveState"));
        assertEquals("jrunctest.slice", SystemdIT.property(SystemdIT.unit(lab), "Slice"));
        assertIsIn(Files.readString(Path.of("/proc/" + container.pid() + "/cgroup")), lab);
        container.start().kill("KILL").awaitStatus("stopped").delete();
        assertGone(lab);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'memory':{'limit':67108864}}|MemoryLimit|67108864|memory|memory.limit_in_bytes|67108864",
                "{'cpu':{'shares':512}}|CPUShares|512|cpu|cpu.shares|512",
                "{'cpu':{'quota':25000,'period':50000}}|CPUQuotaPerSecUSec|500ms|cpu|cpu.cfs_quota_us|25000",
                "{'pids':{'limit':42}}|TasksMax|42|pids|pids.max|42"
            })
    void aLimitIsTheUnitsAndLastsWhenSystemdReloads(
            String resources, String property, String shown, String controller, String file, String value, Lab lab) {
        SystemdIT.create(lab, bundle(lab, resources));

        assertEquals(shown, SystemdIT.property(SystemdIT.unit(lab), property));
        assertEquals(value, Cgroups.value(folder(lab, controller), file));
        Host.run("systemctl", "daemon-reload");
        assertEquals(value, Cgroups.value(folder(lab, controller), file));
    }

    /** systemd knows nothing of these. */
    @Test
    void whatSystemdHasNoPropertyForIsInTheCgroup(Lab lab) {
        SystemdIT.create(
                lab, bundle(lab, "{'cpu':{'cpus':'0','mems':'0'},'memory':{'limit':67108864,'swappiness':7}}"));

        assertEquals("0", Cgroups.value(folder(lab, "cpuset"), "cpuset.cpus"));
        assertEquals("7", Cgroups.value(folder(lab, "memory"), "memory.swappiness"));
    }

    @Test
    void anUpdateIsTheUnitsToo(Lab lab) {
        Container container = SystemdIT.create(lab, bundle(lab, "{'memory':{'limit':67108864},'pids':{'limit':42}}"));
        SystemdIT.systemd(lab.call("update", "--memory", "100663296", container.id()))
                .now()
                .succeeded();

        assertEquals("100663296", SystemdIT.property(SystemdIT.unit(lab), "MemoryLimit"));
        Host.run("systemctl", "daemon-reload");
        assertEquals("100663296", Cgroups.value(folder(lab, "memory"), "memory.limit_in_bytes"));
        assertEquals("42", Cgroups.value(folder(lab, "pids"), "pids.max"), "what wasn't asked for stays");
    }

    @Test
    void execIsInItToo(Lab lab) {
        Container container = SystemdIT.create(lab, bundle(lab, "{}")).start();
        Report report = SystemdIT.systemd(lab.execCall(container, List.of(), "report"))
                .now()
                .succeeded()
                .report();

        assertEquals("/jrunctest.slice/" + SystemdIT.unit(lab), report.cgroup("memory"));
    }

    @Test
    void deviceRulesHold(Lab lab) {
        Bundle bundle = bundle(lab, "{}").payload("try-open", "/dev/kmsg", "w", ",", "try-open", "/dev/zero", "r");
        bundle.linux()
                .set("devices", Json.quoted("[{'type':'c','path':'/dev/kmsg','major':1,'minor':11,'fileMode':438}]"));

        assertEquals(
                "try-open /dev/kmsg: EPERM\ntry-open /dev/zero: OK\n",
                SystemdIT.systemd(lab.runCall(bundle, lab.nextId()))
                        .now()
                        .succeeded()
                        .stdout());
        assertGone(lab);
    }

    @Test
    void pauseAndResume(Lab lab) {
        Container container =
                SystemdIT.create(lab, bundle(lab, "{}").payload("tick")).start().awaitOutput("tick 3");
        SystemdIT.systemd(lab.call("pause", container.id())).now().succeeded();
        assertEquals("FROZEN", Cgroups.value(folder(lab, "freezer"), "freezer.state"));
        SystemdIT.systemd(lab.call("resume", container.id())).now().succeeded();

        assertEquals("running", container.status());
    }

    @Test
    void itIsGoneAfterAFailedCreate(Lab lab) {
        Bundle bundle = bundle(lab, "{}").args("/no/such/program");

        lab.fails(SystemdIT.systemd(lab.createCall(bundle, lab.nextId())), "no such file or directory");
        assertGone(lab);
    }
}
