// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Result;
import dev.jrunc.mutation.ConfigMutator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
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

    /** After so many a census is taken, which costs more than a run. */
    private static final int BATCH = 50;

    /** A mount of version 1's cgroups is twelve, and one configuration may have 3,000 of them. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private record Mutated(int number, ObjectNode config) {

        AssertionError failed(AssertionError cause) {
            String text = config.toString();
            return new AssertionError(
                    "number " + number + " (seed " + SEED + "): " + text.substring(0, Math.min(3000, text.length())),
                    cause);
        }
    }

    /** With links that lead in a circle, where mutated paths may come by. */
    private static Bundle bundle(Lab lab) throws IOException {
        Bundle bundle = lab.bundle();
        Files.createSymbolicLink(bundle.rootfs().resolve("a"), Path.of("b"));
        Files.createSymbolicLink(bundle.rootfs().resolve("b"), Path.of("a"));
        Files.createSymbolicLink(bundle.rootfs().resolve("loop"), Path.of("loop"));
        return bundle;
    }

    private static ObjectNode harmless(ObjectNode base, ObjectNode mutated) {
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
        return mutated;
    }

    /** @return was it refused? */
    private static boolean refuses(Lab lab, Mutated mutated) throws IOException {
        Bundle bundle = bundle(lab).withoutConfig();
        Files.write(bundle.folder().resolve("config.json"), JsonMapper.shared().writeValueAsBytes(mutated.config));
        try {
            Result result = lab.runCall(bundle, lab.nextId()).within(LIMIT);
            List<String> errors = result.stderr()
                    .lines()
                    .filter(line -> !line.startsWith("jrunc: warning: "))
                    .toList();
            if (errors.isEmpty() || !errors.getFirst().startsWith("jrunc: ")) {
                return false;
            }
            assertEquals(1, result.exit(), result::toString);
            assertEquals(1, errors.size(), result::toString);
            assertFalse(errors.getFirst().matches(".*(the engine|Exception|java\\.).*"), result::toString);
            assertTrue(
                    errors.getFirst().matches("jrunc: .*(config\\.json|container " + lab.name() + ").*"),
                    result::toString);
            return true;
        } catch (AssertionError e) {
            throw mutated.failed(e);
        }
    }

    /** Which of those that left something does so alone. */
    private static void findTheOne(Lab lab, List<Mutated> batch) throws IOException {
        for (Mutated mutated : batch) {
            Census before = lab.census();
            refuses(lab, mutated);
            try {
                lab.assertNothingSince(before, "after it");
            } catch (AssertionError e) {
                throw mutated.failed(e);
            }
        }
    }

    /** @return how many were refused */
    private static int refusals(Lab lab, List<Mutated> batch) throws IOException {
        int refused = 0;
        Census before = lab.census();
        for (Mutated mutated : batch) {
            refused += refuses(lab, mutated) ? 1 : 0;
        }
        try {
            lab.assertNothingSince(before, "after number " + batch.getFirst().number + " to " + batch.getLast().number);
        } catch (AssertionError e) {
            findTheOne(lab, batch);
            throw e;
        }
        return refused;
    }

    @Test
    void eachIsRefusedOrRuns(Lab lab) throws IOException {
        System.out.println("MutatedConfigIT: -Dmutation.seed=" + SEED + " -Dmutation.count=" + COUNT);
        ObjectNode base = lab.bundle().payload("print", "ran").config().deepCopy();
        ConfigMutator mutator = new ConfigMutator(new Random(SEED));
        List<Mutated> batch = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < COUNT; i++) {
            batch.add(new Mutated(i, harmless(base, (ObjectNode) mutator.tree(base))));
            if (batch.size() == BATCH || i == COUNT - 1) {
                refused += refusals(lab, batch);
                batch.clear();
            }
        }
        int ran = COUNT - refused;
        System.out.println("MutatedConfigIT: " + ran + " ran, " + refused + " were refused");
        assertTrue(COUNT < 50 || ran > COUNT / 20 && ran < COUNT - COUNT / 20, () -> ran + " ran: too few of one kind");
    }

    /** What mutations come to by chance. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/process/cwd",
                "/process/args/0",
                "/mounts/0/destination",
                "/mounts/0/source",
                "/linux/maskedPaths/0",
                "/linux/readonlyPaths/0",
                "/linux/devices/0/path"
            })
    void pathsThatLeadAstray(String place, Lab lab) throws IOException {
        Bundle bundle = lab.bundle().payload("print", "ran");
        bundle.config()
                .withArray("/mounts")
                .insert(0, Json.quoted("{'type':'bind','source':'/usr','destination':'/data','options':['bind']}"));
        bundle.linux().set("devices", Json.quoted("[{'type':'c','path':'/dev/one','major':1,'minor':3}]"));
        List<String> impossible =
                List.of("/nul\0nul", "/" + "x".repeat(256), "/" + "x".repeat(4096), "/x".repeat(2048) + "/", "/loop/x");
        List<String> possible = List.of("/..", "/../../data", "//data/.//x/", "/data///", "/a/../data");
        List<Mutated> batch = new ArrayList<>();
        for (String path : Stream.concat(impossible.stream(), possible.stream()).toList()) {
            ObjectNode config = bundle.config().deepCopy();
            JsonNode parent = config.at(place.substring(0, place.lastIndexOf('/')));
            if (parent instanceof ArrayNode array) {
                array.set(0, path);
            } else {
                ((ObjectNode) parent).put(place.substring(place.lastIndexOf('/') + 1), path);
            }
            batch.add(new Mutated(batch.size(), config));
        }

        int refused = refusals(lab, batch.subList(0, impossible.size()));
        refusals(lab, batch.subList(impossible.size(), batch.size()));

        assertEquals(impossible.size(), refused, "of the impossible ones");
    }
}
