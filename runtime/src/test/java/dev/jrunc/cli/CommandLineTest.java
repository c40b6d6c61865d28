// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Calls;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.kernel.Libseccomp;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exact output and exit status, in this process. */
class CommandLineTest {

    /** There is no container; everything else succeeds and says nothing. */
    private static final class EmptyHost implements Front {

        private final List<String> args;
        private final StringBuilder out = new StringBuilder();
        private final StringBuilder err = new StringBuilder();
        private final StringBuilder log = new StringBuilder();
        private String root = "";

        EmptyHost(List<String> args) {
            this.args = args;
        }

        @Override
        public Call call() {
            return Calls.of(args, List.of(), "/here", 0, "6.1");
        }

        @Override
        public List<Result> run(List<Step<HostOperation>> steps) {
            List<Result> results = new ArrayList<>();
            for (Step<HostOperation> step : steps) {
                results.add(new Result(results.size(), execute(step), 0, Bytes.EMPTY, "", "", ""));
            }
            return results;
        }

        private long execute(Step<HostOperation> step) {
            switch (step.operation()) {
                case HostOperation.Output output ->
                    (output.fd() == 1 ? out : err).append(output.content().utf8());
                case HostOperation.SendDatagram sent ->
                    log.append(sent.path()).append(' ').append(sent.content().utf8());
                case HostOperation.WriteFile written ->
                    log.append(written.content().utf8());
                case HostOperation.OpenState opened -> {
                    root = opened.root();
                    return Errno.ENOENT.number();
                }
                case HostOperation.ReadDirectory read -> {
                    root = read.path();
                    return Errno.ENOENT.number();
                }
                default -> {}
            }
            return 0;
        }

        int run() {
            InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.678Z"));
            return new JruncCommandLine(clock, () -> Optional.of(new NeverCompiling("2.5.4"))).serve(this);
        }
    }

    /** Only its version is asked for. */
    private record NeverCompiling(String version) implements Libseccomp {

        @Override
        public int nativeArchitecture() {
            throw new IllegalStateException();
        }

        @Override
        public int architecture(String name) {
            throw new IllegalStateException(name);
        }

        @Override
        public int resolve(int architecture, String name) {
            throw new IllegalStateException(name);
        }

        @Override
        public Filter filter(int defaultAction) {
            throw new IllegalStateException();
        }
    }

    private static EmptyHost host(String... args) {
        return new EmptyHost(List.of(args));
    }

    @Test
    void version() {
        EmptyHost host = host("--version");

        assertEquals(0, host.run());
        assertEquals(
                "jrunc version 0.1.0\nspec: 1.3.0\nlibseccomp: 2.5.4\njdk: " + Runtime.version() + "\n",
                host.out.toString());
    }

    @Test
    void aMissingContainer() {
        EmptyHost host = host("state", "c1");

        assertEquals(1, host.run());
        assertEquals("jrunc: state failed: container c1: container does not exist\n", host.err.toString());
    }

    @Test
    void anEmptyId() {
        EmptyHost host = host("state", "");

        assertEquals(1, host.run());
        assertEquals(
                "jrunc: state failed: container id cannot be empty: invalid container ID format\n",
                host.err.toString());
    }

    @Test
    void aMissingContainerIsNoErrorOfDeleteByForce() {
        EmptyHost host = host("delete", "--force", "c1");

        assertEquals(0, host.run());
        assertEquals("", host.err.toString());
    }

    @Test
    void theLogInJson() {
        EmptyHost host = host("--log", "/log", "--log-format", "json", "state", "c1");

        assertEquals(1, host.run());
        assertEquals(
                "{\"level\":\"error\",\"msg\":\"state failed: container c1: container does not exist\","
                        + "\"time\":\"2026-01-02T03:04:05Z\"}\n",
                host.log.toString());
    }

    @Test
    void theLogAsText() {
        EmptyHost host = host("--log=/log", "state", "c1");

        assertEquals(1, host.run());
        assertEquals(
                "time=\"2026-01-02T03:04:05Z\" level=error msg=\"state failed: container c1: container does not exist\"\n",
                host.log.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--root=/r",
                "-root=/r",
                "--root /r",
                "-root /r",
                "--root=/r/",
                "--root=/r/.",
                "--root=/x//../r",
                "--root=/../r"
            })
    void theRootInAllItsForms(String options) {
        List<String> args = new ArrayList<>(List.of(options.split(" ")));
        args.add("list");
        EmptyHost host = new EmptyHost(args);

        assertEquals(0, host.run());
        assertEquals("/r", host.root);
    }

    @Test
    void aRelativeRootIsBelowTheWorkingDirectory() {
        EmptyHost host = host("--root", "states", "list");

        assertEquals(0, host.run());
        assertEquals("/here/states", host.root);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "//", "/.", "/..", "/x/..", ".."})
    void theRootMayNotBeTheHosts(String root) {
        EmptyHost host = host("--root", root, "list");

        assertEquals(1, host.run());
        assertTrue(host.err.toString().contains("--root may not be /"), host.err::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "start|\"start\" requires exactly 1 argument",
                "start a b|\"start\" requires exactly 1 argument",
                "kill|\"kill\" requires a minimum of 1 argument",
                "kill a TERM c|\"kill\" requires a maximum of 2 arguments",
                "kill a NOPE|unknown signal \"NOPE\"",
                "delete --nope a|flag provided but not defined: --nope",
                "create --bundle|flag needs an argument: --bundle",
                "delete --force=maybe a|invalid boolean value \"maybe\" for --force",
                "exec -g abc a|invalid value \"abc\" for --additional-gids: expected a number from 0 to 4294967294",
                "exec --preserve-fds x a|invalid value \"x\" for --preserve-fds: expected a number from 0 to 1024",
                "events --interval 0s a|duration interval must be greater than 0",
                "events --interval -5s a|duration interval must be greater than 0",
                "events --interval -five a|invalid value \"-five\" for --interval: expected a duration such as 5s or 100ms",
                "engine serve --socket /s --idle-timeout -5s|invalid value \"-5s\" for --idle-timeout: expected 0 or more",
                "engine record --duration -5s|invalid value \"-5s\" for --duration: expected more than 0, and at most 24h",
                "list --format poem|invalid format option \"poem\": expected table or json",
            })
    void usageErrorsComeWithTheUsage(String line, String message) {
        EmptyHost host = new EmptyHost(List.of(line.split(" ")));

        assertEquals(1, host.run());
        String command = line.split(" ")[0];
        assertTrue(
                host.err
                        .toString()
                        .startsWith(
                                "jrunc: " + command + " failed: " + message + "\nNAME:\n   jrunc " + command + " - "),
                host.err::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--nope|flag provided but not defined: --nope",
                "--root|flag needs an argument: --root",
                "--log-format=xml list|invalid value \"xml\" for --log-format: expected text, json",
                "--rootless maybe list|invalid value \"maybe\" for --rootless: expected true, false, auto",
                "--engine hot list|invalid value \"hot\" for --engine: expected auto, cold, warm, unix:PATH",
            })
    void usageErrorsOfGlobalOptionsAreLoggedToo(String line, String message) {
        List<String> args = new ArrayList<>(List.of("--log=/log"));
        args.addAll(List.of(line.split(" ")));
        EmptyHost host = new EmptyHost(args);

        assertEquals(1, host.run());
        assertTrue(
                host.err
                        .toString()
                        .startsWith("jrunc: " + message + "\nNAME:\n   jrunc - Open Container Initiative runtime"),
                host.err::toString);
        assertTrue(host.err.toString().contains("\nUSAGE:\n   jrunc [global options] COMMAND"), host.err::toString);
        assertEquals(
                "time=\"2026-01-02T03:04:05Z\" level=error msg=\"" + message.replace("\"", "\\\"") + "\"\n",
                host.log.toString());
    }

    @Test
    void anUnknownCommand() {
        EmptyHost host = host("checkpoit", "c1");

        assertEquals(3, host.run());
        assertEquals(
                "jrunc: unknown command \"checkpoit\": No help topic for 'checkpoit'; jrunc --help lists the commands\n",
                host.err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", ".", "a/b", "a b"})
    void idsThatCanBeNone(String id) {
        EmptyHost host = host("state", id);

        assertEquals(1, host.run());
        assertTrue(host.err.toString().contains("invalid container ID format"), host.err::toString);
    }

    /** systemd.journal-fields(7), and syslog(3) with LOG_DAEMON: the severity of an error is 3. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "journald:|/run/systemd/journal/socket MESSAGE=state failed: container x: container does not exist_"
                        + "PRIORITY=3_SYSLOG_IDENTIFIER=jrunc_",
                "journald:pod|/run/systemd/journal/socket MESSAGE=state failed: container x: container does not exist_"
                        + "PRIORITY=3_SYSLOG_IDENTIFIER=pod_",
                "syslog:|/dev/log <27>jrunc: state failed: container x: container does not exist",
                "syslog:pod|/dev/log <27>pod: state failed: container x: container does not exist",
            })
    void theLogOfTheHost(String log, String line) {
        EmptyHost host = new EmptyHost(List.of("--log", log, "state", "x"));

        assertEquals(1, host.run());
        assertEquals(line, host.log.toString().replace('\n', '_'));
        assertTrue(host.err.toString().contains("container does not exist"));
    }
}
