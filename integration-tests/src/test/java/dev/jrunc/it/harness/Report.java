// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * What the payload saw from inside a container.
 *
 * @param json the payload's {@code report} object
 */
public record Report(JsonNode json) {
    static Report in(String output, Supplier<String> where) {
        return output.lines()
                .filter(line -> line.startsWith("{\"fds\":"))
                .reduce((first, second) -> second)
                .map(line -> new Report(Json.parse(line)))
                .orElseGet(() -> fail("no report of the payload " + where.get()));
    }

    /** The text at a JSON pointer. */
    public String text(String pointer) {
        return present(pointer).asString();
    }

    /** The number at a JSON pointer. */
    public long number(String pointer) {
        return present(pointer).asLong();
    }

    /** The boolean at a JSON pointer. */
    public boolean flag(String pointer) {
        return present(pointer).asBoolean();
    }

    /** The elements of the array at a JSON pointer, as text. */
    public List<String> texts(String pointer) {
        List<String> texts = new ArrayList<>();
        present(pointer).forEach(element -> texts.add(element.asString()));
        return texts;
    }

    /** The names of the object's members at a JSON pointer. */
    public List<String> names(String pointer) {
        return present(pointer).propertyNames().stream().sorted().toList();
    }

    private JsonNode present(String pointer) {
        JsonNode node = json.at(pointer);
        if (node.isMissingNode() || node.isNull()) {
            fail("nothing at " + pointer + " of the payload's report " + json);
        }
        return node;
    }

    /** A field of /proc/self/status. */
    public String status(String field) {
        return text("/status")
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElseGet(() -> fail("no " + field + " in /proc/self/status"));
    }

    /** The names of a capability set: CapInh, CapPrm, CapEff, CapBnd or CapAmb. */
    public List<String> capabilities(String set) {
        return Capabilities.names(Long.parseUnsignedLong(status(set), 16));
    }

    /** The inode of a namespace of the container's process, by its name in /proc/PID/ns. */
    public long namespace(String name) {
        return number("/namespaces/" + name);
    }

    /** All mounts of the container, in order. */
    public List<Mount> mounts() {
        return text("/mountinfo").lines().map(Mount::parse).toList();
    }

    /** The mount that is on top at a path. */
    public Optional<Mount> findMount(String target) {
        return mounts().stream().filter(mount -> mount.target().equals(target)).reduce((first, second) -> second);
    }

    /** The mount that is on top at a path. */
    public Mount mount(String target) {
        return findMount(target).orElseGet(() -> fail("nothing is mounted on " + target + ":\n" + text("/mountinfo")));
    }

    /** The container's own environment. */
    public Map<String, String> environment() {
        Map<String, String> variables = new TreeMap<>();
        for (String variable : texts("/env")) {
            int equals = variable.indexOf('=');
            variables.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        return variables;
    }

    /** The path of the process in a cgroup hierarchy, by its name in /proc/self/cgroup; the v2 one has the name "". */
    public String cgroup(String controller) {
        return Cgroups.pathIn(text("/cgroup"), controller)
                .orElseGet(() -> fail("no " + controller + " in /proc/self/cgroup: " + text("/cgroup")));
    }
}
