// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.error;

/** A state.json that jrunc can't have written: a full disk's, or somebody's hand in it. */
public final class InvalidState extends JruncException {

    private static final long serialVersionUID = 1;

    /**
     * @param file its path
     * @param cause what is wrong in it
     */
    public InvalidState(String file, InvalidSpec cause) {
        super(file + ": " + cause.finding());
    }
}
