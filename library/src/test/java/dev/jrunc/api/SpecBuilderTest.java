// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.Bytes;
import dev.jrunc.spec.DefaultSpec;
import dev.jrunc.spec.Spec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpecBuilderTest {

    private static Spec read(SpecBuilder builder) {
        return ConfigReader.read(Bytes.utf8(builder.toJson()));
    }

    private static Spec.Process process(Spec spec) {
        return requireNonNull(spec.process());
    }

    @Test
    void itBeginsWithTheDefault() {
        Spec spec = read(SpecBuilder.rootful());

        assertEquals(DefaultSpec.rootful().mounts(), spec.mounts());
        assertEquals(DefaultSpec.rootful().linux().namespaces(), spec.linux().namespaces());
        assertEquals(
                DefaultSpec.rootful().linux().resources().devices(),
                spec.linux().resources().devices());
        assertFalse(process(spec).terminal());
        assertTrue(process(spec).noNewPrivileges());
        assertEquals(
                List.of(new Spec.Rlimit("RLIMIT_NOFILE", 1024, 1024)),
                process(spec).rlimits());
        assertEquals(
                List.of(new Spec.IdMapping(0, 1000, 1)),
                read(SpecBuilder.rootless(1000, 1001)).linux().uidMappings());
    }

    @Test
    void whatIsSaidIsInIt() {
        Spec spec = read(SpecBuilder.rootful()
                .args("/bin/program", "word")
                .env("TERM", "dumb")
                .env("MORE", "x")
                .cwd("/work")
                .user(5, 6)
                .withoutCapabilities()
                .rlimit("RLIMIT_NOFILE", 10, 20)
                .rootfs(Path.of("/images/one"), true)
                .bind(Path.of("/data"), "/in", false)
                .tmpfs("/tmp", 4096)
                .hostNetwork()
                .hostname("box")
                .cgroupsPath("/boxes/one")
                .annotation("key", "value")
                .limits(Limits.none()
                        .memory(1 << 20)
                        .tasks(7)
                        .cpus(0.25)
                        .cpuShares(2)
                        .cpuset("0")));

        assertEquals(List.of("/bin/program", "word"), process(spec).args());
        assertEquals(List.of("TERM=dumb", "MORE=x"), process(spec).env().subList(1, 3));
        assertEquals("/work", process(spec).cwd());
        assertEquals(new Spec.User(5, 6, null, List.of()), process(spec).user());
        assertEquals(List.of(), requireNonNull(process(spec).capabilities()).bounding());
        assertEquals(
                List.of(new Spec.Rlimit("RLIMIT_NOFILE", 10, 20)), process(spec).rlimits());
        assertEquals(new Spec.Root("/images/one", false), spec.root());
        assertEquals(
                List.of("rbind", "nosuid", "nodev", "ro"), spec.mounts().get(7).options());
        assertEquals("/tmp", spec.mounts().get(8).destination());
        assertTrue(spec.mounts().get(8).options().contains("size=4096"));
        assertFalse(spec.linux().namespaces().contains(new Spec.Namespace("network", null)));
        assertEquals("box", spec.hostname());
        assertEquals("/boxes/one", spec.linux().cgroupsPath());
        assertEquals("value", spec.annotations().get("key"));
        Spec.Resources resources = spec.linux().resources();
        assertEquals(1 << 20, requireNonNull(resources.memory()).limit());
        assertEquals(1 << 20, requireNonNull(resources.memory()).swap());
        assertEquals(7, resources.pidsLimit());
        assertEquals(25_000, requireNonNull(resources.cpu()).quota());
        assertEquals(100_000, requireNonNull(resources.cpu()).period());
        assertEquals(2, requireNonNull(resources.cpu()).shares());
        assertEquals("0", requireNonNull(resources.cpu()).cpus());
        assertThrows(IllegalArgumentException.class, () -> Limits.none().cpus(0));
    }
}
