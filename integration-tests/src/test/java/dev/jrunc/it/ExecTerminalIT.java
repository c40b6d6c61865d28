// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.OciRuntime;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** runc-exec(8), --tty and --console-socket. */
@IntegrationTest
@Peer(runc = PASS)
class ExecTerminalIT {
    private static Container resting(Lab lab) {
        return ExecIT.resting(lab, lab.bundle());
    }

    /** In the foreground of a terminal of 33 rows and 99 columns. */
    private static Call foreground(Lab lab, Container container, String... words) {
        return lab.execCall(container, List.of("--tty"), words)
                .through(lab.payload(), "pty", "33", "99")
                .interactive();
    }

    @Test
    void inTheForeground(Lab lab) {
        Result result = foreground(lab, resting(lab), "report").now();
        Report report = result.report();

        assertEquals(List.of("true", "true", "true"), report.texts("/tty"));
        assertTrue(report.flag("/controllingTerminal"));
        assertEquals(report.number("/pid"), report.number("/ttySession"));
        if (lab.runtime().kind() == OciRuntime.Kind.JRUNC) { // runc gives the size to a program that runs already
            assertEquals(33, report.number("/rows"));
            assertEquals(99, report.number("/columns"));
        }
        assertEquals("/dev/pts/0", report.text("/fds/0"));
        assertEquals(List.of("0", "1", "2"), report.names("/fds"));
        assertTrue(result.stderr().contains("pty: status 0, settings restored"), result::toString);
    }

    @Test
    void itIsNotDevConsole(Lab lab) {
        Report report = foreground(lab, resting(lab), "report").now().report();

        assertFalse(report.findMount("/dev/console").isPresent());
    }

    @Test
    void whatIsTypedComesThroughAlsoAfterAWhile(Lab lab) {
        Container container = ExecIT.resting(lab, lab.shellBundle(""));
        Running running = lab.call(
                        "exec",
                        "-t",
                        container.id(),
                        "/bin/sh",
                        "-c",
                        "sleep 1; echo ready; read line; echo \"<$line>\"; exit 5")
                .through(lab.payload(), "pty", "33", "99")
                .interactive()
                .start()
                .awaitOutput("ready");
        running.type("typed\r");
        Result result = running.await();

        assertEquals(List.of("ready", "typed", "<typed>"), result.lines());
        assertTrue(result.stderr().contains("pty: status 5, settings restored"), result::toString);
    }

    @Test
    void controlCIsASignalThere(Lab lab) {
        Running running = foreground(lab, resting(lab), "signal-exit").start().awaitOutput("ready");
        running.type("\u0003");
        Result result = running.await();

        assertTrue(result.stdout().contains("signal 2"), result::toString);
        assertTrue(result.stderr().contains("pty: status 102, settings restored"), result::toString);
    }

    @Test
    void theTerminalBelongsToTheUser(Lab lab) {
        Report report = lab.execCall(resting(lab), List.of("--tty", "--user", "1000"), "report")
                .through(lab.payload(), "pty", "33", "99")
                .interactive()
                .now()
                .report();

        assertEquals(1000, report.number("/ttyUid"));
    }

    @Test
    void detachedWithAConsoleSocket(Lab lab) {
        Path socket = lab.newFile("console");
        Running receiver = lab.consoleReceiver(socket);
        lab.execCall(resting(lab), List.of("-t", "-d", "--console-socket", socket.toString()), "report")
                .now()
                .succeeded();
        Report report = receiver.await().succeeded().report();

        assertEquals(List.of("true", "true", "true"), report.texts("/tty"));
        assertEquals("/dev/pts/0", report.text("/fds/0"));
    }

    @Test
    void theSizeOfAProcessFile(Lab lab) throws Exception {
        Path socket = lab.newFile("console");
        Running receiver = lab.consoleReceiver(socket);
        Path file = Files.writeString(lab.newFile("process.json"), """
                {"terminal":true,"consoleSize":{"height":21,"width":77},"user":{"uid":0,"gid":0},
                "args":["/payload","report"],"cwd":"/"}
                """);
        lab.call(
                        "exec",
                        "--process",
                        file.toString(),
                        "--detach",
                        "--console-socket",
                        socket.toString(),
                        resting(lab).id())
                .now()
                .succeeded();
        Report report = receiver.await().succeeded().report();

        assertEquals(21, report.number("/rows"));
        assertEquals(77, report.number("/columns"));
    }

    @Test
    void detachedWithoutAConsoleSocket(Lab lab) {
        lab.failsWith(
                255,
                lab.execCall(resting(lab), List.of("-t", "-d"), "report"),
                "cannot allocate tty if",
                "will detach without setting console socket");
    }

    @Test
    void aConsoleSocketThatNobodyListensTo(Lab lab) {
        Path socket = lab.newFile("console");
        lab.failsWith(
                255,
                lab.execCall(resting(lab), List.of("-t", "-d", "--console-socket", socket.toString()), "report"),
                socket.toString());
    }

    @Test
    void aForegroundWithoutATerminal(Lab lab) {
        lab.failsWith(255, lab.execCall(resting(lab), List.of("-t"), "report"), "tty");
    }
}
