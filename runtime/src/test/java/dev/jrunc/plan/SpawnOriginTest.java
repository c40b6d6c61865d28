// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.spec.DefaultSpec;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpawnOriginTest {

    private static Spec joining() {
        Spec spec = DefaultSpec.rootful();
        Spec.Linux linux = spec.linux();
        List<Spec.Namespace> namespaces = new ArrayList<>(linux.namespaces());
        namespaces.set(0, new Spec.Namespace("pid", "/proc/1/ns/pid"));
        namespaces.set(1, new Spec.Namespace("network", "/run/netns/a"));
        namespaces.set(2, new Spec.Namespace("ipc", "/run/netns/a"));
        return new Spec(
                spec.ociVersion(),
                spec.root(),
                spec.process(),
                spec.hostname(),
                spec.domainname(),
                spec.mounts(),
                spec.hooks(),
                spec.annotations(),
                new Spec.Linux(
                        namespaces,
                        linux.uidMappings(),
                        linux.gidMappings(),
                        linux.timeOffsets(),
                        linux.devices(),
                        linux.cgroupsPath(),
                        linux.resources(),
                        linux.rootfsPropagation(),
                        linux.sysctl(),
                        linux.maskedPaths(),
                        linux.readonlyPaths(),
                        linux.mountLabel(),
                        linux.personality(),
                        linux.memoryPolicy(),
                        linux.netDevices(),
                        linux.intelRdt(),
                        null));
    }

    @ParameterizedTest
    @CsvSource({
        "22, join the network namespace /run/netns/a: this is a uts namespace, /linux/namespaces/1",
        "22, join the ipc namespace /run/netns/a: this is a network namespace, /linux/namespaces/2",
        "12, clone init with new namespaces, /linux/namespaces/0",
        "1, clone init with new namespaces, /linux/namespaces",
        "22, write uid_map of the new user namespace, /linux/uidMappings",
        "22, write gid_map of the new user namespace, /linux/gidMappings",
        "1, write setgroups of the new user namespace, /linux/gidMappings",
        "34, write the offsets of the new time namespace, /linux/timeOffsets",
        "1, make a sealed copy of jrunc, /linux/namespaces"
    })
    void whatFailedSaysWhereItComesFrom(long error, String message, String origin) {
        assertEquals(origin, SpawnOrigin.of(joining(), error, message).text());
    }
}
