// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.engine.Call;
import dev.jrunc.error.UsageError;
import dev.jrunc.plan.NormalPath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options before the command. native/options.h is generated from them: the front has to find the command, too. */
record GlobalOptions(
        boolean debug,
        @Nullable String log,
        @Nullable String logFormat,
        @Nullable String root,
        boolean systemdCgroup,
        String rootless,
        boolean version,
        boolean help,
        boolean criu,
        String engine,
        @Nullable String trace) {

    static void declare(Options options) {
        options.flag("log also what is of use only to developers", "--debug");
        options.value("PATH", "append errors to a file, or to journald: or syslog:", "--log");
        options.value("text|json", "form of the errors", "--log-format");
        options.value("PATH", "folder of the containers' states", "--root");
        options.flag("cgroups are units of systemd, by its D-Bus interface", "--systemd-cgroup");
        options.value("true|false|auto", "whether cgroup permission errors are ignored", "--rootless");
        options.value("PATH", "ignored", "--criu");
        options.value("FILE", "add what the call did, and when, to a trace", "--trace");
        options.value("auto|cold|warm|unix:PATH", "which engine answers", "--engine");
        options.flag("print the version", "--version", "-v");
        options.flag("print help", "--help", "-h");
    }

    static GlobalOptions of(Arguments given) {
        String log = given.value("--log");
        String format = given.value("--log-format");
        String rootless = given.value("--rootless", "");
        Boolean truth = Arguments.truth(rootless);
        return new GlobalOptions(
                given.flag("--debug"),
                log == null || log.isEmpty() ? null : log,
                format == null || format.isEmpty() ? null : format,
                given.value("--root"),
                given.flag("--systemd-cgroup"),
                truth != null ? truth.toString() : rootless.isEmpty() ? "auto" : rootless,
                given.flag("--version"),
                given.flag("--help"),
                given.flag("--criu"),
                given.value("--engine", "auto"),
                given.value("--trace"));
    }

    /** @throws UsageError for values that can't be meant */
    void check() {
        if (logFormat != null) {
            require("--log-format", logFormat, List.of("text", "json"));
        }
        require("--rootless", rootless, List.of("true", "false", "auto"));
        // fd: is the front's affair: of a program that embeds the engine.
        if (!engine.startsWith("unix:") && !engine.startsWith("fd:")) {
            require("--engine", engine, List.of("auto", "cold", "warm", "unix:PATH"));
        }
    }

    /** The file to trace to; null: none. */
    @Nullable
    String traceFile(Call call) {
        String file = trace != null ? trace : call.environment("JRUNC_TRACE");
        return file == null || file.isEmpty() ? null : file;
    }

    GlobalOptions withoutLog() {
        return new GlobalOptions(
                debug, null, logFormat, root, systemdCgroup, rootless, version, help, criu, engine, trace);
    }

    /**
     * Whether the standard error output gets lines of a log, as it does from runc without --log: for a caller that has asked for a
     * form of them, or for more than people read.
     */
    boolean logsToStandardError() {
        return log == null && (logFormat != null || debug);
    }

    private static void require(String name, String value, List<String> allowed) {
        if (!allowed.contains(value)) {
            throw new UsageError(
                    "invalid value \"" + value + "\" for " + name + ": expected " + String.join(", ", allowed));
        }
    }

    /**
     * The folder of the states: /run/jrunc for root of the host, else one of the user's.
     *
     * @throws UsageError for /
     */
    String rootFolder(Call call) {
        if (root != null && !root.isEmpty()) {
            String folder = NormalPath.of(call.absolute(root));
            if (folder.equals("/")) {
                throw new UsageError("--root may not be /");
            }
            return folder;
        }
        return (call.isHostRoot() ? "/run" : call.userRuntimeFolder()) + "/jrunc";
    }

    /** Whether containers do without the cgroups that this caller has no right to, as all do but root of the host. */
    boolean isRootless(Call call) {
        return rootless.equals("auto") ? !call.isHostRoot() : rootless.equals("true");
    }

    /** For a call that the front makes later in the same name. */
    List<String> toArguments(String rootFolder) {
        List<String> arguments = new ArrayList<>(List.of("--root", rootFolder));
        if (logFormat != null) {
            arguments.addAll(List.of("--log-format", logFormat));
        }
        if (log != null) {
            arguments.addAll(List.of("--log", log));
        }
        if (trace != null) {
            arguments.addAll(List.of("--trace", trace));
        }
        if (debug) {
            arguments.add("--debug");
        }
        return arguments;
    }
}
