// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A dockerd of our own, with a containerd of its own, without networks. */
public final class Docker implements AutoCloseable {
    /** The image that calls may name. */
    public static final String IMAGE = ClientImage.NAME;

    /** Debian's: another one may be before it in PATH. */
    private static final String CLIENT = "/usr/bin/docker";

    private static final String LOG = "dockerd.log";

    private final ClientPlace place;
    private final Containerd containerd;
    private final Process daemon;

    private Docker(ClientPlace place, Containerd containerd, Process daemon) {
        this.place = place;
        this.containerd = containerd;
        this.daemon = daemon;
    }

    /** Starts both and loads the image. The shims call the runtime with the engine of the tests. */
    public static Docker start(OciRuntime runtime, EngineChoice engine) throws IOException {
        for (String program : List.of("dockerd", "docker", "docker-init")) {
            Machine.needsProgram(program);
        }
        ClientPlace place = new ClientPlace("dk");
        Files.writeString(place.resolve("daemon.json"), configuration(place, runtime));
        Containerd containerd =
                Containerd.startIn(place, engine, "disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n");
        Process daemon = place.start(
                engine,
                LOG,
                "dockerd",
                "--config-file",
                place.resolve("daemon.json").toString());
        Docker docker = new Docker(place, containerd, daemon);
        try {
            Await.until("dockerd", docker::answers, () -> place.log(LOG));
            docker.run("load", "-i", ClientImage.archive(place).toString());
            return docker;
        } catch (Throwable failure) {
            docker.close();
            throw failure;
        }
    }

    private static String configuration(ClientPlace place, OciRuntime runtime) {
        return Json.of(Map.ofEntries(
                        Map.entry("data-root", place.resolve("data").toString()),
                        Map.entry("exec-root", place.resolve("exec").toString()),
                        Map.entry("pidfile", place.resolve("pid").toString()),
                        Map.entry("hosts", List.of("unix://" + place.resolve("docker.sock"))),
                        Map.entry("containerd", Containerd.socketIn(place).toString()),
                        Map.entry("containerd-namespace", place.name()),
                        Map.entry("containerd-plugins-namespace", place.name() + "-plugins"),
                        Map.entry("cgroup-parent", "/" + place.name()),
                        Map.entry("bridge", "none"),
                        Map.entry("iptables", false),
                        Map.entry("ip-forward", false),
                        Map.entry("ip-masq", false),
                        Map.entry("exec-opts", List.of("native.cgroupdriver=cgroupfs")),
                        Map.entry("default-runtime", "tested"),
                        Map.entry(
                                "runtimes",
                                Map.of("tested", Map.of("path", runtime.path().toString())))))
                .toString();
    }

    private boolean answers() {
        try {
            run("version");
            return true;
        } catch (AssertionError notYet) {
            return false;
        }
    }

    private void run(String... words) {
        Host.run(words(words).toArray(String[]::new));
    }

    private List<String> words(String... words) {
        List<String> all = new ArrayList<>(List.of(CLIENT, "-H", "unix://" + place.resolve("docker.sock")));
        all.addAll(List.of(words));
        return all;
    }

    /** The folder in which a container's bundle is while it runs. */
    public Path bundle(String containerId) {
        return place.resolve("state/io.containerd.runtime.v2.task")
                .resolve(place.name())
                .resolve(containerId);
    }

    /** A call of docker. */
    public Call call(Lab lab, String... words) {
        return lab.host(words(words).toArray(String[]::new));
    }

    /** The same on a terminal of its own, whose input stays open. */
    public Call onTerminal(Lab lab, String... words) {
        return lab.onTerminal(words(words));
    }

    /** {@code run} in the foreground, with options before the image. */
    public Call runCall(Lab lab, List<String> options, String... program) {
        List<String> words = new ArrayList<>(List.of("run", "--rm", "--name", lab.nextId(), "--network", "none"));
        words.addAll(options);
        words.add(IMAGE);
        words.addAll(List.of(program));
        return call(lab, words.toArray(String[]::new));
    }

    /** A container that runs, and that is removed at the end of the test. */
    public String started(Lab lab, List<String> options, String... program) {
        String id = lab.nextId();
        List<String> words = new ArrayList<>(List.of("run", "-d", "--name", id, "--network", "none"));
        words.addAll(options);
        words.add(IMAGE);
        words.addAll(List.of(program));
        lab.atEnd(() -> call(lab, "rm", "-f", id).now());
        call(lab, words.toArray(String[]::new)).now().succeeded();
        return id;
    }

    /** The value that {@code inspect} gives for a container by a template. */
    public String inspect(Lab lab, String id, String template) {
        return call(lab, "inspect", "-f", template, id)
                .now()
                .succeeded()
                .stdout()
                .strip();
    }

    @Override
    public void close() {
        ClientPlace.stop(daemon);
        containerd.stop();
        place.close(Set.of());
    }
}
