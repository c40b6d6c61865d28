// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

/**
 * One operation of a plan: intent that native code can carry out without a choice of its own.
 *
 * @see HostOperation
 * @see InitOperation
 */
public sealed interface Operation permits HostOperation, InitOperation {

    /** Where in config.json, or in which built-in rule, this operation comes from. */
    Origin origin();

    /** Its code in {@code native/protocol.def}, 0x100 to 0x2ff. */
    int code();

    /** Its name in {@code native/protocol.def}, such as {@code PIVOT_ROOT}. */
    String name();

    /** Shows every field but the origin, in the order of {@code native/protocol.def}. */
    void fields(Fields fields);
}
