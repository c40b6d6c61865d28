// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.state;

/** A container's status, runtime.md section "State", and paused. */
public enum Status {
    CREATING("creating"),
    CREATED("created"),
    RUNNING("running"),
    PAUSED("paused"),
    STOPPED("stopped");

    private final String word;

    Status(String word) {
        this.word = word;
    }

    /** The specification's word for it. */
    @Override
    public String toString() {
        return word;
    }
}
