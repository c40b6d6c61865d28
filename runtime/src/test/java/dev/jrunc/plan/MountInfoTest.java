// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MountInfoTest {

    private static final String TEXT = """
            36 35 98:0 /a\\040b /c\\040d rw,nosuid shared:1 master:2 - ext4 /dev/my\\040disk rw,errors=continue
            not a line
            40 35 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct
            """;

    @Test
    void fieldsAreAsTheyAre() {
        List<MountInfo> mounts = MountInfo.parse(TEXT);

        assertEquals(2, mounts.size());
        assertEquals(
                new MountInfo("/a b", "/c d", "rw,nosuid", "ext4", "/dev/my disk", "rw,errors=continue"),
                mounts.getFirst());
    }

    @Test
    void anOptionIsAWholeEntry() {
        MountInfo mount = MountInfo.parse(TEXT).getFirst();

        assertTrue(mount.has("rw"));
        assertTrue(mount.has("nosuid"));
        assertFalse(mount.has("suid"));
        assertFalse(mount.has("nosui"));
    }

    @Test
    void controllersAreOptionsOfTheFileSystem() {
        MountInfo mount = MountInfo.parse(TEXT).getLast();

        assertTrue(mount.hasAll(List.of("cpu", "cpuacct")));
        assertTrue(mount.hasAll(List.of("cpuacct")));
        assertFalse(mount.hasAll(List.of("cpu", "cpuset")));
    }
}
