// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value in a document with its JSON pointer; typed access, and errors that say what was expected where. */
record Place(@Nullable JsonValue node, String pointer) {

    private static final long U32_MAX = 0xffff_ffffL;

    /** Of a value in an error, in characters. */
    private static final int MAX_SHOWN = 80;

    /** The member of that name; absent where there is none or where it is null. */
    Place at(String name) {
        return new Place(object().get(name), Origin.pointer(pointer, name));
    }

    /** Neither absent nor null. */
    boolean present() {
        return node != null && node != JsonValue.Word.NULL;
    }

    private JsonValue value() {
        if (node == null || node == JsonValue.Word.NULL) {
            throw new InvalidSpec(pointer, "is missing");
        }
        return node;
    }

    private Map<String, JsonValue> object() {
        if (value() instanceof JsonValue.Members members) {
            return members.byName();
        }
        throw wrong("an object");
    }

    InvalidSpec wrong(String expected) {
        return new InvalidSpec(pointer, "expected " + expected + ", found " + describe(value()));
    }

    private static String describe(JsonValue value) {
        return switch (value) {
            case JsonValue.Members members -> "an object";
            case JsonValue.Entries entries -> "an array";
            case JsonValue.Text text -> "string " + new JsonText(false).string(shown(text.value()));
            case JsonValue.Numeral number -> shown(number.text());
            case JsonValue.Word word -> word == JsonValue.Word.TRUE ? "true" : "false";
        };
    }

    private static String shown(String text) {
        return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
    }

    String string() {
        if (!(value() instanceof JsonValue.Text text)) {
            throw wrong("a string");
        }
        if (text.value().indexOf('\0') >= 0) {
            throw new InvalidSpec(pointer, "a string with a zero character can't be given to the kernel");
        }
        return text.value();
    }

    @Nullable
    String optionalString() {
        return present() ? string() : null;
    }

    boolean bool() {
        if (!present()) {
            return false;
        }
        if (value() instanceof JsonValue.Word word) {
            return word == JsonValue.Word.TRUE;
        }
        throw wrong("a boolean (true or false)");
    }

    @Nullable
    Boolean optionalBool() {
        return present() ? Boolean.valueOf(bool()) : null;
    }

    /** Its digits, with its sign. */
    private String integer(String expected) {
        if (value() instanceof JsonValue.Numeral number && number.isInteger()) {
            return number.text();
        }
        throw wrong(expected);
    }

    /** 0 to 4294967295. */
    long u32() {
        String expected = "an unsigned 32-bit integer";
        long number = unsigned(expected);
        if (number < 0 || number > U32_MAX) {
            throw wrong(expected);
        }
        return number;
    }

    private long unsigned(String expected) {
        try {
            return Long.parseUnsignedLong(integer(expected));
        } catch (NumberFormatException e) {
            throw wrong(expected);
        }
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
        return unsigned("an unsigned 64-bit integer");
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
        String expected = "a 64-bit integer";
        try {
            return Long.parseLong(integer(expected));
        } catch (NumberFormatException e) {
            throw wrong(expected);
        }
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
        if (!(value() instanceof JsonValue.Entries entries)) {
            throw wrong("an array");
        }
        int size = entries.list().size();
        if (size > maximum) {
            throw new InvalidSpec(pointer, "has " + size + " entries, more than " + maximum);
        }
        List<Place> places = new ArrayList<>(size);
        for (JsonValue entry : entries.list()) {
            places.add(new Place(entry, pointer + "/" + places.size()));
        }
        return places;
    }

    List<String> strings(int maximum) {
        List<String> strings = new ArrayList<>();
        for (Place place : list(maximum)) {
            strings.add(place.string());
        }
        return strings;
    }

    /** The members of an object, in their order; none where it is absent. */
    Map<String, Place> members() {
        Map<String, Place> members = new LinkedHashMap<>();
        if (present()) {
            for (String name : object().keySet()) {
                members.put(name, at(name));
            }
        }
        return members;
    }

    Map<String, String> stringMap() {
        Map<String, String> map = new LinkedHashMap<>();
        for (Map.Entry<String, Place> member : members().entrySet()) {
            if (member.getKey().indexOf('\0') >= 0) {
                throw new InvalidSpec(pointer, "a name with a zero character can't be given to the kernel");
            }
            map.put(member.getKey(), member.getValue().string());
        }
        return map;
    }
}
