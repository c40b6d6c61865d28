// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import org.jspecify.annotations.Nullable;

/**
 * The options of {@code create}, and of {@code run}, which are the same.
 *
 * @param bundle as the caller gave it; empty for the working directory
 * @param consoleSocket where the terminal goes; null for none, and {@link #STANDARD_INPUT}
 * @param pidfdSocket where init's pidfd goes; null for none
 * @param pidFile null for none
 * @param preserveFds how many fds from 3 on the program gets
 */
public record CreateOptions(
        String bundle,
        @Nullable String consoleSocket,
        @Nullable String pidfdSocket,
        @Nullable String pidFile,
        boolean noPivot,
        boolean noNewKeyring,
        long preserveFds) {

    /** A console socket that the front has already. */
    public static final String STANDARD_INPUT = "";

    /** The same for another bundle. */
    public CreateOptions withBundle(String other) {
        return new CreateOptions(other, consoleSocket, pidfdSocket, pidFile, noPivot, noNewKeyring, preserveFds);
    }
}
