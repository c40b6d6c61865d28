// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.error.ContainerError;
import dev.jrunc.error.JruncException;
import dev.jrunc.front.Calls;
import dev.jrunc.front.FrontProcess;
import dev.jrunc.front.Posix;
import dev.jrunc.front.Program;
import dev.jrunc.kernel.jnr.JnrLibraries;
import dev.jrunc.lifecycle.CreateContainer;
import dev.jrunc.lifecycle.CreateOptions;
import dev.jrunc.lifecycle.ListContainers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Containers of this program, and of others that use the same root folder: the commands of {@code jrunc} as methods. The engine is
 * this JVM; the native program of the distribution carries out what it decides, a process for each call, with this program's
 * rights.
 *
 * {@snippet file="dev/jrunc/api/Snippets.java" region="life"}
 *
 * <p>All methods may be called by many threads at once, also virtual ones. Those that wait can be interrupted; what was being done then
 * ends as it does with Ctrl-C, and leaves nothing.
 */
public final class Jrunc implements AutoCloseable {

    private static final List<String> PASSED =
            List.of("PATH", "HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS");

    private final Calls calls;
    private final Set<OwnedContainer> owned = ConcurrentHashMap.newKeySet();

    private Jrunc(Calls calls) {
        this.calls = calls;
    }

    /**
     * With the program that the system property {@code jrunc.program} names, else the first {@code jrunc} in PATH.
     *
     * @param root the folder of the containers' states, made where it is missing
     * @throws ContainerError when there is no such program
     */
    public static Jrunc open(Path root) {
        return builder(root).open();
    }

    /** With more to say. */
    public static Builder builder(Path root) {
        return new Builder(root);
    }

    /** What {@link #open} takes for granted. */
    public static final class Builder {

        private final Path root;
        private @Nullable Path program;
        private boolean systemdCgroup;
        private Consumer<String> warnings = warning -> {};

        private Builder(Path root) {
            this.root = root;
        }

        /** {@code bin/jrunc} of a distribution, of the same build as this library. */
        public Builder program(Path file) {
            program = file;
            return this;
        }

        /** Cgroups are units of systemd. That needs com.github.hypfvieh:dbus-java-core, which the library doesn't bring. */
        public Builder systemdCgroup(boolean use) {
            systemdCgroup = use;
            return this;
        }

        /** Takes what is not done and does no harm, a line each, from any thread; else nobody does. */
        public Builder warnings(Consumer<String> consumer) {
            warnings = consumer;
            return this;
        }

        /** @throws ContainerError when the program is missing, or others may write to it */
        public Jrunc open() {
            Program found = program == null ? Program.find() : Program.at(program);
            found.useItsLibraries();
            List<String> environment = new ArrayList<>();
            for (String name : PASSED) {
                String value = System.getenv(name);
                if (value != null) {
                    environment.add(name + "=" + value);
                }
            }
            String folder = root.toAbsolutePath().normalize().toString();
            if (folder.equals("/")) {
                throw new ContainerError("the root folder of the states may not be /");
            }
            return new Jrunc(new Calls(
                    new Posix(), found.path(), environment, folder, systemdCgroup, new JnrLibraries(), warnings));
        }
    }

    /**
     * Makes a container, whose program waits for {@link Container#start}.
     *
     * @param id of the characters A-Z a-z 0-9 _ + . -
     * @param bundle a folder with {@code config.json}, see {@link SpecBuilder}
     * @param stdio of its program
     * @throws JruncException when it failed; then nothing is left
     */
    public OwnedContainer create(String id, Path bundle, Stdio stdio) throws InterruptedException {
        calls.checkOpen();
        OwnedContainer container = OwnedContainer.create(calls, id, options(bundle, stdio), stdio, owned::remove);
        owned.add(container);
        if (calls.isClosed()) { // meanwhile, and perhaps without having seen it
            container.close();
            calls.checkOpen();
        }
        return container;
    }

    /** Makes a container, and starts it. */
    public OwnedContainer run(String id, Path bundle, Stdio stdio) throws InterruptedException {
        OwnedContainer container = create(id, bundle, stdio);
        try {
            container.start();
            return container;
        } catch (RuntimeException | InterruptedException e) {
            try {
                container.close();
            } catch (RuntimeException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    /**
     * Makes a container that outlives this program, as {@code jrunc create} does. Nobody but its next parent gets to know how it ends.
     *
     * @param stdio without pipes, terminal and {@link Capture}
     */
    public Container createDetached(String id, Path bundle, Stdio stdio) throws InterruptedException {
        calls.checkOpen();
        if (stdio.hasPipes()) {
            throw new IllegalArgumentException(
                    "stdio: a detached container outlives the other end of a pipe, and of a terminal");
        }
        FrontProcess process = stdio.start(calls, List.of("create", id)).process();
        calls.run(process, () -> {
            try {
                return process.call(front -> new CreateContainer(
                                calls.context(front), id, options(bundle, stdio), CreateContainer.Terminal.SOCKETS)
                        .create());
            } finally {
                process.end();
            }
        });
        return container(id);
    }

    private static CreateOptions options(Path bundle, Stdio stdio) {
        String console = stdio.input() instanceof Terminal ? CreateOptions.STANDARD_INPUT : null;
        return new CreateOptions(bundle.toAbsolutePath().toString(), console, null, null, false, false, 0);
    }

    /** One that is there already, or will be: that is not looked at. */
    public Container container(String id) {
        return new Container(calls, id);
    }

    /** All of the root folder, by id. */
    public List<State> list() throws InterruptedException {
        calls.checkOpen();
        return calls.once(List.of("list"), context -> {
            List<State> states = new ArrayList<>();
            new ListContainers(context).all().forEach(listed -> states.add(State.of(listed)));
            return states;
        });
    }

    /**
     * Kills and deletes the containers that belong to this program, and were not closed yet; one that another thread is making
     * meanwhile is deleted by that. What fails may be tried again, and is when the program ends.
     */
    @Override
    public void close() {
        calls.close();
        RuntimeException failure = null;
        for (OwnedContainer container : owned) {
            try {
                container.close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
