// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Result;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** runc-run(8): create, start, wait, delete. */
@IntegrationTest
@Peer(runc = PASS)
class RunIT {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 126, 127, 255})
    void theExitStatusIsTheProgramsOwn(int status, Lab lab) {
        lab.run(lab.bundle().payload("exit", Integer.toString(status))).exited(status);
    }

    /** It runs for longer than a cold engine waits: another one has to delete it. */
    @ParameterizedTest
    @ValueSource(strings = {"-x", "--keep"})
    void anIdThatBeginsWithADash(String id, Lab lab) {
        Bundle bundle = lab.shellBundle("sleep 1; exit 7").write();

        lab.call("run", "--bundle", bundle.folder().toString(), "--", id).now().exited(7);
        lab.call("state", "--", id).now().failedSaying("container does not exist");
    }

    @Test
    void aFaultIs128PlusItsSignal(Lab lab) {
        lab.run(lab.bundle().payload("fault")).exited(128 + 11);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 10, 15})
    void aSignalThatEndsTheProgramIs128PlusIt(int number, Lab lab) {
        Bundle bundle = lab.bundle().withoutNamespace("pid").payload("kill-self", Integer.toString(number));

        lab.run(bundle).exited(128 + number);
    }

    @Test
    void aKillFromOutsideIs137(Lab lab) {
        Container container = lab.runInBackground(lab.bundle().payload("print", "ready", ",", "sleep"));
        container.awaitOutput("ready");
        lab.call("kill", container.id(), "KILL").now().succeeded();

        container.creation().await().exited(137);
    }

    @ParameterizedTest
    @CsvSource({"TERM,15", "INT,2", "HUP,1", "QUIT,3", "USR1,10", "USR2,12", "ALRM,14", "40,40"})
    void signalsToTheRuntimeReachTheProgram(String name, int number, Lab lab) {
        Container container =
                lab.runInBackground(lab.bundle().payload("signal-exit")).awaitOutput("ready");
        container.creation().signal(name);

        container.creation().await().exited(100 + number).printed("signal " + number);
    }

    /** The runtime hears of both at once: that the program runs, and the signal. */
    @Test
    @JruncOnly("runc copies the output itself, and can't while it is stopped")
    void aSignalReachesTheProgramFromItsBeginningOn(Lab lab) throws Exception {
        Path folder = Files.createDirectory(lab.newFile("hooks"));
        Path hook = folder.resolve("fifo");
        Host.run("mkfifo", hook.toString());
        Bundle bundle = lab.bundle()
                .mount("bind", folder.toString(), "/hooks", "bind")
                .hook("startContainer", Map.of("path", "/payload", "args", List.of("hook", "cat", "/hooks/fifo")))
                .payload("signal-exit");
        Container container = lab.runInBackground(bundle);
        try (OutputStream _ = Files.newOutputStream(hook)) {
            container.creation().signal("STOP");
        }
        container.awaitOutput("ready").creation().signal("TERM").signal("CONT");

        container.creation().await().exited(115).printed("signal 15");
    }

    @Test
    void manySignalsComeInOrder(Lab lab) {
        Container container =
                lab.runInBackground(lab.bundle().payload("signal-log", "3")).awaitOutput("ready");
        container.creation().signal("USR1");
        container.awaitOutput("signal 10").creation().signal("HUP");
        container.awaitOutput("signal 1\n").creation().signal("TERM");

        assertEquals(
                "ready\nsignal 10\nsignal 1\nsignal 15\n",
                container.creation().await().succeeded().stdout());
    }

    @Test
    void standardInputAndOutputsAreTheCallers(Lab lab) {
        Bundle bundle = lab.bundle().payload("echo-stdin", ",", "complain", "to stderr");
        Result result =
                lab.runCall(bundle, lab.nextId()).input("from stdin\n").now().succeeded();

        assertEquals("from stdin\n", result.stdout());
        assertEquals("to stderr\n", result.stderr());
    }

    @Test
    void aLotOfOutputComesThrough(Lab lab) {
        Bundle bundle = lab.bundle().payload("echo-stdin");
        String text = "0123456789abcdef".repeat(200_000);

        assertEquals(
                text,
                lab.runCall(bundle, lab.nextId()).input(text).now().succeeded().stdout());
    }

    @Test
    void theContainerIsGoneAfterwards(Lab lab) {
        String id = lab.nextId();
        lab.runCall(lab.bundle().payload("exit", "3"), id).now().exited(3);

        lab.call("state", id).now().failedSaying("container does not exist");
    }

    @Test
    void withKeepItStays(Lab lab) {
        String id = lab.nextId();
        Container container = lab.follow(
                id, lab.runCall(lab.bundle().payload("exit", "3"), id, "--keep").start());
        container.creation().await().exited(3);

        assertEquals("stopped", container.status());
        container.delete();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-d", "--detach", "-detach"})
    void detachedItReturnsWhileTheProgramRuns(String option, Lab lab) {
        Container container = lab.runInBackground(lab.bundle().payload("signal-exit"), option);
        container.creation().await().succeeded();

        assertEquals("running", container.awaitOutput("ready").status());
        container.kill("TERM").awaitStatus("stopped");
        container.delete();
    }

    @Test
    void detachedWithAPidFile(Lab lab) throws Exception {
        Path file = lab.newFile("pid");
        Container container =
                lab.runInBackground(lab.bundle().payload("signal-exit"), "--detach", "--pid-file", file.toString());
        container.creation().await().succeeded();

        assertEquals(Long.toString(container.pid()), Files.readString(file));
        container.kill("KILL").awaitStatus("stopped");
    }

    @Test
    void theProcessIsAChildOfTheForegroundRuntime(Lab lab) throws Exception {
        Container container =
                lab.runInBackground(lab.bundle().payload("signal-exit")).awaitOutput("ready");
        String stat = Files.readString(Path.of("/proc/" + container.pid() + "/stat"));

        assertEquals(
                Long.toString(container.creation().pid()),
                stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[1]);
        container.kill("TERM");
        container.creation().await().exited(115);
    }

    @Test
    void detachedTheProcessGoesToTheNearestSubreaper(Lab lab) {
        Bundle bundle = lab.bundle().payload("signal-exit");
        String id = lab.nextId();
        var call = lab.runCall(bundle, id, "--detach").through(lab.payload(), "subreaper");
        Container container = lab.follow(id, call.start());
        Await.until(
                "the end of the runtime",
                () -> container.creation().stderr().contains("subreaper: status 0, children "),
                container.creation()::stderr);
        container.awaitOutput("ready").kill("TERM");
        Result result = container.creation().await().succeeded();

        assertTrue(result.stderr().contains("subreaper: reaped, status 115"), result::toString);
        container.delete();
    }

    @Test
    void withoutAPidNamespaceOrphansComeToTheRuntime(Lab lab) {
        Bundle bundle = lab.bundle().withoutNamespace("pid").payload("orphan", ",", "signal-exit");
        Container container =
                lab.runInBackground(bundle).awaitOutput("orphan: parent ").awaitOutput("ready");

        container
                .creation()
                .signal("TERM")
                .await()
                .exited(115)
                .printed("orphan: parent " + container.creation().pid());
    }

    @Test
    void noSubreaper(Lab lab) {
        lab.run(lab.bundle().payload("exit", "4"), "--no-subreaper").exited(4);
        lab.run(lab.bundle().payload("exit", "5"), "-no-subreaper").exited(5);
    }

    @Test
    void childrenDieWithTheFirstProcess(Lab lab) {
        lab.run(lab.bundle().payload("fork-sleep", "5", ",", "exit", "2")).exited(2);

        assertTrue(
                Await.within(Await.LIMIT, () -> Processes.mentioning(lab.name()).isEmpty()));
    }

    @Test
    void aProgramThatCannotStartLeavesNothing(Lab lab) {
        lab.fails(lab.runCall(lab.bundle().args("/missing"), lab.nextId()), "/missing", "no such file or directory");
    }
}
