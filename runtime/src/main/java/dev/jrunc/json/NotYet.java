// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.error.Unsupported;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What the specification has and this version can't do. It is refused: a filter or limit must not be lost silently. */
final class NotYet {

    private record Part(List<String> path, String what) {}

    private static final List<Part> PARTS = List.of(new Part(List.of("linux", "intelRdt"), "Intel RDT"));

    private NotYet() {}

    /** Whether this version can do that part. */
    static boolean has(String... path) {
        List<String> asked = List.of(path);
        for (Part part : PARTS) {
            if (part.path.equals(asked)) {
                return false;
            }
        }
        return true;
    }

    /** @throws Unsupported at the first such part that asks for something */
    static void check(Place config) {
        for (Part part : PARTS) {
            check(config, part.path, part.what);
        }
    }

    /** The same for a process.json. */
    static void checkProcess(Place process) {
        for (Part part : PARTS) {
            if (part.path.getFirst().equals("process")) {
                check(process, part.path.subList(1, part.path.size()), part.what);
            }
        }
    }

    private static void check(Place from, List<String> path, String what) {
        Place place = from;
        for (int i = 0; i < path.size() && place.present(); i++) {
            place = place.at(path.get(i));
        }
        JsonNode node = place.node();
        if (node != null && asks(node)) {
            throw new Unsupported(place.pointer(), "this version of jrunc can't do " + what);
        }
    }

    /** Null, false, zero, and what is empty or has nothing else in it, ask for nothing: callers write such sections. */
    private static boolean asks(JsonNode node) {
        if (node.isContainer()) {
            for (JsonNode part : node) {
                if (asks(part)) {
                    return true;
                }
            }
            return false;
        }
        if (node.isString()) {
            return !node.stringValue().isEmpty();
        }
        if (node.isNumber()) {
            return node.doubleValue() != 0;
        }
        return node.isBoolean() && node.booleanValue();
    }
}
