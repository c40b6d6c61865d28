// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Result;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Options, usage, log and version: what callers type and parse. */
@IntegrationTest
@Peer(runc = PASS)
class CommandLineIT {
    private static Bundle bundle(Lab lab) {
        return lab.bundle().payload("print", "ran").write();
    }

    private static List<String> commands() {
        return List.of(
                "checkpoint",
                "create",
                "delete",
                "events",
                "exec",
                "features",
                "kill",
                "list",
                "pause",
                "ps",
                "restore",
                "resume",
                "run",
                "spec",
                "start",
                "state",
                "update");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--bundle=%s", "-bundle=%s", "-b=%s"})
    void anOptionWithEquals(String option, Lab lab) {
        Bundle bundle = bundle(lab);

        lab.call("run", option.formatted(bundle.folder()), lab.nextId())
                .now()
                .succeeded()
                .printed("ran");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--bundle", "-bundle", "-b", "--b"})
    void anOptionWithASpace(String option, Lab lab) {
        Bundle bundle = bundle(lab);

        lab.call("run", option, bundle.folder().toString(), lab.nextId())
                .now()
                .succeeded()
                .printed("ran");
    }

    /** As command lines are written by hand; what is known to exec and ps alone is theirs. */
    @Test
    void optionsBehindTheId(Lab lab) {
        Bundle bundle = lab.bundle().payload("sleep").write();
        String folder = bundle.folder().toString();
        String id = lab.nextId();
        lab.created(id, lab.call("create", id, "--bundle", folder, "-no-pivot=false"));
        lab.call("update", id, "--pids-limit", "21", "-r=").now().succeeded();
        lab.call("kill", id, "--all=false", "0").now().succeeded();
        Result help = lab.call("state", id, "--help").now().succeeded();
        assertTrue(
                help.stdout().contains("print the state of a container")
                        || help.stdout().contains("output the state of a container"),
                help::toString);
        lab.failsWith(255, lab.call("exec", id, "--help"), "--help", "executable file not found");
        lab.call("state", id, "--no-such-option").now().failedSaying("requires exactly 1 argument");
        lab.call("delete", id, "--force").now().succeeded();
        lab.call("state", id).now().failedSaying("does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--root", "-root"})
    void globalOptionsWithOneDashOrTwo(String option, Lab lab) {
        lab.plainCall("list", "-q")
                .globally(option, lab.stateRoot().toString())
                .now()
                .succeeded();
        lab.plainCall("list", "-q")
                .globally(option + "=" + lab.stateRoot())
                .now()
                .succeeded();
    }

    @Test
    void theCallsOfContainerdsShim(Lab lab) {
        Bundle bundle = lab.bundle().payload("signal-exit").write();
        String folder = bundle.folder().toString();
        String id = lab.nextId();
        Path log = lab.newFile("log.json");
        Path pid = lab.newFile("init.pid");
        String[] globals = {"--root", lab.stateRoot().toString(), "--log", log.toString(), "--log-format", "json"};
        var container = lab.created(
                id,
                lab.plainCall("create", "--bundle", folder, "--pid-file", pid.toString(), id)
                        .globally(globals)
                        .in(bundle.folder()));
        lab.plainCall("start", id).globally(globals).in(bundle.folder()).now().succeeded();
        container.awaitOutput("ready");
        lab.plainCall("kill", id, "15").globally(globals).now().succeeded();
        container.awaitStatus("stopped");
        lab.plainCall("kill", "--all", id, "9").globally(globals).now().succeeded();
        lab.plainCall("delete", id).globally(globals).now().succeeded();
        lab.plainCall("delete", "--force", id).globally(globals).now().succeeded();
    }

    @Test
    void debugComesBeforeTheRest(Lab lab) {
        Bundle bundle = bundle(lab);
        Result result = lab.plainCall("run", "-b", bundle.folder().toString(), lab.nextId())
                .globally("--debug", "--root", lab.stateRoot().toString())
                .now()
                .succeeded();

        result.printed("ran");
    }

    @Test
    void version(Lab lab) {
        Result result = lab.plainCall("--version").now().succeeded();
        List<String> lines = result.lines();

        assertTrue(lines.getFirst().matches("j?runc version \\S+"), result::toString);
        assertTrue(lines.stream().anyMatch(line -> line.matches("spec: 1\\.\\d+\\.\\d+.*")), result::toString);
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("libseccomp: ")), result::toString);
        assertEquals(lines, lab.plainCall("-v").now().succeeded().lines());
    }

    @Test
    @JruncOnly("jdk and specification of jrunc")
    void ourVersion(Lab lab) {
        Result result = lab.plainCall("--version").now().succeeded();

        assertTrue(result.lines().getFirst().startsWith("jrunc version "), result::toString);
        result.printed("spec: 1.3.0");
        assertTrue(result.lines().stream().anyMatch(line -> line.startsWith("jdk: ")), result::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help", "h"})
    void helpNamesTheCommands(String word, Lab lab) {
        String help = lab.plainCall(word).now().succeeded().stdout();

        assertTrue(help.matches("(?s)NAME:\n   j?runc - Open Container Initiative runtime.+"), help);
        for (String section : List.of("USAGE:", "COMMANDS:", "GLOBAL OPTIONS:")) {
            assertTrue(help.contains("\n" + section + "\n  "), help);
        }
        for (String command : List.of("create", "start", "state", "kill", "delete", "run", "list", "spec")) {
            assertTrue(help.contains(command), help);
        }
        for (String option : List.of("--root", "--log", "--log-format", "--debug", "--systemd-cgroup", "--rootless")) {
            assertTrue(help.contains(option), help);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelp(String command, Lab lab) {
        String help = lab.plainCall(command, "--help").now().succeeded().stdout();

        String name = "runc " + command;
        assertTrue(help.matches("(?s)NAME:\n   j?" + name + " - .+\n\nUSAGE:\n   j?" + name + " .+"), help);
        assertEquals(help, lab.plainCall(command, "-h").now().succeeded().stdout());
    }

    @Test
    void theHelpOfCreateAndRunHasTheirOptions(Lab lab) {
        List<String> options = List.of(
                "--bundle", "--console-socket", "--pid-file", "--no-pivot", "--no-new-keyring", "--preserve-fds");
        String create = lab.plainCall("create", "--help").now().succeeded().stdout();
        String run = lab.plainCall("run", "--help").now().succeeded().stdout();

        options.forEach(option -> assertTrue(create.contains(option), () -> option + " in " + create));
        options.forEach(option -> assertTrue(run.contains(option), () -> option + " in " + run));
        List.of("--detach", "--keep", "--no-subreaper").forEach(option -> assertTrue(run.contains(option), run));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void anUnknownOption(String command, Lab lab) {
        Result result =
                lab.call(command, "--no-such-option", lab.nextId()).now().exited(1);

        assertTrue((result.stdout() + result.stderr()).contains("no-such-option"), result::toString);
    }

    @Test
    void anUnknownGlobalOption(Lab lab) {
        Result result = lab.plainCall("list").globally("--no-such-option").now().exited(1);

        assertTrue((result.stdout() + result.stderr()).contains("no-such-option"), result::toString);
    }

    @Test
    void anUnknownCommand(Lab lab) {
        lab.plainCall("fly", "away").now().failedWith(3, "No help topic for 'fly'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create",
                "run",
                "start",
                "state",
                "kill",
                "delete",
                "exec",
                "ps",
                "pause",
                "resume",
                "update",
                "events",
                "checkpoint",
                "restore"
            })
    void aMissingId(String command, Lab lab) {
        Bundle bundle = bundle(lab);
        Result result = lab.call(command).in(bundle.folder()).now().exited(1);

        assertTrue((result.stdout() + result.stderr()).contains(command), result::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create",
                "run",
                "start",
                "state",
                "delete",
                "pause",
                "resume",
                "update",
                "events",
                "checkpoint",
                "restore"
            })
    void tooManyArguments(String command, Lab lab) {
        Bundle bundle = bundle(lab);
        Result result = lab.call(command, lab.nextId(), "one-too-many")
                .in(bundle.folder())
                .now()
                .exited(1);

        assertTrue(result.stderr().contains("argument"), result::toString);
    }

    @Test
    @Peer(runc = WRONG, why = "contract: --root may not be /; runc 1.1 takes it", failure = "exit status")
    void theRootMayNotBeTheRootFolder(Lab lab) {
        Result result =
                lab.plainCall("list", "-q").globally("--root", "/").now().exited(1);

        assertTrue(result.stderr().contains("root"), result::toString);
    }

    @Test
    void theRootFolderIsMade(Lab lab) {
        Bundle bundle = bundle(lab);
        Path root = lab.folder().resolve("not/yet/there");

        lab.plainCall("run", "-b", bundle.folder().toString(), lab.nextId())
                .globally("--root", root.toString())
                .now()
                .succeeded()
                .printed("ran");
        assertTrue(Files.isDirectory(root));
    }

    @Test
    void theLogInJson(Lab lab) throws Exception {
        Path log = lab.newFile("json");
        lab.plainCall("state", lab.id("missing"))
                .globally("--root", lab.stateRoot().toString(), "--log", log.toString(), "--log-format", "json")
                .now()
                .exited(1);
        JsonNode line = Json.parse(Files.readAllLines(log).getLast());

        assertEquals("error", line.path("level").asString());
        assertTrue(line.path("msg").asString().contains("container does not exist"), line::toString);
        OffsetDateTime.parse(line.path("time").asString());
    }

    @Test
    void theLogInText(Lab lab) throws Exception {
        Path log = lab.newFile("text");
        lab.plainCall("state", lab.id("missing"))
                .globally("--root", lab.stateRoot().toString(), "--log=" + log, "-log-format", "text")
                .now()
                .exited(1);
        String line = Files.readAllLines(log).getLast();

        Pattern pattern = Pattern.compile("time=\"([^\"]+)\" level=error msg=\"(.*container does not exist.*)\"");
        var matcher = pattern.matcher(line);
        assertTrue(matcher.matches(), line);
        OffsetDateTime.parse(matcher.group(1));
    }

    @Test
    void theLogIsAppendedTo(Lab lab) throws Exception {
        Path log = Files.writeString(lab.newFile("log"), "before\n");
        lab.plainCall("state", lab.id("missing"))
                .globally("--root", lab.stateRoot().toString(), "--log", log.toString())
                .now()
                .exited(1);

        assertEquals("before", Files.readAllLines(log).getFirst());
        assertTrue(Files.readAllLines(log).size() > 1);
    }

    @Test
    void withoutALogTheErrorIsOnStderr(Lab lab) {
        Result result = lab.plainCall("state", lab.id("missing"))
                .globally("--root", lab.stateRoot().toString())
                .now()
                .exited(1);

        assertTrue(result.stderr().contains("container does not exist"), result::toString);
        assertEquals("", result.stdout());
    }

    @Test
    void aFormatWithoutALogIsThatOfTheStandardErrorOutput(Lab lab) {
        String json = lab.plainCall("state", lab.id("missing"))
                .globally("--root", lab.stateRoot().toString(), "--log-format", "json")
                .now()
                .exited(1)
                .stderr();
        JsonNode line = Json.parse(json.strip());

        assertEquals("error", line.path("level").asString());
        assertTrue(line.path("msg").asString().contains("container does not exist"), json);
    }

    @Test
    void debugWithoutALogIsLoggedToTheStandardErrorOutput(Lab lab) {
        Bundle bundle = bundle(lab);
        Result result = lab.plainCall("run", "-b", bundle.folder().toString(), lab.nextId())
                .globally("--debug", "--root", lab.stateRoot().toString())
                .now()
                .succeeded();

        List<String> lines = result.stderr().lines().toList();
        assertTrue(
                lines.stream().allMatch(line -> line.matches("time=\"[^\"]+\" level=debug msg=.*")), result::toString);
        assertTrue(result.stderr().contains("level=debug"), result::toString);
    }

    @Test
    void helpOfAnUnknownCommand(Lab lab) {
        lab.plainCall("help", "fly").now().failedWith(3, "No help topic for 'fly'");
    }

    @Test
    void anEmptyLogFormatIsNone(Lab lab) {
        Result result = lab.plainCall("state", lab.id("missing"))
                .globally("--root", lab.stateRoot().toString(), "--log-format=")
                .now()
                .exited(1);

        assertTrue(result.stderr().contains("container does not exist"), result::toString);
    }

    @Test
    void anUnknownLogFormat(Lab lab) {
        Result result =
                lab.plainCall("list").globally("--log-format", "poem").now().exited(1);

        assertTrue(result.stderr().contains("poem"), result::toString);
    }

    @Test
    void aLogThatCannotBeWritten(Lab lab) {
        Result result = lab.plainCall("list")
                .globally("--log", "/missing-folder/log")
                .now()
                .exited(1);

        assertTrue(result.stderr().contains("/missing-folder/log"), result::toString);
    }

    @Test
    void criuIsAcceptedAndIgnored(Lab lab) {
        Result result = lab.call("list")
                .globally("--criu=/usr/sbin/criu", "--criu", "")
                .now()
                .succeeded();

        assertTrue(!lab.runtime().isJrunc() || result.log().toString().contains("--criu is ignored"), result::toString);
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "contract: --rootless true|false|auto; runc looks only when it creates",
            failure = "exit status")
    void rootlessTakesThreeValues(Lab lab) {
        for (String value : List.of("auto", "false", "true", "0", "T", "")) {
            lab.call("list").globally("--rootless", value).now().succeeded();
        }
        Result result = lab.call("list").globally("--rootless", "perhaps").now().exited(1);
        assertTrue(result.stderr().contains("perhaps") || result.stderr().contains("rootless"), result::toString);
    }

    @Test
    void systemdCgroupsNeedSystemd(Lab lab) {
        Machine.needs("no systemd as pid 1", !Files.exists(Path.of("/run/systemd/system")));
        Bundle bundle = bundle(lab);
        bundle.linux().put("cgroupsPath", "system.slice:jrunc:" + lab.name());
        bundle.write();

        lab.fails(lab.runCall(bundle, lab.nextId()).globally("--systemd-cgroup"), "systemd");
    }

    /** One that takes the connection, and no more. */
    @Test
    @Tag("slow")
    @JruncOnly("runc waits for ever")
    void aBusThatNeverAnswers(Lab lab) throws Exception {
        Bundle bundle = bundle(lab);
        bundle.linux().put("cgroupsPath", "system.slice:jrunc:" + lab.name());
        Path socket = lab.newFile("bus");
        try (ServerSocketChannel bus = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            bus.bind(UnixDomainSocketAddress.of(socket));

            Call call = lab.createCall(bundle, lab.nextId())
                    .globally("--systemd-cgroup")
                    .with("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=" + socket);
            lab.fails(call)
                    .oursSays(
                            "--systemd-cgroup: authenticate at D-Bus: no answer in time at " + socket + ": ETIMEDOUT");
        }
    }
}
