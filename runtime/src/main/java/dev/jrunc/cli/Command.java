// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import picocli.CommandLine.Model.CommandSpec;

/** A command: its options as picocli knows them, and what it does. */
interface Command {

    /** Its name. */
    String name();

    /** One line for the help. */
    String summary();

    /** What follows the options in the usage line, such as {@code ID}. */
    String arguments();

    /** Declares its options. */
    void declare(CommandSpec spec);

    /** @return the exit status, 0 to 255 */
    int run(Invocation invocation);
}
