// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.Unsupported;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupLimitsTest {

    private static final CgroupLayout V1 = new CgroupLayout(List.of(
            new Hierarchy("/cg/cpu", 1, List.of("cpu"), "/"),
            new Hierarchy("/cg/cpuset", 1, List.of("cpuset"), "/"),
            new Hierarchy("/cg/memory", 1, List.of("memory"), "/"),
            new Hierarchy("/cg/pids", 1, List.of("pids"), "/"),
            new Hierarchy("/cg/devices", 1, List.of("devices"), "/"),
            new Hierarchy("/cg/unified", 2, List.of(), "/")));

    private static final CgroupLayout V2 = new CgroupLayout(List.of(new Hierarchy("/cg", 2, List.of(), "/")));

    private static CgroupPlan plan(CgroupLayout layout, String resources) {
        String config = "{'ociVersion':'1.3.0','linux':{'cgroupsPath':'/c','resources':" + resources + "}}";
        return CgroupDriver.plan(layout, ConfigReader.read(Bytes.utf8(config.replace('\'', '"'))), "ID", false);
    }

    /** {@code file=value …}, files without their folder. */
    private static String written(CgroupLayout layout, String resources) {
        TreeMap<String, String> files = new TreeMap<>();
        for (Step<HostOperation> step : plan(layout, resources).limits()) {
            HostOperation.WriteFile write = (HostOperation.WriteFile) step.operation();
            files.put(
                    write.path().substring(write.path().lastIndexOf('/') + 1),
                    write.content().utf8() + (step.mayFail() ? "?" : ""));
        }
        return files.toString().replaceAll("[{},]", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'memory':{'limit':1000}}|memory.limit_in_bytes=1000",
                "{'memory':{'limit':0,'swap':0,'reservation':0}}|''",
                "{'memory':{'limit':-1}}|memory.limit_in_bytes=-1",
                "{'memory':{'limit':5,'swap':7,'swappiness':0}}"
                        + "|memory.limit_in_bytes=5 memory.memsw.limit_in_bytes=7 memory.swappiness=0",
                "{'memory':{'swap':-1}}|memory.memsw.limit_in_bytes=-1?",
                "{'memory':{'reservation':9,'disableOOMKiller':true}}"
                        + "|memory.oom_control=1 memory.soft_limit_in_bytes=9",
                "{'memory':{'disableOOMKiller':false,'useHierarchy':true,'checkBeforeUpdate':true}}|''",
                "{'cpu':{'shares':512,'idle':1}}|cpu.idle=1 cpu.shares=512",
                "{'cpu':{'shares':0,'quota':0,'period':0}}|''",
                "{'cpu':{'quota':-1,'period':50000,'burst':10}}"
                        + "|cpu.cfs_burst_us=10 cpu.cfs_period_us=50000 cpu.cfs_quota_us=-1",
                "{'cpu':{'cpus':'0-1','mems':'0'}}|cpuset.cpus=0-1 cpuset.mems=0",
                "{'cpu':{'realtimePeriod':1000000,'realtimeRuntime':5000}}"
                        + "|cpu.rt_period_us=1000000 cpu.rt_runtime_us=5000",
                "{'pids':{'limit':10}}|pids.max=10",
                "{'pids':{'limit':-1}}|pids.max=max",
                "{'pids':{'limit':0}}|''"
            })
    void versionOne(String resources, String expected) {
        assertEquals(expected, written(V1, resources));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'memory':{'limit':1000,'reservation':10}}|memory.low=10 memory.max=1000",
                "{'memory':{'limit':-1}}|memory.max=max",
                "{'memory':{'limit':5,'swap':7}}|memory.max=5 memory.swap.max=2",
                "{'memory':{'limit':5,'swap':5}}|memory.max=5 memory.swap.max=0",
                "{'memory':{'limit':5,'swap':-1}}|memory.max=5 memory.swap.max=max",
                "{'cpu':{'shares':2}}|cpu.weight=1",
                "{'cpu':{'shares':1024}}|cpu.weight=39",
                "{'cpu':{'shares':262144}}|cpu.weight=10000",
                "{'cpu':{'shares':1}}|cpu.weight=1",
                "{'cpu':{'shares':999999}}|cpu.weight=10000",
                "{'cpu':{'quota':50000}}|cpu.max=50000 100000",
                "{'cpu':{'quota':50000,'period':200000}}|cpu.max=50000 200000",
                "{'cpu':{'quota':-1,'period':200000}}|cpu.max=max 200000",
                "{'cpu':{'burst':10,'idle':1,'quota':20}}|cpu.idle=1 cpu.max=20 100000 cpu.max.burst=10",
                "{'cpu':{'cpus':'0','mems':'0'}}|cpuset.cpus=0 cpuset.mems=0",
                "{'pids':{'limit':-1}}|pids.max=max",
                "{'unified':{'memory.high':'77','cgroup.max.depth':'3'}}|cgroup.max.depth=3 memory.high=77"
            })
    void versionTwo(String resources, String expected) {
        assertEquals(expected, written(V2, resources));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v1|{'unified':{'memory.high':'1'}}|/linux/resources/unified",
                "v2|{'unified':{'../x':'1'}}|/linux/resources/unified/..~1x",
                "v2|{'unified':{'nodot':'1'}}|/linux/resources/unified/nodot",
                "v2|{'memory':{'limit':5,'swap':4}}|/linux/resources/memory/swap",
                "v2|{'memory':{'swap':4}}|/linux/resources/memory/swap",
                "v2|{'cpu':{'realtimeRuntime':5}}|/linux/resources/cpu/realtimeRuntime"
            })
    void whatCanNotBeDone(String version, String resources, String pointer) {
        JruncException error =
                assertThrows(JruncException.class, () -> plan(version.equals("v1") ? V1 : V2, resources));

        String found = switch (error) {
            case InvalidSpec invalid -> invalid.pointer();
            case Unsupported unsupported -> unsupported.pointer();
            default -> throw error;
        };
        assertEquals(pointer, found);
    }

    @Test
    void whatHasNoEffectIsAWarning() {
        assertEquals(
                List.of("/linux/resources/memory: kernel memory limits are ignored: the kernel has given them up"),
                plan(V1, "{'memory':{'kernel':5,'kernelTCP':6}}").warnings());
        assertEquals(
                3,
                plan(V2, "{'memory':{'swappiness':5,'disableOOMKiller':true,'kernel':1}}")
                        .warnings()
                        .size());
    }

    @Test
    void aControllerThatIsNotThere() {
        CgroupLayout layout = new CgroupLayout(List.of(new Hierarchy("/cg/cpu", 1, List.of("cpu"), "/")));
        Unsupported error = assertThrows(Unsupported.class, () -> plan(layout, "{'pids':{'limit':5}}"));

        assertEquals("/linux/resources/pids/limit", error.pointer());
    }

    @Test
    void withoutCgroupsLimitsAreRefusedAndNothingElse() {
        CgroupLayout none = new CgroupLayout(List.of());

        assertEquals(List.of(), plan(none, "{}").create());
        assertEquals(
                "/linux/resources",
                assertThrows(Unsupported.class, () -> plan(none, "{'pids':{'limit':5}}"))
                        .pointer());
    }

    /** The specification's example is for every process with the shares that the kernel gives by default. */
    @Test
    void sharesGrowWithWeight() {
        long last = 0;
        for (long shares = 2; shares <= 262_144; shares += 13) {
            long weight = CgroupV2.weight(shares);
            if (weight < last || weight < 1 || weight > 10_000) {
                throw new AssertionError(String.format(Locale.ROOT, "%d becomes %d", shares, weight));
            }
            last = weight;
        }
    }
}
