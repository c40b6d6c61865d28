// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.plan.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A document as a reader sees it: every value with its place, in the document's order. */
public final class ConfigOutline {

    /**
     * A value.
     *
     * @param label what comes before it, as JSON: {@code "mounts": }; empty in a list, and of the whole document
     * @param pointer its JSON pointer; empty for the whole document
     * @param text of a string, number, true, false or null, as JSON; empty for an object or a list
     * @param brackets of an object or a list, {@code {}} or {@code []}; else empty
     * @param children of an object or a list
     */
    public record Value(String label, String pointer, String text, String brackets, List<Value> children) {

        public Value {
            children = List.copyOf(children);
        }
    }

    private ConfigOutline() {}

    /** @throws dev.jrunc.error.InvalidSpec when it isn't JSON */
    public static Value of(Bytes document) {
        return value("", JsonTree.read(document));
    }

    private static Value value(String label, Place place) {
        JsonNode node = place.node();
        List<Value> children = new ArrayList<>();
        if (node == null || node.isNull()) {
            return new Value(label, place.pointer(), "null", "", children);
        }
        if (node.isObject()) {
            for (Map.Entry<String, Place> member : place.members().entrySet()) {
                children.add(value(quoted(member.getKey()) + ": ", member.getValue()));
            }
            return new Value(label, place.pointer(), "", "{}", children);
        }
        if (node.isArray()) {
            for (Place entry : place.list(Integer.MAX_VALUE)) {
                children.add(value("", entry));
            }
            return new Value(label, place.pointer(), "", "[]", children);
        }
        String text = node.asString();
        return new Value(label, place.pointer(), node.isString() ? quoted(text) : text, "", children);
    }

    private static String quoted(String text) {
        return new JsonText(false).string(text).toString();
    }
}
