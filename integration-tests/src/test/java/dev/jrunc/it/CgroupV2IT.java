// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** config-linux.md, "Control groups", on a host that has version 2 alone: where a container's cgroup is, and its end. */
@IntegrationTest
@Peer(runc = PASS)
class CgroupV2IT {
    private static Bundle bundle(Lab lab) {
        return CgroupV2LimitsIT.bundle(lab, "pids", "{}");
    }

    private static Bundle withHostsNamespace(Lab lab) {
        return bundle(lab).withoutNamespace("cgroup");
    }

    private static String cgroupOf(long pid) throws Exception {
        return Cgroups.pathIn(Files.readString(Path.of("/proc/" + pid + "/cgroup")), "")
                .orElseThrow();
    }

    @Test
    void anAbsolutePathIsTakenFromTheMount(Lab lab) throws Exception {
        assertEquals(lab.cgroup("c"), cgroupOf(lab.create(bundle(lab)).pid()));
    }

    /** Its own has processes, and so can't have children with controllers. */
    @ParameterizedTest
    @ValueSource(strings = {"", "relative"})
    void elseItIsBesideTheCallersOwn(String path, Lab lab) throws Exception {
        Machine.needsCgroupV2("pids");
        Path callers = Cgroups.unified("/" + lab.name() + "/callers");
        Files.createDirectories(callers);
        lab.atEnd(() -> Cgroups.remove(Cgroups.mentioning(lab.name())));
        Bundle bundle = lab.bundle();
        if (!path.isEmpty()) {
            bundle.linux().put("cgroupsPath", lab.name() + "-" + path);
        }
        String id = lab.nextId();
        Container container = lab.created(
                id,
                lab.createCall(bundle, id)
                        .through("sh", "-c", "echo $$ >\"$0/cgroup.procs\" && exec \"$@\"", callers.toString()));

        assertEquals(
                "/" + lab.name() + "/" + (path.isEmpty() ? id : lab.name() + "-" + path), cgroupOf(container.pid()));
    }

    @Test
    void theProgramIsInItsCgroupFromTheStart(Lab lab) {
        assertEquals(lab.cgroup("c"), lab.report(withHostsNamespace(lab)).cgroup(""));
    }

    @Test
    void inACgroupNamespaceItIsTheRoot(Lab lab) {
        Report report = lab.report(bundle(lab));

        assertEquals("/", report.cgroup(""));
        assertEquals("cgroup2", report.mount("/sys/fs/cgroup").type());
    }

    @Test
    void theMountShowsItInsideANamespace(Lab lab) {
        Bundle bundle = CgroupV2LimitsIT.bundle(lab, "pids", "{'pids':{'limit':77}}");
        bundle.payload("cat", "/sys/fs/cgroup/pids.max", ",", "try-mkdir", "/sys/fs/cgroup/mine");

        assertEquals(
                "77\ntry-mkdir /sys/fs/cgroup/mine: EROFS\n",
                lab.run(bundle).succeeded().stdout());
    }

    @Test
    @Peer(runc = WRONG, why = "it shows all of the host's hierarchy then: CVE-2023-25809", failure = "pids.max: ENOENT")
    void theMountShowsItWithoutANamespaceToo(Lab lab) {
        Bundle bundle =
                CgroupV2LimitsIT.bundle(lab, "pids", "{'pids':{'limit':77}}").withoutNamespace("cgroup");
        bundle.payload("cat", "/sys/fs/cgroup/pids.max", ",", "try-mkdir", "/sys/fs/cgroup/mine");

        assertEquals(
                "77\ntry-mkdir /sys/fs/cgroup/mine: EROFS\n",
                lab.run(bundle).succeeded().stdout());
    }

    @Test
    void allControllersAreThere(Lab lab) {
        lab.create(bundle(lab));

        for (String controller : List.of("cpu", "cpuset", "io", "memory", "pids", "hugetlb")) {
            assertTrue(
                    List.of(Cgroups.value(Cgroups.unified(lab.cgroup("c")), "cgroup.controllers")
                                    .split(" ", -1))
                            .contains(controller),
                    controller);
        }
    }

    @Test
    void itIsGoneAfterDelete(Lab lab) {
        Container container = lab.create(bundle(lab));
        assertTrue(Files.exists(Cgroups.unified(lab.cgroup("c"))));
        container.delete();

        CgroupV2LimitsIT.assertNoGroup(lab);
    }

    @Test
    void itIsGoneAfterAForegroundRun(Lab lab) {
        lab.run(bundle(lab)).succeeded();

        CgroupV2LimitsIT.assertNoGroup(lab);
    }

    @Test
    @Peer(runc = WRONG, why = "its delete leaves processes and cgroup, and says nothing", failure = "/c]>")
    void itIsGoneAfterDeleteThoughProcessesLingered(Lab lab) {
        Bundle bundle = bundle(lab).withoutNamespace("pid").payload("fork-sleep", "3", ",", "exit", "0");
        Container container = lab.create(bundle).start().awaitStatus("stopped");
        assertEquals(
                3,
                Cgroups.value(Cgroups.unified(lab.cgroup("c")), "cgroup.procs")
                        .lines()
                        .count());
        container.delete();

        CgroupV2LimitsIT.assertNoGroup(lab);
    }

    /** As a container that runs a service manager does. */
    private static Container divided(Lab lab) {
        Bundle bundle = lab.shellBundle("cd /sys/fs/cgroup && mkdir init other && echo 1 >init/cgroup.procs"
                        + " && echo +pids +memory >cgroup.subtree_control && echo divided && exec sleep 100")
                .addNamespace("cgroup");
        Machine.needsCgroupV2("pids");
        bundle.linux().put("cgroupsPath", lab.cgroup("c"));
        lab.atEnd(() -> Cgroups.remove(List.of(Cgroups.unified("/" + lab.name()))));
        bundle.mounts().values().forEach(mount -> {
            if (mount.path("destination").asString().equals("/sys/fs/cgroup")) {
                mount.withArray("options").removeAll().add("rw").add("nosuid").add("nodev");
            }
        });
        return lab.create(bundle).start().awaitOutput("divided");
    }

    @Test
    void childGroupsThatTheContainerMadeAreGoneToo(Lab lab) {
        Container container = divided(lab);
        assertTrue(Files.exists(Cgroups.unified(lab.cgroup("c/other"))));
        container.kill("KILL").awaitStatus("stopped").delete();

        CgroupV2LimitsIT.assertNoGroup(lab);
    }

    /** cgroups(7), "no internal processes": its own cgroup takes no process any more. */
    @Test
    void execInAContainerThatDividedItsCgroup(Lab lab) {
        Container container = divided(lab);
        Report report =
                lab.execCall(container, List.of(), "report").now().succeeded().report();

        assertEquals("/init", report.cgroup(""));
    }

    @Test
    void execInASubCgroup(Lab lab) {
        Container container = divided(lab);
        Report report = lab.execCall(container, List.of("--cgroup", "/other"), "report")
                .now()
                .succeeded()
                .report();

        assertEquals("/other", report.cgroup(""));
    }

    @Test
    void pauseReachesChildGroups(Lab lab) {
        Container container = divided(lab);
        lab.call("pause", container.id()).now().succeeded();

        assertTrue(Cgroups.value(Cgroups.unified(lab.cgroup("c/init")), "cgroup.events")
                .contains("frozen 1"));
        assertEquals("paused", container.status());
        lab.call("resume", container.id()).now().succeeded();
        assertTrue(Cgroups.value(Cgroups.unified(lab.cgroup("c/init")), "cgroup.events")
                .contains("frozen 0"));
    }

    @Test
    void aPausedOneIsFrozenFromOutsideToo(Lab lab) throws Exception {
        Container container = lab.create(bundle(lab).payload("sleep")).start();
        Files.writeString(Cgroups.unified(lab.cgroup("c")).resolve("cgroup.freeze"), "1");

        assertEquals("paused", container.status());
        Files.writeString(Cgroups.unified(lab.cgroup("c")).resolve("cgroup.freeze"), "0");
        assertEquals("running", container.status());
        assertFalse(container.awaitStatus("running").id().isEmpty());
    }

    private static Bundle delegating(Lab lab, String... words) {
        Bundle bundle =
                CgroupV2LimitsIT.bundle(lab, "pids", "{'pids':{'limit':77}}").payload(words);
        bundle.edit(config -> config.withObject("/annotations").put("run.oci.delegate-cgroup", "payload"));
        bundle.mounts().values().forEach(mount -> {
            if (mount.path("destination").asString().equals("/sys/fs/cgroup")) {
                mount.withArray("options").removeAll().add("rw").add("nosuid").add("nodev");
            }
        });
        return bundle;
    }

    /** As crun has it: the root of its cgroup namespace is the container's cgroup, with the limits, and it is below that. */
    @Test
    @JruncOnly("the annotation is crun's")
    void aCgroupThatIsDelegated(Lab lab) throws Exception {
        Container container =
                lab.create(delegating(lab, "report", ",", "sleep")).start().awaitOutput("}\n");
        Path own = Cgroups.unified(lab.cgroup("c"));

        assertEquals("/payload", container.reportSoFar().cgroup(""));
        assertEquals(lab.cgroup("c/payload"), cgroupOf(container.pid()));
        assertEquals("77", Cgroups.value(own, "pids.max"));
        assertEquals("max", Cgroups.value(own.resolve("payload"), "pids.max"));
        assertEquals(
                "/payload", lab.exec(container, "report").succeeded().report().cgroup(""));
        assertEquals(
                List.of("77", "try-mkdir /sys/fs/cgroup/payload/mine: OK"),
                lab.exec(container, "cat", "/sys/fs/cgroup/pids.max", ",", "try-mkdir", "/sys/fs/cgroup/payload/mine")
                        .succeeded()
                        .lines());
        lab.call("pause", container.id()).now().succeeded();
        assertTrue(Cgroups.value(own.resolve("payload"), "cgroup.events").contains("frozen 1"));
        lab.call("resume", container.id()).now().succeeded();
        container.kill("KILL").awaitStatus("stopped").delete();
        CgroupV2LimitsIT.assertNoGroup(lab);
    }

    /** What is delegated is the container's root's; the limits above are not. */
    @Test
    @JruncOnly("the annotation is crun's")
    void aCgroupThatIsDelegatedToAUserNamespace(Lab lab) {
        Bundle bundle = delegating(
                        lab,
                        "try-mkdir",
                        "/sys/fs/cgroup/payload/mine",
                        ",",
                        "try-mkdir",
                        "/sys/fs/cgroup/mine",
                        ",",
                        "try-open",
                        "/sys/fs/cgroup/pids.max",
                        "w",
                        ",",
                        "try-open",
                        "/sys/fs/cgroup/payload/cgroup.subtree_control",
                        "w")
                .userNamespace(100_000);

        assertEquals("""
                try-mkdir /sys/fs/cgroup/payload/mine: OK
                try-mkdir /sys/fs/cgroup/mine: EACCES
                try-open /sys/fs/cgroup/pids.max: EACCES
                try-open /sys/fs/cgroup/payload/cgroup.subtree_control: OK
                """, lab.run(bundle).succeeded().stdout());
        CgroupV2LimitsIT.assertNoGroup(lab);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "one/two"})
    @JruncOnly("the annotation is crun's")
    void aNameOfADelegatedCgroupThatIsNone(String name, Lab lab) {
        Bundle bundle = delegating(lab, "exit", "0");
        bundle.edit(config -> config.withObject("/annotations").put("run.oci.delegate-cgroup", name));

        lab.failsToCreate(bundle)
                .oursSays("/annotations/run.oci.delegate-cgroup: \"" + name + "\" is no name of a cgroup");
    }
}
