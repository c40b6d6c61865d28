// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.criu;

import org.jspecify.annotations.Nullable;

/**
 * The options of {@code checkpoint}.
 *
 * @param parentPath of the images of a --pre-dump before, relative to those of this one
 * @param statusFd of the caller's, which gets a zero byte when lazy pages are ready; -1: none
 * @param pageServer ADDRESS:PORT
 */
public record DumpOptions(
        CriuOptions common,
        @Nullable String parentPath,
        boolean leaveRunning,
        boolean tcpSkipInFlight,
        boolean linkRemap,
        long statusFd,
        @Nullable PageServer pageServer,
        boolean preDump) {

    /** Where pages are sent to, in place of the images' folder. */
    public record PageServer(String address, int port) {}
}
