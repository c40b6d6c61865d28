// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Our schemas against those that were published with the specification, where they lie beside this project. */
final class PublishedSchemasTest {

    private static final Path PUBLISHED = Path.of("../../shared/oci/runtime-spec-1.3.0");
    private static final Path FIXTURES = Path.of("../../shared/fixtures");
    private static final String OURS = "jrunc:/schemas/";
    private static final String THEIRS = "published:/";
    private static final int LEAST_MUTATIONS = 4000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Parts of other systems, which ours leaves out. */
    private static final Set<String> OTHER_PLATFORMS =
            Set.of("solaris", "windows", "vm", "zos", "freebsd", "commandLine");

    /** What runc's state has beside the specification's. */
    private static final List<String> OWN_STATE = List.of("/created", "/owner", "/rootfs");

    /** What the text of the specification demands, and the published schemas don't look at. */
    private static final Set<String> STRICTER = Set.of(
            "/ociVersion = text",
            "/ociVersionMin = text",
            "/ociVersionMax = text",
            "/bundle = text",
            "no /pid",
            "/process/cwd = text",
            "/process/env/* = text",
            "/process/oomScoreAdj = 5000000000",
            "/hooks/prestart/*/path = text",
            "/hooks/prestart/*/env/* = text",
            "/hooks/createRuntime/*/path = text",
            "/hooks/createRuntime/*/env/* = text",
            "/hooks/createContainer/*/path = text",
            "/hooks/createContainer/*/env/* = text",
            "/hooks/startContainer/*/path = text",
            "/hooks/poststart/*/path = text",
            "/hooks/poststop/*/path = text",
            "/linux/devices/*/path = text",
            "/linux/resources/devices/*/access = text",
            "/linux/resources/memory/swappiness = 5000000000");

    /** What a value is replaced by. */
    private static final List<JsonNode> VALUES = List.of(
            NODES.stringNode("text"),
            NODES.numberNode(7),
            NODES.numberNode(-1),
            NODES.numberNode(1.5),
            NODES.numberNode(5_000_000_000L),
            NODES.booleanNode(true),
            NODES.arrayNode(),
            NODES.objectNode());

    @BeforeAll
    static void areThere() {
        boolean there = Files.isDirectory(PUBLISHED);
        if (!there && System.getenv("JRUNC_MUST_WORK") != null) {
            fail(PUBLISHED + " isn't there");
        }
        assumeTrue(there, "the specification's schemas don't lie beside this project");
    }

    private static Schema ours(String name) {
        return SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12,
                        builder ->
                                builder.schemaIdResolvers(ids -> ids.mapPrefix(OURS, "classpath:dev/jrunc/schemas/")))
                .getSchema(SchemaLocation.of(OURS + name + ".schema.json"));
    }

    private static Schema theirs(String name) throws IOException {
        Map<String, String> schemas = new HashMap<>();
        try (Stream<Path> files = Files.list(PUBLISHED)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".json")).toList()) {
                schemas.put(THEIRS + PUBLISHED.relativize(file), Files.readString(file));
            }
        }
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4, builder -> builder.schemas(schemas))
                .getSchema(SchemaLocation.of(THEIRS + name + "-schema.json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"config", "state", "features"})
    void agreeOnMutationsOfGoodSamples(String name) throws IOException {
        Schema our = ours(name);
        Schema their = theirs(name);
        int mutations = 0;
        Map<String, String> differences = new TreeMap<>();
        for (JsonNode sample : samples(name)) {
            assertEquals(
                    List.of(),
                    their.validate(sample).stream().map(Object::toString).toList(),
                    "a good one");
            for (Mutation mutation : mutations(sample)) {
                mutations++;
                boolean accepted = our.validate(mutation.document).isEmpty();
                String what = mutation.what.replaceAll("/[0-9]+", "/*").replace("\"", "");
                boolean stricter = STRICTER.contains(what) || OWN_STATE.stream().anyMatch(what::startsWith);
                if (accepted != their.validate(mutation.document).isEmpty() && (accepted || !stricter)) {
                    differences.put(what, accepted ? "accepted by ours" : "refused by ours");
                }
            }
        }

        assertEquals(Map.of(), differences);
        assertTrue(mutations >= (name.equals("config") ? LEAST_MUTATIONS : 10), "only " + mutations + " mutations");
    }

    private record Mutation(String what, JsonNode document) {}

    /** Good ones of the specification, of ours, and, of config.json, of its users. */
    private static List<JsonNode> samples(String name) throws IOException {
        List<JsonNode> samples = new ArrayList<>();
        try (Stream<Path> files = Files.list(PUBLISHED.resolve("test/" + name + "/good"))) {
            for (Path file : files.sorted().toList()) {
                if (OTHER_PLATFORMS.stream()
                        .noneMatch(platform -> file.getFileName().toString().startsWith(platform))) {
                    samples.add(JSON.readTree(Files.readString(file)));
                }
            }
        }
        if (name.equals("config")) {
            for (String fixture : List.of("docker-limits.json", "podman-limits-ro.json", "cri-container.json")) {
                samples.add(JSON.readTree(Files.readString(FIXTURES.resolve(fixture))));
            }
        }
        for (JsonNode sample : JSON.readTree(PublishedSchemasTest.class.getResourceAsStream(name + "-good.json"))) {
            JsonNode document = sample.get("document");
            // Ours also takes the recursive forms, which callers write.
            if (document.at("/linux/rootfsPropagation").asString("").startsWith("r")) {
                ((ObjectNode) document.get("linux")).put("rootfsPropagation", "slave");
            }
            samples.add(document);
        }
        return samples;
    }

    /** Each value taken away, and replaced by others. */
    private static List<Mutation> mutations(JsonNode sample) {
        List<Mutation> mutations = new ArrayList<>();
        for (String pointer : pointers(sample)) {
            mutations.add(new Mutation("no " + pointer, mutate(sample, pointer, null)));
            for (JsonNode value : VALUES) {
                mutations.add(new Mutation(pointer + " = " + value, mutate(sample, pointer, value)));
            }
        }
        return mutations;
    }

    private static List<String> pointers(JsonNode value) {
        List<String> pointers = new ArrayList<>();
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> entry : value.properties()) {
                if (!OTHER_PLATFORMS.contains(entry.getKey())) {
                    String own = "/" + entry.getKey().replace("~", "~0").replace("/", "~1");
                    pointers.add(own);
                    pointers(entry.getValue()).forEach(below -> pointers.add(own + below));
                }
            }
        } else if (value.isArray() && !value.isEmpty()) {
            pointers.add("/0");
            pointers(value.get(0)).forEach(below -> pointers.add("/0" + below));
        }
        return pointers;
    }

    private static JsonNode mutate(JsonNode sample, String pointer, @Nullable JsonNode value) {
        JsonNode copy = sample.deepCopy();
        int last = pointer.lastIndexOf('/');
        String name = pointer.substring(last + 1).replace("~1", "/").replace("~0", "~");
        JsonNode parent = copy.at(pointer.substring(0, last));
        if (parent instanceof ObjectNode object) {
            if (value == null) {
                object.remove(name);
            } else {
                object.set(name, value);
            }
        } else if (parent instanceof ArrayNode array) {
            array.remove(0);
            if (value != null) {
                array.insert(0, value);
            }
        }
        return copy;
    }

    @ParameterizedTest
    @ValueSource(strings = {"config", "state", "features"})
    void haveTheSamePropertiesAndTypes(String name) throws IOException {
        Set<String> our = new TreeSet<>();
        Set<String> their = new TreeSet<>();
        collect(new Tree("ours"), name + ".schema.json", "", "", our);
        collect(new Tree("theirs"), name + "-schema.json", "", "", their);
        Set<String> onlyOurs = new TreeSet<>(our);
        onlyOurs.removeAll(their);
        onlyOurs.removeIf(one -> name.equals("state") && OWN_STATE.stream().anyMatch(one::startsWith));
        Set<String> onlyTheirs = new TreeSet<>(their);
        onlyTheirs.removeAll(our);

        assertEquals(Set.of(), onlyOurs, "only in ours");
        assertEquals(Set.of(), onlyTheirs, "only in the published one");
        assertTrue(our.size() > 5, () -> our.toString());
    }

    @Test
    void theWalkSeesTheSchemas() throws IOException {
        Set<String> our = new TreeSet<>();
        collect(new Tree("ours"), "config.schema.json", "", "", our);

        assertTrue(our.contains("/linux/resources/cpu/shares integer"), () -> our.toString());
    }

    /** The files of one side. */
    private record Tree(String side) {

        JsonNode read(String file) throws IOException {
            if (side.equals("ours")) {
                return JSON.readTree(PublishedSchemasTest.class.getResourceAsStream(file));
            }
            return JSON.readTree(Files.readString(PUBLISHED.resolve(file)));
        }
    }

    /** {@code /linux/namespaces/*\/type string} and so on: each place with its type. */
    private static void collect(Tree tree, String file, String at, String place, Set<String> found) throws IOException {
        JsonNode schema = tree.read(file).at(at);
        if (schema.has("$ref")) {
            String reference = schema.get("$ref").stringValue();
            int hash = reference.indexOf('#');
            String target = hash < 0 ? reference : reference.substring(0, hash);
            collect(
                    tree,
                    target.isEmpty() ? file : target,
                    hash < 0 ? "" : reference.substring(hash + 1),
                    place,
                    found);
            return;
        }
        if (schema.path("type").isString()) {
            found.add(place + " " + schema.get("type").stringValue());
        }
        for (String name : schema.path("properties").propertyNames()) {
            if (!OTHER_PLATFORMS.contains(name)) {
                collect(tree, file, at + "/properties/" + name, place + "/" + name, found);
            }
        }
        if (schema.path("items").isObject()) {
            collect(tree, file, at + "/items", place + "/*", found);
        }
        // Theirs are given by patterns that match everything.
        for (String pattern : schema.path("patternProperties").propertyNames()) {
            collect(
                    tree,
                    file,
                    at + "/patternProperties/" + pattern.replace("~", "~0").replace("/", "~1"),
                    place + "/*",
                    found);
        }
        if (schema.path("additionalProperties").isObject()) {
            collect(tree, file, at + "/additionalProperties", place + "/*", found);
        }
        for (String several : List.of("allOf", "anyOf", "oneOf")) {
            for (int i = 0; i < schema.path(several).size(); i++) {
                collect(tree, file, at + "/" + several + "/" + i, place, found);
            }
        }
    }
}
