// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

/**
 * A terminal, whose other side this program has: {@link Stdio#terminal}.
 *
 * @param columns how wide it is at first
 * @param rows how high it is at first
 */
public record Terminal(int columns, int rows) implements Input, Output {

    private static final int MAX = 0xffff;

    public Terminal {
        check("columns", columns);
        check("rows", rows);
    }

    static void check(String what, int number) {
        if (number < 1 || number > MAX) {
            throw new IllegalArgumentException(what + ": expected 1 to " + MAX + ", found " + number);
        }
    }
}
