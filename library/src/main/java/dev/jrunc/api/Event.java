// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

/** Something about a container, {@link Container#events}. */
public sealed interface Event {

    /** What it uses, as often as was asked for. */
    record Usage(Stats stats) implements Event {}

    /** Its memory has run out, and the kernel has killed a process of it. */
    record OutOfMemory() implements Event {}
}
