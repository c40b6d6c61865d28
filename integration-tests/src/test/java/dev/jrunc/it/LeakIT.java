// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a caller has open by accident: shims leak a listening socket, buildah ten pipes. None reaches the container, and nothing
 * keeps one open, or the caller waits for ever.
 */
@IntegrationTest
@Peer(runc = PASS)
class LeakIT {
    private static Call leaking(Lab lab, Call call) {
        return call.through(lab.payload(), "leak");
    }

    private static void assertAllClosed(Result result) {
        assertTrue(result.stderr().contains("leak: status 0, 3 of 3 closed"), result::toString);
    }

    @Test
    void createKeepsNone(Lab lab) {
        String id = lab.nextId();
        Container container = lab.created(id, leaking(lab, lab.createCall(lab.bundle(), id)));

        assertAllClosed(container.creation().await());
        assertEquals(List.of("0", "1", "2"), container.start().report().names("/fds"));
    }

    @Test
    void startKeepsNone(Lab lab) {
        Container container = lab.create(lab.bundle().payload("signal-exit"));

        assertAllClosed(leaking(lab, lab.call("start", container.id())).now());
        container.awaitOutput("ready");
    }

    @Test
    void aDetachedRunKeepsNone(Lab lab) {
        String id = lab.nextId();
        Call call = leaking(lab, lab.runCall(lab.bundle().payload("signal-exit"), id, "--detach"));
        Container container = lab.follow(id, call.start());

        assertAllClosed(container.creation().await());
        assertEquals("running", container.status());
    }

    @Test
    void aForegroundRunGivesTheContainerNone(Lab lab) {
        Result result = leaking(lab, lab.runCall(lab.bundle(), lab.nextId())).now();

        assertAllClosed(result);
        assertEquals(List.of("0", "1", "2"), result.report().names("/fds"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"state", "kill", "delete"})
    void otherCommandsKeepNone(String command, Lab lab) {
        Container container = lab.create(lab.bundle());

        assertAllClosed(leaking(lab, lab.call(command, container.id())).now());
        lab.call("delete", "--force", container.id()).now().succeeded();
    }

    @Test
    void updateEventsAndPsKeepNone(Lab lab) {
        Container container = lab.create(lab.bundle().payload("sleep")).start();

        assertAllClosed(leaking(lab, lab.call("update", "--pids-limit", "30", container.id()))
                .now());
        assertAllClosed(
                leaking(lab, lab.call("events", "--stats", container.id())).now());
        assertAllClosed(
                leaking(lab, lab.call("ps", "--format", "json", container.id())).now());
        lab.call("delete", "--force", container.id()).now().succeeded();
    }

    @Test
    void aHighDescriptorDoesNotReachTheContainer(Lab lab) {
        Bundle bundle = lab.bundle().write();
        Result result = lab.runCall(bundle, lab.nextId())
                .through("bash", "-c", "exec 5</ 63<>/dev/zero 200</; exec \"$0\" \"$@\"")
                .now()
                .succeeded();

        assertEquals(List.of("0", "1", "2"), result.report().names("/fds"));
    }

    /** The output of the call reaches its end though the container runs on: it has a terminal, not this pipe. */
    private static Call throughPipe(Call call) {
        return call.through("sh", "-c", "\"$0\" \"$@\" 2>&1 | cat; echo end of file");
    }

    @Test
    void withATerminalTheOutputOfCreateEnds(Lab lab) {
        Bundle bundle = lab.bundle().payload("signal-exit");
        bundle.process().put("terminal", true);
        Path socket = lab.newFile("console");
        Running receiver = lab.consoleReceiver(socket);
        String id = lab.nextId();
        Call call = throughPipe(lab.createCall(bundle, id, "--console-socket", socket.toString()));
        Container container = lab.follow(id, call.start());

        container.creation().await().succeeded().printed("end of file");
        assertEquals("created", container.status());
        container.kill("KILL").awaitStatus("stopped");
        receiver.await().succeeded();
    }

    @Test
    void theOutputOfStartEnds(Lab lab) {
        Container container = lab.create(lab.bundle().payload("signal-exit"));

        throughPipe(lab.call("start", container.id())).now().succeeded().printed("end of file");
        assertEquals("running", container.awaitOutput("ready").status());
    }

    @Test
    void theOutputOfCreateEndsWithTheContainer(Lab lab) {
        Bundle bundle = lab.bundle().payload("print", "it ran");
        String id = lab.nextId();
        Container container =
                lab.follow(id, throughPipe(lab.createCall(bundle, id)).start());
        Await.until("create", () -> lab.call("state", id).now().exit() == 0, container.creation()::stdout);
        container.start();

        container.creation().await().succeeded().printed("it ran").printed("end of file");
    }

    @Test
    void theOutputOfAFailedCreateEnds(Lab lab) {
        Bundle bundle = lab.bundle().args("no-such-tool");

        throughPipe(lab.createCall(bundle, lab.nextId())).now().succeeded().printed("end of file");
    }

    @Test
    void standardInputMayBeClosed(Lab lab) {
        Bundle bundle = lab.bundle().payload("print", "it ran").write();

        lab.runCall(bundle, lab.nextId())
                .through("sh", "-c", "exec <&-; exec \"$0\" \"$@\"")
                .now()
                .succeeded()
                .printed("it ran");
    }
}
