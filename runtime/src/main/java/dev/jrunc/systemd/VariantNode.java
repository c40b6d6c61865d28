// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import dev.jrunc.plan.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value in GVariant's text format, as it is written: its type may only be known from what is around it. */
sealed interface VariantNode {

    record Word(String text) implements VariantNode {}

    record Text(String text) implements VariantNode {}

    record ByteText(Bytes bytes) implements VariantNode {}

    record Sequence(List<VariantNode> items) implements VariantNode {}

    record Tuple(List<VariantNode> items) implements VariantNode {}

    record Dictionary(List<VariantNode> keys, List<VariantNode> values) implements VariantNode {}

    record Boxed(VariantNode inside) implements VariantNode {}

    record Typed(String signature, VariantNode value) implements VariantNode {}

    /** Null where nothing tells it, as with an empty array. */
    static @Nullable String signature(VariantNode node) {
        return switch (node) {
            case Typed typed -> typed.signature;
            case Text text -> "s";
            case ByteText bytes -> "ay";
            case Boxed boxed -> "v";
            case Word word -> ofWord(word.text);
            case Sequence sequence -> array(ofFirst(sequence.items));
            case Tuple tuple -> ofTuple(tuple.items);
            case Dictionary dictionary -> {
                String key = ofFirst(dictionary.keys);
                String value = ofFirst(dictionary.values);
                yield key == null || value == null ? null : "a{" + key + value + "}";
            }
        };
    }

    private static @Nullable String array(@Nullable String items) {
        return items == null ? null : "a" + items;
    }

    private static String ofWord(String word) {
        if (word.equals("true") || word.equals("false")) {
            return "b";
        }
        boolean hexadecimal = word.startsWith("0x") || word.startsWith("-0x");
        boolean real = !hexadecimal && (word.indexOf('.') >= 0 || word.indexOf('e') >= 0 || word.endsWith("inf"));
        return real || word.equals("nan") ? "d" : "i";
    }

    private static @Nullable String ofFirst(List<VariantNode> nodes) {
        for (VariantNode node : nodes) {
            String signature = signature(node);
            if (signature != null) {
                return signature;
            }
        }
        return null;
    }

    private static @Nullable String ofTuple(List<VariantNode> items) {
        StringBuilder types = new StringBuilder("(");
        for (VariantNode item : items) {
            String type = signature(item);
            if (type == null) {
                return null;
            }
            types.append(type);
        }
        return items.isEmpty() ? null : types.append(')').toString();
    }
}
