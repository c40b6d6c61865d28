// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

/** A command: its options, and what it does. */
interface Command {

    /** Its name. */
    String name();

    /** One line for the help. */
    String summary();

    /** What follows the options in the usage line, such as {@code ID}. */
    String arguments();

    /** Declares its options. */
    void declare(Options options);

    /** Whether options may also come behind the first argument: for those where the rest isn't somebody else's. */
    default boolean optionsBehind() {
        return true;
    }

    /** Whether its first argument is a container's id. */
    default boolean namesContainer() {
        return true;
    }

    /** The exit status of its failures, once its options and arguments are understood. */
    default int failureStatus() {
        return 1;
    }

    /** @return the exit status, 0 to 255 */
    int run(Invocation invocation);
}
