// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The schemas against samples: {@code SCHEMA-good.json} is an array of documents, {@code SCHEMA-bad.json} one of documents with
 * the messages that a user sees. The samples that were published with the specification are looked at too, where they lie
 * beside this project.
 */
final class SchemasTest {
    private static final String IDS = "jrunc:/schemas/";
    private static final Path PUBLISHED = Path.of("../../shared/oci/runtime-spec-1.3.0/test");
    /** About a platform that is none of ours, and whose part we don't look at. */
    private static final Set<String> OTHER_PLATFORMS = Set.of("freebsd-vnet-disable.json");

    private final ObjectMapper json = new ObjectMapper();
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaIdResolvers(ids -> ids.mapPrefix(IDS, "classpath:dev/jrunc/schemas/")));

    @ParameterizedTest
    @ValueSource(strings = {"config", "state", "features"})
    void isASchema(String name) throws IOException {
        Schema metaSchema = registry.getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));
        assertEquals(List.of(), messages(metaSchema, resource(name + ".schema.json")));
    }

    @TestFactory
    Stream<DynamicTest> acceptsGoodDocuments() {
        return Stream.of("config", "state", "features")
                .flatMap(name -> resource(name + "-good.json").valueStream().map(sample -> {
                    String title = name + ": " + sample.required("title").stringValue();
                    return DynamicTest.dynamicTest(
                            title, () -> assertEquals(List.of(), messages(schema(name), sample.required("document"))));
                }));
    }

    @TestFactory
    Stream<DynamicTest> saysWhatIsWrongWithBadDocuments() {
        return Stream.of("config", "state", "features")
                .flatMap(name -> resource(name + "-bad.json").valueStream().map(sample -> {
                    List<String> expected = sample.required("messages")
                            .valueStream()
                            .map(JsonNode::stringValue)
                            .toList();
                    return DynamicTest.dynamicTest(
                            name + ": " + expected,
                            () -> assertEquals(expected, messages(schema(name), sample.required("document"))));
                }));
    }

    @TestFactory
    Stream<DynamicTest> agreesWithThePublishedSamples() throws IOException {
        if (!Files.isDirectory(PUBLISHED) && System.getenv("JRUNC_MUST_WORK") != null) {
            fail(PUBLISHED + " isn't there");
        }
        assumeTrue(Files.isDirectory(PUBLISHED), "the specification's samples don't lie beside this project");
        try (Stream<Path> files = Files.walk(PUBLISHED)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream()
                    .filter(file -> !OTHER_PLATFORMS.contains(name(file)))
                    .map(file ->
                            DynamicTest.dynamicTest(PUBLISHED.relativize(file).toString(), () -> agrees(file)));
        }
    }

    private void agrees(Path file) throws IOException {
        Path folder = Objects.requireNonNull(file.getParent());
        boolean good = name(folder).equals("good");
        List<String> messages;
        try {
            JsonNode document = json.readTree(Files.readString(file));
            messages = messages(schema(name(Objects.requireNonNull(folder.getParent()))), document);
        } catch (JacksonException e) {
            messages = List.of("not JSON");
        }
        if (good) {
            assertEquals(List.of(), messages);
        } else {
            assertFalse(messages.isEmpty(), "nothing was found to be wrong");
        }
    }

    private static String name(Path path) {
        return Objects.requireNonNull(path.getFileName()).toString();
    }

    private Schema schema(String name) {
        return registry.getSchema(SchemaLocation.of(IDS + name + ".schema.json"));
    }

    private static List<String> messages(Schema schema, JsonNode document) {
        return schema
                .validate(document, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(Error::toString)
                .toList();
    }

    private JsonNode resource(String name) {
        try (InputStream in = Objects.requireNonNull(SchemasTest.class.getResourceAsStream(name), name)) {
            return json.readTree(in);
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }
}
