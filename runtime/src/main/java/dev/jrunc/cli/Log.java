// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.json.LogLine;
import dev.jrunc.json.Rfc3339;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.text.OneLine;
import dev.jrunc.text.Printable;
import java.time.InstantSource;

/** The --log file, journald or syslog, and the standard error output. */
final class Log {

    private static final Origin ORIGIN = Origin.rule("--log");
    private static final long APPEND = 4;
    private static final long MODE = 0644;

    /** syslog(3): LOG_DAEMON, with the severities of LOG_ERR, LOG_WARNING and LOG_DEBUG. */
    private static final int FACILITY = 24;

    enum Level {
        ERROR("error", 3),
        WARNING("warning", 4),
        DEBUG("debug", 7);

        private final String word;
        private final int severity;

        Level(String word, int severity) {
            this.word = word;
            this.severity = severity;
        }
    }

    private final Front front;
    private final GlobalOptions options;
    private final InstantSource clock;

    Log(Front front, GlobalOptions options, InstantSource clock) {
        this.front = front;
        this.options = options;
        this.clock = clock;
    }

    /**
     * Looks whether the log can be written, before anything is done that it should tell of.
     *
     * @throws dev.jrunc.error.OperationFailed when it can't
     */
    void check() {
        String log = options.log();
        if (log != null && !log.startsWith("journald:") && !log.startsWith("syslog:")) {
            front.execute(new HostOperation.WriteFile(ORIGIN, log, Bytes.EMPTY, MODE, APPEND));
        }
    }

    /** To the standard error output, and to the log: one line, whatever the kernel or a hook has said. */
    void error(String message) {
        String line = Printable.of(message);
        toPeople("", line, Level.ERROR);
        toLog(Level.ERROR, line);
    }

    /** To the log, or where there is none to the standard error output. */
    void warning(String message) {
        String line = OneLine.of(message);
        if (options.log() == null) {
            toPeople("warning: ", line, Level.WARNING);
        }
        toLog(Level.WARNING, line);
    }

    /** With --debug, as a warning. */
    void debug(String message) {
        if (!options.debug()) {
            return;
        }
        if (options.log() == null) {
            toPeople("debug: ", message, Level.DEBUG);
        }
        toLog(Level.DEBUG, message);
    }

    private void toPeople(String word, String message, Level level) {
        toStandardError(options.logsToStandardError() ? logLine(level, message) : "jrunc: " + word + message + "\n");
    }

    private void toStandardError(String text) {
        front.attempt(new HostOperation.Output(ORIGIN, 2, Bytes.utf8(text)));
    }

    private void toLog(Level level, String message) {
        String log = options.log();
        if (log == null) {
            return;
        }
        Result written = front.attempt(operation(log, level, message));
        if (!written.ok()) {
            toStandardError("jrunc: can't write the log " + log + ": " + written.message() + ": "
                    + Errno.describe((int) written.error()) + "\n");
        }
    }

    private HostOperation operation(String log, Level level, String message) {
        if (log.startsWith("journald:")) {
            return new HostOperation.SendDatagram(
                    ORIGIN,
                    "/run/systemd/journal/socket",
                    Bytes.utf8("MESSAGE=" + message.replace('\n', ' ') + "\nPRIORITY=" + level.severity
                            + "\nSYSLOG_IDENTIFIER=" + tag(log) + "\n"));
        }
        if (log.startsWith("syslog:")) {
            return new HostOperation.SendDatagram(
                    ORIGIN,
                    "/dev/log",
                    Bytes.utf8("<" + (FACILITY + level.severity) + ">" + tag(log) + ": " + message.replace('\n', ' ')));
        }
        return new HostOperation.WriteFile(ORIGIN, log, Bytes.utf8(logLine(level, message)), MODE, APPEND);
    }

    private String logLine(Level level, String message) {
        String time = Rfc3339.seconds(clock.instant());
        String line = "json".equals(options.logFormat())
                ? LogLine.json(level.word, message, time)
                : LogLine.text(level.word, message, time);
        return line + "\n";
    }

    private static String tag(String log) {
        String tag = log.substring(log.indexOf(':') + 1);
        return tag.isEmpty() ? "jrunc" : tag;
    }
}
