// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.faults;

/** What goes wrong at a point. */
public enum Fault {
    /** The operation fails with EIO: not executed, or executed and yet failed; the message isn't sent, or got lost. */
    ERROR,
    /** Everything else has some time to go on. */
    DELAY,
    KILL_INIT,
    KILL_STAGE,
    KILL_FRONT,
    KILL_ENGINE,
    KILL_FRONT_AND_ENGINE;

    boolean killsFront() {
        return this == KILL_FRONT || this == KILL_FRONT_AND_ENGINE;
    }

    boolean killsEngine() {
        return this == KILL_ENGINE || this == KILL_FRONT_AND_ENGINE;
    }

    /**
     * Whether it says anything at a point. The engine has no hands, and hears nothing while init works on its plan: for it only what
     * the front does matters, behind an operation it is as before the next, and within a batch all is as before its first. So is init for
     * the front's own.
     *
     * @param existing whether the call is about a container that is there already, whose init it is then
     */
    boolean isFor(Point point, boolean existing) {
        boolean early = point.nth() <= 2;
        boolean stage = point.process().equals("stage") || point.process().equals("clone");
        return switch (this) {
            case ERROR -> true;
            case DELAY -> !point.what().equals("after") && early;
            case KILL_INIT ->
                !point.what().equals("after")
                        && (existing || point.withInit())
                        && !stage
                        && (early || !point.isFronts());
            case KILL_STAGE -> stage;
            case KILL_FRONT -> true;
            case KILL_ENGINE, KILL_FRONT_AND_ENGINE ->
                point.isFronts() && !point.what().equals("after") && early;
        };
    }
}
