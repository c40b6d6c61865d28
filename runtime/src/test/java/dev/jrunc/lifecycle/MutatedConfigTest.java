// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.mutation.ConfigMutator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Configurations that went wrong: {@code -Dmutation.count=} of them (3,000), from {@code -Dmutation.seed=}, which is printed. Each
 * is checked as {@link PlanProperties} says, and hangs on nothing.
 */
class MutatedConfigTest {

    private static final int COUNT = Integer.getInteger("mutation.count", 3000);
    private static final long SEED = Long.getLong("mutation.seed", System.nanoTime());
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final List<String> HOSTS = List.of("hybrid", "v1", "v2", "resctrl");

    private static List<JsonNode> configs() throws IOException {
        List<JsonNode> configs = new ArrayList<>();
        try (Stream<Path> folders = Files.list(Path.of("src/test/resources/plans"))) {
            for (Path folder : folders.sorted().toList()) {
                configs.add(JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("config.json"))));
            }
        }
        return configs;
    }

    @Test
    void eachIsRefusedOrPlanned() throws IOException {
        System.out.println("MutatedConfigTest: -Dmutation.seed=" + SEED + " -Dmutation.count=" + COUNT);
        List<JsonNode> configs = configs();
        Random random = new Random(SEED);
        ConfigMutator mutator = new ConfigMutator(random);
        int planned = 0;
        for (int i = 0; i < COUNT; i++) {
            byte[] config = mutator.text(mutator.tree(configs.get(random.nextInt(configs.size()))));
            String host = HOSTS.get(random.nextInt(HOSTS.size()));
            try {
                planned += assertTimeoutPreemptively(LIMIT, () -> PlanProperties.check(config, host))
                                .planned()
                        ? 1
                        : 0;
            } catch (AssertionError | RuntimeException e) {
                Path kept = Files.write(Files.createTempFile("jrunc-mutated-", ".json"), config);
                throw new AssertionError("number " + i + " of seed " + SEED + " on " + host + ", " + kept, e);
            }
        }
        System.out.println("MutatedConfigTest: " + planned + " planned, " + (COUNT - planned) + " refused");
        int both = planned;
        assertTrue(both > COUNT / 20 && both < COUNT - COUNT / 20, () -> both + " planned: too few of one kind");
    }

    /** What went wrong once. */
    @Test
    void thoseThatWereFound() throws IOException {
        try (Stream<Path> found = Files.list(Path.of("src/test/resources/found/config"))) {
            for (Path config : found.sorted().toList()) {
                for (String host : HOSTS) {
                    PlanProperties.check(Files.readAllBytes(config), host);
                }
            }
        }
    }
}
