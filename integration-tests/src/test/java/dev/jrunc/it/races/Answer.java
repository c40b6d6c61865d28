// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.races;

import dev.jrunc.it.harness.Result;

/** What a command said, as far as the model cares. */
enum Answer {
    OK(""),
    MISSING("container does not exist"),
    EXISTS("already exists"),
    RUNS_ALREADY("cannot start an already running container"),
    HAS_STOPPED("cannot start a container that has stopped"),
    NOT_STOPPED("that is not stopped"),
    NOT_PAUSED("not paused"),
    BEING_CREATED("that is being created"),
    PAUSED("container paused|paused container|in the paused state"),
    NOT_RUNNING("not running|in a stopped container|is stopped"),
    /** The process that the command was about went away in the midst of it. */
    BROKEN("was killed by SIGKILL|init ended before its program ran|ESRCH|ENOENT|ENODEV|the new process died"),
    /** The program of exec was killed. */
    KILLED(""),
    UNKNOWN("");

    private static final int KILLED_STATUS = 137;

    private final String words;

    /** @param words any of these, with | between, in its message */
    Answer(String words) {
        this.words = words;
    }

    private boolean isIn(String message) {
        for (String word : words.split("\\|", -1)) {
            if (!word.isEmpty() && message.contains(word)) {
                return true;
            }
        }
        return false;
    }

    static Answer of(Result result) {
        if (result.exit() == 0) {
            return OK;
        }
        if (result.exit() == KILLED_STATUS) {
            return KILLED;
        }
        for (Answer answer : values()) {
            if (answer.isIn(result.stderr())) {
                return answer;
            }
        }
        return UNKNOWN;
    }
}
