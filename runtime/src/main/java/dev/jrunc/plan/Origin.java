// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

/**
 * Where an operation comes from: a JSON pointer (RFC 6901) into config.json such as {@code /mounts/3}, or the name of a
 * built-in rule such as {@code default device /dev/null}.
 */
public record Origin(String text) {

    public Origin {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("an origin is a JSON pointer or a rule's name");
        }
    }

    /** The place in config.json, a JSON pointer. */
    public static Origin at(String pointer) {
        return new Origin(pointer);
    }

    /** The JSON pointer of an object's member. */
    public static String pointer(String object, String member) {
        return object + "/" + member.replace("~", "~0").replace("/", "~1");
    }

    /** A rule of jrunc's own, by its name. */
    public static Origin rule(String name) {
        return new Origin(name);
    }

    /** Is this a place in config.json? */
    public boolean isPointer() {
        return text.startsWith("/");
    }

    @Override
    public String toString() {
        return text;
    }
}
