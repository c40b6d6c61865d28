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

    boolean kills() {
        return this != ERROR && this != DELAY;
    }

    boolean killsFront() {
        return this == KILL_FRONT || this == KILL_FRONT_AND_ENGINE;
    }

    boolean killsEngine() {
        return this == KILL_ENGINE || this == KILL_FRONT_AND_ENGINE;
    }

    /**
     * Whether it says anything at a point that no other does: docs/decisions/faults.md.
     *
     * @param subject whose init is killed where the call is about a container that is there already
     */
    boolean isFor(Point point, Subject subject) {
        return (subject.warm() || killsEngine() || (point.isFronts() && !point.isOperation()))
                && saysSomething(point, !subject.makesContainer());
    }

    private boolean saysSomething(Point point, boolean existing) {
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
            case KILL_FRONT -> !point.what().equals("after");
            case KILL_ENGINE, KILL_FRONT_AND_ENGINE ->
                point.isFronts() && !point.what().equals("after") && early;
        };
    }
}
