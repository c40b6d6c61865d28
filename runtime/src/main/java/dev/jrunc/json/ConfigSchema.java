// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * config.json against its schema: everything that is wrong at once. It takes tenths of a second to load, so nobody needs it but
 * {@code validate}, and create when it has failed.
 */
public final class ConfigSchema {

    /** The known name that may have been meant, as a text to append; empty for none. */
    @FunctionalInterface
    public interface Suggestion {
        String of(String given, Collection<String> known);
    }

    private static final String FOLDER = "dev/jrunc/schemas/";
    private static final String IDS = "jrunc:/schemas/";
    private static final String NAME = "config.schema.json";

    /** Parts of the specification that other systems read. */
    private static final Set<String> OTHER_PLATFORMS = Set.of("freebsd", "solaris", "vm", "windows", "zos");

    private final JsonNode source;
    private final Schema schema;
    private final Suggestion suggestion;

    public ConfigSchema(Suggestion suggestion) {
        this.suggestion = suggestion;
        this.source = source();
        this.schema = SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12,
                        builder -> builder.schemaIdResolvers(ids -> ids.mapPrefix(IDS, "classpath:" + FOLDER)))
                .getSchema(SchemaLocation.of(IDS + NAME));
    }

    private static JsonNode source() {
        try (InputStream in = ConfigSchema.class.getClassLoader().getResourceAsStream(FOLDER + NAME)) {
            if (in == null) {
                throw new IllegalStateException(FOLDER + NAME + " is not in the class path");
            }
            return node(Bytes.of(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode node(Bytes document) {
        JsonNode root = JsonTree.read(document).node();
        if (root == null) {
            throw new InvalidSpec("", "is empty");
        }
        return root;
    }

    /**
     * Errors in the order of the schema, then warnings in the order of the document.
     *
     * @throws InvalidSpec when it isn't JSON
     */
    public List<Finding> check(Bytes document) {
        JsonNode root = comparable(node(document));
        List<Finding> findings = new ArrayList<>();
        for (Error error : schema.validate(root)) {
            findings.add(finding(error));
        }
        addUnknown(root, source, "", findings);
        return findings;
    }

    /**
     * The validator compares a double with {@code minimum} by {@link JsonNode#asLong}, which throws beyond 64 bits. So large a
     * double has no fraction: it is given as the integer that it is.
     */
    private static JsonNode comparable(JsonNode value) {
        if (value instanceof ObjectNode object) {
            object.properties().forEach(member -> member.setValue(comparable(member.getValue())));
        } else if (value instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, comparable(array.get(i)));
            }
        } else if (value.isDouble()
                && Math.abs(value.doubleValue()) >= 0x1p63
                && Double.isFinite(value.doubleValue())) {
            return JsonNodeFactory.instance.numberNode(value.decimalValue().toBigInteger());
        }
        return value;
    }

    private Finding finding(Error error) {
        String pointer = error.getInstanceLocation().toString();
        JsonNode found = error.getInstanceNode();
        if (error.getKeyword().equals("required")) {
            String member = Origin.pointer(pointer, error.getProperty());
            return Finding.error(member, "is missing" + description(member));
        }
        // Who writes null means absent, and create takes it as that.
        if (found.isNull()) {
            return Finding.warning(pointer, "is null: leave it out" + description(pointer));
        }
        return Finding.error(pointer, message(error, found) + description(pointer));
    }

    private String message(Error error, JsonNode found) {
        JsonNode wanted = error.getSchemaNode();
        String shown = ", found " + Place.describe(found);
        return switch (error.getKeyword()) {
            case "type" -> "expected " + type(wanted) + shown;
            case "enum" ->
                "expected " + alternatives(texts(wanted)) + shown
                        + (found.isString() ? suggestion.of(found.stringValue(), texts(wanted)) : "");
            case "pattern" -> "expected a string that matches " + wanted.asString() + shown;
            case "minimum" -> "expected a number from " + wanted.asString() + " on" + shown;
            case "maximum" -> "expected a number up to " + wanted.asString() + shown;
            case "minItems" -> "expected at least " + wanted.asString() + " entries, found " + found.size();
            default -> error.getMessage() + shown;
        };
    }

    private static String type(JsonNode type) {
        String name = type.asString();
        return (name.startsWith("a") || name.startsWith("i") || name.startsWith("o") ? "an " : "a ") + name;
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        for (JsonNode entry : list) {
            texts.add(entry.asString());
        }
        return texts;
    }

    private static String alternatives(List<String> names) {
        int last = names.size() - 1;
        return last == 0 ? names.getFirst() : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }

    /** What the schema says of that place, in brackets. */
    private String description(String pointer) {
        JsonNode place = source;
        String text = "";
        for (String name : pointer.substring(Math.min(1, pointer.length())).split("/", -1)) {
            place = member(resolve(place), name.replace("~1", "/").replace("~0", "~"));
            if (place == null) {
                return "";
            }
            JsonNode own = place.path("description");
            text = (own.isString() ? own : resolve(place).path("description")).asString("");
        }
        return text.isEmpty() ? "" : " (" + text + ")";
    }

    private static @Nullable JsonNode member(JsonNode schema, String name) {
        JsonNode property = schema.path("properties").get(name);
        if (property != null) {
            return property;
        }
        JsonNode items = schema.get("items");
        return items != null ? items : schema.get("additionalProperties");
    }

    private JsonNode resolve(JsonNode schema) {
        JsonNode reference = schema.get("$ref");
        return reference == null
                ? schema
                : resolve(source.at(reference.stringValue().substring(1)));
    }

    private void addUnknown(JsonNode value, JsonNode unresolved, String pointer, List<Finding> findings) {
        JsonNode known = resolve(unresolved);
        if (value.isArray() && known.has("items")) {
            for (int i = 0; i < value.size(); i++) {
                addUnknown(value.get(i), known.get("items"), pointer + "/" + i, findings);
            }
        }
        if (!value.isObject()) {
            return;
        }
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            String place = Origin.pointer(pointer, entry.getKey());
            JsonNode schemaOfEntry = member(known, entry.getKey());
            if (schemaOfEntry != null) {
                addUnknown(entry.getValue(), schemaOfEntry, place, findings);
            } else if (pointer.isEmpty() && OTHER_PLATFORMS.contains(entry.getKey())) {
                findings.add(Finding.warning(place, "is for another system than Linux, and ignored"));
            } else {
                String near =
                        suggestion.of(entry.getKey(), known.path("properties").propertyNames());
                findings.add(Finding.warning(place, "unknown property, ignored" + near));
            }
        }
    }
}
