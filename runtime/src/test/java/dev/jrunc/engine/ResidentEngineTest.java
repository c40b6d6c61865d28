// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.json.EngineStatus;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Over a real socket, with callers that play a front. */
@Timeout(30)
class ResidentEngineTest {

    private static final int STATUS = 7;
    private static final long LIMIT_SECONDS = 10;

    @TempDir
    private Path folder;

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(folder.resolve("engine.sock"));
    }

    private UserPrincipal ourselves() throws IOException {
        return Files.getOwner(folder);
    }

    private ResidentEngine engine(UserPrincipal caller, Session.Handler handler) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(address());
        return new ResidentEngine(
                server,
                Set.of(caller),
                residency -> front -> {
                    int status = handler.serve(front);
                    residency.served(front.call().args().getFirst(), 1_000_000);
                    return status;
                },
                failures::add);
    }

    private static CompletableFuture<Void> serving(ResidentEngine engine, long idleMillis) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        engine.serve(idleMillis);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                Thread.ofPlatform()::start);
    }

    private static void awaitEnd(CompletableFuture<Void> serving) throws Exception {
        serving.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static FrameChannel frames(SocketChannel channel) {
        return new FrameChannel(Channels.newInputStream(channel), Channels.newOutputStream(channel));
    }

    private long call(String... args) throws IOException {
        return call(SocketChannel.open(address()), args);
    }

    private static long call(SocketChannel connected, String... args) throws IOException {
        try (connected) {
            ReplayedFront front = new ReplayedFront();
            front.play(frames(connected), List.of(args));
            return front.exitStatus();
        }
    }

    private static String reason(Frame frame) throws ProtocolException {
        assertEquals(Protocol.DECLINE, frame.code());
        return new Decoder(frame.payload()).str();
    }

    @Test
    void callsAreServedUntilItIsStopped() throws Exception {
        ResidentEngine engine = engine(ourselves(), front -> STATUS);
        CompletableFuture<Void> serving = serving(engine, 0);

        assertEquals(STATUS, call("state", "a"));
        assertEquals(STATUS, call("kill", "a"));
        assertEquals(STATUS, call("kill", "a"));
        List<EngineStatus.Latency> commands = engine.status().commands();
        assertEquals(
                List.of(
                        new EngineStatus.Latency("kill", 2, 1000, 1000, 1000, 1000),
                        new EngineStatus.Latency("state", 1, 1000, 1000, 1000, 1000)),
                commands);
        assertFalse(serving.isDone());
        engine.stop();
        awaitEnd(serving);
        assertThrows(IOException.class, () -> SocketChannel.open(address()));
        assertEquals(List.of(), List.copyOf(failures));
    }

    @Test
    void callsAreServedAtTheSameTime() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        ResidentEngine engine = engine(ourselves(), front -> {
            both.countDown();
            try {
                return both.await(LIMIT_SECONDS, TimeUnit.SECONDS) ? STATUS : 1;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        CompletableFuture<Void> serving = serving(engine, 0);
        CompletableFuture<Long> other = CompletableFuture.supplyAsync(() -> {
            try {
                return call("state", "other");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });

        assertEquals(STATUS, call("state", "one"));
        assertEquals(STATUS, other.get(LIMIT_SECONDS, TimeUnit.SECONDS));
        engine.stop();
        awaitEnd(serving);
    }

    @Test
    void itEndsWhenItIsIdleButNotWhileItServes() throws Exception {
        CountDownLatch served = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        ResidentEngine engine = engine(ourselves(), front -> {
            served.countDown();
            try {
                return end.await(LIMIT_SECONDS, TimeUnit.SECONDS) ? STATUS : 1;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        SocketChannel caller = SocketChannel.open(address()); // it is there before the engine could be idle
        CompletableFuture<Void> serving = serving(engine, 300);
        CompletableFuture<Long> call = CompletableFuture.supplyAsync(() -> {
            try {
                return call(caller, "state", "slow");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertTrue(served.await(LIMIT_SECONDS, TimeUnit.SECONDS));

        assertThrows(TimeoutException.class, () -> serving.get(700, TimeUnit.MILLISECONDS));
        assertEquals(1, engine.status().active());
        end.countDown();
        assertEquals(STATUS, call.get(LIMIT_SECONDS, TimeUnit.SECONDS));
        awaitEnd(serving);
    }

    @Test
    void strangersAreDeclined() throws Exception {
        UserPrincipal other =
                FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("4242");
        ResidentEngine engine = engine(other, front -> STATUS);
        CompletableFuture<Void> serving = serving(engine, 0);

        try (SocketChannel channel = SocketChannel.open(address())) {
            assertEquals(
                    "not a user whom this engine serves", reason(frames(channel).receive()));
        }
        assertEquals(
                List.of(new EngineStatus.Declined("not a user whom this engine serves", 1)),
                engine.status().declined());
        engine.stop();
        awaitEnd(serving);
    }

    @Test
    void moreAtOnceThanItServesAreDeclinedAsBusy() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        ResidentEngine engine = engine(ourselves(), front -> {
            try {
                end.await();
                return STATUS;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        CompletableFuture<Void> serving = serving(engine, 0);
        List<SocketChannel> callers = new ArrayList<>();
        try {
            for (int i = 0; i < ResidentEngine.MAX_CALLS; i++) {
                callers.add(accepted());
            }
            for (int calls = 1; calls <= 2; calls++) {
                try (SocketChannel channel = SocketChannel.open(address())) {
                    assertEquals("busy", reason(frames(channel).receive()));
                }
                assertEquals(
                        List.of(new EngineStatus.Declined("busy", calls)),
                        engine.status().declined());
            }
            end.countDown();
            while (engine.status().active() >= ResidentEngine.MAX_CALLS) {
                Thread.sleep(1);
            }
            assertEquals(STATUS, call("state", "a"), "one of those that have ended makes room");
        } finally {
            for (SocketChannel caller : callers) {
                caller.close();
            }
        }
        engine.stop();
        awaitEnd(serving);
        assertEquals(List.of(), List.copyOf(failures));
    }

    /** A call that was taken, and whose caller says nothing more. */
    private SocketChannel accepted() throws IOException {
        SocketChannel channel = SocketChannel.open(address());
        FrameChannel frames = frames(channel);
        frames.send(Protocol.HELLO, ReplayedFront.hello());
        frames.send(Protocol.CALL, ReplayedFront.call(List.of("state", "a")));
        assertEquals(Protocol.ACCEPT, frames.receive().code());
        return channel;
    }

    @Test
    void frontsOfAnotherBuildAreDeclined() throws Exception {
        ResidentEngine engine = engine(ourselves(), front -> STATUS);
        CompletableFuture<Void> serving = serving(engine, 0);
        Encoder hello = new Encoder();
        hello.u64("tableHash", Protocol.TABLE_HASH + 1);
        hello.str("version", "9.9");

        try (SocketChannel channel = SocketChannel.open(address())) {
            FrameChannel frames = frames(channel);
            frames.send(Protocol.HELLO, hello.toArray());
            assertEquals("the engine is of another build than the front (9.9)", reason(frames.receive()));
            assertThrows(EOFException.class, frames::receive);
        }
        engine.stop();
        awaitEnd(serving);
        assertEquals(
                List.of(new EngineStatus.Declined("another build", 1)),
                engine.status().declined());
    }

    @Test
    void whoGoesBeforeItIsTakenIsCounted() throws Exception {
        ResidentEngine engine = engine(ourselves(), front -> STATUS);
        CompletableFuture<Void> serving = serving(engine, 0);
        SocketChannel.open(address()).close();

        assertEquals(STATUS, call("state", "a"));
        engine.stop();
        awaitEnd(serving);
        assertEquals(
                List.of(new EngineStatus.Declined("gone before it was taken", 1)),
                engine.status().declined());
        assertEquals(List.of(), List.copyOf(failures));
    }

    @Test
    void aFaultEndsItsOwnCallAlone() throws Exception {
        ResidentEngine engine = engine(ourselves(), front -> {
            if (front.call().args().getFirst().equals("bad")) {
                throw new IllegalStateException("a fault");
            }
            return STATUS;
        });
        CompletableFuture<Void> serving = serving(engine, 0);

        assertThrows(java.io.UncheckedIOException.class, () -> call("bad"));
        assertEquals(STATUS, call("state", "a"));
        engine.stop();
        awaitEnd(serving);
        assertEquals(
                List.of("a fault"), failures.stream().map(Throwable::getMessage).toList());
    }
}
