// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.error;

import dev.jrunc.text.OneLine;

/** A command line that can't be meant. */
public final class UsageError extends JruncException {

    private static final long serialVersionUID = 1;

    public UsageError(String message) {
        super(OneLine.of(message));
    }
}
