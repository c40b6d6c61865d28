// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.CreateOptions;
import org.jspecify.annotations.Nullable;

/** The options that {@code create} and {@code run} have in common. */
final class ConsoleOptions {

    static final long MAX_PRESERVE_FDS = 1024;

    private ConsoleOptions() {}

    static void declare(Options options) {
        bundle(options);
        options.value("PATH", "Unix socket that receives the terminal", "--console-socket");
        options.value("PATH", "Unix socket that receives a pidfd of the container's process", "--pidfd-socket");
        options.value("FILE", "write the process id to a file", "--pid-file");
        options.flag("MS_MOVE and chroot instead of pivot_root: for a root file system on a ramdisk", "--no-pivot");
        options.flag("keep the caller's session keyring", "--no-new-keyring");
        options.value("N", "fds after 2 that the program gets", "--preserve-fds");
    }

    static void bundle(Options options) {
        options.value("PATH", "folder of config.json; default: the working directory", "--bundle", "-b");
    }

    static CreateOptions of(Invocation invocation) {
        String bundle = invocation.value("--bundle");
        return new CreateOptions(
                bundle == null ? "" : bundle,
                given(invocation.value("--console-socket")),
                given(invocation.value("--pidfd-socket")),
                given(invocation.value("--pid-file")),
                invocation.flag("--no-pivot"),
                invocation.flag("--no-new-keyring"),
                invocation.number("--preserve-fds", 0, MAX_PRESERVE_FDS));
    }

    /** Callers in a hurry give empty values. */
    static @Nullable String given(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }
}
