// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Origin;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A value in a document with its JSON pointer; typed access, and errors that say what was expected where. */
record Place(@Nullable JsonNode node, String pointer) {

    private static final BigInteger U64_MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final long U32_MAX = 0xffff_ffffL;

    /** Of a value in an error, in characters. */
    private static final int MAX_SHOWN = 80;

    /** The member of that name; absent where there is none or where it is null. */
    Place at(String name) {
        return new Place(object().get(name), Origin.pointer(pointer, name));
    }

    /** Neither absent nor null. */
    boolean present() {
        return node != null && !node.isNull();
    }

    JsonNode value() {
        if (node == null || node.isNull()) {
            throw new InvalidSpec(pointer, "is missing");
        }
        return node;
    }

    private JsonNode object() {
        JsonNode value = value();
        if (!value.isObject()) {
            throw wrong("an object");
        }
        return value;
    }

    InvalidSpec wrong(String expected) {
        return new InvalidSpec(pointer, "expected " + expected + ", found " + describe(value()));
    }

    static String describe(JsonNode value) {
        if (value.isObject()) {
            return "an object";
        }
        if (value.isArray()) {
            return "an array";
        }
        String text = value.asString();
        String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
        return value.isString() ? "string " + new JsonText(false).string(shown) : shown;
    }

    String string() {
        JsonNode value = value();
        if (!value.isString()) {
            throw wrong("a string");
        }
        return given("string", value.stringValue());
    }

    /** What becomes bytes for the kernel as it is. */
    private String given(String what, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new InvalidSpec(pointer, "a " + what + " with a zero character can't be given to the kernel");
        }
        if (!isUnicode(text)) {
            throw new InvalidSpec(pointer, "a " + what + " with half a surrogate pair is no text");
        }
        return text;
    }

    /** In UTF-8 half a pair would become a question mark. */
    private static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    @Nullable
    String optionalString() {
        return present() ? string() : null;
    }

    boolean bool() {
        if (!present()) {
            return false;
        }
        if (!value().isBoolean()) {
            throw wrong("a boolean (true or false)");
        }
        return value().booleanValue();
    }

    @Nullable
    Boolean optionalBool() {
        return present() ? Boolean.valueOf(bool()) : null;
    }

    private BigInteger integer(String expected) {
        JsonNode value = value();
        if (!value.isIntegralNumber()) {
            throw wrong(expected);
        }
        return value.bigIntegerValue();
    }

    /** 0 to 4294967295. */
    long u32() {
        BigInteger number = integer("an unsigned 32-bit integer");
        if (number.signum() < 0 || number.bitLength() > 32 || number.longValue() > U32_MAX) {
            throw wrong("an unsigned 32-bit integer");
        }
        return number.longValue();
    }

    long u32Or(long absent) {
        return present() ? u32() : absent;
    }

    @Nullable
    Long optionalU32() {
        return present() ? Long.valueOf(u32()) : null;
    }

    /** The 64 bits of an unsigned number. */
    long u64() {
        BigInteger number = integer("an unsigned 64-bit integer");
        if (number.signum() < 0 || number.compareTo(U64_MAX) > 0) {
            throw wrong("an unsigned 64-bit integer");
        }
        return number.longValue();
    }

    /** An unsigned number that fits into a signed 63-bit one. */
    @Nullable
    Long optionalU63() {
        if (!present()) {
            return null;
        }
        long number = u64();
        if (number < 0) {
            throw wrong("an integer from 0 to 9223372036854775807");
        }
        return number;
    }

    long i64() {
        BigInteger number = integer("a 64-bit integer");
        if (number.bitLength() > 63) {
            throw wrong("a 64-bit integer");
        }
        return number.longValue();
    }

    @Nullable
    Long optionalI64() {
        return present() ? Long.valueOf(i64()) : null;
    }

    /** The entries of a list; none where it is absent. */
    List<Place> list(int maximum) {
        if (!present()) {
            return List.of();
        }
        JsonNode value = array(maximum);
        List<Place> places = new ArrayList<>(value.size());
        for (int i = 0; i < value.size(); i++) {
            places.add(new Place(value.get(i), pointer + "/" + i));
        }
        return places;
    }

    private JsonNode array(int maximum) {
        JsonNode value = value();
        if (!value.isArray()) {
            throw wrong("an array");
        }
        if (value.size() > maximum) {
            throw new InvalidSpec(pointer, "has " + value.size() + " entries, more than " + maximum);
        }
        return value;
    }

    List<String> strings(int maximum) {
        if (!present()) {
            return List.of();
        }
        JsonNode list = array(maximum);
        List<String> strings = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            JsonNode entry = list.get(i);
            // A seccomp profile has hundreds of names: their places are made up only to complain.
            String text = entry.isString() ? entry.stringValue() : "\0";
            boolean plain = text.indexOf('\0') < 0 && isUnicode(text);
            strings.add(plain ? text : new Place(entry, pointer + "/" + i).string());
        }
        return strings;
    }

    /** The members of an object, in their order; none where it is absent. */
    Map<String, Place> members() {
        Map<String, Place> members = new LinkedHashMap<>();
        if (present()) {
            for (String name : object().propertyNames()) {
                members.put(given("name", name), at(name));
            }
        }
        return members;
    }

    Map<String, String> stringMap() {
        Map<String, String> map = new LinkedHashMap<>();
        for (Map.Entry<String, Place> member : members().entrySet()) {
            map.put(member.getKey(), member.getValue().string());
        }
        return map;
    }
}
