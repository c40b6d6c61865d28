// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** podman, and buildah, with a storage of its own, for root or for an ordinary user. */
public final class Podman implements AutoCloseable {
    /** The image that calls may name. */
    public static final String IMAGE = ClientImage.NAME;

    private final ClientPlace place;
    private final OciRuntime runtime;
    private final Optional<LocalUser> user;
    private final boolean systemd;

    private Podman(ClientPlace place, OciRuntime runtime, Optional<LocalUser> user, boolean systemd) {
        this.place = place;
        this.runtime = runtime;
        this.user = user;
        this.systemd = systemd;
    }

    /** As root. Its monitors call the runtime with the engine of the tests. */
    public static Podman ofRoot(OciRuntime runtime, EngineChoice engine) throws IOException {
        return start(new Podman(new ClientPlace("pm"), runtime, Optional.empty(), false), engine);
    }

    /** The same with units of systemd for cgroups. */
    public static Podman ofRootWithSystemd(OciRuntime runtime, EngineChoice engine) throws IOException {
        Machine.needsSystemd();
        return start(new Podman(new ClientPlace("pm"), runtime, Optional.empty(), true), engine);
    }

    /** As that user, with units of the user's own systemd. */
    public static Podman withSystemd(LocalUser user, OciRuntime runtime) throws IOException {
        return start(new Podman(user.place(), runtime, Optional.of(user), true), new EngineChoice(Optional.empty()));
    }

    /** As that user, with an engine for every call: that of the tests serves root alone. */
    public static Podman of(LocalUser user, OciRuntime runtime) throws IOException {
        return start(new Podman(user.place(), runtime, Optional.of(user), false), new EngineChoice(Optional.empty()));
    }

    private static Podman start(Podman podman, EngineChoice engine) throws IOException {
        try {
            for (String program : List.of("podman", "conmon", "script")) {
                Machine.needsProgram(program);
            }
            Files.writeString(podman.configuration(), podman.configuration(podman.storage("networks"), engine));
            Path archive = ClientImage.archive(podman.place);
            podman.run("load", "-i", archive.toString());
            return podman;
        } catch (Throwable failure) {
            podman.close();
            throw failure;
        }
    }

    /** Without raising limits, which takes CAP_SYS_RESOURCE; locks and events in files; the small init that docker brings. */
    private String configuration(Path networks, EngineChoice engine) {
        String variables = engine.resident()
                .map(socket -> "\"" + EngineChoice.VARIABLE + "=" + socket + "\"")
                .orElse("");
        return """
                [containers]
                default_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]
                init_path = "/usr/bin/tini-static"
                [engine]
                lock_type = "file"
                events_logger = "file"
                cgroup_manager = "%s"
                conmon_env_vars = [%s]
                [network]
                network_config_dir = "%s"
                """.formatted(systemd ? "systemd" : "cgroupfs", variables, networks);
    }

    private Path configuration() {
        return place.resolve("containers.conf");
    }

    /** The folder that the runtime has its containers' states in: podman names none. */
    public Path stateRoot() {
        String name = runtime.path().getFileName().toString();
        return user.map(LocalUser::runtimeFolder).orElse(Path.of("/run")).resolve(name);
    }

    private Path storage(String part) {
        return user.map(LocalUser::home).orElse(place.folder()).resolve(part);
    }

    private List<String> podmanWords(String... words) {
        List<String> all = new ArrayList<>(List.of(
                "podman",
                "--root",
                storage("root").toString(),
                "--runroot",
                storage("runroot").toString(),
                "--tmpdir",
                storage("tmp").toString(),
                "--storage-driver",
                "vfs",
                "--runtime",
                runtime.path().toString()));
        all.addAll(List.of(words));
        return all;
    }

    private Call as(Call call) {
        return user.map(one -> one.call(call))
                .orElse(call)
                .with("CONTAINERS_CONF", configuration().toString());
    }

    /** A call of podman. */
    public Call call(Lab lab, String... words) {
        return as(lab.host(podmanWords(words).toArray(String[]::new)));
    }

    /** The same on a terminal of its own, whose input stays open. */
    public Call onTerminal(Lab lab, String... words) {
        return as(lab.onTerminal(podmanWords(words)));
    }

    /** {@code run} in the foreground, with the lab's own name, without a network; with options before the image. */
    public Call runCall(Lab lab, List<String> options, String... program) {
        List<String> words = new ArrayList<>(List.of("run", "--rm", "--name", lab.nextId()));
        words.addAll(cgroupParent());
        if (!options.contains("--network")) {
            words.addAll(List.of("--network", "none"));
        }
        words.addAll(options);
        words.add(IMAGE);
        words.addAll(List.of(program));
        return call(lab, words.toArray(String[]::new));
    }

    /** A container that runs, and that is removed at the end of the test. */
    public String started(Lab lab, List<String> options, String... program) {
        String id = lab.nextId();
        List<String> words = new ArrayList<>(List.of("run", "-d", "--name", id, "--network", "none"));
        words.addAll(cgroupParent());
        words.addAll(options);
        words.add(IMAGE);
        words.addAll(List.of(program));
        lab.atEnd(() -> call(lab, "rm", "-f", "-t", "0", id).now());
        call(lab, words.toArray(String[]::new)).now().succeeded();
        return id;
    }

    /** A rootless one can't have any on cgroup v1; systemd's are gone with their last unit. */
    private List<String> cgroupParent() {
        return user.isPresent() || systemd ? List.of() : List.of("--cgroup-parent", "/" + place.name());
    }

    /** A call of buildah on the same storage. */
    public Call buildah(Lab lab, String... words) {
        List<String> all = new ArrayList<>(List.of(
                "buildah",
                "--root",
                storage("root").toString(),
                "--runroot",
                storage("runroot").toString(),
                "--storage-driver",
                "vfs"));
        all.addAll(List.of(words));
        return as(lab.host(all.toArray(String[]::new)));
    }

    /** The value that {@code inspect} gives for a container by a template. */
    public String inspect(Lab lab, String id, String template) {
        return call(lab, "inspect", "-f", template, id)
                .now()
                .succeeded()
                .stdout()
                .strip();
    }

    private void run(String... words) {
        List<String> all = new ArrayList<>(List.of("env"));
        user.ifPresent(one -> all.addAll(List.of(
                "-i",
                "-C",
                one.home().toString(),
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME=" + one.home(),
                "XDG_RUNTIME_DIR=" + one.runtimeFolder())));
        all.add("CONTAINERS_CONF=" + configuration());
        user.ifPresent(one -> all.addAll(List.of(
                "setpriv", "--reuid=" + one.uid(), "--regid=" + one.gid(), "--init-groups", "--inh-caps=-all")));
        all.addAll(podmanWords(words));
        Host.run(all.toArray(String[]::new));
    }

    /** Ends the process that keeps a user's namespaces. */
    private void endPause() {
        Path file = storage("tmp").resolve("pause.pid");
        if (Files.exists(file)) {
            ProcessHandle.of(Long.parseLong(Host.read(file).strip())).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private List<String> containers() {
        String[] names = storage("root").resolve("vfs-containers").toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    @Override
    public void close() {
        endPause();
        List<String> containers = containers();
        try {
            user.ifPresentOrElse(LocalUser::close, place::close);
        } finally {
            // What the runtime has of containers that could not be removed.
            for (String container : containers) {
                Path state = stateRoot().resolve(container);
                if (Files.isDirectory(state)) {
                    Host.removeTree(state);
                }
            }
        }
    }
}
