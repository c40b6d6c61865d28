// SPDX-License-Identifier: Apache-2.0
package dev.jrunc;

import dev.jrunc.cli.JruncCommandLine;
import dev.jrunc.engine.FrameChannel;
import dev.jrunc.engine.ReplayedFront;
import dev.jrunc.engine.Session;
import dev.jrunc.kernel.jnr.JnrLibraries;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.lang.invoke.MethodHandles;
import java.time.InstantSource;
import java.util.List;

/**
 * The run that the JDK's AOT cache is made from: the calls that containers wait for, through the real session, with
 * a front that answers from memory. It needs no root and makes no container.
 */
public final class Training {

    /** How often each call is served: the second time nothing is done for the first time. */
    private static final int ROUNDS = 2;

    private static final int PIPE_BYTES = 1 << 16;

    /** One container after another; of what fails, what callers ask for most. */
    private static final List<String> CALLS = List.of(
            "create --bundle /bundle --pid-file /bundle/init.pid trained",
            "start trained",
            "state trained",
            "pause trained",
            "resume trained",
            "ps trained",
            "update --memory 64m trained",
            "events --stats trained",
            "exec --process /bundle/process.json --detach trained",
            "exec --env A=b trained true",
            "list",
            "kill trained TERM",
            "delete --force trained",
            "--log /bundle/log.json --log-format json run -b /bundle trained",
            "run -b /bundle --detach trained",
            "finish-run trained 4711 123456 0",
            "state missing",
            "delete --force missing",
            "--log /bundle/log.json --log-format json kill missing",
            "--log /bundle/log create -b /missing missing",
            "create -b /empty missing");

    private Training() {}

    public static void main(String[] args) throws IOException, InterruptedException, IllegalAccessException {
        MethodHandles.lookup().ensureInitialized(Main.class);
        rehearse(ROUNDS);
    }

    /** Plays all calls, so often: for a resident engine, that knows its part when the first caller comes. */
    static void rehearse(int rounds) throws IOException, InterruptedException {
        ReplayedFront front = new ReplayedFront();
        for (int round = 0; round < rounds; round++) {
            for (String call : CALLS) {
                serve(front, List.of(call.split(" ")));
            }
        }
    }

    private static void serve(ReplayedFront front, List<String> call) throws IOException, InterruptedException {
        try (PipedInputStream toEngine = new PipedInputStream(PIPE_BYTES);
                PipedInputStream toFront = new PipedInputStream(PIPE_BYTES);
                PipedOutputStream fromFront = new PipedOutputStream(toEngine);
                PipedOutputStream fromEngine = new PipedOutputStream(toFront)) {
            Thread played = Thread.ofPlatform().start(() -> front.play(new FrameChannel(toFront, fromFront), call));
            Session.Handler handler = new JruncCommandLine(InstantSource.system(), new JnrLibraries());
            new Session(new FrameChannel(toEngine, fromEngine), handler).run();
            played.join();
        }
    }
}
