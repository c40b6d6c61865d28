// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.json.EventJson;
import dev.jrunc.plan.CgroupFolder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The files of cgroups to a line of events. */
class CgroupStatsTest {

    private static final String NO_CPUSET = "\"cpu_exclusive\":0,\"mem_hardwall\":0,\"mem_exclusive\":0,"
            + "\"memory_migrate\":0,\"memory_spread_page\":0,\"memory_spread_slab\":0,\"memory_pressure\":0,"
            + "\"sched_load_balance\":0,\"sched_relax_domain_level\":0";

    private static CgroupFolder v1(String controller) {
        return new CgroupFolder("/" + controller, "/c", 1, List.of(controller));
    }

    private static String line(List<CgroupFolder> folders, Map<String, String> files) {
        CgroupStats stats =
                CgroupStats.of(folders, List.of("hugepages-2048kB", "hugepages-1048576kB", "hugepages-64kB"));
        for (String path : files.keySet()) {
            assertTrue(stats.paths().contains(path), () -> path + " is not read");
        }
        return EventJson.stats("ID", stats.parse(files)).strip();
    }

    @Test
    void versionOne() {
        Map<String, String> files = new HashMap<>();
        files.put("/cpu/c/cpu.stat", "nr_periods 3\nnr_throttled 2\nthrottled_time 70\n");
        files.put("/cpuacct/c/cpuacct.usage", "9398721\n");
        files.put("/cpuacct/c/cpuacct.usage_percpu", "1436967 7961754 \n");
        files.put("/cpuacct/c/cpuacct.usage_all", "cpu user system\n0 0 4000000\n1 4000000 0\n");
        files.put("/cpuacct/c/cpuacct.stat", "user 1\nsystem 2\n");
        files.put("/cpuset/c/cpuset.cpus", "0-2,5\n");
        files.put("/cpuset/c/cpuset.mems", "0\n");
        files.put("/cpuset/c/cpuset.sched_relax_domain_level", "-1\n");
        files.put("/memory/c/memory.stat", "rss 5\ncache 7\n");
        files.put("/memory/c/memory.limit_in_bytes", "9223372036854771712\n");
        files.put("/memory/c/memory.usage_in_bytes", "4096\n");
        files.put("/memory/c/memory.failcnt", "1\n");
        files.put("/memory/c/memory.kmem.max_usage_in_bytes", "8192\n");
        files.put("/pids/c/pids.current", "1\n");
        files.put("/pids/c/pids.max", "max\n");
        files.put("/blkio/c/blkio.bfq.io_serviced_recursive", "Total 0\n");
        files.put("/blkio/c/blkio.throttle.io_serviced_recursive", "8:0 Read 3\n8:0 Write 0\nTotal 3\n");
        files.put("/blkio/c/blkio.throttle.io_service_bytes_recursive", "8:0 Read 4096\nTotal 4096\n");
        files.put("/hugetlb/c/hugetlb.2MB.rsvd.usage_in_bytes", "2097152\n");
        files.put("/hugetlb/c/hugetlb.2MB.rsvd.max_usage_in_bytes", "4194304\n");
        files.put("/hugetlb/c/hugetlb.2MB.usage_in_bytes", "1\n");
        files.put("/hugetlb/c/hugetlb.1GB.usage_in_bytes", "0\n");
        List<CgroupFolder> folders =
                List.of(v1("cpu"), v1("cpuacct"), v1("cpuset"), v1("memory"), v1("pids"), v1("blkio"), v1("hugetlb"));

        assertEquals(
                "{\"type\":\"stats\",\"id\":\"ID\",\"data\":{\"cpu\":{\"usage\":{\"total\":9398721,"
                        + "\"percpu\":[1436967,7961754],\"percpu_kernel\":[4000000,0],\"percpu_user\":[0,4000000],"
                        + "\"kernel\":20000000,\"user\":10000000},"
                        + "\"throttling\":{\"periods\":3,\"throttledPeriods\":2,\"throttledTime\":70}},"
                        + "\"cpuset\":{\"cpus\":[0,1,2,5],\"cpu_exclusive\":0,\"mems\":[0],"
                        + "\"mem_hardwall\":0,\"mem_exclusive\":0,\"memory_migrate\":0,\"memory_spread_page\":0,"
                        + "\"memory_spread_slab\":0,\"memory_pressure\":0,\"sched_load_balance\":0,"
                        + "\"sched_relax_domain_level\":-1},"
                        + "\"memory\":{\"cache\":7,\"usage\":{\"limit\":9223372036854771712,\"usage\":4096,"
                        + "\"failcnt\":1},\"swap\":{\"limit\":0,\"failcnt\":0},"
                        + "\"kernel\":{\"limit\":0,\"max\":8192,\"failcnt\":0},\"kernelTCP\":{\"limit\":0,\"failcnt\":0},"
                        + "\"raw\":{\"cache\":7,\"rss\":5}},\"pids\":{\"current\":1},"
                        + "\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":4096}],"
                        + "\"ioServicedRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":3},"
                        + "{\"major\":8,\"op\":\"Write\"}]},"
                        + "\"hugetlb\":{\"1GB\":{\"failcnt\":0},\"2MB\":{\"usage\":2097152,\"max\":4194304,\"failcnt\":0}},"
                        + "\"intel_rdt\":{},\"network_interfaces\":null}}",
                line(folders, files));
    }

    @Test
    void versionTwo() {
        Map<String, String> files = new HashMap<>();
        files.put("/cg/c/cpu.stat", "usage_usec 30\nuser_usec 10\nsystem_usec 20\nnr_periods 0\nthrottled_usec 4\n");
        files.put(
                "/cg/c/cpu.pressure",
                "some avg10=1.50 avg60=2.00 avg300=0.00 total=77\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
        files.put("/cg/c/memory.stat", "anon 5\nfile 7\n");
        files.put("/cg/c/memory.current", "4096\n");
        files.put("/cg/c/memory.max", "max\n");
        files.put("/cg/c/memory.peak", "8192\n");
        files.put("/cg/c/memory.swap.current", "1\n");
        files.put("/cg/c/memory.swap.max", "10\n");
        files.put("/cg/c/pids.current", "2\n");
        files.put("/cg/c/pids.max", "40\n");
        files.put("/cg/c/io.stat", "254:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=9 dios=9\n");
        files.put("/cg/c/hugetlb.2MB.current", "1\n");
        files.put("/cg/c/hugetlb.2MB.rsvd.current", "2097152\n");
        files.put("/cg/c/hugetlb.2MB.events", "max 3\n");

        assertEquals(
                "{\"type\":\"stats\",\"id\":\"ID\",\"data\":{\"cpu\":{\"usage\":{\"total\":30000,\"kernel\":20000,"
                        + "\"user\":10000},\"throttling\":{\"throttledTime\":4000},"
                        + "\"psi\":{\"some\":{\"avg10\":1.5,\"avg60\":2,\"total\":77},\"full\":{}}},"
                        + "\"cpuset\":{" + NO_CPUSET + "},"
                        + "\"memory\":{\"cache\":7,\"usage\":{\"limit\":18446744073709551615,\"usage\":4096,\"max\":8192,"
                        + "\"failcnt\":0},\"swap\":{\"limit\":18446744073709551615,\"usage\":4097,\"failcnt\":0},"
                        + "\"kernel\":{\"limit\":0,\"failcnt\":0},\"kernelTCP\":{\"limit\":0,\"failcnt\":0},"
                        + "\"raw\":{\"anon\":5,\"file\":7}},\"pids\":{\"current\":2,\"limit\":40},"
                        + "\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":254,\"op\":\"Read\",\"value\":4096},"
                        + "{\"major\":254,\"op\":\"Write\"}],\"ioServicedRecursive\":[{\"major\":254,\"op\":\"Read\","
                        + "\"value\":1},{\"major\":254,\"op\":\"Write\"}]},"
                        + "\"hugetlb\":{\"2MB\":{\"usage\":2097152,\"failcnt\":3}},"
                        + "\"intel_rdt\":{},\"network_interfaces\":null}}",
                line(List.of(new CgroupFolder("/cg", "/c", 2, List.of())), files));
    }

    @Test
    void textsThatAreNoNumbers() {
        String line = line(
                List.of(v1("memory"), v1("pids")),
                Map.of(
                        "/memory/c/memory.stat", "\nbroken\nx y z\nrss many\n",
                        "/memory/c/memory.usage_in_bytes", "",
                        "/pids/c/pids.current", "few\n"));

        assertTrue(line.contains("\"raw\":{\"rss\":0}},\"pids\":{}"), line);
    }

    @Test
    void memoryHasRunOut() {
        assertEquals("{\"type\":\"oom\",\"id\":\"a\"}\n", EventJson.oom("a"));
    }
}
