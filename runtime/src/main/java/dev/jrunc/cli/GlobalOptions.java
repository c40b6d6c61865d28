// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.engine.Call;
import dev.jrunc.error.UsageError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The options before the command. native/options.h is generated from them: the front has to find the command, too. */
record GlobalOptions(
        boolean debug,
        @Nullable String log,
        String logFormat,
        @Nullable String root,
        boolean systemdCgroup,
        String rootless,
        boolean version,
        boolean help,
        boolean criu) {

    static void declare(CommandSpec spec) {
        Options.flag(spec, "log also what is of use only to developers", "--debug");
        Options.value(spec, "PATH", "append errors to a file, or to journald: or syslog:", "--log");
        Options.value(spec, "FORMAT", "text or json", "--log-format");
        Options.value(spec, "PATH", "folder of the containers' states", "--root");
        Options.flag(spec, "cgroups by systemd (not in this version)", "--systemd-cgroup");
        Options.value(spec, "true|false|auto", "whether cgroup permission errors are ignored", "--rootless");
        Options.value(spec, "PATH", "ignored", "--criu");
        Options.value(spec, "FILE", "write a trace (not in this version)", "--trace");
        Options.value(spec, "auto|cold|warm", "which engine answers", "--engine");
        Options.flag(spec, "print the version", "--version", "-v");
        Options.flag(spec, "print help", "--help", "-h");
    }

    /** @throws UsageError for values that can't be meant */
    static GlobalOptions of(ParseResult parsed) {
        String logFormat = parsed.matchedOptionValue("--log-format", "text");
        String rootless = parsed.matchedOptionValue("--rootless", "auto");
        String engine = parsed.matchedOptionValue("--engine", "auto");
        require("--log-format", logFormat, List.of("text", "json"));
        require("--rootless", rootless, List.of("true", "false", "auto"));
        require("--engine", engine, List.of("auto", "cold", "warm"));
        if (parsed.hasMatchedOption("--trace")) {
            throw new UsageError("--trace is not supported by this version");
        }
        if (engine.equals("warm")) {
            throw new UsageError("--engine warm: there is no resident engine in this version");
        }
        String log = parsed.matchedOptionValue("--log", null);
        return new GlobalOptions(
                parsed.hasMatchedOption("--debug"),
                log == null || log.isEmpty() ? null : log,
                logFormat,
                parsed.matchedOptionValue("--root", null),
                parsed.hasMatchedOption("--systemd-cgroup"),
                rootless,
                parsed.hasMatchedOption("--version"),
                parsed.hasMatchedOption("--help"),
                parsed.hasMatchedOption("--criu"));
    }

    GlobalOptions withoutLog() {
        return new GlobalOptions(debug, null, logFormat, root, systemdCgroup, rootless, version, help, criu);
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
            String absolute = call.absolute(root);
            String trimmed = trim(absolute);
            if (trimmed.isEmpty()) {
                throw new UsageError("--root may not be /");
            }
            return trimmed;
        }
        if (call.euid() == 0 && call.inInitialUserNamespace() && !rootless.equals("true")) {
            return "/run/jrunc";
        }
        String runtimeFolder = call.environment("XDG_RUNTIME_DIR");
        if (runtimeFolder != null && runtimeFolder.startsWith("/")) {
            return runtimeFolder + "/jrunc";
        }
        return "/run/user/" + call.hostUid() + "/jrunc";
    }

    private static String trim(String path) {
        int end = path.length();
        while (end > 0
                && (path.charAt(end - 1) == '/'
                        || path.charAt(end - 1) == '.' && end > 1 && path.charAt(end - 2) == '/')) {
            end--;
        }
        return path.substring(0, end);
    }

    /** For a call that the front makes later in the same name. */
    List<String> toArguments(String rootFolder) {
        List<String> arguments = new ArrayList<>(List.of("--root", rootFolder, "--log-format", logFormat));
        if (log != null) {
            arguments.addAll(List.of("--log", log));
        }
        if (debug) {
            arguments.add("--debug");
        }
        return arguments;
    }
}
