// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

/** D-Bus specification section "Type System". */
final class VariantType {

    /** The specification's limit of each kind. */
    private static final int MAX_DEPTH = 32;

    private VariantType() {}

    /** @throws IllegalArgumentException for what is not one complete type */
    static void check(String signature) {
        if (length(signature, 0) != signature.length()) {
            throw none(signature);
        }
    }

    /** Of the complete type that begins there. */
    static int length(String signature, int from) {
        return length(signature, from, 0);
    }

    private static int length(String signature, int from, int depth) {
        if (from >= signature.length() || depth > MAX_DEPTH) {
            throw none(signature);
        }
        char c = signature.charAt(from);
        if ("ybnqiuxtdsogv".indexOf(c) >= 0) {
            return 1;
        }
        if (c == 'a') {
            return 1 + length(signature, from + 1, depth + 1);
        }
        char end = c == '(' ? ')' : c == '{' ? '}' : 0;
        int length = 1;
        int members = 0;
        while (end != 0 && from + length < signature.length() && signature.charAt(from + length) != end) {
            length += length(signature, from + length, depth + 1);
            members++;
        }
        boolean entry = c == '{' && from > 0 && signature.charAt(from - 1) == 'a' && members == 2;
        if (from + length >= signature.length() || !(entry || c == '(' && members > 0)) {
            throw none(signature);
        }
        return length + 1;
    }

    private static IllegalArgumentException none(String signature) {
        return new IllegalArgumentException("no type of D-Bus: " + signature);
    }
}
