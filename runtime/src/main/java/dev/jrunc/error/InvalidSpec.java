// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.error;

import dev.jrunc.text.OneLine;

/** A config.json (or other document) that can't be meant: the place, what was found there, and what was expected. */
public final class InvalidSpec extends JruncException {

    private static final long serialVersionUID = 1;

    private final String pointer;
    private final String finding;
    private final String problem;

    /**
     * @param pointer the place, a JSON pointer (RFC 6901); empty for the whole document
     * @param problem what is wrong, and what was expected
     */
    public InvalidSpec(String pointer, String problem) {
        super("config.json: " + finding(pointer, problem));
        this.pointer = pointer;
        this.finding = finding(pointer, problem);
        this.problem = problem;
    }

    private static String finding(String pointer, String problem) {
        return OneLine.of(pointer.isEmpty() ? problem : pointer + ": " + problem);
    }

    public String pointer() {
        return pointer;
    }

    /** The place and what is wrong there, without the document's name. */
    public String finding() {
        return finding;
    }

    /** What is wrong, without the place. */
    public String problem() {
        return problem;
    }
}
