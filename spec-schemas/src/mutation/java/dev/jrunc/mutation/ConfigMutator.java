// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.mutation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Configurations that somebody may write: one to three things in a good one are made wrong, odd or large. The same random numbers give the same. */
public final class ConfigMutator {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final List<String> TEXTS = List.of(
            "",
            "/",
            "//",
            ".",
            "..",
            "../../../../../../tmp",
            "/..",
            "/a/../../b",
            "/a/./b//c/",
            "trailing///",
            "a\0b",
            "\ud800",
            "a\udc00b",
            "line\nfeed\r\u001b[31m",
            "\u202e\ufeff",
            "%s%n%d",
            "/proc/self/fd/7",
            "/proc/self/exe",
            "/dev/null",
            "/loop/a",
            "CAP_SYS_ADMIN",
            "RLIMIT_NOFILE",
            "SCMP_ACT_ALLOW",
            "-1",
            "0",
            "0-3,7",
            "99999999999999999999",
            "x".repeat(256),
            "x".repeat(4095),
            "x".repeat(4097),
            "/x".repeat(2100),
            "é".repeat(2049),
            "y".repeat(200_000));

    private static final List<String> NUMBERS = List.of(
            "0",
            "1",
            "-1",
            "7",
            "65536",
            "2147483647",
            "2147483648",
            "4294967295",
            "4294967296",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "-9223372036854775809",
            "18446744073709551615",
            "18446744073709551616",
            "1.5",
            "1e3",
            "1e400",
            "-0",
            "123456789012345678901234567890123456789012345678901234567890");

    private static final int DEEP = 150;
    private static final int MANY = 3000;

    /** A node, and what it is called there. */
    private record Spot(JsonNode parent, String name, int index) {

        JsonNode value() {
            return parent instanceof ObjectNode object ? object.get(name) : parent.get(index);
        }

        void set(JsonNode value) {
            if (parent instanceof ObjectNode object) {
                object.set(name, value);
            } else {
                ((ArrayNode) parent).set(index, value);
            }
        }

        void remove() {
            if (parent instanceof ObjectNode object) {
                object.remove(name);
            } else {
                ((ArrayNode) parent).remove(index);
            }
        }
    }

    private final RandomGenerator random;

    public ConfigMutator(RandomGenerator random) {
        this.random = random;
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** A mutated copy of the tree. */
    public JsonNode tree(JsonNode config) {
        JsonNode mutated = config.deepCopy();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            List<Spot> spots = new ArrayList<>();
            collect(mutated, spots);
            if (!spots.isEmpty()) {
                change(any(spots), any(spots));
            }
        }
        return mutated;
    }

    /** The text of a tree, which now and then is no JSON, no UTF-8, or says something twice. */
    public byte[] text(JsonNode config) {
        byte[] text = JsonMapper.shared().writeValueAsBytes(config);
        switch (random.nextInt(40)) {
            case 0 -> text = Arrays.copyOf(text, random.nextInt(text.length + 1));
            case 1 -> text[random.nextInt(text.length)] = (byte) random.nextInt(256);
            case 2 -> text = join("\ufeff".getBytes(UTF_8), text);
            case 3 -> text = join(text, "{}".getBytes(UTF_8));
            case 4 -> {
                int after = new String(text, UTF_8).indexOf('{') + 1;
                byte[] twice = "\"ociVersion\":\"1.0.0\",\"hostname\":\"first\",".getBytes(UTF_8);
                text = join(
                        join(Arrays.copyOf(text, after), twice), Arrays.copyOfRange(text, after, text.length));
            }
            default -> {}
        }
        return text;
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static void collect(JsonNode node, List<Spot> spots) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                spots.add(new Spot(node, member.getKey(), 0));
                collect(member.getValue(), spots);
            }
        }
        for (int i = 0; node instanceof ArrayNode && i < node.size(); i++) {
            spots.add(new Spot(node, "", i));
            collect(node.get(i), spots);
        }
    }

    private void change(Spot spot, Spot other) {
        JsonNode value = spot.value();
        switch (random.nextInt(9)) {
            case 0 -> spot.remove();
            case 1 -> spot.set(number());
            case 2 -> spot.set(NODES.stringNode(any(TEXTS)));
            case 3 -> spot.set(odd());
            case 4 -> spot.set(other.value().deepCopy());
            case 5 -> more(spot, value);
            case 6 -> spot.set(like(value));
            case 7 -> spot.set(like(value));
            default -> rename(spot, value);
        }
    }

    private JsonNode number() {
        return JsonMapper.shared().readTree(any(NUMBERS));
    }

    private JsonNode odd() {
        return switch (random.nextInt(5)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.booleanNode(random.nextBoolean());
            case 2 -> NODES.arrayNode();
            case 3 -> NODES.objectNode();
            default -> deep();
        };
    }

    private JsonNode deep() {
        JsonNode node = NODES.objectNode();
        for (int depth = 0; depth < DEEP; depth++) {
            node = random.nextBoolean() ? NODES.arrayNode().add(node) : NODES.objectNode().set("a", node);
        }
        return node;
    }

    /** Of the same type, so that it comes further. */
    private JsonNode like(JsonNode value) {
        if (value.isString()) {
            String text = value.stringValue();
            return NODES.stringNode(
                    switch (random.nextInt(5)) {
                        case 0 -> text + any(TEXTS);
                        case 1 -> any(TEXTS) + text;
                        case 2 -> text.toUpperCase(java.util.Locale.ROOT);
                        case 3 -> text.isEmpty() ? "/" : text.substring(0, random.nextInt(text.length()));
                        default -> any(TEXTS);
                    });
        }
        return value.isNumber() ? number() : value.isBoolean() ? NODES.booleanNode(!value.booleanValue()) : odd();
    }

    /** Twice, or very often. */
    private void more(Spot spot, JsonNode value) {
        int times = random.nextInt(8) == 0 ? MANY : 1;
        if (spot.parent() instanceof ArrayNode list) {
            for (int i = 0; i < times; i++) {
                list.add(value.deepCopy());
            }
        } else if (value instanceof ArrayNode list && !list.isEmpty()) {
            for (int i = 0; i < times; i++) {
                list.add(list.get(0).deepCopy());
            }
        }
    }

    private void rename(Spot spot, JsonNode value) {
        if (spot.parent() instanceof ObjectNode object) {
            object.remove(spot.name());
            object.set(random.nextBoolean() ? spot.name() + "s" : any(TEXTS), value);
        }
    }
}
