// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.error;

/** A config.json (or other document) that can't be meant: the place, what was found there, and what was expected. */
public final class InvalidSpec extends JruncException {

    private static final long serialVersionUID = 1;

    private final String pointer;

    /**
     * @param pointer the place, a JSON pointer (RFC 6901); empty for the whole document
     * @param problem what is wrong, and what was expected
     */
    public InvalidSpec(String pointer, String problem) {
        super(pointer.isEmpty() ? "config.json: " + problem : "config.json: " + pointer + ": " + problem);
        this.pointer = pointer;
    }

    public String pointer() {
        return pointer;
    }
}
