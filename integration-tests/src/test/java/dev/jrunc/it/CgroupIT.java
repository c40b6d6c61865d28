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
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** config-linux.md, "Control groups", with cgroup v1 hierarchies. */
@IntegrationTest
@Peer(runc = PASS)
class CgroupIT {
    private static final List<String> CONTROLLERS =
            List.of("cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "name=systemd");

    private static Bundle bundle(Lab lab) {
        Machine.needsCgroupV1("memory");
        Bundle bundle = lab.bundle();
        bundle.linux().put("cgroupsPath", lab.cgroup("c"));
        lab.atEnd(() -> Cgroups.remove(leftParents(lab)));
        return bundle;
    }

    /** Runtimes leave the parents that they made; the container's own folder has to be gone. */
    private static List<Path> leftParents(Lab lab) {
        return Cgroups.mentioning(lab.name()).stream()
                .filter(cgroup -> !cgroup.endsWith("c"))
                .toList();
    }

    private static void limit(Bundle bundle, String resources) {
        Json.quoted(resources)
                .properties()
                .forEach(one -> bundle.linux().withObject("/resources").set(one.getKey(), one.getValue()));
    }

    private static String value(Lab lab, String controller, String file) {
        return Cgroups.value(Cgroups.folder(controller, lab.cgroup("c")), file);
    }

    @Test
    void anAbsolutePathIsTakenFromTheMount(Lab lab) throws Exception {
        Container container = lab.create(bundle(lab));
        String cgroups = Files.readString(Path.of("/proc/" + container.pid() + "/cgroup"));

        for (String controller : CONTROLLERS) {
            assertEquals(lab.cgroup("c"), Cgroups.pathIn(cgroups, controller).orElseThrow(), controller);
        }
    }

    @Test
    void withoutAPathItIsBelowTheCallersOwn(Lab lab) throws Exception {
        Machine.needsCgroupV1("memory");
        Container container = lab.create(lab.bundle());
        String cgroups = Files.readString(Path.of("/proc/" + container.pid() + "/cgroup"));

        for (String controller : CONTROLLERS) {
            String own = Cgroups.pathIn(Cgroups.own(), controller).orElseThrow();
            String expected = (own.equals("/") ? "" : own) + "/" + container.id();
            assertEquals(expected, Cgroups.pathIn(cgroups, controller).orElseThrow(), controller);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "relative/path"})
    void inAGroupOfItsOwnTheCallersGroupIsTheParent(String path, Lab lab) throws Exception {
        Machine.needsCgroupV1("pids");
        Path callers = Cgroups.folder("pids", "/" + lab.name());
        Files.createDirectory(callers);
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
        String cgroups = Files.readString(Path.of("/proc/" + container.pid() + "/cgroup"));

        String expected = "/" + lab.name() + "/" + (path.isEmpty() ? id : lab.name() + "-" + path);
        assertEquals(expected, Cgroups.pathIn(cgroups, "pids").orElseThrow());
    }

    @Test
    void theProgramIsInItsCgroupFromTheStart(Lab lab) {
        Report report = lab.report(bundle(lab));

        for (String controller : CONTROLLERS) {
            assertEquals(lab.cgroup("c"), report.cgroup(controller), controller);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "memory,memory.limit_in_bytes,{'memory':{'limit':67108864}},67108864",
        "memory,memory.soft_limit_in_bytes,{'memory':{'reservation':33554432}},33554432",
        "memory,memory.limit_in_bytes,{'memory':{'limit':-1}},9223372036854771712",
        "cpu,cpu.shares,{'cpu':{'shares':512}},512",
        "cpuset,cpuset.cpus,{'cpu':{'cpus':'0'}},0",
        "cpuset,cpuset.mems,{'cpu':{'mems':'0'}},0",
        "pids,pids.max,{'pids':{'limit':42}},42",
        "pids,pids.max,{'pids':{'limit':-1}},max",
        "blkio,cgroup.clone_children,{},0"
    })
    void aLimit(String controller, String file, String resources, String value, Lab lab) {
        Machine.needs(
                file + " in the kernel",
                Files.exists(Path.of("/sys/fs/cgroup", controller, file)) || !file.contains("soft"));
        Bundle bundle = bundle(lab);
        limit(bundle, resources);
        lab.create(bundle);

        assertEquals(value, value(lab, controller, file));
    }

    @Test
    void quotaAndPeriod(Lab lab) {
        Bundle bundle = bundle(lab);
        limit(bundle, "{'cpu':{'quota':25000,'period':50000}}");
        lab.create(bundle);

        assertEquals("25000", value(lab, "cpu", "cpu.cfs_quota_us"));
        assertEquals("50000", value(lab, "cpu", "cpu.cfs_period_us"));
    }

    @Test
    void memoryAndSwap(Lab lab) {
        Machine.needs("swap accounting", Files.exists(Path.of("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes")));
        Bundle bundle = bundle(lab);
        limit(bundle, "{'memory':{'limit':67108864,'swap':134217728,'swappiness':10}}");
        lab.create(bundle);

        assertEquals("67108864", value(lab, "memory", "memory.limit_in_bytes"));
        assertEquals("134217728", value(lab, "memory", "memory.memsw.limit_in_bytes"));
        assertEquals("10", value(lab, "memory", "memory.swappiness"));
    }

    @Test
    void throttles(Lab lab) throws Exception {
        String device =
                Files.readString(Path.of("/sys/block", blockDevice(), "dev")).strip();
        String numbers = "'major':" + device.replace(":", ",'minor':");
        Bundle bundle = bundle(lab);
        limit(
                bundle,
                "{'blockIO':{'throttleReadBpsDevice':[{" + numbers + ",'rate':1048576}],'throttleWriteBpsDevice':[{"
                        + numbers + ",'rate':2097152}],'throttleReadIOPSDevice':[{" + numbers
                        + ",'rate':300}],'throttleWriteIOPSDevice':[{" + numbers + ",'rate':400}]}}");
        bundle.payload(
                "cat",
                "/sys/fs/cgroup/blkio/blkio.throttle.read_bps_device",
                ",",
                "cat",
                "/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device",
                ",",
                "cat",
                "/sys/fs/cgroup/blkio/blkio.throttle.read_iops_device",
                ",",
                "cat",
                "/sys/fs/cgroup/blkio/blkio.throttle.write_iops_device");

        assertEquals(
                device + " 1048576\n" + device + " 2097152\n" + device + " 300\n" + device + " 400\n",
                lab.run(bundle).succeeded().stdout());
    }

    private static String blockDevice() {
        Machine.needsCgroupV1("blkio");
        String[] devices = Path.of("/sys/block").toFile().list();
        Machine.needs("a block device", devices != null && devices.length > 0);
        return List.of(devices).stream().sorted().toList().getFirst();
    }

    @Test
    void aDeviceThatIsNotThere(Lab lab) {
        Bundle bundle = bundle(lab);
        limit(bundle, "{'blockIO':{'throttleReadBpsDevice':[{'major':999,'minor':7,'rate':5}]}}");

        failsWithoutAGroup(lab, bundle)
                .oursSays(
                        "/linux/resources/blockIO/throttleReadBpsDevice/0", "blkio.throttle.read_bps_device", "ENODEV");
    }

    @Test
    @Peer(runc = WRONG, why = "1.1.5 has no idle and no burst: specification 1.1", failure = "exit status")
    void moreBurstThanQuota(Lab lab) {
        Bundle bundle = bundle(lab);
        limit(bundle, "{'cpu':{'quota':20000,'period':100000,'burst':30000}}");

        failsWithoutAGroup(lab, bundle).oursSays("/linux/resources/cpu/burst", "cpu.cfs_burst_us", "EINVAL");
    }

    @Test
    @Peer(runc = WRONG, why = "1.1.5 has no idle and no burst: specification 1.1", failure = "expected: <1>")
    void idle(Lab lab) {
        Bundle bundle = bundle(lab);
        limit(bundle, "{'cpu':{'idle':1}}");
        lab.create(bundle);

        assertEquals("1", value(lab, "cpu", "cpu.idle"));
    }

    @Test
    @Peer(runc = WRONG, why = "1.1.5 has no idle and no burst: specification 1.1", failure = "expected: <10000>")
    void burst(Lab lab) {
        Bundle bundle = bundle(lab);
        limit(bundle, "{'cpu':{'quota':20000,'period':100000,'burst':10000}}");
        lab.create(bundle);

        assertEquals("10000", value(lab, "cpu", "cpu.cfs_burst_us"));
    }

    @Test
    void disableOOMKiller(Lab lab) {
        Bundle bundle = bundle(lab);
        limit(bundle, "{'memory':{'limit':67108864,'disableOOMKiller':true}}");
        lab.create(bundle);

        assertTrue(value(lab, "memory", "memory.oom_control").startsWith("oom_kill_disable 1\n"));
    }

    @Test
    @JruncOnly("it is about our warning")
    void kernelMemoryIsIgnoredWithAWarning(Lab lab) {
        Bundle bundle = bundle(lab).payload("exit", "0");
        limit(bundle, "{'memory':{'limit':67108864,'kernel':1048576,'kernelTCP':1048576}}");

        List<String> log = lab.run(bundle).succeeded().log();
        assertEquals(1, log.size(), log::toString);
        assertEquals("warning", Json.parse(log.getFirst()).path("level").asString());
        assertEquals(
                "/linux/resources/memory: kernel memory limits are ignored: the kernel has given them up",
                Json.parse(log.getFirst()).path("msg").asString());
    }

    /** This machine's own hierarchies have none of these; a limit must not be lost. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'hugepageLimits':[{'pageSize':'2MB','limit':4194304}]}|hugetlb|/linux/resources/hugepageLimits/0",
                "{'network':{'classID':1048577}}|net_cls|/linux/resources/network/classID",
                "{'network':{'priorities':[{'name':'lo','priority':5}]}}|net_prio|/linux/resources/network/priorities/0",
                "{'rdma':{'mlx5_1':{'hcaObjects':1}}}|rdma|/linux/resources/rdma/mlx5_1"
            })
    @JruncOnly("runc 1.1.5 drops them silently, but for net_cls")
    void aControllerThatIsNotMounted(String resources, String controller, String pointer, Lab lab) {
        Machine.needs("no hierarchy with " + controller, !Files.exists(Path.of("/sys/fs/cgroup", controller)));
        Bundle bundle = bundle(lab);
        limit(bundle, resources);

        lab.failsToCreate(bundle)
                .oursSays("config.json: " + pointer + ": the cgroup controller " + controller + " is not mounted here");
    }

    @Test
    void withoutLimitsNoneIsSet(Lab lab) {
        lab.create(bundle(lab));

        assertEquals("max", value(lab, "pids", "pids.max"));
        assertEquals("1024", value(lab, "cpu", "cpu.shares"));
        assertEquals("-1", value(lab, "cpu", "cpu.cfs_quota_us"));
    }

    @Test
    void devices(Lab lab) {
        Bundle bundle = bundle(lab);
        limit(
                bundle,
                "{'devices':[{'allow':false,'access':'rwm'},{'allow':true,'type':'c','major':10,'minor':229,'access':'rw'},"
                        + "{'allow':true,'type':'b','major':7,'access':'r'}]}");
        lab.create(bundle);
        List<String> rules = value(lab, "devices", "devices.list").lines().toList();

        assertTrue(rules.contains("c 10:229 rw"), rules::toString);
        assertTrue(rules.contains("b 7:* r"), rules::toString);
        assertTrue(rules.contains("c 1:3 rwm"), rules::toString);
        assertFalse(rules.contains("a *:* rwm"), rules::toString);
    }

    @Test
    void theLimitOfProcessesHolds(Lab lab) {
        Bundle bundle = bundle(lab).payload("fork-limit");
        limit(bundle, "{'pids':{'limit':10}}");

        lab.run(bundle).printed("fork-limit 9: EAGAIN");
    }

    @Test
    void theLimitOfMemoryHolds(Lab lab) {
        Bundle bundle = bundle(lab).payload("allocate", "16", ",", "allocate", "128");
        limit(bundle, "{'memory':{'limit':67108864,'swap':67108864}}");
        Result result = lab.run(bundle).exited(137);

        assertEquals("allocate 16: OK\n", result.stdout());
    }

    @ParameterizedTest
    @ValueSource(longs = {4096, 65536})
    void aMemoryLimitThatIsTooLowToStart(long limit, Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux().withObject("/resources/memory").put("limit", limit);

        lab.failsToCreate(bundle, "memory limit")
                .oursSays("init (jrunc:[", ") was killed by SIGKILL: is the memory limit too low to start?");
    }

    @Test
    void itIsGoneAfterDelete(Lab lab) {
        Container container = lab.create(bundle(lab));
        assertTrue(Files.exists(Cgroups.folder("memory", lab.cgroup("c"))));
        container.delete();

        for (Path cgroup : Cgroups.mentioning(lab.name())) {
            assertFalse(cgroup.endsWith("c"), cgroup::toString);
        }
    }

    @Test
    void itIsGoneAfterAForegroundRun(Lab lab) {
        lab.run(bundle(lab)).succeeded();

        assertTrue(Cgroups.mentioning(lab.name()).stream().noneMatch(cgroup -> cgroup.endsWith("c")));
    }

    @Test
    void itIsGoneAfterDeleteThoughProcessesLingered(Lab lab) {
        Bundle bundle = bundle(lab).withoutNamespace("pid").payload("fork-sleep", "3", ",", "exit", "0");
        Container container = lab.create(bundle).start().awaitStatus("stopped");
        assertEquals(3, value(lab, "pids", "cgroup.procs").lines().count());
        container.delete();

        assertTrue(Cgroups.mentioning(lab.name()).stream().noneMatch(cgroup -> cgroup.endsWith("c")));
    }

    @Test
    void childGroupsThatTheContainerMadeAreGoneToo(Lab lab) throws Exception {
        Container container = lab.create(bundle(lab).payload("exit", "0"));
        Files.createDirectories(Cgroups.folder("pids", lab.cgroup("c")).resolve("child/grandchild"));
        container.start().awaitStatus("stopped").delete();

        assertTrue(Cgroups.mentioning(lab.name()).stream()
                .noneMatch(cgroup -> cgroup.toString().contains("/c")
                        && cgroup.toString().contains("pids")
                        && cgroup.endsWith("c")));
    }

    @Test
    void aPathUpwardsStaysBelowTheMount(Lab lab) throws Exception {
        Bundle bundle = bundle(lab);
        bundle.linux().put("cgroupsPath", "/../../.." + lab.cgroup("c"));
        Container container = lab.create(bundle);
        String cgroups = Files.readString(Path.of("/proc/" + container.pid() + "/cgroup"));

        assertEquals(lab.cgroup("c"), Cgroups.pathIn(cgroups, "pids").orElseThrow());
    }

    @Test
    void theCgroupMountShowsItInsideANamespaceToo(Lab lab) {
        Bundle bundle = bundle(lab).addNamespace("cgroup");
        limit(bundle, "{'pids':{'limit':77}}");
        bundle.payload("cat", "/sys/fs/cgroup/pids/pids.max", ",", "try-mkdir", "/sys/fs/cgroup/pids/mine");

        assertEquals(
                "77\ntry-mkdir /sys/fs/cgroup/pids/mine: EROFS\n",
                lab.run(bundle).succeeded().stdout());
    }

    @Test
    void aCpuThatDoesNotExist(Lab lab) {
        Bundle bundle = bundle(lab);
        limit(bundle, "{'cpu':{'cpus':'4000'}}");
        Result result = failsWithoutAGroup(lab, bundle);

        result.oursSays("/linux/resources/cpu/cpus", "cpuset.cpus", "4000");
    }

    @Test
    void aQuotaThatTheKernelRefuses(Lab lab) {
        Bundle bundle = bundle(lab);
        limit(bundle, "{'cpu':{'quota':5,'period':100000}}");

        failsWithoutAGroup(lab, bundle).oursSays("/linux/resources/cpu/quota", "cpu.cfs_quota_us", "EINVAL");
    }

    /** The parent that a runtime made may stay, the container's own group may not. */
    private static Result failsWithoutAGroup(Lab lab, Bundle bundle) {
        Result result = lab.createCall(bundle, lab.nextId()).now().failedSaying("cgroup");

        assertTrue(Cgroups.mentioning(lab.name()).stream().noneMatch(cgroup -> cgroup.endsWith("c")));
        assertEquals(0, lab.stateRoot().toFile().list().length);
        return result;
    }

    @Test
    void aWrongTypeOfALimit(Lab lab) {
        Bundle bundle = bundle(lab);
        limit(bundle, "{'pids':{'limit':'many'}}");

        lab.failsToCreate(bundle).oursSays("/linux/resources/pids/limit");
    }

    @Test
    @JruncOnly("the annotation is crun's")
    void noneOfVersion1IsDelegated(Lab lab) {
        Machine.needsCgroupV1("pids");
        Bundle bundle = lab.bundle()
                .edit(config -> config.withObject("/annotations").put("run.oci.delegate-cgroup", "payload"));

        lab.failsToCreate(bundle)
                .oursSays(
                        "/annotations/run.oci.delegate-cgroup: only a cgroup of version 2 can be handed to a container");
    }
}
