// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

/** What a container is doing: the specification's, runtime.md section "State", and paused. */
public enum Status {
    /** It is being made. */
    CREATING,
    /** It waits for start. */
    CREATED,
    /** Its program runs. */
    RUNNING,
    /** Its processes stand still. */
    PAUSED,
    /** Its program has ended. */
    STOPPED
}
