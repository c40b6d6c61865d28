// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.ContainerError;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.front.Program;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The library against the kernel, as root, with the built distribution; without picocli, as programs have it. */
@Timeout(120)
class EmbeddingIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Place place;

    @BeforeEach
    void begin() throws IOException {
        place = new Place();
    }

    @AfterEach
    void end() {
        place.close();
    }

    private static ExitStatus end(Running process) throws InterruptedException {
        return process.waitFor(LIMIT).orElseThrow(() -> new AssertionError("it doesn't end"));
    }

    @Test
    void theLifeOfTheExample() throws Exception {
        System.setProperty(Program.PROPERTY, Place.PROGRAM.toString());
        try {
            assertEquals(new ExitStatus(3, 0), Snippets.life(place.states, place.bundle));
        } finally {
            System.clearProperty(Program.PROPERTY);
        }
        assertEquals(List.of(), place.left("job-1"));
    }

    @Test
    void theExampleWithOutput() throws Exception {
        assertEquals("hello\n137", Snippets.output(place.jrunc, place.bundle));
        assertEquals(List.of(), place.left("job-2"));
    }

    @Test
    void theExampleWithExec() throws Exception {
        try (OwnedContainer container = place.jrunc.run("e", place.shell("sleep 1000"), Stdio.none())) {
            assertEquals("to and fro0", Snippets.exec(container));
        }
    }

    /** Also while another thread closes it, or this one. */
    @Test
    void whatHearsOfItsEndMayCloseIt() throws Exception {
        OwnedContainer ending = place.jrunc.run("c1", place.shell("exit 0"), Stdio.none());
        ending.onExit().thenRun(ending::close).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        OwnedContainer waiting = place.jrunc.run("c2", place.shell("sleep 1000"), Stdio.none());
        CompletableFuture<Boolean> heard = waiting.onExit().handle((end, failure) -> {
            waiting.close();
            return true;
        });
        waiting.close();
        assertTrue(heard.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
        OwnedContainer created = place.jrunc.create("c3", place.shell("exit 0"), Stdio.none());
        CompletableFuture<Boolean> never = created.onExit().handle((end, failure) -> {
            created.close();
            return failure == null;
        });
        created.close();
        never.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        for (String id : List.of("c1", "c2", "c3")) {
            assertEquals(List.of(), place.left(id));
        }
    }

    @Test
    void theExampleWithATerminal() throws Exception {
        String shown = Snippets.terminal(place.jrunc, place.bundle);

        assertTrue(shown.contains("stty size; exit\r\n"), shown);
        assertTrue(shown.contains("24 80\r\n"), shown);
        assertEquals(List.of(), place.left("shell-1"));
    }

    private static String line(Running process) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = process.stdout().read();
                next >= 0 && next != '\n';
                next = process.stdout().read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    @Test
    void aTerminalThatIsResized() throws Exception {
        String sizes = "while :; do s=$(stty size); [ \"$s\" = \"$last\" ] || echo $s; last=$s; sleep 0.05; done";
        SpecBuilder.rootful()
                .args("/bin/sh", "-c", "stty -echo; echo ready; read line; echo $line; " + sizes)
                .terminal()
                .writeTo(place.bundle);
        try (OwnedContainer container = place.jrunc.run("t", place.bundle, Stdio.terminal(132, 43))) {
            assertEquals("ready", line(container));
            container.stdin().write("hello\n".getBytes(StandardCharsets.UTF_8));
            assertEquals("hello", line(container));
            assertEquals("43 132", line(container));
            container.resize(100, 50);
            assertEquals("50 100", line(container));
            assertThrows(IllegalStateException.class, container::stderr);
            assertThrows(IllegalArgumentException.class, () -> container.resize(0, 1));
        }
        assertEquals(List.of(), place.left("t"));
    }

    @Test
    void execWithATerminal() throws Exception {
        try (OwnedContainer container = place.jrunc.run("t", place.shell("sleep 1000"), Stdio.none())) {
            Exec exec = Exec.of("/bin/sh", "-c", "tty; stty size; exit 7");
            ContainerProcess process = container.exec(exec, Stdio.terminal(90, 30));
            try (process) {
                String shown = new String(process.stdout().readAllBytes(), StandardCharsets.UTF_8);
                assertEquals("/dev/pts/0\r\n30 90\r\n", shown);
                assertEquals(7, end(process).code());
            }
            assertThrows(IllegalStateException.class, () -> process.resize(80, 24));
            assertThrows(IOException.class, () -> process.stdin().write(1));
            assertThrows(IllegalStateException.class, () -> container.resize(80, 24));
        }
    }

    @Test
    void aTerminalIsInConfigAndCall() throws Exception {
        SpecBuilder.rootful().args("/bin/true").terminal().writeTo(place.bundle);
        assertThrows(InvalidSpec.class, () -> place.jrunc.create("t", place.bundle, Stdio.none()));
        place.shell("true");
        assertThrows(ContainerError.class, () -> place.jrunc.create("t", place.bundle, Stdio.terminal(80, 24)));
        assertThrows(
                IllegalArgumentException.class,
                () -> place.jrunc.createDetached("t", place.bundle, Stdio.terminal(80, 24)));
        assertThrows(
                IllegalArgumentException.class, () -> Stdio.terminal(80, 24).error(Output.Place.NOWHERE));
        assertEquals(List.of(), place.left("t"));
    }

    /** Their fds are the program's own no more when they are closed. */
    @Test
    void terminalsLeaveNothingOpen() throws Exception {
        SpecBuilder.rootful().args("/bin/sleep", "1000").terminal().writeTo(place.bundle);
        long own = ProcessHandle.current().pid();
        int before = openMasters(own);
        try (OwnedContainer container = place.jrunc.run("t", place.bundle, Stdio.terminal(80, 24))) {
            assertEquals("t", container.id());
            assertEquals(before + 1, openMasters(own));
        }
        assertEquals(before, openMasters(own));
    }

    private static int openMasters(long pid) throws IOException {
        int masters = 0;
        for (String number : Path.of("/proc", Long.toString(pid), "fd").toFile().list()) {
            Path fd = Path.of("/proc", Long.toString(pid), "fd", number);
            try {
                masters += Files.readSymbolicLink(fd).toString().endsWith("ptmx") ? 1 : 0;
            } catch (NoSuchFileException closed) {
                // The folder's own.
            }
        }
        return masters;
    }

    @Test
    void theExampleWithEvents() throws Exception {
        try (OwnedContainer container = place.jrunc.run("e", place.shell("sleep 1000"), Stdio.none())) {
            assertEquals(3, Snippets.events(container));
        }
    }

    @Test
    void theExampleWithManyThreads() throws Exception {
        assertEquals(
                List.of(new ExitStatus(5, 0)),
                Snippets.many(place.jrunc, place.shell("exit 5")).stream()
                        .distinct()
                        .toList());
    }

    @Test
    void theLibraryDoesWithoutTheCommandLine() {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("picocli.CommandLine"));
        assertThrows(ClassNotFoundException.class, () -> Class.forName("com.networknt.schema.Schema"));
        assertThrows(ClassNotFoundException.class, () -> Class.forName("org.freedesktop.dbus.messages.Message"));
    }

    @Test
    void statesFromCreateToDelete() throws Exception {
        Path bundle = place.shell("sleep 1000");
        OwnedContainer container = place.jrunc.create("s", bundle, Stdio.none());
        State created = container.state();
        assertEquals(Status.CREATED, created.status());
        assertEquals(bundle, created.bundle());
        assertEquals("root", created.owner());
        container.start();
        assertEquals(Status.RUNNING, container.state().status());
        container.pause();
        assertEquals(
                List.of(Status.PAUSED),
                place.jrunc.list().stream().map(State::status).toList());
        container.resume();
        assertEquals(List.of(container.state().pid()), container.processes());
        ContainerError running = assertThrows(ContainerError.class, () -> container.delete(false));
        assertEquals("cannot delete container s that is not stopped: running", running.getMessage());
        container.kill("TERM");
        container.kill("KILL");
        assertEquals(new ExitStatus(0, 9), end(container));
        assertEquals(137, end(container).number());
        assertEquals(Status.STOPPED, container.state().status());
        container.delete(false);
        ContainerError gone = assertThrows(ContainerError.class, container::state);
        assertTrue(gone.isMissing());
        assertEquals(List.of(), place.left("s"));
    }

    @Test
    void startedByAnotherHandle() throws Exception {
        try (OwnedContainer container = place.jrunc.create("h", place.shell("exit 9"), Stdio.none())) {
            CompletableFuture<ExitStatus> exit = container.onExit();
            place.jrunc.container("h").start();
            assertEquals(new ExitStatus(9, 0), exit.get());
        }
    }

    @Test
    void startedWhileSomebodyWaits() throws Exception {
        try (OwnedContainer container = place.jrunc.create("h", place.shell("exit 9"), Stdio.none())) {
            assertEquals(Optional.empty(), container.waitFor(Duration.ofMillis(20)));
            container.start();
            assertEquals(new ExitStatus(9, 0), end(container));
        }
    }

    @Test
    void closedWhereverItIs() throws Exception {
        Path bundle = place.shell("sleep 1000");
        place.jrunc.create("a", bundle, Stdio.none()).close();
        OwnedContainer waited = place.jrunc.create("b", bundle, Stdio.none());
        CompletableFuture<ExitStatus> exit = waited.onExit();
        waited.close();
        assertEquals(new ExitStatus(0, 9), exit.get());
        place.jrunc.run("c", bundle, Stdio.none()).close();
        OwnedContainer deleted = place.jrunc.run("d", bundle, Stdio.none());
        place.jrunc.container("d").delete(true);
        deleted.close();
        assertEquals(List.of(), place.jrunc.list());
        assertEquals(List.of(), Place.fronts());
    }

    @Test
    void aContainerOfTheSameIdIsNotDeletedInItsPlace() throws Exception {
        Path bundle = place.shell("sleep 1000");
        OwnedContainer first = place.jrunc.run("same", bundle, Stdio.none());
        place.jrunc.container("same").delete(true);
        try (OwnedContainer second = place.jrunc.run("same", bundle, Stdio.none())) {
            first.close();
            assertEquals(Status.RUNNING, second.state().status());
        }
    }

    @Test
    void closingAllWhileTheyRun() throws Exception {
        Path bundle = place.shell("sleep 1000");
        List<CompletableFuture<ExitStatus>> exits = new ArrayList<>();
        try (Jrunc jrunc = Jrunc.builder(place.states).program(Place.PROGRAM).open()) {
            for (int i = 0; i < 3; i++) {
                exits.add(jrunc.run("all-" + i, bundle, Stdio.none()).onExit());
            }
        }
        for (CompletableFuture<ExitStatus> exit : exits) {
            assertEquals(new ExitStatus(0, 9), exit.get());
        }
        assertEquals(List.of(), place.jrunc.list());
    }

    @Test
    void aDetachedContainerStays() throws Exception {
        Path bundle = place.shell("sleep 1000");
        try (Jrunc jrunc = Jrunc.builder(place.states).program(Place.PROGRAM).open()) {
            jrunc.createDetached("d", bundle, Stdio.none()).start();
        }
        assertEquals(Status.RUNNING, place.jrunc.container("d").state().status());
        place.jrunc.container("d").delete(true);
        assertEquals(List.of(), place.jrunc.list());
        assertThrows(IllegalArgumentException.class, () -> place.jrunc.createDetached("d", bundle, Stdio.pipes()));
    }

    @Test
    void inputAndOutputs() throws Exception {
        Path bundle = place.shell("cat; echo bad >&2");
        try (OwnedContainer container = place.jrunc.run("io", bundle, Stdio.pipes())) {
            container.stdin().write("text".getBytes(StandardCharsets.UTF_8));
            container.stdin().close();
            assertArrayEquals(
                    "text".getBytes(StandardCharsets.UTF_8), container.stdout().readAllBytes());
            assertArrayEquals(
                    "bad\n".getBytes(StandardCharsets.UTF_8), container.stderr().readAllBytes());
        }
        Path in = Files.writeString(place.folder.resolve("in"), "from a file");
        Path out = Files.writeString(place.folder.resolve("out"), "before ");
        Stdio files = Stdio.none().input(in).output(new Output.File(out, true));
        try (OwnedContainer container = place.jrunc.run("io", bundle, files)) {
            end(container);
            assertThrows(IllegalStateException.class, container::stdout);
        }
        assertEquals("before from a file", Files.readString(out));
        try (OwnedContainer container =
                place.jrunc.run("io", bundle, Stdio.none().input(in).output(new Output.File(out, false)))) {
            end(container);
        }
        assertEquals("from a file", Files.readString(out));
    }

    @Test
    void outputBehindTheLimitIsDropped() throws Exception {
        Capture capture = Capture.upTo(10);
        Path bundle = place.shell("dd if=/dev/zero bs=1024 count=1024 2>/dev/null; exit 4");
        try (OwnedContainer container =
                place.jrunc.run("big", bundle, Stdio.none().output(capture))) {
            assertEquals(new ExitStatus(4, 0), end(container));
            assertArrayEquals(new byte[10], capture.bytes());
            assertEquals(1024 * 1024 - 10, capture.dropped());
        }
        assertThrows(
                IllegalStateException.class,
                () -> place.jrunc.run("big", bundle, Stdio.none().output(capture)));
        assertEquals(List.of(), place.jrunc.list());
    }

    @Test
    void nothingOfThisProgramReachesTheContainer() throws Exception {
        Capture capture = Capture.upTo(1000);
        Path bundle = place.shell("echo /proc/self/fd/*");
        try (var _ = Files.newInputStream(bundle.resolve("config.json"));
                OwnedContainer container =
                        place.jrunc.run("fds", bundle, Stdio.none().output(capture))) {
            end(container);
            // 3 is the shell's own, which reads the folder.
            assertEquals("/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\n", capture.text());
        }
    }

    @Test
    void aFrontKeepsNothingOfThisProgramOpen() throws Exception {
        Path held = Files.writeString(place.folder.resolve("held"), "x");
        try (var _ = Files.newInputStream(held);
                OwnedContainer _ = place.jrunc.run("held", place.shell("sleep 1000"), Stdio.none())) {
            assertEquals(1, Place.openAt(ProcessHandle.current().pid(), held).size());
            for (ProcessHandle front : Place.fronts()) {
                assertEquals(List.of(), Place.openAt(front.pid(), held));
            }
        }
    }

    @Test
    void execThatFailsAndExecThatIsClosed() throws Exception {
        try (OwnedContainer container = place.jrunc.run("x", place.shell("sleep 1000"), Stdio.none())) {
            OperationFailed missing =
                    assertThrows(OperationFailed.class, () -> container.exec(Exec.of("/bin/missing"), Stdio.none()));
            assertTrue(missing.getMessage().contains("/bin/missing"), missing.getMessage());
            assertEquals(2, missing.errno());
            ContainerProcess process = container.exec(Exec.of("/bin/sleep", "1000"), Stdio.none());
            assertTrue(container.processes().contains(process.pid()));
            process.close();
            assertEquals(new ExitStatus(0, 9), end(process));
            try (ContainerProcess other = container.exec(Exec.of("/bin/sleep", "1000"), Stdio.none())) {
                other.kill("KILL");
                assertEquals(new ExitStatus(0, 9), end(other));
                assertThrows(OperationFailed.class, () -> other.kill("TERM"));
            }
            Capture where = Capture.upTo(100);
            Exec inside = Exec.of("/bin/sh", "-c", "echo $PWD $NAME $(cat /proc/self/loginuid >/dev/null; exit 0)")
                    .cwd("/bin")
                    .env("NAME", "value");
            try (ContainerProcess told = container.exec(inside, Stdio.none().output(where))) {
                end(told);
                assertEquals("/bin value\n", where.text());
            }
        }
    }

    @Test
    void limitsAndWhatIsUsed() throws Exception {
        SpecBuilder.rootful()
                .args("/bin/sleep", "1000")
                .limits(Limits.none().memory(32 << 20).tasks(8))
                .writeTo(place.bundle);
        try (OwnedContainer container = place.jrunc.run("l", place.bundle, Stdio.none())) {
            Stats stats = container.stats();
            assertEquals(32 << 20, stats.memoryLimit());
            assertEquals(8, stats.tasksLimit());
            assertEquals(1, stats.tasks());
            assertTrue(stats.memory() > 0 && stats.memory() <= 32 << 20);
            assertTrue(stats.json().startsWith("{\"type\":\"stats\",\"id\":\"l\","), stats.json());
            container.update(Limits.none().memory(64 << 20));
            assertEquals(64 << 20, container.stats().memoryLimit());
            assertEquals(8, container.stats().tasksLimit());
        }
    }

    @Test
    void anEventWhenMemoryHasRunOut() throws Exception {
        SpecBuilder.rootful()
                .args("/bin/sh", "-c", "dd if=/dev/zero of=/dev/null bs=64M count=1; sleep 1000")
                .limits(Limits.none().memory(8 << 20))
                .writeTo(place.bundle);
        OwnedContainer container = place.jrunc.create("oom", place.bundle, Stdio.none());
        try (container;
                Stream<Event> events = container.events(Duration.ofHours(1))) {
            container.start();
            assertEquals(Optional.of(new Event.OutOfMemory()), events.findFirst());
        }
    }

    @Test
    void eventsEndWithTheContainer() throws Exception {
        OwnedContainer container = place.jrunc.run("end", place.shell("sleep 1000"), Stdio.none());
        try (container;
                Stream<Event> events = container.events(Duration.ofHours(1))) {
            container.kill("KILL");
            assertEquals(0, events.count());
        }
        Place.await("the end of the fronts", () -> Place.fronts().isEmpty());
        try (Stream<Event> none = place.jrunc.container("end").events(Duration.ofSeconds(1))) {
            assertTrue(assertThrows(ContainerError.class, none::count).isMissing());
        }
    }

    /** Not from some time after it: what happens meanwhile is not lost. */
    @Test
    void eventsAreWatchedFromTheirCallOn() throws Exception {
        try (OwnedContainer container = place.jrunc.run("watched", place.shell("sleep 1000"), Stdio.none());
                Stream<Event> _ = container.events(Duration.ofHours(1))) {
            assertTrue(Place.fronts().stream()
                    .anyMatch(front -> !Place.openAt(front.pid(), Path.of("anon_inode:[eventfd]"))
                            .isEmpty()));
        }
    }

    @Test
    void eventsThatAreClosedNeedNoFront() throws Exception {
        try (OwnedContainer container = place.jrunc.run("closed", place.shell("sleep 1000"), Stdio.none())) {
            container.events(Duration.ofHours(1)).close();
            Place.await(
                    "the end of the front that watches", () -> Place.fronts().size() == 1);
        }
    }

    @Test
    void errorsHaveTheirPlace() throws Exception {
        Files.writeString(place.bundle.resolve("config.json"), "{\"ociVersion\":3}");
        InvalidSpec spec = assertThrows(InvalidSpec.class, () -> place.jrunc.create("bad", place.bundle, Stdio.none()));
        assertEquals("/ociVersion", spec.pointer());

        SpecBuilder.rootful().bind(Path.of("/no/such/folder"), "/data", false).writeTo(place.bundle);
        OperationFailed mount =
                assertThrows(OperationFailed.class, () -> place.jrunc.create("bad", place.bundle, Stdio.none()));
        assertEquals("/mounts/7", mount.origin());
        assertEquals(2, mount.errno());

        SpecBuilder.rootful().args("/no/such/program").writeTo(place.bundle);
        OperationFailed program =
                assertThrows(OperationFailed.class, () -> place.jrunc.run("bad", place.bundle, Stdio.none()));
        assertTrue(program.getMessage().contains("/no/such/program"), program.getMessage());

        Path bundle = place.shell("sleep 1000");
        try (OwnedContainer _ = place.jrunc.create("twice", bundle, Stdio.none())) {
            ContainerError exists =
                    assertThrows(ContainerError.class, () -> place.jrunc.create("twice", bundle, Stdio.none()));
            assertEquals("container with given ID already exists", exists.getMessage());
        }
        assertThrows(ContainerError.class, () -> place.jrunc.create("a/b", bundle, Stdio.none()));
        assertEquals(List.of(), place.left("bad"));
        assertEquals(List.of(), Place.fronts());
    }

    /** A hook that doesn't end holds create up. */
    @Test
    void createIsInterrupted() throws Exception {
        held("true");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                place.jrunc.create("slow", place.bundle, Stdio.none()).close();
            } catch (InterruptedException | RuntimeException e) {
                thrown.set(e);
            }
        });
        Place.await("the hook", () -> Files.exists(place.folder.resolve("held")));
        caller.interrupt();
        assertTrue(caller.join(LIMIT));
        assertInstanceOf(InterruptedException.class, thrown.get());
        assertEquals(List.of(), place.left("slow"));
    }

    @Test
    void toWaitIsInterruptedAndTheContainerGoesOn() throws Exception {
        try (OwnedContainer container = place.jrunc.run("w", place.shell("sleep 1000"), Stdio.none())) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, container::waitFor);
            assertEquals(Status.RUNNING, container.state().status());
        }
    }

    @Test
    void aFrontThatWasKilled() throws Exception {
        OwnedContainer container = place.jrunc.run("k", place.shell("sleep 1000"), Stdio.none());
        CompletableFuture<ExitStatus> exit = container.onExit();
        Place.fronts().getFirst().destroyForcibly();
        ExecutionException failure = assertThrows(ExecutionException.class, exit::get);
        assertTrue(failure.getCause() instanceof ContainerError, String.valueOf(failure.getCause()));
        assertEquals(Status.RUNNING, container.state().status());
        container.close();
        assertEquals(List.of(), place.left("k"));
    }

    /** Its state's folder can't be written to. */
    private Closeable readOnly(String id) throws IOException {
        String folder = place.states.resolve(id).toString();
        Place.host("mount", "--bind", folder, folder);
        Place.host("mount", "-o", "remount,bind,ro", folder);
        return () -> Place.host("umount", "--lazy", folder); // a front has it open
    }

    private static void failsToClose(AutoCloseable closed) {
        OperationFailed failure = assertThrows(OperationFailed.class, closed::close);
        assertEquals(30, failure.errno(), failure::toString);
    }

    @Test
    void aCloseThatFailsIsTriedAgain() throws Exception {
        Path bundle = place.shell("sleep 1000");
        try (Jrunc jrunc = Jrunc.builder(place.states).program(Place.PROGRAM).open()) {
            OwnedContainer first = jrunc.create("first", bundle, Stdio.none());
            OwnedContainer waited = jrunc.run("waited", bundle, Stdio.none());
            CompletableFuture<ExitStatus> exit = waited.onExit();
            try (Closeable _ = readOnly("first");
                    Closeable _ = readOnly("waited")) {
                failsToClose(first);
                failsToClose(waited);
                failsToClose(jrunc);
                assertEquals(
                        List.of(Status.CREATED, Status.RUNNING),
                        place.jrunc.list().stream().map(State::status).toList());
            }
            first.close();
            assertEquals(
                    List.of("waited"),
                    place.jrunc.list().stream().map(State::id).toList());
            assertFalse(exit.isDone());
        }
        assertEquals(List.of(), place.left("waited"));
        assertEquals(List.of(), Place.fronts());
    }

    /** It is killed, but one of its files can't be removed. */
    @Test
    void aCloseThatFailsHalfWayHoldsNobodyUp() throws Exception {
        OwnedContainer container = place.jrunc.create("half", place.shell("sleep 1000"), Stdio.none());
        String file = place.states.resolve("half/state.json").toString();
        Place.host("mount", "--bind", file, file);
        try {
            OperationFailed failure = assertThrows(OperationFailed.class, container::close);
            assertEquals(16, failure.errno(), failure::toString);
        } finally {
            Place.host("umount", file);
        }
        assertEquals(Status.STOPPED, container.state().status());
        place.jrunc.container("half").delete(false);
        container.close();
        assertEquals(List.of(), place.left("half"));
        assertEquals(List.of(), Place.fronts());
    }

    @Test
    void closedAlthoughItsFrontWasKilled() throws Exception {
        OwnedContainer container = place.jrunc.create("k", place.shell("sleep 1000"), Stdio.none());
        Place.fronts().getFirst().destroyForcibly();
        container.close();
        assertEquals(List.of(), place.left("k"));
    }

    /** A hook of create that says that it runs, and waits until it may end. */
    private void held(String script) throws IOException {
        place.shell(script);
        Path config = place.bundle.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replaceFirst(
                                "\\{",
                                "{\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/sh\",\"args\":[\"sh\",\"-c\",\"touch "
                                        + place.folder.resolve("held") + "; while [ ! -e "
                                        + place.folder.resolve("go")
                                        + " ]; do sleep 0.02; done\"],\"env\":[\"PATH=/bin:/usr/bin\"]}]},"));
    }

    @Test
    void closingWhileOneIsMade() throws Exception {
        held("sleep 1000");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller;
        try (Jrunc jrunc = Jrunc.builder(place.states).program(Place.PROGRAM).open()) {
            caller = Thread.ofVirtual().start(() -> {
                try {
                    jrunc.run("late", place.bundle, Stdio.none());
                } catch (InterruptedException | RuntimeException e) {
                    thrown.set(e);
                }
            });
            Place.await("the hook", () -> Files.exists(place.folder.resolve("held")));
        }
        Files.createFile(place.folder.resolve("go"));
        assertTrue(caller.join(LIMIT));
        assertInstanceOf(IllegalStateException.class, thrown.get());
        assertEquals("this Jrunc is closed", thrown.get().getMessage());
        assertEquals(List.of(), place.left("late"));
        assertEquals(List.of(), Place.fronts());
    }

    /** Another JVM; its words come after the folder of the states and the bundle. */
    private Process program(List<String> before, Class<?> main, Path... words) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                place.states.toString(),
                place.bundle.toString()));
        for (Path word : words) {
            command.add(word.toString());
        }
        return new ProcessBuilder(command).inheritIO().start();
    }

    /** As the terminal does at Ctrl-C: to the whole process group. */
    @Test
    void whatATerminalSendsIsForTheProgramAlone() throws Exception {
        held("while [ ! -e /end ]; do sleep 0.02; done; exit 7");
        Path running = place.folder.resolve("running");
        Path result = place.folder.resolve("result");
        Process program = program(List.of("setsid"), Patient.class, running, result);
        String group = "-" + program.pid();
        try {
            Place.await("the hook", () -> Files.exists(place.folder.resolve("held")) || !program.isAlive());
            Place.host("kill", "-INT", "--", group);
            Files.createFile(place.folder.resolve("go"));
            Place.await("the container", () -> Files.exists(running) || !program.isAlive());
            assertFalse(Files.exists(result), () -> "what it does was ended");
            Place.host("kill", "-INT", "--", group);
            Place.host("kill", "-TSTP", "--", group);
            Place.host("kill", "-CONT", "--", group);
            Files.createFile(place.bundle.resolve("rootfs/end"));
            Place.await("the end of the program", () -> !program.isAlive());
            assertEquals("ExitStatus[code=7, signal=0]", Files.readString(result));
        } finally {
            program.destroyForcibly().waitFor();
        }
    }

    /** At Ctrl-C it finishes what it does. */
    static final class Patient {

        private Patient() {}

        public static void main(String[] args) throws Exception {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            Runtime.getRuntime().addShutdownHook(new Thread(done::join));
            String result;
            try (Jrunc jrunc = Jrunc.builder(Path.of(args[0]))
                            .program(Place.PROGRAM)
                            .open();
                    OwnedContainer container = jrunc.run("patient", Path.of(args[1]), Stdio.inherited())) {
                Files.createFile(Path.of(args[2]));
                result = container.waitFor().toString();
            } catch (RuntimeException | InterruptedException e) {
                result = e.toString();
            }
            Files.writeString(Path.of(args[3]), result);
            done.complete(true);
        }
    }

    @Test
    void whatCouldNotBeClosedEndsWithTheProgram() throws Exception {
        place.shell("sleep 1000");
        Path ready = place.folder.resolve("ready");
        Path blocked = place.folder.resolve("blocked");
        Path failed = place.folder.resolve("failed");
        Process program = program(List.of(), Unlucky.class, ready, blocked, failed);
        try {
            Place.await("the program's container", () -> Files.exists(ready) || !program.isAlive());
            try (Closeable _ = readOnly("unlucky")) {
                Files.createFile(blocked);
                Place.await("the failure", () -> Files.exists(failed) || !program.isAlive());
                assertEquals(1, place.jrunc.list().size());
            }
            List<ProcessHandle> fronts = program.children().toList();
            program.destroyForcibly().waitFor();
            Place.await("the end of its fronts", () -> fronts.stream().noneMatch(ProcessHandle::isAlive));
            assertEquals(List.of(), place.left("unlucky"));
        } finally {
            program.destroyForcibly().waitFor();
        }
    }

    /** Closes in vain. */
    static final class Unlucky {

        private Unlucky() {}

        public static void main(String[] args) throws Exception {
            try (Jrunc jrunc =
                    Jrunc.builder(Path.of(args[0])).program(Place.PROGRAM).open()) {
                OwnedContainer container = jrunc.create("unlucky", Path.of(args[1]), Stdio.none());
                Files.createFile(Path.of(args[2]));
                Place.await("the obstacle", () -> Files.exists(Path.of(args[3])));
                assertThrows(OperationFailed.class, container::close);
                Files.createFile(Path.of(args[4]));
                Thread.sleep(LIMIT);
            }
        }
    }

    /** Another JVM, with a container that waits, one that runs and one that executes a program more. */
    @Test
    void aProgramThatIsKilledLeavesNothing() throws Exception {
        place.shell("sleep 1000");
        Path ready = place.folder.resolve("ready");
        Process program = program(List.of(), Victim.class, ready);
        try {
            Place.await("the program's containers", () -> Files.exists(ready) || !program.isAlive());
            assertEquals(3, place.jrunc.list().size());
            List<ProcessHandle> fronts = program.children().toList();
            assertEquals(4, fronts.size());
            program.destroyForcibly().waitFor();
            Place.await("the end of its containers", () -> place.jrunc.list().isEmpty());
            Place.await("the end of its fronts", () -> fronts.stream().noneMatch(ProcessHandle::isAlive));
            for (String id : List.of("waits", "runs", "executes")) {
                assertEquals(List.of(), place.left(id));
            }
        } finally {
            program.destroyForcibly().waitFor();
        }
    }

    @Test
    void onTheModulePath() throws Exception {
        Path target = Path.of("target").toAbsolutePath();
        Process program = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=org.jnrproject.jffi,org.jnrproject.ffi",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-p",
                        target.resolve("classes") + ":" + target.resolve("jars"),
                        "--add-modules",
                        "dev.jrunc",
                        "-cp",
                        target.resolve("test-classes").toString(),
                        "dev.jrunc.modular.Modular",
                        Place.PROGRAM.toString(),
                        place.states.toString(),
                        place.shell("exit 6").toString())
                .redirectErrorStream(true)
                .start();
        try {
            assertEquals("dev.jrunc 6\n", new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } finally {
            program.destroyForcibly().waitFor();
        }
    }

    /** What is killed. */
    static final class Victim {

        private Victim() {}

        public static void main(String[] args) throws Exception {
            try (Jrunc jrunc =
                    Jrunc.builder(Path.of(args[0])).program(Place.PROGRAM).open()) {
                Path bundle = Path.of(args[1]);
                jrunc.create("waits", bundle, Stdio.none());
                jrunc.run("runs", bundle, Stdio.none());
                OwnedContainer container = jrunc.run("executes", bundle, Stdio.none());
                container.exec(Exec.of("/bin/sleep", "1000"), Stdio.none());
                Files.createFile(Path.of(args[2]));
                container.waitFor();
            }
        }
    }

    @Test
    void anotherBuildOfTheProgramIsNoEngineForUs() throws Exception {
        Path program = Files.createDirectory(place.folder.resolve("bin")).resolve("jrunc");
        Files.writeString(program, "#!/bin/sh\nexit 1\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Jrunc jrunc = Jrunc.builder(place.states).program(program).open()) {
            ContainerError gone = assertThrows(ContainerError.class, jrunc::list);
            assertTrue(gone.getMessage().startsWith("the front of this call is gone"), gone.getMessage());
        }
    }
}
