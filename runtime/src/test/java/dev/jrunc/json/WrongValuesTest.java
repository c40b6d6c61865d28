// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Each property of the schema with a value of another type than its own, and each number with one that is out of all range: the
 * whole message that a user gets, in wrong-values.txt. {@code -Dgolden.update=true} writes it again; then read the difference.
 */
class WrongValuesTest {

    private static final Path GOLDEN = Path.of("src/test/resources/wrong-values.txt");

    /** Fewer mean that the schema was not found. */
    private static final int LEAST = 300;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonNode schema = read("dev/jrunc/schemas/config.schema.json");
    private final List<String> found = new ArrayList<>();

    private static JsonNode read(String resource) {
        try (InputStream in = WrongValuesTest.class.getClassLoader().getResourceAsStream(resource)) {
            return JsonMapper.shared().readTree(Objects.requireNonNull(in).readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode everything() {
        ObjectNode config = (ObjectNode) JsonMapper.shared().readTree(ConfigWriter.write(Everything.spec()));
        config.withObject("/linux").set("seccomp", JsonMapper.shared().readTree("""
                {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "flags": ["SECCOMP_FILTER_FLAG_LOG"],
                 "architectures": ["SCMP_ARCH_X86"], "listenerPath": "/listener", "listenerMetadata": "metadata",
                 "syscalls": [{"names": ["read"], "action": "SCMP_ACT_NOTIFY", "errnoRet": 1,
                               "args": [{"index": 1, "value": 1, "valueTwo": 2, "op": "SCMP_CMP_EQ"}]}]}
                """));
        return config;
    }

    @Test
    void eachIsToldWithItsPlace() throws IOException {
        walk(schema, List.of(), everything());
        String text = String.join("\n", found) + "\n";
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(GOLDEN, text);
        }

        assertTrue(found.size() > LEAST, () -> found.size() + " values");
        assertEquals(Files.readString(GOLDEN), text);
    }

    private void walk(JsonNode unresolved, List<String> path, JsonNode there) {
        JsonNode known = resolve(unresolved);
        for (JsonNode wrong : wrongValues(known.path("type").asString())) {
            found.add(message(path, wrong));
        }
        for (Map.Entry<String, JsonNode> property : known.path("properties").properties()) {
            descend(property.getValue(), path, property.getKey(), there.path(property.getKey()));
        }
        if (known.has("items")) {
            descend(known.get("items"), path, "0", there.path(0));
        }
        if (known.path("additionalProperties").isObject()) {
            String name = there.propertyNames().iterator().next();
            descend(known.get("additionalProperties"), path, name, there.path(name));
        }
    }

    private void descend(JsonNode known, List<String> path, String name, JsonNode there) {
        List<String> longer = new ArrayList<>(path);
        longer.add(name);
        assertTrue(!there.isMissingNode() || !resolve(known).has("properties"), () -> longer + " is in Everything");
        walk(known, longer, there);
    }

    private JsonNode resolve(JsonNode known) {
        JsonNode reference = known.get("$ref");
        return reference == null
                ? known
                : resolve(schema.at(reference.stringValue().substring(1)));
    }

    private static List<JsonNode> wrongValues(String type) {
        return switch (type) {
            case "string" -> List.of(NODES.numberNode(5));
            case "boolean" -> List.of(NODES.numberNode(1));
            case "integer" ->
                List.of(NODES.stringNode("many"), NODES.numberNode(new java.math.BigInteger("-" + "9".repeat(30))));
            case "object", "array" -> List.of(NODES.stringNode("text"));
            default -> throw new IllegalStateException(type);
        };
    }

    private static String message(List<String> path, JsonNode wrong) {
        JsonNode document = put(everything(), path, wrong);
        String pointer = "";
        for (String name : path) {
            pointer = Origin.pointer(pointer, name);
        }
        try {
            ConfigReader.read(Bytes.utf8(document.toString()));
            return pointer + ": taken: " + wrong;
        } catch (InvalidSpec e) {
            return e.pointer().equals(pointer) ? e.getMessage() : pointer + ": told as " + e.getMessage();
        }
    }

    private static JsonNode put(JsonNode document, List<String> path, JsonNode value) {
        if (path.isEmpty()) {
            return value;
        }
        JsonNode at = document;
        for (String name : path.subList(0, path.size() - 1)) {
            at = at instanceof ArrayNode array ? array.get(Integer.parseInt(name)) : at.get(name);
        }
        if (at instanceof ArrayNode array) {
            array.set(Integer.parseInt(path.getLast()), value);
        } else {
            ((ObjectNode) at).set(path.getLast(), value);
        }
        return document;
    }
}
