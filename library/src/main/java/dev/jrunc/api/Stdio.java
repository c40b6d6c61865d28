// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.front.Calls;
import dev.jrunc.front.FrontProcess;
import dev.jrunc.front.Pty;
import dev.jrunc.front.StandardFds;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The standard input and outputs of a process: a {@link #terminal}, or what is none. */
public record Stdio(Input input, Output output, Output error) {

    public Stdio {
        boolean same = input.equals(output) && output.equals(error);
        if (!same && (input instanceof Terminal || output instanceof Terminal || error instanceof Terminal)) {
            throw new IllegalArgumentException("a terminal is the input and both outputs");
        }
    }

    /** Nothing to read, and nobody who reads what is written. */
    public static Stdio none() {
        return new Stdio(Input.Place.NOTHING, Output.Place.NOWHERE, Output.Place.NOWHERE);
    }

    /** This program's own. */
    public static Stdio inherited() {
        return new Stdio(Input.Place.INHERITED, Output.Place.INHERITED, Output.Place.INHERITED);
    }

    /** Pipes, whose other ends are {@link Running#stdin}, {@link Running#stdout} and {@link Running#stderr}. */
    public static Stdio pipes() {
        return new Stdio(Input.Place.PIPE, Output.Place.PIPE, Output.Place.PIPE);
    }

    /**
     * A terminal of the container's, whose other side is {@link Running#stdin} and {@link Running#stdout}: what is typed and what is shown.
     * A container's config.json has to say that it has one, {@link SpecBuilder#terminal}; what is executed in it gets its own.
     *
     * {@snippet file="dev/jrunc/api/Snippets.java" region="terminal"}
     *
     * @param columns how wide it is at first: {@link Running#resize}
     * @param rows how high it is at first
     */
    public static Stdio terminal(int columns, int rows) {
        Terminal terminal = new Terminal(columns, rows);
        return new Stdio(terminal, terminal, terminal);
    }

    /** The same with another input. */
    public Stdio input(Input other) {
        return new Stdio(other, output, error);
    }

    /** The same with this file as input. */
    public Stdio input(Path file) {
        return input(new Input.File(file));
    }

    /** The same with another output. */
    public Stdio output(Output other) {
        return new Stdio(input, other, error);
    }

    /** The same with another error output. */
    public Stdio error(Output other) {
        return new Stdio(input, output, other);
    }

    /** Does this program hold the other end of something? */
    boolean hasPipes() {
        return input == Input.Place.PIPE || input instanceof Terminal || isPipe(output) || isPipe(error);
    }

    private static boolean isPipe(Output output) {
        return output == Output.Place.PIPE || output instanceof Capture;
    }

    /** The other ends; null where there is none. */
    record Ends(
            @Nullable OutputStream stdin,
            @Nullable InputStream stdout,
            @Nullable InputStream stderr,
            @Nullable Pty terminal) {

        /** The terminal, which the front has sent; where that fails the process is ended. */
        void receiveFor(Running process, Stdio stdio) {
            if (terminal == null || !(stdio.input instanceof Terminal size)) {
                return;
            }
            try {
                terminal.receive();
                terminal.resize(size.columns(), size.rows());
            } catch (RuntimeException e) {
                process.close();
                throw e;
            }
        }

        void resize(int columns, int rows) {
            Terminal.check("columns", columns);
            Terminal.check("rows", rows);
            if (terminal == null) {
                throw new IllegalStateException("the process has no terminal of this program's");
            }
            terminal.resize(columns, rows);
        }

        void close() {
            if (terminal != null) {
                terminal.close();
            }
        }

        OutputStream stdinOrFail() {
            if (stdin == null) {
                throw new IllegalStateException("the standard input is no pipe");
            }
            return stdin;
        }

        InputStream stdoutOrFail() {
            if (stdout == null) {
                throw new IllegalStateException("the standard output is no pipe");
            }
            return stdout;
        }

        InputStream stderrOrFail() {
            if (stderr == null) {
                throw new IllegalStateException("the standard error output is no pipe");
            }
            return stderr;
        }
    }

    /** A front, and the other ends of what it has. */
    record Started(FrontProcess process, Ends ends) {}

    /** Starts a front with these; it alone has its ends of pipes then. */
    Started start(Calls calls, List<String> command) {
        try (StandardFds fds = new StandardFds(calls.posix())) {
            Ends ends = open(fds, calls);
            try {
                return new Started(calls.start(command, fds), ends);
            } catch (RuntimeException e) {
                ends.close();
                throw e;
            }
        }
    }

    private Ends open(StandardFds fds, Calls calls) {
        if (input instanceof Terminal) {
            Pty terminal = fds.addPty();
            return new Ends(terminal.output(), terminal.input(), null, terminal);
        }
        OutputStream stdin = null;
        switch (input) {
            case Input.Place.NOTHING -> fds.addNull();
            case Input.Place.INHERITED -> fds.addInherited();
            case Input.Place.PIPE -> stdin = fds.addInput();
            case Input.File file -> fds.addReading(file.path().toString());
            case Terminal _ -> throw new IllegalStateException("a terminal was opened");
        }
        InputStream stdout = open(output, fds, calls);
        if (error instanceof Capture && error.equals(output)) {
            fds.repeat();
            return new Ends(stdin, stdout, null, null);
        }
        return new Ends(stdin, stdout, open(error, fds, calls), null);
    }

    private static @Nullable InputStream open(Output output, StandardFds fds, Calls calls) {
        switch (output) {
            case Output.Place.NOWHERE -> fds.addNull();
            case Output.Place.INHERITED -> fds.addInherited();
            case Output.Place.PIPE -> {
                return fds.addOutput();
            }
            case Output.File file -> fds.addWriting(file.path().toString(), file.append());
            case Terminal _ -> throw new IllegalStateException("a terminal was opened");
            case Capture capture -> {
                capture.claim();
                capture.read(fds.addOutput(), calls.threads());
            }
        }
        return null;
    }
}
