// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.engine.FlightSpans;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Residency;
import dev.jrunc.engine.Session;
import dev.jrunc.engine.TracingFront;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.error.UsageError;
import dev.jrunc.kernel.NativeLibraries;
import dev.jrunc.lifecycle.Context;
import dev.jrunc.lifecycle.FailureHint;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.DefaultSpec;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From arguments to a command, and from its failure to one line and an exit status. */
public final class JruncCommandLine implements Session.Handler {

    /** Of this build. */
    public static final String VERSION = "0.1.0";

    private static final int FAILURE = 1;

    /** As runc's library has it. */
    private static final int UNKNOWN_COMMAND = 3;

    static final List<Command> COMMANDS = List.of(
            new CheckpointCommand(),
            new CreateCommand(),
            new DeleteCommand(),
            new DoctorCommand(),
            new EngineCommand(),
            new EventsCommand(),
            new ExecCommand(),
            new ExplainCommand(),
            new FeaturesCommand(),
            new KillCommand(),
            new ListCommand(),
            new PauseCommand(),
            new PsCommand(),
            new RestoreCommand(),
            new ResumeCommand(),
            new RunCommand(),
            new SpecCommand(),
            new StartCommand(),
            new StateCommand(),
            new UpdateCommand(),
            new ValidateCommand());

    /** Called by the front alone, and not shown. */
    private static final List<Command> INTERNAL =
            List.of(new RecoverCommand(), new FinishRunCommand(), new EventsWatchedCommand());

    private final InstantSource clock;
    private final NativeLibraries libraries;
    private final @Nullable Residency residency;

    /** Of a cold engine. */
    public JruncCommandLine(InstantSource clock, NativeLibraries libraries) {
        this(clock, libraries, null);
    }

    /** @param residency the resident engine that serves the calls; null: a cold one */
    public JruncCommandLine(InstantSource clock, NativeLibraries libraries, @Nullable Residency residency) {
        this.clock = clock;
        this.libraries = libraries;
        this.residency = residency;
    }

    @Override
    public int serve(Front front) {
        Arguments arguments = new Arguments(globalOptions(), front.call().args());
        GlobalOptions global = GlobalOptions.of(arguments);
        try {
            arguments.check();
            global.check();
        } catch (UsageError e) {
            new Log(front, global, clock).error(e.getMessage());
            print(front, 2, overview());
            return FAILURE;
        }
        if (global.version()) {
            return answer(front, global, version());
        }
        List<String> rest = arguments.rest();
        if (rest.isEmpty() || global.help() || isHelp(rest.getFirst())) {
            return help(front, global, rest);
        }
        Command command = find(rest.getFirst());
        if (command == null) {
            return unknown(front, global, rest.getFirst());
        }
        List<String> behind = rest.subList(1, rest.size());
        long began = System.nanoTime();
        String file = global.traceFile(front.call());
        FlightSpans flight = residency == null ? null : residency.flight(command.name(), front.call());
        int status = file == null && flight == null
                ? serve(front, global, command, behind)
                : serveTraced(new TracingFront(front, file, flight, began), global, command, behind);
        if (residency != null) {
            residency.served(command.name(), System.nanoTime() - began);
        }
        return status;
    }

    private int serveTraced(TracingFront front, GlobalOptions global, Command command, List<String> behind) {
        int status = serve(front, global, command, behind);
        try {
            front.write();
        } catch (OperationFailed e) {
            new Log(front, global, clock).warning("--trace: " + e.getMessage());
        }
        return status;
    }

    private int serve(Front front, GlobalOptions global, Command command, List<String> args) {
        Log log = new Log(front, global, clock);
        try {
            log.check();
        } catch (OperationFailed e) {
            new Log(front, global.withoutLog(), clock).error("--log: " + e.getMessage());
            return FAILURE;
        }
        Arguments arguments = new Arguments(options(command), args, command.optionsBehind());
        try {
            arguments.check();
        } catch (UsageError e) {
            log.error(command.name() + " failed: " + e.getMessage());
            print(front, 2, usage(command));
            return FAILURE;
        }
        if (arguments.flag("--help")) {
            return answer(front, global, usage(command));
        }
        if (global.criu()) {
            log.warning("--criu is ignored: criu is found in PATH");
        }
        log.debug("jrunc " + VERSION + ": " + String.join(" ", front.call().args()));
        List<String> behind = arguments.rest();
        boolean named = command.namesContainer()
                && !behind.isEmpty()
                && !behind.getFirst().isEmpty();
        String subject = named ? "container " + behind.getFirst() + ": " : "";
        try {
            Context context = new Context(
                    front,
                    global.rootFolder(front.call()),
                    global.systemdCgroup(),
                    global.isRootless(front.call()),
                    clock,
                    libraries,
                    log::warning);
            return command.run(new Invocation(command.name(), arguments, global, context, libraries, residency));
        } catch (UsageError e) {
            log.error(command.name() + " failed: " + e.getMessage());
            print(front, 2, usage(command));
            return FAILURE;
        } catch (JruncException e) {
            String hint = FailureHint.of(front, configFolder(front, global, command, arguments), e);
            log.error(command.name() + " failed: " + subject + describe(e, hint));
            return command.failureStatus();
        }
    }

    /** Of the bundle, or what create kept of it; empty for a command that is about neither: exec has a process of its own. */
    private static String configFolder(Front front, GlobalOptions global, Command command, Arguments arguments) {
        if (front.call().cwd().isEmpty()) {
            return "";
        }
        if (options(command).find("--bundle") != null) {
            return front.call().absolute(arguments.value("--bundle", ""));
        }
        boolean named = command.namesContainer() && !command.name().equals("exec");
        return named && !arguments.rest().isEmpty()
                ? global.rootFolder(front.call()) + "/" + arguments.rest().getFirst()
                : "";
    }

    private static String describe(JruncException failure, String hint) {
        StringBuilder text = new StringBuilder(failure.getMessage());
        if (!hint.isEmpty()) {
            text.append(": ").append(hint);
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            text.append("; and cleaning up failed: ").append(suppressed.getMessage());
        }
        return text.toString();
    }

    static @Nullable Command find(String name) {
        for (Command command : COMMANDS) {
            if (command.name().equals(name)) {
                return command;
            }
        }
        for (Command command : INTERNAL) {
            if (command.name().equals(name)) {
                return command;
            }
        }
        return null;
    }

    static Options globalOptions() {
        Options options = new Options();
        GlobalOptions.declare(options);
        return options;
    }

    static Options options(Command command) {
        Options options = new Options();
        command.declare(options);
        options.flag("print help", "--help", "-h");
        return options;
    }

    /** In the words of runc's library, and with its status. */
    private int unknown(Front front, GlobalOptions global, String name) {
        new Log(front, global, clock)
                .error("unknown command \"" + name + "\": No help topic for '" + name
                        + "'; jrunc --help lists the commands");
        return UNKNOWN_COMMAND;
    }

    private static boolean isHelp(String word) {
        return word.equals("help") || word.equals("h");
    }

    private int help(Front front, GlobalOptions global, List<String> rest) {
        String topic = rest.size() > 1 && isHelp(rest.getFirst()) ? rest.get(1) : "";
        Command command = topic.isEmpty() ? null : find(topic);
        if (command == null && !topic.isEmpty()) {
            return unknown(front, global, topic);
        }
        return answer(front, global, command == null ? overview() : usage(command));
    }

    /** What was asked for; else it would be a success that nobody sees. */
    private int answer(Front front, GlobalOptions global, String text) {
        try {
            front.execute(new HostOperation.Output(Origin.rule("output"), 1, Bytes.utf8(text)));
            return 0;
        } catch (OperationFailed e) {
            new Log(front, global, clock).error(e.getMessage());
            return FAILURE;
        }
    }

    private static String overview() {
        StringBuilder text = new StringBuilder(Help.usage(
                "jrunc - Open Container Initiative runtime, which can explain itself",
                "jrunc [global options] COMMAND [options] [arguments]",
                "GLOBAL OPTIONS",
                globalOptions()));
        text.append("\nCOMMANDS:\n");
        for (Command command : COMMANDS) {
            text.append("   ")
                    .append(command.name())
                    .repeat(' ', 12 - command.name().length());
            text.append(command.summary()).append('\n');
        }
        return text.toString();
    }

    private static String usage(Command command) {
        String synopsis = "jrunc " + command.name() + " [options] " + command.arguments();
        return Help.usage(
                "jrunc " + command.name() + " - " + command.summary(), synopsis.strip(), "OPTIONS", options(command));
    }

    private String version() {
        return "jrunc version " + VERSION + "\nspec: " + DefaultSpec.OCI_VERSION + "\nlibseccomp: "
                + libraries.libseccompVersion().orElse("not installed") + "\njdk: " + Runtime.version() + "\n";
    }

    private static void print(Front front, long fd, String text) {
        front.attempt(new HostOperation.Output(Origin.rule("output"), fd, Bytes.utf8(text)));
    }
}
