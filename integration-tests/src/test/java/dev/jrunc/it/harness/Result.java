// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * What one call of the runtime gave.
 *
 * @param kind the runtime that was called
 * @param command the call, for messages
 * @param exit its exit status; 128 + n when signal n ended it
 * @param stdout all of its standard output, for {@code run} and {@code create} also the container's
 * @param stderr all of its standard error
 * @param log the lines of the file that {@code --log} named
 */
public record Result(OciRuntime.Kind kind, String command, int exit, String stdout, String stderr, List<String> log) {

    public Result {
        log = List.copyOf(log);
    }

    /** Asserts exit status 0. */
    public Result succeeded() {
        return exited(0);
    }

    /** Asserts the exit status. */
    public Result exited(int expected) {
        assertEquals(expected, exit, () -> "exit status of " + this);
        return this;
    }

    /**
     * Asserts a failure of the runtime itself: status 1, and an explanation on stderr and in the log that has all these words, in
     * either case. crun has words of its own.
     */
    public Result failedSaying(String... words) {
        return failedWith(1, words);
    }

    /** The same with another status: {@code exec} has its own. */
    public Result failedWith(int status, String... words) {
        if (kind == OciRuntime.Kind.CRUN) {
            assertNotEquals(0, exit, () -> "exit status of " + this);
            return this;
        }
        exited(status);
        assertTrue(!stderr.isBlank(), () -> "nothing on stderr of " + this);
        for (String word : words) {
            if (!lower(stderr).contains(lower(word))) {
                fail("stderr should say \"" + word + "\": " + this);
            }
            if (!log.isEmpty() && !lower(lastError()).contains(lower(word))) {
                fail("the last error line of the log should say \"" + word + "\": " + this);
            }
        }
        return this;
    }

    /** Asserts what our errors have beyond the peers': exactly these words, in one line. Does nothing for a peer. */
    public Result oursSays(String... words) {
        if (kind != OciRuntime.Kind.JRUNC) {
            return this;
        }
        assertEquals(1, stderr.strip().lines().count(), () -> "lines on stderr of " + this);
        for (String word : words) {
            if (!stderr.contains(word)) {
                fail("stderr should say \"" + word + "\": " + this);
            }
        }
        return this;
    }

    /** The message of the log's last line of level error. */
    public String lastError() {
        return log.stream()
                .map(Json::parse)
                .filter(line -> line.path("level").asString().equals("error"))
                .map(line -> line.path("msg").asString())
                .reduce((first, second) -> second)
                .orElseGet(() -> fail("no error line in the log of " + this));
    }

    /** Standard output as one JSON value. */
    public JsonNode json() {
        return Json.parse(stdout);
    }

    /** The payload's report, the last line of standard output that is one. */
    public Report report() {
        return Report.in(stdout, () -> "in " + this);
    }

    /** The lines of standard output, carriage returns of a terminal left out. */
    public List<String> lines() {
        return stdout.replace("\r", "").lines().toList();
    }

    /** Asserts that standard output has this line. */
    public Result printed(String line) {
        assertTrue(lines().contains(line), () -> "no line \"" + line + "\" in " + this);
        return this;
    }

    /** Asserts that there is nothing on standard output and error. */
    public Result printsNothing() {
        assertEquals("", stdout + stderr, () -> "output of " + this);
        return this;
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return "`" + command + "` (exit " + exit + ")\n  stdout: " + shortened(stdout) + "\n  stderr: "
                + shortened(stderr) + "\n  log: " + log;
    }

    private static String shortened(String text) {
        return text.length() <= 2000 ? text.strip() : text.substring(0, 2000) + "…";
    }
}
