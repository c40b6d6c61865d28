// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.races;

import static dev.jrunc.it.races.Answer.BEING_CREATED;
import static dev.jrunc.it.races.Answer.BROKEN;
import static dev.jrunc.it.races.Answer.EXISTS;
import static dev.jrunc.it.races.Answer.HAS_STOPPED;
import static dev.jrunc.it.races.Answer.KILLED;
import static dev.jrunc.it.races.Answer.MISSING;
import static dev.jrunc.it.races.Answer.NOT_PAUSED;
import static dev.jrunc.it.races.Answer.NOT_RUNNING;
import static dev.jrunc.it.races.Answer.NOT_STOPPED;
import static dev.jrunc.it.races.Answer.OK;
import static dev.jrunc.it.races.Answer.PAUSED;
import static dev.jrunc.it.races.Answer.RUNS_ALREADY;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The life cycle of one container id, whose program doesn't end by itself.
 *
 * @param frozen it was paused
 * @param doomed it was sent SIGKILL, and may have ended or not: that takes its time
 */
record Model(Phase phase, boolean frozen, boolean doomed) {

    enum Phase {
        NONE,
        CREATING,
        CREATED,
        RUNNING,
        /** Somebody deletes it, and has its lock. */
        DELETING
    }

    static final Model NOTHING = new Model(Phase.NONE, false, false);

    private Model with(Phase next) {
        return new Model(next, frozen, doomed);
    }

    private boolean alive() {
        return phase == Phase.CREATED || phase == Phase.RUNNING;
    }

    /** It has ended, or is about to. */
    private boolean ending() {
        return alive() && doomed || phase == Phase.DELETING;
    }

    private Optional<Model> when(boolean possible, Model next) {
        return possible ? Optional.of(next) : Optional.empty();
    }

    private Optional<Model> when(boolean possible) {
        return when(possible, this);
    }

    /**
     * What there is after a part of a step.
     *
     * @param part 0, or 1 for the second of two
     * @return empty: it can't have been so
     */
    Optional<Model> after(Step step, int part) {
        Answer answer = step.answer();
        if (answer == MISSING) {
            return when(phase == Phase.NONE);
        }
        return switch (step.verb()) {
            case CREATE -> afterCreate(answer, part);
            case START -> afterStart(answer);
            case KILL -> afterKill(answer);
            case DELETE -> part == 1 ? Optional.of(NOTHING) : afterDelete(answer);
            case DELETE_BY_FORCE ->
                part == 1 ? Optional.of(NOTHING) : when(answer == OK && (phase == Phase.NONE || alive()), deleting());
            case EXEC -> afterExec(answer);
            case PAUSE -> afterPause(answer);
            case RESUME -> afterResume(answer);
            case STATE -> when(answer == OK && mayShow(step.status()));
        };
    }

    private Model deleting() {
        return phase == Phase.NONE ? this : new Model(Phase.DELETING, frozen, true);
    }

    private Optional<Model> afterCreate(Answer answer, int part) {
        if (answer == EXISTS) {
            return when(phase != Phase.NONE);
        }
        if (part == 0) {
            return when(phase == Phase.NONE, new Model(Phase.CREATING, false, false));
        }
        return switch (answer) {
            case OK -> when(phase == Phase.CREATING, with(Phase.CREATED));
            case BROKEN -> when(phase == Phase.CREATING && doomed, NOTHING);
            default -> Optional.empty();
        };
    }

    private Optional<Model> afterStart(Answer answer) {
        return switch (answer) {
            case OK -> when(phase == Phase.CREATED && !frozen, with(Phase.RUNNING));
            case RUNS_ALREADY -> when(phase == Phase.RUNNING);
            case HAS_STOPPED, BROKEN -> when(alive() && doomed);
            case PAUSED -> when(alive() && frozen);
            default -> Optional.empty();
        };
    }

    private Optional<Model> afterKill(Answer answer) {
        return switch (answer) {
            case OK ->
                when(
                        alive() || phase == Phase.CREATING || phase == Phase.DELETING,
                        new Model(phase, phase == Phase.DELETING && frozen, true));
            case NOT_RUNNING -> when(ending() || phase == Phase.CREATING);
            default -> Optional.empty();
        };
    }

    private Optional<Model> afterDelete(Answer answer) {
        return switch (answer) {
            case OK -> when(alive() && (doomed || phase == Phase.CREATED && !frozen), deleting());
            case NOT_STOPPED -> when(phase == Phase.RUNNING || alive() && frozen);
            default -> Optional.empty();
        };
    }

    private Optional<Model> afterExec(Answer answer) {
        return switch (answer) {
            case OK -> when(alive() && !frozen);
            case PAUSED -> when(frozen);
            case BEING_CREATED -> when(phase == Phase.CREATING);
            // It begins while there is something to enter, and is over when that has gone.
            case NOT_RUNNING, BROKEN, KILLED -> when(ending() || phase == Phase.NONE);
            default -> Optional.empty();
        };
    }

    private Optional<Model> afterPause(Answer answer) {
        return switch (answer) {
            case OK -> when(alive() && !frozen || phase == Phase.DELETING, new Model(phase, true, doomed));
            case NOT_RUNNING -> when(frozen || ending() || phase == Phase.CREATING);
            case BROKEN -> when(ending() || phase == Phase.NONE);
            default -> Optional.empty();
        };
    }

    private Optional<Model> afterResume(Answer answer) {
        return switch (answer) {
            case OK -> when(frozen, new Model(phase, false, doomed));
            case NOT_PAUSED, NOT_RUNNING -> when(phase != Phase.NONE && (!frozen || doomed));
            case BROKEN -> when(ending() || phase == Phase.NONE);
            default -> Optional.empty();
        };
    }

    private boolean mayShow(String status) {
        if (ending() && List.of("stopped", "paused").contains(status)) {
            return true;
        }
        if (phase == Phase.DELETING) {
            return List.of("created", "running").contains(status);
        }
        return status.equals(frozen ? "paused" : phase.name().toLowerCase(Locale.ROOT));
    }
}
