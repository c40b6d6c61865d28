// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import java.nio.file.Path;

/** Where a process reads from. */
public sealed interface Input permits Input.Place, Input.File, Terminal {

    /** Places without a name. */
    enum Place implements Input {
        /** Nothing to read: /dev/null. */
        NOTHING,
        /** Where this program reads from. */
        INHERITED,
        /** A pipe, whose other end this program writes. */
        PIPE
    }

    /** A file. */
    record File(Path path) implements Input {}
}
