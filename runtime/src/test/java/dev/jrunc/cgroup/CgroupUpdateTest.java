// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.Unsupported;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What update writes, and in which order. */
class CgroupUpdateTest {

    private static final List<CgroupFolder> V1 = List.of(
            new CgroupFolder("/cg/cpu", "/c", 1, List.of("cpu")),
            new CgroupFolder("/cg/cpuset", "/c", 1, List.of("cpuset")),
            new CgroupFolder("/cg/memory", "/c", 1, List.of("memory")),
            new CgroupFolder("/cg/pids", "/c", 1, List.of("pids")),
            new CgroupFolder("/cg/devices", "/c", 1, List.of("devices")),
            new CgroupFolder("/cg/unified", "/c", 2, List.of()));

    private static final List<CgroupFolder> V2 = List.of(new CgroupFolder("/cg", "/c", 2, List.of()));

    private static Spec.Resources resources(String json) {
        return ConfigReader.readResources(Bytes.utf8(json.replace('\'', '"')));
    }

    /** file=value, with ? where it may fail, in the order of the steps. */
    private static String written(List<CgroupFolder> folders, String before, String files, String asked) {
        Map<String, String> texts = new HashMap<>();
        for (String file : files.isEmpty() ? new String[0] : files.split(" ", -1)) {
            String[] parts = file.split("=", 2);
            String folder = folders.size() == 1 ? "/cg/c/" : "/cg/memory/c/";
            texts.put(folder + parts[0], parts[1].replace('_', ' ') + "\n");
        }
        List<String> written = new ArrayList<>();
        for (Step<HostOperation> step : CgroupDriver.update(
                        folders, resources(asked), new PresentLimits(resources(before), texts), true)
                .limits()) {
            written.add(
                    switch (step.operation()) {
                        case HostOperation.WriteFile write ->
                            write.path().substring(write.path().lastIndexOf('/') + 1)
                                    + "="
                                    + write.content().utf8().replace(' ', '_')
                                    + (step.mayFail() ? "?" : "");
                        case HostOperation.DeviceProgram _ -> "program";
                        default -> throw new AssertionError(step);
                    });
        }
        return String.join(" ", written);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|''|{'memory':{'limit':0},'cpu':{'shares':0,'quota':0}}|''",
                // Up: together first. Down: memory first.
                "{}|memory.limit_in_bytes=100|{'memory':{'limit':300,'swap':400}}"
                        + "|memory.memsw.limit_in_bytes=400 memory.limit_in_bytes=300",
                "{}|memory.limit_in_bytes=100|{'memory':{'limit':50,'swap':60}}"
                        + "|memory.limit_in_bytes=50 memory.memsw.limit_in_bytes=60",
                "{}|memory.limit_in_bytes=100|{'memory':{'limit':50,'swap':100}}"
                        + "|memory.memsw.limit_in_bytes=100 memory.limit_in_bytes=50",
                "{}|memory.limit_in_bytes=100|{'memory':{'limit':-1}}"
                        + "|memory.memsw.limit_in_bytes=-1? memory.limit_in_bytes=-1",
                "{}|memory.limit_in_bytes=100|{'memory':{'limit':300,'swap':-1}}"
                        + "|memory.memsw.limit_in_bytes=-1? memory.limit_in_bytes=300",
                "{'memory':{'disableOOMKiller':true}}|''|{'memory':{'disableOOMKiller':false}}|memory.oom_control=0",
                "{}|''|{'memory':{'disableOOMKiller':false}}|''",
                "{}|''|{'cpu':{'period':50000}}|cpu.cfs_period_us=50000",
                "{}|''|{'cpu':{'period':50000,'quota':20000}}"
                        + "|cpu.cfs_period_us=50000? cpu.cfs_quota_us=20000 cpu.cfs_period_us=50000",
                "{}|''|{'cpu':{'quota':20000,'burst':10000}}"
                        + "|cpu.cfs_burst_us=10000? cpu.cfs_quota_us=20000 cpu.cfs_burst_us=10000",
                "{}|''|{'cpu':{'burst':0}}|cpu.cfs_burst_us=0",
                "{}|''|{'cpu':{'realtimePeriod':5,'realtimeRuntime':3}}"
                        + "|cpu.rt_period_us=5? cpu.rt_runtime_us=3 cpu.rt_period_us=5",
                "{'cpu':{'shares':512}}|''|{'cpu':{'idle':0}}|cpu.idle=0? cpu.shares=512",
                "{'cpu':{'shares':512}}|''|{'cpu':{'idle':0,'shares':99}}|cpu.idle=0? cpu.shares=99",
                "{}|''|{'cpu':{'idle':1,'shares':99}}|cpu.idle=1",
                "{}|''|{'pids':{'limit':-1}}|pids.max=max",
            })
    void versionOne(String before, String files, String asked, String expected) {
        assertEquals(expected, written(V1, before, files, asked));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|''|{'memory':{'limit':300,'swap':400}}|memory.max=300 memory.swap.max=100",
                "{'memory':{'limit':300}}|''|{'memory':{'swap':400}}|memory.swap.max=100",
                "{'memory':{'limit':300,'swap':400}}|''|{'memory':{'limit':350}}|memory.max=350",
                "{'memory':{'limit':300,'swap':400}}|''|{'memory':{'limit':-1}}|memory.max=max memory.swap.max=max?",
                "{'memory':{'limit':300}}|''|{'memory':{'swap':300}}|memory.swap.max=0",
                "{}|cpu.max=max_100000|{'cpu':{'quota':5000}}|cpu.max=5000",
                "{}|cpu.max=7000_100000|{'cpu':{'period':50000}}|cpu.max=7000_50000",
                "{}|cpu.max=7000_100000|{'cpu':{'quota':-1}}|cpu.max=max",
                "{}|cpu.max=7000_100000|{'cpu':{'quota':-1,'period':5000}}|cpu.max=max_5000",
                "{}|cpu.max=7000_100000|{'cpu':{'quota':9000,'burst':8000}}"
                        + "|cpu.max.burst=8000? cpu.max=9000 cpu.max.burst=8000",
                "{}|''|{'cpu':{'burst':0}}|cpu.max.burst=0",
                "{'cpu':{'shares':1024}}|''|{'cpu':{'idle':0}}|cpu.idle=0? cpu.weight=39",
                "{}|''|{'unified':{'memory.high':'5'}}|memory.high=5",
            })
    void versionTwo(String before, String files, String asked, String expected) {
        assertEquals(expected, written(V2, before, files, asked));
    }

    @Test
    void swapWithoutAMemoryLimit() {
        InvalidSpec failure = assertThrows(InvalidSpec.class, () -> written(V2, "{}", "", "{'memory':{'swap':400}}"));

        assertEquals("/linux/resources/memory/swap", failure.pointer());
    }

    /** In version 2 the kernel would kill. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|{'memory':{'limit':400,'checkBeforeUpdate':true}}|/linux/resources/memory/limit",
                "{'memory':{'checkBeforeUpdate':true}}|{'memory':{'limit':500}}|/linux/resources/memory/limit",
                "{'memory':{'limit':300}}|{'memory':{'swap':450,'checkBeforeUpdate':true}}|/linux/resources/memory/swap",
            })
    void checkBeforeUpdate(String before, String asked, String pointer) {
        InvalidSpec failure = assertThrows(InvalidSpec.class, () -> written(V2, before, "memory.current=500", asked));

        assertEquals(pointer, failure.pointer());
        assertTrue(failure.problem().contains("500 bytes in use"), failure.problem());
    }

    @Test
    void withoutCheckBeforeUpdate() {
        assertEquals("memory.max=400", written(V2, "{}", "memory.current=500", "{'memory':{'limit':400}}"));
        assertEquals(
                "memory.max=400",
                written(
                        V2,
                        "{'memory':{'checkBeforeUpdate':true}}",
                        "memory.current=500",
                        "{'memory':{'limit':400,'checkBeforeUpdate':false}}"));
    }

    @Test
    void devicesAreChangedOnlyToOthers() {
        String rules = "{'devices':[{'allow':true,'type':'c','major':1,'minor':11,'access':'rw'}]}";
        String other = "{'devices':[{'allow':true,'type':'c','major':1,'minor':11,'access':'rm'}]}";

        assertEquals("", written(V1, rules, "", rules));
        assertEquals("", written(V2, rules, "", rules));
        assertEquals("", written(V2, rules, "", "{'devices':[]}"));
        assertEquals("program", written(V2, rules, "", other));
        assertEquals("devices.allow=c_1:11_m devices.deny=c_1:11_w", written(V1, rules, "", other));
        assertEquals(
                "devices.allow=a devices.deny=c_1:11_r",
                written(
                        V1,
                        "{}",
                        "",
                        "{'devices':[{'allow':true},{'allow':false,'type':'c','major':1,'minor':11,'access':'r'}]}"));
    }

    @Test
    void noCgroup() {
        JruncException failure =
                assertThrows(Unsupported.class, () -> written(List.of(), "{}", "", "{'pids':{'limit':1}}"));

        assertTrue(failure.getMessage().contains("has no cgroup"), failure.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memory.limit_in_bytes|5|100|100",
                "cpuset.cpus|0|0-3!|0-3",
                "cpuset.cpus|0|!|!",
                "cpu.max|5000 10000|max 100000!|max 100000",
                "memory.oom_control|1|oom_kill_disable 0!under_oom 0!|0",
                "memory.oom_control|0|oom_kill_disable 1!under_oom 0!|1",
                "blkio.throttle.read_bps_device|8:0 5|8:16 7!8:0 9!|8:0 9",
                "blkio.throttle.read_bps_device|8:0 5|''|8:0 0",
                "blkio.bfq.weight_device|8:0 5|''|8:0 default",
                "io.max|8:0 rbps=5|8:0 rbps=max wbps=7 riops=max wiops=max!|8:0 rbps=max wbps=7 riops=max wiops=max",
                "io.max|8:0 rbps=5|''|8:0 rbps=max wbps=max riops=max wiops=max",
                "io.bfq.weight|500|default 100!8:0 200!|default 100",
                "rdma.max|mlx hca_handle=3|''|mlx hca_handle=max hca_object=max",
            })
    void previousValues(String file, String written, String text, String expected) {
        assertEquals(expected.replace('!', '\n'), PreviousValues.value(file, written, text.replace('!', '\n')));
    }

    @Test
    void undoIsTheReverse() {
        List<Step<HostOperation>> steps = CgroupDriver.update(
                        V1,
                        resources("{'memory':{'limit':300,'swap':400},'pids':{'limit':3}," + "'blockIO':{}}"),
                        new PresentLimits(Spec.Resources.NONE, Map.of("/cg/memory/c/memory.limit_in_bytes", "100\n")),
                        true)
                .limits();
        Map<String, String> texts = Map.of(
                "/cg/memory/c/memory.limit_in_bytes", "100\n",
                "/cg/memory/c/memory.memsw.limit_in_bytes", "200\n",
                "/cg/other", "1\n");

        List<String> undo = new ArrayList<>();
        for (Step<HostOperation> step : PreviousValues.undo(steps, texts)) {
            HostOperation.WriteFile write = (HostOperation.WriteFile) step.operation();
            assertTrue(step.mayFail());
            undo.add(write.path() + "=" + write.content().utf8());
        }
        assertEquals(
                List.of("/cg/memory/c/memory.limit_in_bytes=100", "/cg/memory/c/memory.memsw.limit_in_bytes=200"),
                undo);
        assertTrue(PreviousValues.paths(steps).contains("/cg/pids/c/pids.max"));
    }
}
