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
            new Hierarchy("/cg/blkio", 1, List.of("blkio"), "/"),
            new Hierarchy("/cg/hugetlb", 1, List.of("hugetlb"), "/"),
            new Hierarchy("/cg/net", 1, List.of("net_cls", "net_prio"), "/"),
            new Hierarchy("/cg/rdma", 1, List.of("rdma"), "/"),
            new Hierarchy("/cg/unified", 2, List.of(), "/")));

    private static final CgroupLayout V2 = new CgroupLayout(List.of(new Hierarchy("/cg", 2, List.of(), "/")));

    private static CgroupPlan plan(CgroupLayout layout, String resources) {
        String config = "{'ociVersion':'1.3.0','linux':{'cgroupsPath':'/c','resources':" + resources + "}}";
        return CgroupDriver.plan(layout, ConfigReader.read(Bytes.utf8(config.replace('\'', '"'))), "ID", false, false);
    }

    /** {@code file=value …}, files without their folder. */
    private static String written(CgroupLayout layout, String resources) {
        TreeMap<String, String> files = new TreeMap<>();
        for (Step<HostOperation> step : plan(layout, resources).limits()) {
            switch (step.operation()) {
                case HostOperation.WriteFile write ->
                    files.put(
                            write.path().substring(write.path().lastIndexOf('/') + 1),
                            write.content().utf8() + (step.mayFail() ? "?" : ""));
                case HostOperation.WriteFirst write ->
                    files.put(
                            String.join("!", write.paths()).replaceAll("/cg/([a-z]+/)?c/", ""),
                            String.join("!", write.contents()));
                default -> throw new AssertionError(step);
            }
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
                "{'pids':{'limit':0}}|''",
                "{'blockIO':{'weight':0,'leafWeight':0,'weightDevice':[]}}|''",
                "{'blockIO':{'weight':500}}|blkio.weight!blkio.bfq.weight=500!500",
                "{'blockIO':{'leafWeight':20}}|blkio.leaf_weight!blkio.bfq.leaf_weight=20!20",
                "{'blockIO':{'weightDevice':[{'major':8,'minor':1,'weight':10,'leafWeight':20}]}}"
                        + "|blkio.leaf_weight_device!blkio.bfq.leaf_weight_device=8:1 20!8:1 20"
                        + " blkio.weight_device!blkio.bfq.weight_device=8:1 10!8:1 10",
                "{'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':600}],"
                        + "'throttleWriteBpsDevice':[{'major':8,'minor':1,'rate':18446744073709551615}]}}"
                        + "|blkio.throttle.read_bps_device=8:0 600"
                        + " blkio.throttle.write_bps_device=8:1 18446744073709551615",
                "{'blockIO':{'throttleReadIOPSDevice':[{'major':8,'minor':0,'rate':0}],"
                        + "'throttleWriteIOPSDevice':[{'major':8,'minor':1,'rate':3}]}}"
                        + "|blkio.throttle.read_iops_device=8:0 0 blkio.throttle.write_iops_device=8:1 3",
                "{'hugepageLimits':[{'pageSize':'2MB','limit':4194304}]}"
                        + "|hugetlb.2MB.rsvd.limit_in_bytes!hugetlb.2MB.limit_in_bytes=4194304!4194304",
                "{'network':{'classID':1048577,'priorities':[{'name':'eth0','priority':5}]}}"
                        + "|net_cls.classid=1048577 net_prio.ifpriomap=eth0 5",
                "{'network':{'classID':0,'priorities':[]}}|''",
                "{'rdma':{'mlx5_1':{'hcaHandles':3,'hcaObjects':4}}}|rdma.max=mlx5_1 hca_handle=3 hca_object=4",
                "{'rdma':{'rxe3':{'hcaObjects':4}}}|rdma.max=rxe3 hca_object=4"
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
                "{'blockIO':{'weight':10}}|io.bfq.weight!io.weight=10!1",
                "{'blockIO':{'weight':500}}|io.bfq.weight!io.weight=500!4950",
                "{'blockIO':{'weight':1000}}|io.bfq.weight!io.weight=1000!10000",
                "{'blockIO':{'weightDevice':[{'major':8,'minor':1,'weight':1000}]}}"
                        + "|io.bfq.weight!io.weight=8:1 1000!8:1 10000",
                "{'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':600}]}}|io.max=8:0 rbps=600",
                "{'blockIO':{'throttleWriteBpsDevice':[{'major':8,'minor':0,'rate':0}]}}|io.max=8:0 wbps=max",
                "{'blockIO':{'throttleReadIOPSDevice':[{'major':8,'minor':0,'rate':1}]}}|io.max=8:0 riops=1",
                "{'blockIO':{'throttleWriteIOPSDevice':[{'major':8,'minor':0,'rate':2}]}}|io.max=8:0 wiops=2",
                "{'hugepageLimits':[{'pageSize':'1GB','limit':5}]}|hugetlb.1GB.rsvd.max!hugetlb.1GB.max=5!5",
                "{'rdma':{'mlx5_1':{'hcaHandles':3}}}|rdma.max=mlx5_1 hca_handle=3",
                "{'network':{'classID':0,'priorities':[]}}|''",
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
                "v2|{'unified':{'cgroup.freeze':'1\\n'}}|/linux/resources/unified/cgroup.freeze",
                "v2|{'memory':{'limit':5,'swap':4}}|/linux/resources/memory/swap",
                "v2|{'memory':{'swap':4}}|/linux/resources/memory/swap",
                "v2|{'blockIO':{'leafWeight':50}}|/linux/resources/blockIO/leafWeight",
                "v2|{'blockIO':{'weightDevice':[{'major':8,'minor':0,'leafWeight':50}]}}"
                        + "|/linux/resources/blockIO/weightDevice/0/leafWeight",
                "v2|{'network':{'classID':1}}|/linux/resources/network/classID",
                "v2|{'network':{'priorities':[{'name':'lo','priority':1}]}}|/linux/resources/network/priorities",
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'blockIO':{'weight':50}}|blkio|/linux/resources/blockIO/weight",
                "{'hugepageLimits':[{'pageSize':'2MB','limit':1}]}|hugetlb|/linux/resources/hugepageLimits/0",
                "{'network':{'classID':1}}|net_cls|/linux/resources/network/classID",
                "{'network':{'priorities':[{'name':'lo','priority':1}]}}|net_prio|/linux/resources/network/priorities/0",
                "{'rdma':{'m':{'hcaObjects':1}}}|rdma|/linux/resources/rdma/m"
            })
    void eachControllerThatIsAskedForAndNotThere(String resources, String controller, String pointer) {
        CgroupLayout layout = new CgroupLayout(List.of(new Hierarchy("/cg/cpu", 1, List.of("cpu"), "/")));
        Unsupported error = assertThrows(Unsupported.class, () -> plan(layout, resources));

        assertEquals(
                "config.json: " + pointer + ": the cgroup controller " + controller + " is not mounted here",
                error.getMessage());
    }

    @Test
    void unifiedIsWrittenLast() {
        List<Step<HostOperation>> limits = plan(
                        V2,
                        "{'unified':{'io.max':'8:0 rbps=1'},'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':2}]},"
                                + "'pids':{'limit':5}}")
                .limits();

        assertEquals(
                "/linux/resources/unified/io.max",
                limits.getLast().operation().origin().text());
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
