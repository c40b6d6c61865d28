// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

/** The front goes on alone with a running container, and will make a new call at its end: this session is over. */
public final class EngineReleased extends RuntimeException {

    private static final long serialVersionUID = 1;

    public EngineReleased() {
        super("the front goes on alone");
    }
}
