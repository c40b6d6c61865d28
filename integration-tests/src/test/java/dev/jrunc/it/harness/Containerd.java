// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A containerd of our own, with its own folders and sockets. */
public final class Containerd implements AutoCloseable {
    /** The image that {@link #ctr} calls may name. */
    public static final String IMAGE = ClientImage.NAME;

    private static final String LOG = "log";

    private final ClientPlace place;
    private final Process daemon;

    private Containerd(ClientPlace place, Process daemon) {
        this.place = place;
        this.daemon = daemon;
    }

    /** Starts it and imports the image. Its shims call the runtime with its environment. */
    public static Containerd start(EngineChoice engine) throws IOException {
        Containerd containerd =
                startIn(new ClientPlace("cd"), engine, "disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n");
        containerd.importImage(containerd.namespace());
        return containerd;
    }

    /** @param more of its configuration */
    static Containerd startIn(ClientPlace place, EngineChoice engine, String more) throws IOException {
        for (String program : List.of("containerd", "containerd-shim-runc-v2", "ctr", "script")) {
            Machine.needsProgram(program);
        }
        Path config = Files.writeString(place.resolve("config.toml"), """
            version = 2
            root = "%1$s/root"
            state = "%1$s/state"
            %2$s
            [grpc]
              address = "%1$s/containerd.sock"
            [ttrpc]
              address = "%1$s/containerd.sock.ttrpc"
            """.formatted(place.folder(), more));
        Containerd containerd = new Containerd(place, place.start(engine, LOG, "containerd", "-c", config.toString()));
        try {
            Await.until("containerd's socket", containerd::answers, () -> place.log(LOG));
            return containerd;
        } catch (Throwable failure) {
            containerd.close();
            throw failure;
        }
    }

    private boolean answers() {
        if (!Files.exists(socket())) {
            return false;
        }
        try {
            Host.run(ctrWords("version").toArray(String[]::new));
            return true;
        } catch (AssertionError notYet) {
            return false;
        }
    }

    static Path socketIn(ClientPlace place) {
        return place.resolve("containerd.sock");
    }

    Path socket() {
        return socketIn(place);
    }

    void importImage(String namespace) throws IOException {
        try {
            Host.run(
                    "ctr",
                    "-a",
                    socket().toString(),
                    "-n",
                    namespace,
                    "image",
                    "import",
                    ClientImage.archive(place).toString());
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    /** The namespace of all {@link #ctr} calls, which is the parent of their cgroups, too. */
    public String namespace() {
        return place.name();
    }

    /** The words of a call of ctr. */
    public List<String> ctrWords(String... words) {
        List<String> all = new ArrayList<>(List.of("ctr", "-a", socket().toString(), "-n", namespace()));
        all.addAll(List.of(words));
        return all;
    }

    /** A call of ctr. */
    public Call ctr(Lab lab, String... words) {
        return lab.host(ctrWords(words).toArray(String[]::new));
    }

    /** Without the end of its place. */
    void stop() {
        ClientPlace.stop(daemon);
    }

    @Override
    public void close() {
        stop();
        place.close();
    }
}
