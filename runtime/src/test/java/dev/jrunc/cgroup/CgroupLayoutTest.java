// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.CgroupFolder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupLayoutTest {

    private static final String HYBRID = """
            31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
            35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:7 master:1 - cgroup cgroup rw,memory
            40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate
            """;

    private static final String HYBRID_OWN = """
            4:name=systemd:/user.slice
            3:memory:/a/b
            2:cpu,cpuacct:/
            1:freezer:/not/mounted
            0::/user.slice
            """;

    private static final String UNIFIED =
            "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n";

    private static List<CgroupFolder> folders(CgroupLayout layout, String path) {
        return CgroupPaths.folders(layout, path, "ID");
    }

    @Test
    void bothVersionsAtOnce() {
        CgroupLayout layout = CgroupLayout.parse(HYBRID, HYBRID_OWN);

        assertFalse(layout.isUnified());
        assertEquals(
                List.of(
                        new Hierarchy("/sys/fs/cgroup/systemd", 1, List.of("name=systemd"), "/user.slice"),
                        new Hierarchy("/sys/fs/cgroup/memory", 1, List.of("memory"), "/a/b"),
                        new Hierarchy("/sys/fs/cgroup/cpu,cpuacct", 1, List.of("cpu", "cpuacct"), "/"),
                        new Hierarchy("/sys/fs/cgroup/unified", 2, List.of(), "/user.slice")),
                layout.hierarchies());
    }

    @Test
    void versionTwoAlone() {
        CgroupLayout layout = CgroupLayout.parse(UNIFIED, "0::/user.slice/session-1.scope\n");

        assertTrue(layout.isUnified());
        assertEquals(List.of(new CgroupFolder("/sys/fs/cgroup", "/user.slice/ID", 2, List.of())), folders(layout, ""));
    }

    @Test
    void noneAtAll() {
        CgroupLayout layout = CgroupLayout.parse("22 1 0:5 / /proc rw - proc proc rw\n", "");

        assertEquals(List.of(), layout.hierarchies());
        assertEquals(List.of(), folders(layout, "/x"));
    }

    @ParameterizedTest
    @CsvSource({
        "/docker/x, /docker/x, /docker/x",
        "x, /a/b/x, /x",
        "x/./y//z, /a/b/x/y/z, /x/y/z",
        "'', /a/b/ID, /ID",
        "/../../x, /x, /x",
        "../../x, /a/b/x, /x",
        "/a/../x, /x, /x"
    })
    void absolutePathsAreBelowTheMountAndOthersBelowTheCallersOwn(String given, String memory, String cpu) {
        List<CgroupFolder> folders = folders(CgroupLayout.parse(HYBRID, HYBRID_OWN), given);

        assertEquals("/sys/fs/cgroup/memory" + memory, folders.get(1).folder());
        assertEquals("/sys/fs/cgroup/cpu,cpuacct" + cpu, folders.get(2).folder());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/.", "..", "/a/.."})
    void aPathThatNamesNone(String path) {
        CgroupLayout layout = CgroupLayout.parse(UNIFIED, "0::/\n");

        assertEquals(
                "/linux/cgroupsPath",
                assertThrows(InvalidSpec.class, () -> folders(layout, path)).pointer());
    }

    @ParameterizedTest
    @CsvSource({"/outer, /outer/inner, /inner", "/outer, /outer, /", "/outer, /elsewhere, /", "/, /../.., /"})
    void aMountMayShowAPartOfItsHierarchyOnly(String root, String own, String expected) {
        CgroupLayout layout = CgroupLayout.parse(
                "30 23 0:26 " + root + " /sys/fs/cgroup rw - cgroup2 cgroup rw\n", "0::" + own + "\n");

        assertEquals(expected, layout.hierarchies().getFirst().own());
    }

    @Test
    void spacesInPaths() {
        CgroupLayout layout = CgroupLayout.parse("30 23 0:26 / /my\\040groups\\134 rw - cgroup2 cgroup rw\n", "0::/\n");

        assertEquals("/my groups\\", layout.hierarchies().getFirst().mount());
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "1 2 3 - cgroup", "1 2 0:1 / - cgroup2 x y", " - cgroup \n - cgroup2"})
    void linesThatAreNone(String mountinfo) {
        assertEquals(List.of(), CgroupLayout.parse(mountinfo, "0::/\n1:x\nyz\n").hierarchies());
    }
}
