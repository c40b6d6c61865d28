// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The place of one test: a folder of its own with the runtime's state folder and the bundles, and a name that is part of every
 * container id, path and cgroup of the test, by which all that it leaves behind can be found.
 */
public final class Lab implements AutoCloseable {
    private static final Duration GRACE = Await.seconds(10);
    private static final Path PAYLOAD =
            Path.of("../build/it/payload").toAbsolutePath().normalize();
    private static final Path BUSYBOX = Path.of("/bin/busybox");

    private final OciRuntime runtime;
    private final EngineChoice engine;
    private final String name;
    private final Path folder;
    private final List<Bundle> bundles = new ArrayList<>();
    private final List<Container> containers = new ArrayList<>();
    private final List<Running> calls = new ArrayList<>();
    private final List<Runnable> undo = new ArrayList<>();
    private final Census atFirst;
    private int files;
    private boolean closed;

    Lab(OciRuntime runtime, EngineChoice engine) {
        this.runtime = runtime;
        this.engine = engine;
        byte[] random = new byte[4];
        ThreadLocalRandom.current().nextBytes(random);
        this.name = "jrunc-it-" + HexFormat.of().formatHex(random);
        Machine.needs("the payload, " + PAYLOAD + " (make -C integration-tests/payload)", Files.isExecutable(PAYLOAD));
        try {
            this.folder = Files.createDirectory(
                    Path.of("/tmp", name),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            Files.createDirectory(stateRoot());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.atFirst = Census.take(this);
    }

    /** The runtime under test. */
    public OciRuntime runtime() {
        return runtime;
    }

    /** The lab's name, unique on this machine. */
    public String name() {
        return name;
    }

    /** The lab's folder. */
    public Path folder() {
        return folder;
    }

    /** The {@code --root} of all calls. */
    public Path stateRoot() {
        return folder.resolve("state");
    }

    /** The payload on the host. */
    public String payload() {
        return PAYLOAD.toString();
    }

    static Path payloadOnHost() {
        return PAYLOAD;
    }

    /** How names of this lab's network interfaces on the host begin; at most 9 characters. */
    public String interfacePrefix() {
        return "j" + name.substring(name.length() - 8);
    }

    /** A path of a cgroup that no one else has, absolute within the hierarchy. */
    public String cgroup(String child) {
        return "/" + name + "/" + child;
    }

    /** A container id that no one else has. */
    public String id(String suffix) {
        return name + "-" + suffix;
    }

    List<Bundle> bundles() {
        return bundles;
    }

    /** A new bundle. */
    public Bundle bundle() {
        return bundleIn(folder.resolve("bundle" + (bundles.size() + 1)));
    }

    /** A new bundle in a folder that doesn't exist yet. */
    public Bundle bundleIn(Path bundleFolder) {
        Bundle bundle = new Bundle(bundleFolder, copy(PAYLOAD, "payload"));
        bundles.add(bundle);
        return bundle;
    }

    /** A new bundle with a busybox userland. */
    public Bundle shellBundle(String script) {
        Machine.needs("a static " + BUSYBOX, Files.isExecutable(BUSYBOX));
        return bundle().busybox(
                        copy(BUSYBOX, "busybox"), "sh", "cat", "echo", "id", "sleep", "true", "touch", "ls", "kill")
                .args("/bin/sh", "-c", script);
    }

    /** One copy for the lab, on the same file system as its bundles, to be linked into them. */
    private Path copy(Path program, String as) {
        Path copy = folder.resolve(as);
        try {
            if (!Files.exists(copy)) {
                Files.copy(program, copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A path in the lab's folder that nothing has yet. */
    public Path newFile(String what) {
        files++;
        return folder.resolve(files + "." + what);
    }

    /** A new folder in the lab's folder. */
    public Path newFolder(String what) {
        try {
            return Files.createDirectory(newFile(what));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A call of the runtime, with the lab's state folder and a log of its own in JSON. */
    public Call call(String... arguments) {
        return plainCall(arguments).globally("--root", stateRoot().toString()).logging(newFile("log"));
    }

    /** A call of the runtime with no global options. */
    public Call plainCall(String... arguments) {
        Call call = new Call(this, runtime.command(), List.of(arguments));
        engine.resident().ifPresent(socket -> call.with(EngineChoice.VARIABLE, socket));
        return call;
    }

    /** Whether one resident engine serves the calls, and not one engine for each. */
    public boolean isWarm() {
        return engine.resident().isPresent();
    }

    /** A call of another program of the host. */
    public Call host(String... words) {
        return new Call(this, List.of(words), List.of());
    }

    /** The same on a terminal of its own, whose input stays open. */
    public Call onTerminal(List<String> words) {
        String line = words.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
        return host("script", "-qec", line, "/dev/null").interactive();
    }

    /** What a caller with {@code --console-socket} has: it listens there, and prints what comes from the terminal. */
    public Running consoleReceiver(Path socket) {
        return host(payload(), "console-receive", socket.toString())
                .interactive()
                .start()
                .awaitOutput("listening");
    }

    /** {@code exec} of the payload with these words, with options before the id, not yet made. */
    public Call execCall(Container container, List<String> options, String... words) {
        List<String> all = new ArrayList<>(List.of("exec"));
        all.addAll(options);
        all.addAll(List.of(container.id(), "/payload"));
        all.addAll(List.of(words));
        return call(all.toArray(String[]::new));
    }

    /** {@code exec} of the payload with these words, in the foreground. */
    public Result exec(Container container, String... words) {
        return execCall(container, List.of(), words).now();
    }

    /** {@code update} with these options, not yet made. */
    public Call updateCall(Container container, String... options) {
        List<String> all = new ArrayList<>(List.of("update"));
        all.addAll(List.of(options));
        all.add(container.id());
        return call(all.toArray(String[]::new));
    }

    /** {@code create} with options before the id, not yet made. */
    public Call createCall(Bundle bundle, String id, String... options) {
        return bundleCall("create", bundle, id, options);
    }

    /** {@code run} with options before the id, not yet made. */
    public Call runCall(Bundle bundle, String id, String... options) {
        return bundleCall("run", bundle, id, options);
    }

    private Call bundleCall(String command, Bundle bundle, String id, String... options) {
        bundle.write();
        List<String> words =
                new ArrayList<>(List.of(command, "--bundle", bundle.folder().toString()));
        words.addAll(List.of(options));
        words.add(id);
        return call(words.toArray(String[]::new));
    }

    /** {@code create}, which has to succeed. */
    public Container create(Bundle bundle, String... options) {
        String id = nextId();
        return created(id, createCall(bundle, id, options));
    }

    /** Makes a call that creates a container, which has to succeed. */
    public Container created(String id, Call call) {
        Running creation = call.start();
        Container container = new Container(this, id, creation);
        containers.add(container);
        creation.await().succeeded();
        return container;
    }

    /** {@code run} in the foreground, to its end. */
    public Result run(Bundle bundle, String... options) {
        return runCall(bundle, nextId(), options).now();
    }

    /** {@code run} in the foreground of the payload, which has to succeed, and whose report is returned. */
    public Report report(Bundle bundle) {
        return run(bundle).succeeded().report();
    }

    /** {@code run} in the foreground, which returns while it goes on. */
    public Container runInBackground(Bundle bundle, String... options) {
        String id = nextId();
        Container container =
                new Container(this, id, runCall(bundle, id, options).start());
        containers.add(container);
        return container;
    }

    /** Follows a container that was made in another way, to delete it in the end. */
    public Container follow(String id, Running creation) {
        Container container = new Container(this, id, creation);
        containers.add(container);
        return container;
    }

    /** {@code create}, which has to fail with these words, in either case, and to leave nothing behind. */
    public Result failsToCreate(Bundle bundle, String... words) {
        return fails(createCall(bundle, nextId()), words);
    }

    /** A call that has to fail with these words, in either case, and to leave nothing behind. */
    public Result fails(Call call, String... words) {
        return failsWith(1, call, words);
    }

    /** The same with another status: {@code exec} has its own. */
    public Result failsWith(int status, Call call, String... words) {
        Census before = Census.take(this);
        Result result = call.now().failedWith(status, words);
        assertNothingSince(before, "after the failure of " + result);
        return result;
    }

    /** A container id of this lab that wasn't used before. */
    public String nextId() {
        return id("c" + (++files));
    }

    /** What there is now. */
    public Census census() {
        return Census.take(this);
    }

    /** Asserts that all that came since an earlier census is gone, or goes within moments. */
    public void assertNothingSince(Census earlier, String when) {
        Await.within(GRACE, () -> Census.take(this).since(earlier).isEmpty());
        assertEquals(List.of(), Census.take(this).since(earlier), "left behind " + when);
    }

    /** Something to be undone at the end of the test, whatever happens. */
    public void atEnd(Runnable action) {
        undo.addFirst(action);
    }

    void remember(Running call) {
        calls.add(call);
    }

    /** One that is deleted already. */
    public void forget(Container container) {
        containers.remove(container);
    }

    /** The end of a test that passed: containers are deleted, calls return, and nothing is left. */
    void finish() {
        for (Container container : List.copyOf(containers)) {
            container.delete("--force");
        }
        for (Running running : calls) {
            running.await(GRACE);
        }
        runUndo();
        assertNothingSince(atFirst, "by the test");
    }

    /** All of it; the first failure comes through in the end. */
    private void runUndo() {
        List<Runnable> actions = List.copyOf(undo);
        undo.clear();
        @Nullable AssertionError first = null;
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (AssertionError failure) {
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** Ends and removes all that is left, whoever's fault that is. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (Container container : List.copyOf(containers)) {
            call("delete", "--force", container.id()).now();
        }
        calls.stream().filter(Running::isAlive).forEach(Running::stop);
        try {
            runUndo();
        } finally {
            Processes.endAllMentioning(name);
            Await.within(GRACE, () -> Processes.mentioning(name).isEmpty());
            Cgroups.mentioning(name).forEach(cgroup -> cgroup.toFile().delete());
            Host.unmountBelow(folder);
            Host.removeTree(folder);
        }
    }
}
