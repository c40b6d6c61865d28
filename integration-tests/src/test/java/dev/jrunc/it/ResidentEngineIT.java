// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.EngineFds;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import dev.jrunc.it.harness.ServedEngine;
import dev.jrunc.it.harness.Signals;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The resident engine: who is served by it, when it isn't asked, and what becomes of calls when it ends. */
@IntegrationTest
@JruncOnly("the peers have no engine")
class ResidentEngineIT {
    private static final String VARIABLE = "JRUNC_ENGINE";
    private static final int ACCEPT_MILLIS = 500;
    private static final String USER_4242 =
            "--reuid=4242 --regid=4242 --clear-groups --inh-caps=-all --bounding-set=-all";

    private static Bundle printing(Lab lab) {
        return lab.bundle().payload("print", "it ran");
    }

    /** What only looks like an engine. */
    private static final class Listener implements AutoCloseable {
        private final ServerSocketChannel server;
        private final AtomicInteger callers = new AtomicInteger();
        private final List<SocketChannel> kept = new ArrayList<>();

        Listener(Path socket, String manner) throws IOException {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofPlatform().daemon().start(() -> answer(manner));
        }

        private void answer(String manner) {
            try {
                while (true) {
                    SocketChannel caller = server.accept();
                    callers.incrementAndGet();
                    kept.add(caller);
                    switch (manner) {
                        case "declines" -> caller.write(decline("not today"));
                        case "closes" -> caller.close();
                        default -> {
                            // It says nothing.
                        }
                    }
                }
            } catch (IOException e) {
                // closed
            }
        }

        private static ByteBuffer decline(String reason) {
            byte[] text = reason.getBytes(StandardCharsets.UTF_8);
            ByteBuffer frame = ByteBuffer.allocate(13 + text.length).order(ByteOrder.LITTLE_ENDIAN);
            frame.putInt(5 + text.length).putShort((short) 4).putShort((short) 0);
            return frame.putInt(text.length).put(text).put((byte) 0).flip();
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (SocketChannel caller : kept) {
                caller.close();
            }
        }
    }

    /** A folder that is put over /run for a call, with the place of root's resident engine. */
    private static Path runFolder(Lab lab) throws IOException {
        Path run = lab.newFolder("run");
        Files.createDirectory(run.resolve("jrunc-engine"));
        return run;
    }

    private static Path socketOfRoot(Path run) {
        return run.resolve("jrunc-engine/engine.sock");
    }

    private static void assertRunsSilently(Lab lab, Path run) {
        Result result = lab.runCall(printing(lab), lab.nextId())
                .with(VARIABLE, "auto")
                .withRun(run)
                .now()
                .succeeded();

        assertEquals("it ran\n", result.stdout());
        assertEquals("", result.stderr());
        assertEquals(List.of(), result.log());
    }

    private static void assertForcedSays(Lab lab, Path socket, String message) {
        Result result = lab.runCall(printing(lab), lab.nextId())
                .with(VARIABLE, "unix:" + socket)
                .now()
                .exited(1);

        assertEquals("jrunc: run failed: " + message + "\n", result.stderr());
        assertEquals("run failed: " + message, result.lastError());
    }

    @Test
    void rootsOwnIsFoundWithoutBeingNamed(Lab lab) throws Exception {
        Path run = runFolder(lab);
        Path socket = socketOfRoot(run);
        Running keeper = lab.plainCall("engine", "serve", "--socket", socket.toString())
                .cold()
                .start();
        try (ServedEngine engine = ServedEngine.await(lab, socket, keeper)) {
            Await.until( // a busy machine may take longer than a front waits for an engine that it only looks for
                    "a run that it has served",
                    () -> {
                        assertRunsSilently(lab, run);
                        return engine.status()
                                .at("/commands/1/command")
                                .asString()
                                .equals("run");
                    },
                    engine::status);
        }
    }

    @Test
    void withoutASocket(Lab lab) throws Exception {
        Path run = runFolder(lab);
        assertRunsSilently(lab, run);
        assertForcedSays(
                lab,
                socketOfRoot(run),
                "no resident engine at " + socketOfRoot(run) + ": ENOENT (no such file or directory)");
    }

    @Test
    void aSocketThatNobodyListensOn(Lab lab) throws Exception {
        Path run = runFolder(lab);
        Path socket = socketOfRoot(run);
        new Listener(socket, "closes").close();

        assertTrue(Files.exists(socket));
        assertRunsSilently(lab, run);
        assertForcedSays(lab, socket, "no resident engine at " + socket + ": ECONNREFUSED (connection refused)");
    }

    @Test
    void oneThatDeclines(Lab lab) throws Exception {
        Path run = runFolder(lab);
        try (Listener listener = new Listener(socketOfRoot(run), "declines")) {
            assertRunsSilently(lab, run);
            assertEquals(1, listener.callers.get());
            assertForcedSays(lab, socketOfRoot(run), "the engine declined: not today");
        }
    }

    @Test
    void oneThatCloses(Lab lab) throws Exception {
        Path run = runFolder(lab);
        try (Listener listener = new Listener(socketOfRoot(run), "closes")) {
            assertRunsSilently(lab, run);
            assertEquals(1, listener.callers.get());
            assertForcedSays(
                    lab, socketOfRoot(run), "the resident engine (" + socketOfRoot(run) + ") closed its channel");
        }
    }

    @Test
    void oneThatSaysNothingIsNotWaitedForLong(Lab lab) throws Exception {
        Path run = runFolder(lab);
        try (Listener listener = new Listener(socketOfRoot(run), "says nothing")) {
            long began = System.nanoTime();
            assertRunsSilently(lab, run);
            long millis = (System.nanoTime() - began) / 1_000_000;

            assertEquals(1, listener.callers.get());
            assertTrue(millis >= ACCEPT_MILLIS, () -> millis + " ms");
        }
    }

    @Test
    void oneWhoseQueueIsFull(Lab lab) throws Exception {
        Path run = runFolder(lab);
        Path socket = socketOfRoot(run);
        List<SocketChannel> callers = new ArrayList<>();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket), 1);
            for (int i = 0; i < 2; i++) {
                callers.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
            }
            assertRunsSilently(lab, run);
            assertForcedSays(
                    lab, socket, "no resident engine at " + socket + ": EAGAIN (resource temporarily unavailable)");
        } finally {
            for (SocketChannel caller : callers) {
                caller.close();
            }
        }
    }

    @Test
    void anotherUsersIsNotObeyed(Lab lab) throws Exception {
        Machine.needsProgram("systemd-socket-activate");
        Path run = runFolder(lab);
        Path socket = socketOfRoot(run);
        Host.run("chown", "1234", run.resolve("jrunc-engine").toString());
        Running listener = lab.host("systemd-socket-activate", "-l", socket.toString(), "sleep", "600")
                .through("setpriv", "--reuid=1234", "--regid=1234", "--clear-groups")
                .start();
        Await.until("the listener", () -> Files.exists(socket), listener::stderr);

        assertRunsSilently(lab, run);
        assertForcedSays(
                lab, socket, "no resident engine at " + socket + ": EPERM (it is neither root's nor the caller's own)");
        listener.signal("TERM").await();
    }

    @Test
    void theFirstOfTwoAtOneSocketGoesOn(Lab lab) {
        try (ServedEngine engine = ServedEngine.serve(lab)) {
            lab.plainCall("engine", "serve", "--socket", engine.socket().toString())
                    .cold()
                    .now()
                    .failedSaying("listen on " + engine.socket() + ": an engine is served there already");
            assertEquals(engine.pid(), engine.status().path("pid").asLong());
        }
    }

    /** Its folder's owner and mode; the socket could be replaced by another user. */
    @ParameterizedTest
    @CsvSource({
        "0,777,others may write to its folder",
        "0,1777,",
        "0,770,others may write to its folder",
        "1234,700,its folder is another user's",
        "1234,1777,its folder is another user's"
    })
    void aFolderThatOthersMayChange(String owner, String mode, String trouble, Lab lab) throws Exception {
        Path folder = Files.createDirectory(lab.newFolder("engine").resolve("place"));
        Host.run("chown", owner, folder.toString());
        Host.run("chmod", mode, folder.toString());
        Path socket = folder.resolve("engine.sock");
        Running keeper = lab.plainCall("engine", "serve", "--socket", socket.toString())
                .cold()
                .start();
        if (trouble == null) {
            ServedEngine.await(lab, socket, keeper).close();
            return;
        }

        keeper.await().failedSaying("listen on " + socket + ": " + trouble + ": EPERM");
        assertFalse(Files.exists(socket));
    }

    @Test
    void itEndsWhenItIsIdle(Lab lab) {
        ServedEngine engine = ServedEngine.serve(lab, "--idle-timeout", "2s");
        engine.keeper().await().exited(0);
        engine.awaitEnd();
        assertFalse(Files.exists(engine.socket()));
    }

    @Test
    void itEndsWhenItIsToldTo(Lab lab) {
        ServedEngine engine = ServedEngine.serve(lab);
        engine.on(lab.plainCall("engine", "stop")).now().succeeded().printsNothing();
        engine.keeper().await().exited(0);
        engine.awaitEnd();
        assertFalse(Files.exists(engine.socket()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void aSignalToTheKeeperEndsBoth(String signal, Lab lab) {
        ServedEngine engine = ServedEngine.serve(lab);
        engine.keeper().signal(signal).await().exited(0);
        engine.awaitEnd();
        assertFalse(Files.exists(engine.socket()));
    }

    @Test
    void aKilledKeeperTakesItsEngineWithIt(Lab lab) {
        ServedEngine engine = ServedEngine.serve(lab);
        engine.keeper().signal("KILL").await();
        engine.awaitEnd();

        assertTrue(Files.exists(engine.socket()), "nobody could remove it");
        Running keeper = lab.plainCall(
                        "engine", "serve", "--socket", engine.socket().toString())
                .cold()
                .start();
        try (ServedEngine next = ServedEngine.await(lab, engine.socket(), keeper)) {
            next.on(lab.runCall(printing(lab), lab.nextId())).now().succeeded().printed("it ran");
        }
    }

    @Test
    void aKilledEngineIsReported(Lab lab) {
        ServedEngine engine = ServedEngine.serve(lab);
        Signals.send(engine.pid(), "KILL");
        Result result = engine.keeper().await().exited(1);

        assertTrue(
                result.stderr().endsWith("jrunc: engine serve: the engine was killed by SIGKILL\n"), result::toString);
        assertFalse(Files.exists(engine.socket()));
    }

    @Test
    void itHasNoRights(Lab lab) throws Exception {
        Path tree = lab.folder().resolve("tree");
        Host.run("cp", "-a", lab.runtime().path().resolve("../..").normalize().toString(), tree.toString());
        Path socket = ServedEngine.socketIn(lab.newFolder("engine"));
        Running keeper = lab.host(
                        tree.resolve("bin/jrunc").toString(),
                        "engine",
                        "serve",
                        "--socket",
                        socket.toString(),
                        "--user",
                        "nobody")
                .with(VARIABLE, "cold")
                .start();
        try (ServedEngine engine = ServedEngine.await(lab, socket, keeper)) {
            engine.on(lab.runCall(printing(lab), lab.nextId())).now().succeeded();
            List<String> status = Files.readAllLines(Path.of("/proc/" + engine.pid() + "/status"));

            for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
                assertTrue(status.contains(set + ":\t0000000000000000"), () -> set + " of " + status);
            }
            assertTrue(status.contains("Uid:\t65534\t65534\t65534\t65534"), status::toString);
            assertTrue(status.contains("Gid:\t65534\t65534\t65534\t65534"), status::toString);
            assertTrue(status.contains("Groups:\t "), status::toString);
            assertTrue(status.contains("NoNewPrivs:\t1"), status::toString);
            Await.within(Await.LIMIT, () -> foreign(engine.pid(), tree).isEmpty());
            assertEquals(
                    List.of(), foreign(engine.pid(), tree), "what else it has open than sockets and its own files");
            assertEquals("", keeper.stderr());
        }
    }

    /** Neither sockets and what every JVM opens, nor files of its tree, nor the keeper's output. */
    private static List<String> foreign(long pid, Path tree) {
        return EngineFds.of(pid, tree).stream()
                .filter(target -> !target.startsWith("socket:")
                        && !List.of("/dev/null", "/dev/random", "/dev/urandom").contains(target)
                        && !(target.endsWith(".stdout") || target.endsWith(".stderr")))
                .toList();
    }

    @Test
    void anUnknownUser(Lab lab) {
        lab.plainCall("engine", "serve", "--user", "no-such-user")
                .cold()
                .now()
                .failedSaying("engine serve: there is no user no-such-user in /etc/passwd");
    }

    @Test
    void theCallersRootAndFolder(Lab lab) {
        Bundle bundle = printing(lab).write();
        try (ServedEngine engine = ServedEngine.serve(lab)) {
            Path root = lab.newFolder("root");
            String script = "mount --rbind / " + root + " && mount --bind " + bundle.folder() + " " + root + "/mnt"
                    + " && exec chroot " + root + " sh -c 'cd /mnt; exec \"$0\" \"$@\"' \"$0\" \"$@\"";
            engine.on(lab.call("run", lab.nextId()))
                    .through("unshare", "-m", "--propagation", "private", "sh", "-c", script)
                    .now()
                    .succeeded()
                    .printed("it ran");
        }
    }

    @Test
    void theCallersUmask(Lab lab) throws Exception {
        try (ServedEngine engine = ServedEngine.serve(lab)) {
            Path file = lab.newFile("pid");
            engine.on(lab.runCall(printing(lab), lab.nextId(), "--pid-file", file.toString()))
                    .through("sh", "-c", "umask 007; exec \"$0\" \"$@\"")
                    .now()
                    .succeeded();

            assertEquals(0640, (int) Files.getAttribute(file, "unix:mode") & 0777);
        }
    }

    @Test
    void theCallersCgroup(Lab lab) throws Exception {
        Machine.needsCgroupV1("pids");
        Path own = Files.createDirectory(Cgroups.folder("pids", "/" + lab.name()));
        try (ServedEngine engine = ServedEngine.serve(lab)) {
            Bundle bundle = lab.bundle();
            bundle.linux().remove("cgroupsPath");
            String id = lab.nextId();
            Container container = lab.created(
                    id,
                    engine.on(lab.createCall(bundle, id))
                            .through("sh", "-c", "echo $$ >" + own + "/cgroup.procs; exec \"$0\" \"$@\""));
            String cgroups = Files.readString(Path.of("/proc/" + container.pid() + "/cgroup"));

            assertEquals(
                    "/" + lab.name() + "/" + id, Cgroups.pathIn(cgroups, "pids").orElseThrow());
            container.delete("--force");
        }
        Cgroups.remove(List.of(own));
    }

    @Test
    void aUsersOwnInAUserNamespaceOfTheirs(Lab lab) throws Exception {
        Path spec = lab.newFolder("spec");
        Path place = lab.newFolder("engine-of-4242");
        Host.run("chown", "4242:4242", spec.toString(), place.toString());
        List<String> user = new ArrayList<>(List.of("setpriv"));
        user.addAll(List.of(USER_4242.split(" ", -1)));
        String[] caller = user.toArray(String[]::new);
        user.addAll(List.of("unshare", "--user", "--map-root-user"));
        String[] inside = user.toArray(String[]::new);
        Running keeper = lab.plainCall(
                        "engine",
                        "serve",
                        "--socket",
                        ServedEngine.socketIn(place).toString())
                .cold()
                .through(caller)
                .start();
        try (ServedEngine engine = ServedEngine.await(lab, ServedEngine.socketIn(place), keeper, caller)) {
            engine.on(lab.plainCall("spec", "--rootless"))
                    .through(inside)
                    .in(spec)
                    .now()
                    .succeeded()
                    .printsNothing();
            JsonNode config = Json.parse(Files.readString(spec.resolve("config.json")));

            assertEquals(4242, Files.getAttribute(spec.resolve("config.json"), "unix:uid"));
            assertEquals(0, config.at("/linux/uidMappings/0/hostID").asInt(), "root of the caller's namespace");
        }
    }

    @Test
    void nothingIsHeldWhileAContainerRunsInTheForeground(Lab lab) {
        try (ServedEngine engine = ServedEngine.serve(lab)) {
            String id = lab.nextId();
            Container container = lab.follow(
                    id,
                    engine.on(lab.runCall(lab.bundle().payload("signal-exit"), id))
                            .start());
            container.awaitOutput("ready");

            engine.awaitIdle();
            container.creation().signal("TERM");
            container.creation().await().exited(115);
        }
    }

    /** The front goes on with a cold engine, whenever there is something to print. */
    @Test
    void eventsOutliveTheEngine(Lab lab) {
        Container container = lab.create(lab.bundle().payload("sleep")).start().awaitStatus("running");
        ServedEngine engine = ServedEngine.serve(lab);
        Running events = engine.on(lab.call("events", "--interval", "700ms", container.id()))
                .start();
        events.awaitOutput("\"type\":\"stats\"");
        engine.awaitIdle();
        engine.close();
        long lines = events.stdout().lines().count();

        Await.until("another line", () -> events.stdout().lines().count() > lines + 1, events::stdout);
        container.kill("KILL");
        events.await().succeeded();
    }

    @Test
    void aContainerInTheForegroundOutlivesTheEngine(Lab lab) {
        ServedEngine engine = ServedEngine.serve(lab);
        Census before = lab.census();
        String id = lab.nextId();
        Container container = lab.follow(
                id,
                engine.on(lab.runCall(lab.bundle().payload("signal-exit"), id)).start());
        container.awaitOutput("ready");
        engine.awaitIdle();
        engine.close();
        container.creation().signal("TERM");

        container.creation().await().exited(115);
        lab.assertNothingSince(before, "by a run whose engine had ended");
    }

    @Test
    void killedInTheMiddleOfAHundredCalls(Lab lab) throws Exception {
        ServedEngine engine = ServedEngine.serve(lab);
        Bundle sleeping = lab.bundle().payload("signal-exit").write();
        Bundle printing = printing(lab).write();
        Census before = lab.census();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String id = lab.nextId();
            ids.add(id);
            engine.on(lab.call("create", "--bundle", sleeping.folder().toString(), id))
                    .now()
                    .succeeded();
        }
        List<Running> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String made = lab.nextId();
            String ran = lab.nextId();
            ids.add(made);
            ids.add(ran);
            for (Call call : List.of(
                    lab.call("create", "--bundle", sleeping.folder().toString(), made),
                    lab.call("run", "--bundle", printing.folder().toString(), ran),
                    lab.call("start", ids.get(i)),
                    lab.call("state", ids.get(19 - i)),
                    lab.call("delete", "--force", ids.get((i + 7) % 20)))) {
                calls.add(engine.on(call).start());
            }
            if (i == 10) {
                Signals.send(engine.pid(), "KILL");
            }
        }
        int failed = 0;
        for (Running call : calls) {
            Result result = call.await();
            assertTrue(result.exit() == 0 || result.exit() == 1, result::toString);
            assertEquals(result.exit(), result.stderr().lines().count(), result::toString);
            failed += result.exit();
        }
        engine.keeper().await().exited(1);

        assertTrue(failed > 0 && failed < calls.size(), failed + " of " + calls.size() + " failed");
        for (String id : ids) {
            lab.call("delete", "--force", id).cold().now().succeeded();
        }
        lab.assertNothingSince(before, "by calls whose engine was killed");
        lab.runCall(printing, lab.nextId()).now().succeeded().printed("it ran");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "exec \"$0\" \"$@\" <&3 3<&-"})
    void theSocketMayBePassed(String script, Lab lab) throws Exception {
        Machine.needsProgram("systemd-socket-activate");
        Path socket = lab.newFolder("activated").resolve("engine.sock");
        List<String> words = new ArrayList<>(List.of("systemd-socket-activate", "-l", socket.toString()));
        if (!script.isEmpty()) {
            words.addAll(List.of("sh", "-c", "unset LISTEN_FDS LISTEN_PID; " + script));
        }
        words.addAll(List.of(lab.runtime().path().toString(), "--engine", "cold", "engine", "serve"));
        Running keeper = lab.host(words.toArray(String[]::new)).start();
        try (ServedEngine engine = ServedEngine.await(lab, socket, keeper)) {
            engine.on(lab.runCall(printing(lab), lab.nextId()))
                    .now()
                    .succeeded()
                    .printed("it ran");
        }
        assertTrue(Files.exists(socket), "it is not the engine's to remove");
    }
}
