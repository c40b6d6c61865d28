// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.engine.Decoder;
import dev.jrunc.engine.Encoder;
import dev.jrunc.engine.Frame;
import dev.jrunc.engine.FrameChannel;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Protocol;
import dev.jrunc.engine.ReplayedFront;
import dev.jrunc.engine.Session;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SessionTest {

    private static final int PIPE_BYTES = 1 << 20;
    private static final long LIMIT_SECONDS = 60;

    private static JruncCommandLine commandLine() {
        return new JruncCommandLine(InstantSource.system(), Optional::empty);
    }

    /** A session of its own in a thread of its own, and the front at its other end. */
    private static CompletableFuture<Void> call(ReplayedFront front, Session.Handler handler, List<String> args) {
        return CompletableFuture.runAsync(
                () -> {
                    try (PipedInputStream toEngine = new PipedInputStream(PIPE_BYTES);
                            PipedInputStream toFront = new PipedInputStream(PIPE_BYTES);
                            PipedOutputStream fromFront = new PipedOutputStream(toEngine);
                            PipedOutputStream fromEngine = new PipedOutputStream(toFront)) {
                        Thread played =
                                Thread.ofVirtual().start(() -> front.play(new FrameChannel(toFront, fromFront), args));
                        new Session(new FrameChannel(toEngine, fromEngine), handler).run();
                        played.join();
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                Thread.ofPlatform()::start);
    }

    @Test
    void twoSessionsAtOnceKnowNothingOfEachOther() throws Exception {
        CyclicBarrier bothAreServed = new CyclicBarrier(2);
        JruncCommandLine shared = commandLine();
        Session.Handler meeting = (Front front) -> {
            try {
                bothAreServed.await(LIMIT_SECONDS, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException("the other session is not served at the same time", e);
            }
            return shared.serve(front);
        };
        ReplayedFront one = new ReplayedFront();
        ReplayedFront other = new ReplayedFront();

        CompletableFuture<Void> first = call(one, meeting, List.of("create", "--bundle", "/one", "c1"));
        CompletableFuture<Void> second = call(other, meeting, List.of("--root", "/other", "run", "-b", "/two", "c2"));
        first.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        second.get(LIMIT_SECONDS, TimeUnit.SECONDS);

        assertEquals(0, one.exitStatus());
        assertEquals(0, other.exitStatus());
        assertTrue(one.state().contains("\"bundle\":\"/one\""), one::state);
        assertTrue(other.state().contains("\"bundle\":\"/two\""), other::state);
    }

    @Test
    void aFrontOfAnotherBuildIsDeclined() throws Exception {
        try (PipedInputStream toEngine = new PipedInputStream(PIPE_BYTES);
                PipedInputStream toFront = new PipedInputStream(PIPE_BYTES);
                PipedOutputStream fromFront = new PipedOutputStream(toEngine);
                PipedOutputStream fromEngine = new PipedOutputStream(toFront)) {
            Encoder hello = new Encoder();
            hello.u64("tableHash", Protocol.TABLE_HASH + 1);
            hello.str("version", "0.0.9");
            FrameChannel front = new FrameChannel(toFront, fromFront);
            front.send(Protocol.HELLO, hello.toArray());
            new Session(new FrameChannel(toEngine, fromEngine), commandLine()).run();

            Frame answer = front.receive();
            assertEquals(Protocol.DECLINE, answer.code());
            assertEquals("the engine is of another build than the front (0.0.9)", new Decoder(answer.payload()).str());
        }
    }
}
