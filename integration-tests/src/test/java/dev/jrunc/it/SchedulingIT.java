// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** config.md "Linux Process", config-linux.md "Memory policy" and "Personality", and the labels of security modules. */
@IntegrationTest
class SchedulingIT {

    private static final String OLDER = "newer than specification 1.0.2";

    private static Bundle bundle(Lab lab, String object, String value) {
        Bundle bundle = lab.bundle().payload("scheduling");
        Json.quoted(value)
                .properties()
                .forEach(one -> bundle.config().withObject(object).set(one.getKey(), one.getValue()));
        return bundle;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'policy':'SCHED_IDLE'}|scheduler 5 flags 0 nice 0 priority 0",
                "{'policy':'SCHED_BATCH','nice':7}|scheduler 3 flags 0 nice 7 priority 0",
                "{'policy':'SCHED_OTHER','nice':5,'flags':['SCHED_FLAG_RESET_ON_FORK']}"
                        + "|scheduler 0 flags 1 nice 5 priority 0"
            })
    @Peer(runc = UNSUPPORTED, why = OLDER, failure = "expected: <scheduler")
    void scheduler(String scheduler, String expected, Lab lab) {
        String line = lab.run(bundle(lab, "/process/scheduler", scheduler))
                .succeeded()
                .lines()
                .getFirst();

        assertEquals(expected, line.replaceAll(" runtime .*", ""));
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = OLDER, failure = "scheduler 0 flags 0")
    void theTimesOfADeadline(Lab lab) {
        Bundle bundle = bundle(
                lab,
                "/process/scheduler",
                "{'policy':'SCHED_DEADLINE','runtime':1000000,'deadline':10000000,'period':20000000}");

        assertEquals(
                "scheduler 6 flags 0 nice 0 priority 0 runtime 1000000 deadline 10000000 period 20000000",
                lab.run(bundle).succeeded().lines().getFirst());
    }

    @Test
    @JruncOnly(OLDER)
    void realtimeWithoutATimeOfItsCgroup(Lab lab) {
        Machine.needsCgroupV1("cpu");
        Machine.needs("cpu.rt_runtime_us", Files.exists(Path.of("/sys/fs/cgroup/cpu/cpu.rt_runtime_us")));

        lab.failsToCreate(bundle(lab, "/process/scheduler", "{'policy':'SCHED_FIFO','priority':10}"))
                .oursSays("/process/scheduler", "SCHED_FIFO, nice 0, priority 10", "realtimeRuntime", "EPERM");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'class':'IOPRIO_CLASS_BE','priority':6}|io-priority 2 6",
                "{'class':'IOPRIO_CLASS_IDLE'}|io-priority 3 0"
            })
    @Peer(runc = UNSUPPORTED, why = OLDER, failure = "io-priority")
    void ioPriority(String priority, String expected, Lab lab) {
        lab.run(bundle(lab, "/process/ioPriority", priority)).succeeded().printed(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'domain':'LINUX32'}|personality 8 machine i686",
                "{'domain':'LINUX'}|personality 0 machine x86_64"
            })
    @JruncOnly(OLDER)
    void personality(String personality, String expected, Lab lab) {
        Machine.needs("x86-64", System.getProperty("os.arch").equals("amd64"));

        lab.run(bundle(lab, "/linux/personality", personality)).succeeded().printed(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'mode':'MPOL_BIND','nodes':'0','flags':['MPOL_F_STATIC_NODES']}|memory-policy 0x8002 nodes 0x1",
                "{'mode':'MPOL_INTERLEAVE','nodes':'0'}|memory-policy 0x3 nodes 0x1",
                "{'mode':'MPOL_DEFAULT'}|memory-policy 0 nodes 0"
            })
    @JruncOnly(OLDER)
    void memoryPolicy(String policy, String expected, Lab lab) {
        Machine.needs("NUMA in the kernel", Files.exists(Path.of("/proc/self/numa_maps")));

        lab.run(bundle(lab, "/linux/memoryPolicy", policy)).succeeded().printed(expected);
    }

    @Test
    @JruncOnly(OLDER)
    void aMemoryNodeThatIsNotThere(Lab lab) {
        lab.failsToCreate(bundle(lab, "/linux/memoryPolicy", "{'mode':'MPOL_BIND','nodes':'1000'}"))
                .oursSays("/linux/memoryPolicy", "set memory policy MPOL_BIND", "these nodes", "EINVAL");
    }

    @Test
    @JruncOnly("the words are ours")
    void aProfileWithoutAppArmor(Lab lab) {
        Machine.needs("no AppArmor", !Files.exists(Path.of("/sys/module/apparmor")));
        Bundle bundle = lab.bundle();
        bundle.process().put("apparmorProfile", "docker-default");

        lab.failsToCreate(bundle)
                .oursSays("config.json: /process/apparmorProfile: AppArmor is not enabled on this host");
    }

    @Test
    @JruncOnly("the words are ours")
    void aLabelWithoutSelinux(Lab lab) {
        Machine.needs("no SELinux", !Files.exists(Path.of("/sys/fs/selinux/enforce")));
        Bundle bundle = lab.bundle();
        bundle.process().put("selinuxLabel", "system_u:system_r:container_t:s0");

        lab.failsToCreate(bundle).oursSays("config.json: /process/selinuxLabel: SELinux is not enabled on this host");
    }

    @Test
    @JruncOnly("it is about our warning")
    void aMountLabelWithoutSelinuxIsIgnoredWithAWarning(Lab lab) {
        Machine.needs("no SELinux", !Files.exists(Path.of("/sys/fs/selinux/enforce")));
        Bundle bundle = lab.bundle().payload("exit", "0");
        bundle.linux().put("mountLabel", "system_u:object_r:container_file_t:s0");
        List<String> log = lab.run(bundle).succeeded().log();

        assertEquals(1, log.size(), log::toString);
        assertEquals(
                "/linux/mountLabel: ignored: SELinux is not enabled on this host",
                Json.parse(log.getFirst()).path("msg").asString());
    }
}
