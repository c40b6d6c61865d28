// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountOptionsTest {

    private static MountOptions options(String options) {
        return MountOptions.of(List.of(options.split(" ", -1)));
    }

    @ParameterizedTest
    @CsvSource({
        "ro, 1, 0",
        "ro rw, 0, 1",
        "rw ro, 1, 0",
        "nosuid nodev noexec, e, 0",
        "suid dev exec, 0, e",
        "noatime, 10, 70",
        "noatime strictatime, 20, 70",
        "strictatime relatime, 0, 70",
        "atime, 0, 70",
        "nodiratime, 80, 0",
        "diratime, 0, 80",
        "nosymfollow, 200000, 0",
        "defaults, 0, 0"
    })
    void attributesOfAMountThatHasSomeAlready(String given, String set, String clear) {
        MountOptions options = options(given);

        assertEquals(Long.parseLong(set, 16), options.attributesSet());
        assertEquals(Long.parseLong(clear, 16), options.attributesClear());
    }

    @ParameterizedTest
    @CsvSource({"rro, 1, 0", "rrw, 0, 1", "rnosuid rnoexec, a, 0", "rnoatime, 10, 70", "rnosymfollow, 200000, 0"})
    void recursiveOnes(String given, String set, String clear) {
        MountOptions options = options(given);

        assertEquals(Long.parseLong(set, 16), options.recursiveSet());
        assertEquals(Long.parseLong(clear, 16), options.recursiveClear());
        assertEquals(0, options.attributesSet());
    }

    @ParameterizedTest
    @CsvSource({
        "private, 40000",
        "rprivate, 44000",
        "slave rshared, 184000",
        "rslave rshared, 184000",
        "shared slave, 80000",
        "shared private, 40000",
        "ro, 0"
    })
    void propagation(String given, String expected) {
        assertEquals(Long.parseLong(expected, 16), options(given).propagation());
    }

    @Test
    void theRestIsForTheFileSystem() {
        MountOptions options = options("mode=755 nosuid size=64k dirsync X rbind tmpcopyup remount silent");

        assertEquals(List.of("mode=755", "size=64k", "dirsync", "X"), options.parameters());
        assertTrue(options.isBind());
        assertTrue(options.isRecursive());
        assertTrue(options.isCopyUp());
    }

    @ParameterizedTest
    @CsvSource({
        "net.ipv4.ip_forward, net/ipv4/ip_forward",
        "net/ipv4/ip_forward, net/ipv4/ip_forward",
        "net.ipv4.conf.eth0/1.forwarding, net/ipv4/conf/eth0.1/forwarding",
        "net/ipv4/conf/eth0.1/forwarding, net/ipv4/conf/eth0.1/forwarding",
        "kernel, kernel"
    })
    void keysOfSysctl(String key, String path) {
        assertEquals(path, Planner.sysctlPath(key));
    }

    @Test
    void understandsWhateverItNames() {
        List<String> forTheFileSystem = new ArrayList<>();
        for (String name : MountOptions.names()) {
            forTheFileSystem.addAll(MountOptions.of(List.of(name)).parameters());
        }

        assertEquals(List.of("dirsync", "iversion", "lazytime", "mand", "sync"), forTheFileSystem);
    }

    @Test
    void severalParametersInOneString() {
        assertEquals(
                List.of(
                        "size=64k",
                        "nr_inodes=20",
                        "noswap",
                        "mpol=bind:0,2-3",
                        "lowerdir=/a\\,b",
                        "context=u:r:t:s0:c1,c2",
                        "x"),
                MountOptions.of(List.of(
                                "size=64k,nr_inodes=20,noswap",
                                "mpol=bind:0,2-3,",
                                "lowerdir=/a\\,b",
                                "context=u:r:t:s0:c1,c2",
                                ",x"))
                        .parameters());
    }
}
