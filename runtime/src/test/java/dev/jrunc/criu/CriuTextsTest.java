// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.criu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read from criu's log, and from a container's mount table. */
class CriuTextsTest {

    @Test
    void theLastErrorsOfALogNameTheCause() {
        String log = """
                (00.000010) Version: 3.17.1 (gitid 0)
                (00.645838) Error (criu/tun.c:85): tun: Unable to create tun: Operation not permitted
                (01.645838) Error (criu/files-reg.c:1710): Can't lookup mount=24 for fd=1 path=/tmp/o
                (01.645840) Warn  (criu/image.c:134): something
                (01.646366) Error (criu/cr-dump.c:1635): Dump files (pid: 328) failed with -1
                (02.324173) Error (criu/cr-dump.c:2053): Dumping FAILED.
                """;

        assertEquals(
                "Error (criu/files-reg.c:1710): Can't lookup mount=24 for fd=1 path=/tmp/o;"
                        + " Error (criu/cr-dump.c:1635): Dump files (pid: 328) failed with -1;"
                        + " Error (criu/cr-dump.c:2053): Dumping FAILED.",
                ErrorLines.of(log));
        assertEquals("", ErrorLines.of("(00.000010) Version: 3.17.1\n"));
        assertEquals("", ErrorLines.of(""));
    }

    @Test
    void whatCriuPrintsIsOneLine() {
        assertEquals("two; three; four", ErrorLines.ofOutput("\none\n\ntwo\nthree\nfour"));
    }

    @Test
    void theLinesOfAnEarlyLogEndWithNul() {
        String early =
                "Error (a.c:1): one\n\0Error (a.c:2): two\0Warn  (a.c:3): three\n\0Error (a.c:4): \033[1m\tfour\n\0";

        assertEquals("Error (a.c:1): one; Error (a.c:2): two; Error (a.c:4): \\u001b[1m\\tfour", ErrorLines.of(early));
        assertEquals("two; three; four", ErrorLines.ofOutput("one\0two\n\0three\n\0four\n\0"));
    }

    @Test
    void maskedFilesHaveDevNullOnThemAndMaskedFoldersHaveNot() {
        String mountinfo = """
                191 164 254:0 /b/rootfs / ro,noatime master:1 - ext4 /dev/vda rw
                170 192 0:46 / /proc/acpi ro,relatime - tmpfs tmpfs ro,inode64
                171 192 0:42 /null /proc/kcore rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
                172 192 0:42 /null /srv/null rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
                """;

        assertEquals(
                List.of("/proc/kcore"),
                MaskedFiles.of(mountinfo, List.of("/proc/acpi", "/proc/kcore", "/proc/missing")));
    }
}
