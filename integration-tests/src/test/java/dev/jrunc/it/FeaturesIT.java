// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code features}: features.md. */
@IntegrationTest
@Peer(runc = PASS)
class FeaturesIT {

    private static JsonNode features(Lab lab) {
        return lab.call("features").now().succeeded().json();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(one -> texts.add(one.asString()));
        return texts;
    }

    private static void assertHas(JsonNode array, String... words) {
        List<String> found = texts(array);
        assertTrue(found.containsAll(List.of(words)), found::toString);
    }

    @Test
    void theMembersOfTheSpecification(Lab lab) {
        JsonNode features = features(lab);

        assertEquals("1.0.0", features.path("ociVersionMin").asString());
        assertTrue(features.path("ociVersionMax").asString().matches("1\\.\\d+\\.\\d+.*"), features::toString);
        assertEquals(
                List.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"),
                texts(features.path("hooks")));
        assertHas(features.path("mountOptions"), "bind", "rbind", "ro", "nosuid", "rslave", "tmpcopyup", "rro");
        JsonNode linux = features.path("linux");
        assertHas(linux.path("namespaces"), "cgroup", "ipc", "mount", "network", "pid", "user", "uts");
        assertHas(linux.path("capabilities"), "CAP_CHOWN", "CAP_SYS_ADMIN", "CAP_CHECKPOINT_RESTORE");
        assertTrue(linux.at("/cgroup/v1").asBoolean() && linux.at("/cgroup/v2").asBoolean(), linux::toString);
        assertTrue(linux.at("/cgroup/systemd").asBoolean(), linux::toString);
        assertTrue(linux.at("/seccomp/enabled").asBoolean(), linux::toString);
        assertHas(linux.at("/seccomp/actions"), "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_NOTIFY");
        assertHas(linux.at("/seccomp/archs"), "SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64");
        assertTrue(linux.at("/apparmor/enabled").asBoolean(), linux::toString);
        assertTrue(linux.at("/selinux/enabled").asBoolean(), linux::toString);
    }

    /** What it lists can be asked for: each option on a mount of its own. */
    @Test
    @Peer(runc = WRONG, why = "it lists ratime, and fails with it", failure = "/data/ratime")
    void everyMountOptionIsTaken(Lab lab) {
        Bundle bundle = lab.bundle();
        List<String> apart = List.of("idmap", "ridmap", "remount", "tmpcopyup");
        for (String option : texts(features(lab).path("mountOptions"))) {
            if (!apart.contains(option)) {
                bundle.mount("bind", "/usr", "/data/" + option, "rbind", option);
            }
        }

        lab.create(bundle);
    }

    @Test
    @JruncOnly("runc lists no annotations")
    void theAnnotationsThatAreHonoured(Lab lab) {
        assertHas(
                features(lab).path("potentiallyUnsafeConfigAnnotations"),
                "org.criu.config",
                "org.systemd.property.",
                "run.oci.hooks.stdout",
                "run.oci.keep_original_groups");
    }

    @Test
    void withoutAnEnvironment(Lab lab) {
        lab.call("features").withoutEnvironment().in(Path.of("/")).now().succeeded();
    }
}
