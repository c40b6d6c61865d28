// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Result;
import dev.jrunc.mutation.ConfigMutator;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Configurations that went wrong are run: {@code -Dmutation.count=} of them (150), from {@code -Dmutation.seed=}, which is printed.
 * Each is refused in one line or becomes a container that ends; nothing is left of it. What would reach the host stays as it is:
 * the root file system, the namespaces, the cgroup; and there are no hooks.
 */
@IntegrationTest
@JruncOnly("runc says less of what is wrong")
@Tag("slow")
class MutatedConfigIT {

    private static final int COUNT = Integer.getInteger("mutation.count", 150);
    private static final long SEED = Long.getLong("mutation.seed", 1);

    /** With links that lead in a circle, where mutated paths may come by. */
    private static Bundle bundle(Lab lab) {
        Bundle bundle = lab.bundle();
        Host.run("ln", "-s", "b", bundle.rootfs().resolve("a").toString());
        Host.run("ln", "-s", "a", bundle.rootfs().resolve("b").toString());
        Host.run("ln", "-s", "loop", bundle.rootfs().resolve("loop").toString());
        return bundle;
    }

    /** Runs the mutation of one, and says how it ended. */
    private static String run(Lab lab, ObjectNode base, ObjectNode mutated) throws IOException {
        ObjectNode linux = mutated.get("linux") instanceof ObjectNode object
                ? object
                : base.withObject("/linux").deepCopy();
        linux.set("namespaces", base.at("/linux/namespaces").deepCopy());
        linux.remove("cgroupsPath");
        linux.remove("rootfsPropagation");
        linux.remove("netDevices");
        mutated.set("linux", linux);
        mutated.set("root", base.get("root").deepCopy());
        mutated.remove("hooks");
        Bundle bundle = bundle(lab).withoutConfig();
        Files.write(bundle.folder().resolve("config.json"), JsonMapper.shared().writeValueAsBytes(mutated));
        Result result = lab.run(bundle);
        if (!result.stderr().startsWith("jrunc: ")) {
            return "ran";
        }
        assertEquals(1, result.exit(), result::toString);
        assertEquals(
                1,
                result.stderr()
                        .lines()
                        .filter(line -> !line.startsWith("jrunc: warning: "))
                        .count(),
                result::toString);
        assertFalse(result.stderr().contains("the engine"), result::toString);
        return "refused";
    }

    @Test
    void eachIsRefusedOrRuns(Lab lab) throws IOException {
        System.out.println("MutatedConfigIT: -Dmutation.seed=" + SEED + " -Dmutation.count=" + COUNT);
        ObjectNode base = lab.bundle().payload("print", "ran").config().deepCopy();
        ConfigMutator mutator = new ConfigMutator(new Random(SEED));
        int ran = 0;
        for (int i = 0; i < COUNT; i++) {
            ObjectNode mutated = (ObjectNode) mutator.tree(base);
            Census before = lab.census();
            try {
                ran += run(lab, base, mutated).equals("ran") ? 1 : 0;
                lab.assertNothingSince(before, "after it");
            } catch (AssertionError e) {
                String text = mutated.toString();
                throw new AssertionError(
                        "number " + i + " of seed " + SEED + ": " + text.substring(0, Math.min(3000, text.length())),
                        e);
            }
        }
        int both = ran;
        System.out.println("MutatedConfigIT: " + ran + " ran, " + (COUNT - ran) + " were refused");
        assertTrue(
                COUNT < 50 || both > COUNT / 20 && both < COUNT - COUNT / 20, () -> both + " ran: too few of one kind");
    }
}
