// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.faults;

/**
 * A point that a call comes to: native/faults.h.
 *
 * @param process front, clone, stage or init
 * @param what before or after an operation; send or receive a message
 * @param name the operation's or message's name in native/protocol.def
 * @param nth how many of these the process has come to by then, from 1
 * @param mayFail whether the operation may fail
 * @param withState whether the call has opened the container's state folder by then
 * @param withInit whether the call has made an init by then
 */
public record Point(
        String process, String what, String name, int nth, boolean mayFail, boolean withState, boolean withInit) {

    /** As {@code JRUNC_FAULT} names it. */
    public String text() {
        return process + " " + what + " " + name + " " + nth;
    }

    boolean isOperation() {
        return what.equals("before") || what.equals("after");
    }

    boolean isFronts() {
        return process.equals("front");
    }
}
