// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.error;

import dev.jrunc.text.OneLine;

/** Something that the specification allows and this version can't do: refused, because ignoring it would do harm. */
public final class Unsupported extends JruncException {

    private static final long serialVersionUID = 1;

    private final String pointer;
    private final String why;

    /**
     * @param pointer the place in config.json
     * @param why what can't be done
     */
    public Unsupported(String pointer, String why) {
        super("config.json: " + OneLine.of(pointer + ": " + why));
        this.pointer = pointer;
        this.why = why;
    }

    public String pointer() {
        return pointer;
    }

    /** What can't be done, without the place. */
    public String why() {
        return why;
    }
}
