// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** config-linux.md, "Control groups", on a host that has version 2 alone: what becomes of linux.resources. */
@IntegrationTest
@Peer(runc = PASS)
class CgroupV2LimitsIT {
    static Bundle bundle(Lab lab, String controller, String resources) {
        Machine.needsCgroupV2(controller);
        Bundle bundle = lab.bundle().addNamespace("cgroup");
        bundle.linux().put("cgroupsPath", lab.cgroup("c"));
        lab.atEnd(() -> Cgroups.remove(List.of(Cgroups.unified("/" + lab.name()))));
        Json.quoted(resources)
                .properties()
                .forEach(one -> bundle.linux().withObject("/resources").set(one.getKey(), one.getValue()));
        return bundle;
    }

    private static String value(Lab lab, String file) {
        return Cgroups.value(Cgroups.unified(lab.cgroup("c")), file);
    }

    /** What version 1 calls otherwise is converted by the specification's formulas. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memory.max|{'memory':{'limit':67108864}}|67108864",
                "memory.max|{'memory':{'limit':-1}}|max",
                "memory.low|{'memory':{'reservation':33554432}}|33554432",
                "memory.swap.max|{'memory':{'limit':67108864,'swap':134217728}}|67108864",
                "memory.swap.max|{'memory':{'limit':67108864,'swap':-1}}|max",
                "cpu.weight|{'cpu':{'shares':512}}|20",
                "cpu.weight|{'cpu':{'shares':2}}|1",
                "cpu.weight|{'cpu':{'shares':262144}}|10000",
                "cpu.max|{'cpu':{'quota':25000,'period':50000}}|25000 50000",
                "cpu.max|{'cpu':{'quota':25000}}|25000 100000",
                "cpu.max|{'cpu':{'period':50000}}|max 50000",
                "cpuset.cpus|{'cpu':{'cpus':'0-1'}}|0-1",
                "cpuset.mems|{'cpu':{'mems':'0'}}|0",
                "pids.max|{'pids':{'limit':42}}|42",
                "pids.max|{'pids':{'limit':-1}}|max",
                "hugetlb.2MB.max|{'unified':{'hugetlb.2MB.max':'4194304'}}|4194304",
                "memory.high|{'unified':{'memory.high':'50331648'}}|50331648",
                "memory.oom.group|{'unified':{'memory.oom.group':'1'}}|1",
                "cpu.weight|{'cpu':{'shares':512},'unified':{'cpu.weight':'77'}}|77"
            })
    void aLimit(String file, String resources, String value, Lab lab) {
        lab.create(bundle(lab, file.substring(0, file.indexOf('.')), resources));

        assertEquals(value, value(lab, file));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cpu.max.burst|{'cpu':{'quota':20000,'period':100000,'burst':10000}}|10000",
                "cpu.idle|{'cpu':{'idle':1}}|1"
            })
    @Peer(runc = WRONG, why = "1.1.5 has no idle and no burst: specification 1.1", failure = "expected")
    void aLimitOfSpecification11(String file, String resources, String value, Lab lab) {
        lab.create(bundle(lab, "cpu", resources));

        assertEquals(value, value(lab, file));
    }

    @Test
    @Peer(runc = WRONG, why = "1.1.5 limits what is faulted in, not what is reserved", failure = "expected: <4194304>")
    void hugepages(Lab lab) {
        lab.create(bundle(lab, "hugetlb", "{'hugepageLimits':[{'pageSize':'2MB','limit':4194304}]}"));

        assertEquals("4194304", value(lab, "hugetlb.2MB.rsvd.max"));
    }

    @Test
    void throttles(Lab lab) throws Exception {
        String device = Files.readString(Path.of("/sys/block", disk(), "dev")).strip();
        String numbers = "'major':" + device.replace(":", ",'minor':");
        lab.create(bundle(
                lab,
                "io",
                "{'blockIO':{'throttleReadBpsDevice':[{" + numbers + ",'rate':1048576}],'throttleWriteBpsDevice':[{"
                        + numbers + ",'rate':2097152}],'throttleReadIOPSDevice':[{" + numbers
                        + ",'rate':300}],'throttleWriteIOPSDevice':[{" + numbers + ",'rate':400}]}}"));

        assertEquals(device + " rbps=1048576 wbps=2097152 riops=300 wiops=400", value(lab, "io.max"));
    }

    private static String disk() {
        String[] devices = Path.of("/sys/block").toFile().list();
        return List.of(devices == null ? new String[0] : devices).stream()
                .filter(name -> name.startsWith("vd"))
                .sorted()
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"10,1", "500,4950", "1000,10000"})
    void theWeightOfIo(int weight, int ioWeight, Lab lab) {
        Bundle bundle = bundle(lab, "io", "{'blockIO':{'weight':" + weight + "}}");
        Machine.needs("io.weight", Files.exists(Path.of("/sys/fs/cgroup/system.slice/io.weight")));
        lab.create(bundle);

        assertEquals(
                "default " + ioWeight,
                value(lab, "io.weight").lines().findFirst().orElse(""));
    }

    @Test
    void withoutLimitsNoneIsSet(Lab lab) {
        lab.create(bundle(lab, "memory", "{}"));

        assertEquals("max", value(lab, "memory.max"));
        assertEquals("max", value(lab, "pids.max"));
        assertEquals("100", value(lab, "cpu.weight"));
        assertEquals("max 100000", value(lab, "cpu.max"));
    }

    @Test
    void theLimitOfProcessesHolds(Lab lab) {
        lab.run(bundle(lab, "pids", "{'pids':{'limit':10}}").payload("fork-limit"))
                .printed("fork-limit 9: EAGAIN");
    }

    @Test
    void theLimitOfMemoryHolds(Lab lab) {
        Bundle bundle = bundle(lab, "memory", "{'memory':{'limit':67108864,'swap':67108864}}");
        Result result = lab.run(bundle.payload("allocate", "16", ",", "allocate", "128"))
                .exited(137);

        assertEquals("allocate 16: OK\n", result.stdout());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'blockIO':{'throttleReadBpsDevice':[{'major':999,'minor':7,'rate':5}]}}|/linux/resources/blockIO/throttleReadBpsDevice/0|io.max|ENODEV",
                "{'cpu':{'cpus':'4000'}}|/linux/resources/cpu/cpus|cpuset.cpus|4000",
                "{'cpu':{'quota':5,'period':100000}}|/linux/resources/cpu/quota|cpu.max|EINVAL",
                "{'unified':{'memory.nosuch':'1'}}|/linux/resources/unified/memory.nosuch|memory.nosuch|ENOENT",
                "{'unified':{'pids.max':'many'}}|/linux/resources/unified/pids.max|pids.max|EINVAL"
            })
    void aLimitThatTheKernelRefuses(String resources, String pointer, String file, String why, Lab lab) {
        Bundle bundle = bundle(lab, "cpu", resources);

        Result result = lab.createCall(bundle, lab.nextId()).now().failedSaying("cgroup");
        result.oursSays(pointer, file, why);
        assertNoGroup(lab);
    }

    /** What version 2 has not got must not be lost without a word. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'network':{'classID':1048577}}|/linux/resources/network/classID: cgroup v2 has no network classes",
                "{'network':{'priorities':[{'name':'lo','priority':5}]}}|/linux/resources/network/priorities: cgroup v2 has no network priorities",
                "{'blockIO':{'leafWeight':100}}|/linux/resources/blockIO/leafWeight: cgroup v2 has no leaf weights",
                "{'cpu':{'realtimeRuntime':1000}}|/linux/resources/cpu/realtimeRuntime: cgroup v2 has no realtime limits"
            })
    @JruncOnly("runc drops them silently")
    void whatVersion2HasNot(String resources, String words, Lab lab) {
        lab.failsToCreate(bundle(lab, "cpu", resources)).oursSays(words);
        assertNoGroup(lab);
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "1.1.5 says nothing of it", failure = "the log has no")
    void swappinessIsIgnoredWithAWarning(Lab lab) {
        Bundle bundle = bundle(lab, "memory", "{'memory':{'limit':67108864,'swappiness':10}}");

        List<String> log = lab.run(bundle.payload("exit", "0")).succeeded().log();
        assertTrue(
                log.toString().contains("/linux/resources/memory/swappiness: ignored: cgroup v2 has none"),
                () -> "the log has no warning: " + log);
    }

    static void assertNoGroup(Lab lab) {
        assertEquals(
                List.of(),
                Cgroups.mentioning(lab.name()).stream()
                        .filter(cgroup -> cgroup.endsWith("c"))
                        .toList());
    }
}
