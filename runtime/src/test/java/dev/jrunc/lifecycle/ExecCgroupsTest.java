// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.error.ContainerError;
import dev.jrunc.json.ContainerState;
import dev.jrunc.plan.CgroupFolder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecCgroupsTest {

    private static ContainerState state(CgroupFolder... folders) {
        List<ContainerState.Cgroup> cgroups = List.of(folders).stream()
                .map(folder -> new ContainerState.Cgroup(folder, 1))
                .toList();
        return new ContainerState(
                "c1",
                true,
                false,
                1,
                1,
                "/b",
                "/b/rootfs",
                "",
                Map.of(),
                "root",
                true,
                true,
                null,
                cgroups,
                null,
                List.of(),
                List.of());
    }

    private static final CgroupFolder CPU = new CgroupFolder("/cg/cpu", "/c1", 1, List.of("cpu", "cpuacct"));
    private static final CgroupFolder PIDS = new CgroupFolder("/cg/pids", "/c1", 1, List.of("pids"));
    private static final CgroupFolder UNIFIED = new CgroupFolder("/cg", "/c1", 2, List.of());

    @Test
    void itsOwnUnlessTold() {
        assertEquals(List.of("/cg/cpu/c1", "/cg/pids/c1"), ExecCgroups.folders(state(CPU, PIDS), List.of()));
    }

    @Test
    void onePathForAllHierarchies() {
        assertEquals(
                List.of("/cg/cpu/c1/a/b", "/cg/pids/c1/a/b"),
                ExecCgroups.folders(state(CPU, PIDS), List.of("/a/./b/")));
        assertEquals(List.of("/cg/c1/a"), ExecCgroups.folders(state(UNIFIED), List.of("a")));
    }

    @Test
    void onePathForSomeControllers() {
        assertEquals(
                List.of("/cg/cpu/c1/a", "/cg/pids/c1"), ExecCgroups.folders(state(CPU, PIDS), List.of("cpuacct:a")));
        assertEquals(
                List.of("/cg/cpu/c1/a", "/cg/pids/c1/b"),
                ExecCgroups.folders(state(CPU, PIDS), List.of("cpu:a", "pids:b")));
    }

    @ParameterizedTest
    @CsvSource({
        "'a,b',invalid --cgroup argument: a (missing <controller>: prefix)",
        "a:b:c,invalid --cgroup argument: a:b:c",
        "'cpu:a,cpu:b',invalid --cgroup argument(s): controller cpu specified multiple times",
        "pids:../a,--cgroup: ../a is not a sub cgroup path",
        "memory:a,--cgroup: unknown controller memory: the container has no cgroup of version 1 with it"
    })
    void whatCanNotBe(String arguments, String message) {
        ContainerError error = assertThrows(
                ContainerError.class, () -> ExecCgroups.folders(state(CPU, PIDS), List.of(arguments.split(",", -1))));

        assertEquals(message, error.getMessage());
    }
}
