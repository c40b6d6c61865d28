// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.races;

/**
 * What one command did.
 *
 * @param began of the command, in nanoseconds of one clock
 * @param ended of the command
 * @param status what {@code state} printed; else empty
 */
record Step(Verb verb, long began, long ended, Answer answer, String status, String text) {

    /** Of what isn't atomic others see a part: a create, and a delete. */
    int parts() {
        return switch (verb) {
            case CREATE -> answer == Answer.EXISTS ? 1 : 2;
            case DELETE, DELETE_BY_FORCE -> answer == Answer.OK ? 2 : 1;
            case START, KILL, EXEC, PAUSE, RESUME, STATE -> 1;
        };
    }

    @Override
    public String toString() {
        return String.format(
                "%9.3f to %9.3f ms: %-15s %s %s %s", began / 1e6, ended / 1e6, verb, answer, status, text.strip());
    }
}
