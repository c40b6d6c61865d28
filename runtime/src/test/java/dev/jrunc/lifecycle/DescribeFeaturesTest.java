// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.jrunc.spec.Spec;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The features document: of the form that the specification gives it, and with what its own example has. */
class DescribeFeaturesTest {

    private static final Path PUBLISHED = Path.of("../../shared/oci/runtime-spec-1.3.0/test/features/good/runc.json");

    private static final String TEXT = DescribeFeatures.describe(
                    new TreeMap<>(java.util.Map.of("dev.jrunc.version", "x")))
            .toJson();

    private final JsonNode features = new ObjectMapper().readTree(TEXT);

    @Test
    void isValid() {
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemaIdResolvers(
                        ids -> ids.mapPrefix("jrunc:/schemas/", "classpath:dev/jrunc/schemas/")));
        Schema schema = registry.getSchema(SchemaLocation.of("jrunc:/schemas/features.schema.json"));

        List<String> messages = schema.validate(TEXT, InputFormat.JSON).stream()
                .map(Error::toString)
                .toList();

        assertEquals(List.of(), messages);
    }

    @Test
    void listsTheKindsOfHooksOfTheRecord() {
        List<String> components = Arrays.stream(Spec.Hooks.class.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();

        assertEquals(components, texts("/hooks"));
    }

    @Test
    void saysTheVersions() {
        assertEquals("1.0.0", features.at("/ociVersionMin").stringValue());
        assertEquals("1.3.0", features.at("/ociVersionMax").stringValue());
        assertEquals("x", features.at("/annotations/dev.jrunc.version").stringValue());
    }

    @Test
    void hasWhatThePublishedExampleHas() throws IOException {
        boolean there = Files.exists(PUBLISHED);
        assertTrue(there || System.getenv("JRUNC_MUST_WORK") == null, PUBLISHED + " isn't there");
        assumeTrue(there, "the specification's samples don't lie beside this project");
        JsonNode example = new ObjectMapper().readTree(Files.readString(PUBLISHED));
        for (String list : List.of(
                "/hooks",
                "/mountOptions",
                "/linux/namespaces",
                "/linux/capabilities",
                "/linux/seccomp/actions",
                "/linux/seccomp/operators",
                "/linux/seccomp/archs")) {
            TreeSet<String> missing = new TreeSet<>(
                    example.at(list).valueStream().map(JsonNode::stringValue).toList());
            missing.removeAll(texts(list));
            assertEquals(List.of(), List.copyOf(missing), list);
        }
        assertTrue(features.propertyNames().containsAll(example.propertyNames()));
    }

    /** All of the table that the planner looks into, and nothing that isn't honoured. */
    @Test
    void listsTheAnnotationsThatAreHonoured() {
        assertEquals(
                List.of(
                        "org.systemd.property.",
                        "run.oci.delegate-cgroup",
                        "run.oci.hooks.stderr",
                        "run.oci.hooks.stdout",
                        "run.oci.keep_original_groups",
                        "run.oci.mount_context_type",
                        "run.oci.seccomp_fail_unknown_syscall",
                        "run.oci.systemd.subgroup"),
                texts("/potentiallyUnsafeConfigAnnotations"));
    }

    private List<String> texts(String pointer) {
        return features.at(pointer).valueStream().map(JsonNode::stringValue).toList();
    }
}
