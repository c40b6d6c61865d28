// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import java.nio.file.Path;

/** Where a process writes to. */
public sealed interface Output permits Capture, Output.Place, Output.File, Terminal {

    /** Places without a name. */
    enum Place implements Output {
        /** Nowhere: /dev/null. */
        NOWHERE,
        /** Where this program writes to. */
        INHERITED,
        /** A pipe, whose other end this program reads. */
        PIPE
    }

    /**
     * A file, made where it is missing.
     *
     * @param append behind what is in it; else that is lost
     */
    record File(Path path, boolean append) implements Output {}
}
