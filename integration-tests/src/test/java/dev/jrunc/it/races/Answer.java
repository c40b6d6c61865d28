// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.races;

import dev.jrunc.it.harness.Result;
import java.util.List;

/** What a command said, as far as the model cares. */
enum Answer {
    OK,
    MISSING("container does not exist"),
    EXISTS("already exists"),
    RUNS_ALREADY("cannot start an already running container"),
    HAS_STOPPED("cannot start a container that has stopped"),
    NOT_STOPPED("that is not stopped"),
    NOT_PAUSED("not paused"),
    BEING_CREATED("that is being created"),
    PAUSED("container paused", "paused container", "in the paused state"),
    NOT_RUNNING("not running", "in a stopped container", "is stopped"),
    /** The process that the command was about went away in the midst of it. */
    BROKEN(
            "was killed by SIGKILL",
            "init ended before its program ran",
            "ESRCH",
            "ENOENT",
            "ENODEV",
            "the new process died"),
    /** The program of exec was killed. */
    KILLED,
    UNKNOWN;

    private static final int KILLED_STATUS = 137;

    private final List<String> words;

    Answer(String... words) {
        this.words = List.of(words);
    }

    static Answer of(Result result) {
        if (result.exit() == 0) {
            return OK;
        }
        if (result.exit() == KILLED_STATUS) {
            return KILLED;
        }
        for (Answer answer : values()) {
            if (answer.words.stream().anyMatch(result.stderr()::contains)) {
                return answer;
            }
        }
        return UNKNOWN;
    }
}
