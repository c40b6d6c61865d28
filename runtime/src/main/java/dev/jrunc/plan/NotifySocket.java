// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

/**
 * The socket on which a supervisor hears that a service is ready, sd_notify(3): the container's program gets it in its own mount
 * namespace, and tells the supervisor itself.
 *
 * @param path of the caller's; empty for none
 */
record NotifySocket(String path) {

    /** Where runc has it, too. */
    static final String TARGET = "/run/notify/notify.sock";

    static final Origin ORIGIN = Origin.rule("NOTIFY_SOCKET");

    /** One in the file system; abstract ones can't be bound, and belong to a network namespace. */
    boolean isBound() {
        return path.startsWith("/");
    }
}
