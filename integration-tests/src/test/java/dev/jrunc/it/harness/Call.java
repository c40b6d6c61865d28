// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call of the runtime, or of another program, that is being put together. Standard output and error go to files: a container
 * may keep them open when the call has returned.
 */
public final class Call {
    private final Lab lab;
    private final List<String> before = new ArrayList<>();
    private final List<String> program;
    private final List<String> globals = new ArrayList<>();
    private final List<String> arguments;
    private final Map<String, String> environment = new HashMap<>();
    private @Nullable Path log;
    private boolean emptyEnvironment;
    private String input = "";
    private boolean keepsInputOpen;
    private Path folder;

    Call(Lab lab, List<String> program, List<String> arguments) {
        this.lab = lab;
        this.program = List.copyOf(program);
        this.arguments = new ArrayList<>(arguments);
        this.folder = lab.folder();
    }

    /** Global options, before the command. */
    public Call globally(String... options) {
        globals.addAll(List.of(options));
        return this;
    }

    Call logging(Path file) {
        log = file;
        return globally("--log", file.toString(), "--log-format", "json");
    }

    /** Puts another program in front, which is to execute its arguments: {@code unshare -m}, say. */
    public Call through(String... wrapper) {
        before.addAll(List.of(wrapper));
        return this;
    }

    /** In a mount namespace of its own, in which that folder is /run. */
    public Call withRun(Path folder) {
        return through(
                "unshare",
                "-m",
                "--propagation",
                "private",
                "sh",
                "-ec",
                "mount --bind " + folder + " /run; exec \"$0\" \"$@\"");
    }

    /** A variable of the environment of the call. */
    public Call with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** An engine of its own serves the call, also where the tests have a resident one. */
    public Call cold() {
        return with(EngineChoice.VARIABLE, "cold");
    }

    /** Calls with no environment at all. */
    public Call withoutEnvironment() {
        emptyEnvironment = true;
        environment.remove(EngineChoice.VARIABLE);
        return this;
    }

    /** The working directory of the call; the lab's folder unless told. */
    public Call in(Path workingDirectory) {
        folder = workingDirectory;
        return this;
    }

    /** What is to be read from standard input; nothing unless told. */
    public Call input(String text) {
        input = text;
        return this;
    }

    /** Standard input stays open, to be written by {@link Running#type}. */
    public Call interactive() {
        keepsInputOpen = true;
        return this;
    }

    /** Starts the call and returns at once. */
    public Running start() {
        List<String> words = new ArrayList<>(before);
        words.addAll(program);
        words.addAll(globals);
        words.addAll(arguments);
        Path stdout = lab.newFile("stdout");
        Path stderr = lab.newFile("stderr");
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(stdout.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(stderr.toFile()));
        if (emptyEnvironment) {
            builder.environment().clear();
        }
        builder.environment().putAll(environment);
        try {
            if (!keepsInputOpen) {
                builder.redirectInput(
                        Files.writeString(lab.newFile("stdin"), input).toFile());
            }
            Running running =
                    new Running(lab.runtime().kind(), String.join(" ", words), builder.start(), stdout, stderr, log);
            lab.remember(running);
            return running;
        } catch (IOException e) {
            throw new UncheckedIOException("can't start " + words, e);
        }
    }

    /** Makes the call and waits until it returns, for at most {@link Await#LIMIT}. */
    public Result now() {
        return start().await();
    }

    /** Makes the call and waits until it returns, for at most the given time. */
    public Result within(Duration limit) {
        return start().await(limit);
    }
}
