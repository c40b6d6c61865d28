// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** config.md, "Process", terminal and consoleSize; the runtime's foreground terminal. */
@IntegrationTest
@Peer(runc = PASS)
class TerminalIT {
    private static Bundle terminalBundle(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().put("terminal", true);
        return bundle;
    }

    /** Runs a bundle detached with a console socket, and returns what came out of its terminal. */
    static Result inTerminal(Lab lab, Bundle bundle) {
        Path socket = lab.newFile("console");
        Running receiver = lab.consoleReceiver(socket);
        lab.create(bundle, "--console-socket", socket.toString()).start();
        return receiver.await().succeeded();
    }

    /** A foreground run in a terminal of 33 rows and 99 columns. */
    private static Call foreground(Lab lab, Bundle bundle) {
        return lab.runCall(bundle, lab.nextId())
                .through(lab.payload(), "pty", "33", "99")
                .interactive();
    }

    @Test
    void theMasterComesOverTheConsoleSocket(Lab lab) {
        Result result = inTerminal(lab, terminalBundle(lab));

        assertTrue(result.stdout().contains(" terminal\n"), result::toString);
        Report report = result.report();
        assertEquals(List.of("true", "true", "true"), report.texts("/tty"));
        assertTrue(report.text("/fds/0").startsWith("/dev/pts/"), () -> report.text("/fds/0"));
        assertEquals(List.of("0", "1", "2"), report.names("/fds"));
    }

    @Test
    void itIsTheControllingTerminal(Lab lab) {
        Report report = inTerminal(lab, terminalBundle(lab)).report();

        assertTrue(report.flag("/controllingTerminal"));
        assertEquals(report.number("/pid"), report.number("/session"));
        assertEquals(report.number("/pid"), report.number("/ttySession"));
        assertEquals(report.number("/pid"), report.number("/ttyForeground"));
    }

    @Test
    void itIsDevConsole(Lab lab) {
        Result result = inTerminal(
                lab, terminalBundle(lab).payload("report", ",", "terminal-write", "/dev/console", "hello\n"));

        assertEquals("devpts", result.report().mount("/dev/console").type());
        result.printed("hello").printed("terminal-write /dev/console: OK");
    }

    @Test
    void itBelongsToTheContainersDevpts(Lab lab) {
        Report report = inTerminal(lab, terminalBundle(lab)).report();

        assertEquals("/dev/pts/0", report.text("/fds/0"));
        assertEquals(
                report.mount("/dev/pts").device(), report.mount("/dev/console").device());
    }

    @Test
    void consoleSizeIsTheFirstSize(Lab lab) {
        Bundle bundle = terminalBundle(lab);
        bundle.process().set("consoleSize", Json.quoted("{'height':21,'width':77}"));
        Report report = inTerminal(lab, bundle).report();

        assertEquals(21, report.number("/rows"));
        assertEquals(77, report.number("/columns"));
    }

    @Test
    void itBelongsToTheContainersUser(Lab lab) {
        Bundle bundle = terminalBundle(lab).payload("report", ",", "terminal-write", "/dev/stdout", "hello\n");
        bundle.process().set("user", Json.quoted("{'uid':1000,'gid':1000}"));
        Result result = inTerminal(lab, bundle);

        assertEquals(1000, result.report().number("/ttyUid"));
        result.printed("hello").printed("terminal-write /dev/stdout: OK");
    }

    @Test
    void withoutATerminalThereIsNoConsole(Lab lab) {
        Report report = lab.report(lab.bundle());

        assertFalse(report.names("/dev").contains("console"));
        assertEquals(List.of("false", "false", "false"), report.texts("/tty"));
        assertFalse(report.flag("/controllingTerminal"));
    }

    @Test
    void aTerminalThatNobodyReceivesIsAnError(Lab lab) {
        lab.failsToCreate(terminalBundle(lab), "console socket").oursSays("/process/terminal");
    }

    @Test
    void aDetachedRunWithoutAConsoleSocketIsAnError(Lab lab) {
        lab.fails(lab.runCall(terminalBundle(lab), lab.nextId(), "--detach"), "console socket");
    }

    @Test
    void aConsoleSocketWithoutATerminalIsAnError(Lab lab) {
        Path socket = lab.newFile("console");
        lab.fails(lab.createCall(lab.bundle(), lab.nextId(), "--console-socket", socket.toString()), "console socket");
    }

    @Test
    void aConsoleSocketThatNobodyListensToIsAnError(Lab lab) {
        Path socket = lab.newFile("console");
        lab.fails(
                        lab.createCall(terminalBundle(lab), lab.nextId(), "--console-socket", socket.toString()),
                        socket.toString(),
                        "no such file or directory")
                .oursSays("ENOENT");
    }

    @Test
    void inTheForegroundTheSizeIsTheCallers(Lab lab) {
        Bundle bundle = terminalBundle(lab).payload("await-size", "33", ",", "report");
        Result result = foreground(lab, bundle).now().succeeded().printed("term-size 33x99");

        assertEquals(List.of("true", "true", "true"), result.report().texts("/tty"));
    }

    @Test
    void theExitStatusComesThroughAndTheTerminalIsRestored(Lab lab) {
        Result result =
                foreground(lab, terminalBundle(lab).payload("exit", "7")).now();

        assertTrue(result.stderr().contains("pty: status 7, settings restored"), result::toString);
    }

    @Test
    void aChangeOfTheWindowIsPassedOn(Lab lab) {
        Running running = foreground(lab, terminalBundle(lab).payload("window-change", "50"))
                .start()
                .awaitOutput("ready");
        running.signal("USR1");

        Result result = running.await().succeeded().printed("term-size 50x132");
        assertTrue(result.stderr().contains("pty: status 0, settings restored"), result::toString);
    }

    @Test
    void whatIsTypedReachesTheProgramAndControlCIsASignalThere(Lab lab) {
        Running running = foreground(lab, terminalBundle(lab).payload("signal-exit"))
                .start()
                .awaitOutput("ready");
        running.type("\u0003");

        Result result = running.await();
        assertTrue(result.stdout().contains("signal 2"), result::toString);
        assertTrue(result.stderr().contains("pty: status 102, settings restored"), result::toString);
    }

    @Test
    void aLineOfInputIsEchoedOnce(Lab lab) {
        Bundle bundle = lab.shellBundle("echo ready; read line; echo \"<$line>\"; echo done");
        bundle.process().put("terminal", true);
        Running running = foreground(lab, bundle).start().awaitOutput("ready");
        running.type("typed\r");
        Result result = running.await().succeeded();

        assertEquals(List.of("ready", "typed", "<typed>", "done"), result.lines());
    }

    @Test
    void theTerminalIsRestoredWhenTheContainerCannotStart(Lab lab) {
        Result result = foreground(lab, terminalBundle(lab).args("/missing")).now();

        assertTrue(result.stderr().contains("pty: status 1, settings restored"), result::toString);
        assertTrue(result.stdout().contains("/missing"), result::toString);
    }

    @Test
    void theTerminalIsRestoredWhenTheContainerIsKilled(Lab lab) {
        Bundle bundle = terminalBundle(lab).payload("signal-exit");
        String id = lab.nextId();
        Running running = lab.runCall(bundle, id)
                .through(lab.payload(), "pty", "33", "99")
                .interactive()
                .start()
                .awaitOutput("ready");
        lab.call("kill", id, "KILL").now().succeeded();

        Result result = running.await();
        assertTrue(result.stderr().contains("pty: status 137, settings restored"), result::toString);
    }

    @Test
    void aForegroundTerminalNeedsTheCallersToBeOne(Lab lab) {
        Result result = lab.fails(lab.runCall(terminalBundle(lab), lab.nextId()));

        assertTrue(result.stderr().contains("tty") || result.stderr().contains("terminal"), result::toString);
    }
}
