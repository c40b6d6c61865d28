// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Texts of the host, as predictions and explain ID read them. */
class PredictedFactsTest {

    @Test
    void subordinateIdsByNameAndByNumber() {
        String passwd = "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n";
        SubordinateIds ids =
                SubordinateIds.of("bob:1:9\nann:100000:65536\n1000:300000:10\nann:x:y\nann:5\n", passwd, 1000);

        assertEquals("100000 to 165535, 300000 to 300009", ids.toString());
        assertTrue(ids.contain(100000, 65536));
        assertTrue(ids.contain(300009, 1));
        assertFalse(ids.contain(100000, 65537));
        assertFalse(ids.contain(1, 1));
        assertEquals("none", SubordinateIds.of("ann:1:2\n", passwd, 1001).toString());
    }

    @Test
    void hardLimits() {
        String limits = """
                Limit                     Soft Limit           Hard Limit           Units
                Max cpu time              unlimited            unlimited            seconds
                Max processes             7                    47                   processes
                Max nice priority         0                    5
                """;

        assertEquals(-1, HardLimits.of(limits, "RLIMIT_CPU"));
        assertEquals(47, HardLimits.of(limits, "RLIMIT_NPROC"));
        assertEquals(5, HardLimits.of(limits, "RLIMIT_NICE"));
        assertEquals(-1, HardLimits.of(limits, "RLIMIT_AS"));
    }

    @Test
    void theInterpreterOfAScript() {
        assertEquals("/bin/sh", PredictedProgram.interpreter(Bytes.utf8("#!/bin/sh\necho")));
        assertEquals("/usr/bin/env", PredictedProgram.interpreter(Bytes.utf8("#! \t/usr/bin/env python3\r\n")));
        assertEquals("", PredictedProgram.interpreter(Bytes.utf8("#!")));
        assertEquals("", PredictedProgram.interpreter(Bytes.utf8("echo")));
    }

    private static byte[] program(int type, long offset, long size) {
        ByteBuffer file = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2});
        file.putLong(32, 64).putShort(56, (short) 2);
        file.putInt(64, 1).putInt(120, type).putLong(128, offset).putLong(152, size);
        file.position(400);
        file.put("/lib64/ld.so\0".getBytes(UTF_8));
        return file.array();
    }

    @Test
    void theInterpreterOfAProgram() {
        assertEquals("/lib64/ld.so", PredictedProgram.interpreter(Bytes.of(program(3, 400, 13))));
        assertEquals("", PredictedProgram.interpreter(Bytes.of(program(1, 400, 13))), "statically linked");
    }

    @Test
    void aProgramThatLies() {
        assertEquals("", PredictedProgram.interpreter(Bytes.of(program(3, -1, 13))));
        assertEquals("", PredictedProgram.interpreter(Bytes.of(program(3, 400, -1))));
        assertEquals("", PredictedProgram.interpreter(Bytes.of(program(3, Long.MAX_VALUE, 13))));
        assertEquals("", PredictedProgram.interpreter(Bytes.of(program(3, 511, 13))));
        byte[] headers = program(3, 400, 13);
        ByteBuffer.wrap(headers).order(ByteOrder.LITTLE_ENDIAN).putLong(32, Long.MAX_VALUE);
        assertEquals("", PredictedProgram.interpreter(Bytes.of(headers)));
    }

    @Test
    void mountsBesideThoseThatWereAskedFor() {
        String config = """
                {"ociVersion":"1.0.0","mounts":[
                {"destination":"/proc","type":"proc","source":"proc"},
                {"destination":"/data","type":"tmpfs","source":"tmpfs","options":["ro","size=4k"]},
                {"destination":"/gone","type":"bind","source":"/tmp"}],
                "linux":{"maskedPaths":["/proc/keys"],"readonlyPaths":["/proc/sys"]}}""";
        String mountinfo = """
                1 0 0:1 / / rw,relatime - ext4 /dev/sda rw
                2 1 0:2 / /proc rw - proc proc rw
                3 1 0:3 / /data ro shared:4 - tmpfs tmpfs rw,size=4k
                4 2 0:4 / /proc/keys rw - tmpfs none rw
                5 2 0:2 /sys /proc/sys ro - proc proc rw
                6 1 0:5 / /my\\040own rw - fuse evil\\011fs rw
                nonsense
                """;

        assertEquals(
                "[Mount[path=/, origin=/root/path, asked=, now=ext4 /dev/sda rw,relatime,rw],"
                        + " Mount[path=/proc, origin=/mounts/0, asked=proc proc, now=proc proc rw,rw],"
                        + " Mount[path=/data, origin=/mounts/1, asked=tmpfs tmpfs ro,size=4k,"
                        + " now=tmpfs tmpfs ro,rw,size=4k],"
                        + " Mount[path=/proc/keys, origin=/linux/maskedPaths/0, asked=, now=tmpfs none rw,rw],"
                        + " Mount[path=/proc/sys, origin=/linux/readonlyPaths/0, asked=, now=proc proc ro,rw],"
                        + " Mount[path=/my own, origin=, asked=, now=fuse evil\tfs rw,rw],"
                        + " Mount[path=/gone, origin=/mounts/2, asked=bind /tmp, now=]]",
                LiveMounts.of(ConfigReader.read(Bytes.utf8(config)), mountinfo).toString());
    }
}
