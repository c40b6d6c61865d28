// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Outcome;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Processes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** runtime.md, "Kill"; runc-kill(8). */
@IntegrationTest
@Peer(runc = PASS)
class KillIT {
    /** What runc keeps from ending is there after that, too. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static Container ready(Lab lab) {
        return lab.create(lab.bundle().payload("signal-exit")).start().awaitOutput("ready");
    }

    @ParameterizedTest
    @CsvSource({"TERM,15", "SIGTERM,15", "usr1,10", "sigusr2,12", "SigHup,1", "2,2", "64,64"})
    void aSignalByNameOrNumber(String signal, int number, Lab lab) {
        Container container = ready(lab).kill(signal).awaitStatus("stopped");

        assertEquals("ready\nsignal " + number + "\n", container.stdout());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void termUnlessTold(boolean empty, Lab lab) {
        Container container = ready(lab);
        (empty ? lab.call("kill", container.id(), "") : lab.call("kill", container.id()))
                .now()
                .succeeded();

        container.awaitStatus("stopped");
        assertEquals("ready\nsignal 15\n", container.stdout());
    }

    @Test
    void killStopsAProgramThatIgnoresAllElse(Lab lab) {
        lab.create(lab.bundle().payload("sleep"))
                .start()
                .kill("TERM")
                .kill("KILL")
                .awaitStatus("stopped");
    }

    @Test
    void aCreatedContainerCanBeKilled(Lab lab) {
        lab.create(lab.bundle()).kill("KILL").awaitStatus("stopped");
    }

    /** Signals that mean something to the program alone don't end a container that waits for it. */
    @ParameterizedTest
    @ValueSource(strings = {"USR1", "USR2", "WINCH", "ALRM"})
    void aCreatedContainerOutlivesSignalsForItsProgram(String signal, Lab lab) {
        outlives(signal, lab.bundle(), lab);
    }

    /** The kernel spares process 1 of a pid namespace, and no other. */
    @ParameterizedTest
    @ValueSource(strings = {"USR1", "USR2", "PIPE", "ALRM", "VTALRM", "PROF", "XCPU", "XFSZ", "IO", "PWR", "40", "64"})
    void withoutAPidNamespaceItOutlivesThemToo(String signal, Lab lab) {
        outlives(signal, lab.bundle().withoutNamespace("pid"), lab);
    }

    private static void outlives(String signal, Bundle bundle, Lab lab) {
        Container container = lab.create(bundle.payload("print", "ran")).kill(signal);
        assertEquals("created", container.status());
        container.start().awaitStatus("stopped");

        assertEquals("ran\n", container.stdout());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--all", "-a", "-all"})
    void allIsAccepted(String option, Lab lab) {
        Container container = lab.create(lab.bundle().payload("fork-sleep", "3", ",", "sleep"))
                .start();
        lab.call("kill", option, container.id(), "9").now().succeeded();

        container.awaitStatus("stopped");
    }

    @Test
    void allOfAStoppedContainerSucceeds(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("exit", "0")).start().awaitStatus("stopped");

        lab.call("kill", "--all", container.id(), "9").now().succeeded();
    }

    @Test
    void withoutAnEnvironment(Lab lab) {
        Container container = ready(lab);
        lab.call("kill", container.id(), "15").withoutEnvironment().now().succeeded();

        container.awaitStatus("stopped");
    }

    @Test
    void ofAStoppedContainer(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("exit", "0")).start().awaitStatus("stopped");

        lab.fails(lab.call("kill", container.id(), "TERM"), "container not running");
    }

    @Test
    void ofAMissingContainer(Lab lab) {
        lab.fails(lab.call("kill", lab.nextId(), "TERM"), "container does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NOSUCH", "SIGNOSUCH"})
    void anUnknownSignal(String signal, Lab lab) {
        Container container = ready(lab);
        lab.fails(lab.call("kill", container.id(), signal), signal);

        assertEquals("running", container.status());
    }

    /** kill(2): nothing is sent, and the error is that of a signal. */
    @Test
    void signalZeroAsksWhetherItRuns(Lab lab) {
        Container container = ready(lab);
        lab.call("kill", container.id(), "0").now().succeeded().printsNothing();
        assertEquals("running", container.status());
        container.kill("KILL");
        container.awaitStatus("stopped");

        lab.fails(lab.call("kill", container.id(), "0"), "container not running");
    }

    @Test
    void killingAllInACgroupWithoutAPidNamespace(Lab lab) {
        Container container = lingering(lab);
        lab.call("kill", "--all", container.id(), "KILL").now().succeeded();

        assertEveryProcessEnds(lab);
    }

    @Test
    @Peer(
            runc = Outcome.WRONG,
            why = "contract: KILL without a pid namespace reaches every process; runc 1.1 needs --all",
            failure = "still there")
    void killWithoutAPidNamespaceReachesEveryProcess(Lab lab) {
        lingering(lab).kill("KILL");

        assertEveryProcessEnds(lab);
    }

    private static Container lingering(Lab lab) {
        Bundle bundle =
                lab.bundle().withoutNamespace("pid").payload("fork-sleep", "3", ",", "print", "ready", ",", "sleep");
        return lab.create(bundle).start().awaitOutput("ready");
    }

    private static void assertEveryProcessEnds(Lab lab) {
        boolean ended =
                Await.within(SOON, () -> Processes.mentioning(lab.name()).isEmpty());

        List<String> left = Processes.mentioning(lab.name());
        assertTrue(ended, () -> "still there: " + left);
    }
}
