// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The configuration of a program that calls runtimes: JSON or TOML, of which doctor wants to know which runtimes it calls. */
public final class ClientConfig {

    private final JsonNode root;

    private ClientConfig(JsonNode root) {
        this.root = root;
    }

    /** @throws InvalidSpec with the place of what isn't JSON */
    public static ClientConfig ofJson(Bytes document) {
        return new ClientConfig(JsonTree.read(document).value());
    }

    /** @throws InvalidSpec with the place of what isn't TOML */
    public static ClientConfig ofToml(Bytes document) {
        return new ClientConfig(TomlTree.read(document));
    }

    /** The text at a path of names; empty where there is none. */
    public String text(String... path) {
        JsonNode node = at(path);
        return node.isString() ? node.stringValue() : "";
    }

    /** The names of the members of the object at a path; none where there is no object. */
    public List<String> names(String... path) {
        List<String> names = new ArrayList<>();
        if (at(path) instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                names.add(member.getKey());
            }
        }
        return names;
    }

    /** The texts of the list at a path; none where there is no list. */
    public List<String> texts(String... path) {
        List<String> texts = new ArrayList<>();
        for (JsonNode entry : at(path)) {
            if (entry.isString()) {
                texts.add(entry.stringValue());
            }
        }
        return texts;
    }

    private JsonNode at(String... path) {
        JsonNode node = root;
        for (String name : path) {
            node = node.path(name);
        }
        return node;
    }
}
