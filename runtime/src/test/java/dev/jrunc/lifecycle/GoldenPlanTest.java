// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.engine.Front;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.Unsupported;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.PlanText;
import dev.jrunc.plan.Section;
import dev.jrunc.plan.Step;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code explain} prints for the configurations in {@code plans/}, on the hosts in {@code hosts/}. After a change that is
 * meant, {@code -Dgolden.update=true} writes the files again; then read the difference.
 *
 * <p>A case is a folder with config.json, plan.txt and, where they aren't the usual ones, call.properties: host, euid,
 * uidMap, capabilities, apparmor, resctrlGroup (one that is there), noPivot, noNewKeyring, preserveFds, environment. A configuration that this version refuses because of parts it
 * can't do has a second plan, plan-without.txt, for what is left without these.
 */
class GoldenPlanTest {

    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final boolean UPDATE = Boolean.getBoolean("golden.update");

    /** Fewer mean that they weren't found. */
    private static final int LEAST_CASES = 40;

    static List<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(RESOURCES.resolve("plans"))) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theyAreThere() throws IOException {
        assertTrue(cases().size() >= LEAST_CASES, () -> "too few");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void plan(String name) throws IOException {
        Path folder = RESOURCES.resolve("plans").resolve(name);
        String config = Files.readString(folder.resolve("config.json"));
        String found = explain(folder, config);

        compare(folder.resolve("plan.txt"), found);
        assertEquals(found, explain(folder, config), "the same again");
        if (found.contains("this version of jrunc can't")) {
            compare(folder.resolve("plan-without.txt"), explainWithoutTheseParts(folder, config));
        }
    }

    private static void compare(Path file, String found) throws IOException {
        if (UPDATE) {
            Files.writeString(file, found);
        }
        assertEquals(Files.readString(file), found, () -> file + ": see the comment of this class");
    }

    private static String explainWithoutTheseParts(Path folder, String config) throws IOException {
        JsonNode tree = JsonMapper.shared().readTree(config);
        StringBuilder without = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            try {
                return without + explanation(folder, tree.toString());
            } catch (Unsupported e) {
                without.append("without ").append(e.pointer()).append('\n');
                remove(tree, JsonPointer.compile(e.pointer()));
            }
        }
        throw new IllegalStateException("never ends");
    }

    private static void remove(JsonNode tree, JsonPointer pointer) {
        JsonNode parent = tree.at(pointer.head());
        if (parent instanceof ArrayNode array) {
            array.remove(pointer.last().getMatchingIndex());
        } else {
            assertNotNull(((ObjectNode) parent).remove(pointer.last().getMatchingProperty()), pointer::toString);
        }
    }

    private static String explain(Path folder, String config) throws IOException {
        try {
            return explanation(folder, config);
        } catch (InvalidSpec | Unsupported e) {
            return "error: " + e.getMessage() + "\n";
        }
    }

    /** @throws JruncException where there is no plan */
    private static String explanation(Path folder, String config) throws IOException {
        Properties facts = new Properties();
        Path file = folder.resolve("call.properties");
        if (Files.exists(file)) {
            facts.load(new StringReader(Files.readString(file)));
        }
        List<String> warnings = new ArrayList<>();
        Front machine = new PlannedHost(facts, Bytes.utf8(config));
        Context context = new Context(
                machine,
                "/run/jrunc",
                false,
                !machine.call().isHostRoot(),
                InstantSource.fixed(Instant.EPOCH),
                Optional::empty,
                warnings::add);
        CreateOptions options = new CreateOptions(
                "",
                null,
                null,
                null,
                Boolean.parseBoolean(facts.getProperty("noPivot")),
                Boolean.parseBoolean(facts.getProperty("noNewKeyring")),
                Long.parseLong(facts.getProperty("preserveFds", "0")));
        List<Section> sections = new ExplainPlan(context).explain("ID", options);
        StringBuilder text = new StringBuilder();
        for (String warning : warnings) {
            text.append("warning: ").append(warning).append('\n');
        }
        for (Section section : sections) {
            text.append(section.heading()).append(":\n");
            for (Step<? extends Operation> step : section.steps()) {
                text.append("  ").append(PlanText.line(step)).append('\n');
            }
        }
        return text.toString();
    }
}
