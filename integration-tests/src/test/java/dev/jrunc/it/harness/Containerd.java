// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A containerd of our own, with its own folders and sockets, and one image: busybox and the payload. */
public final class Containerd implements AutoCloseable {
    /** The image that {@link #ctr} calls may name. */
    public static final String IMAGE = "docker.io/library/jrunc-it:latest";

    private static final List<String> APPLETS = List.of("sh", "echo", "stty", "tty", "sleep", "true", "cat");
    private static final int STOP_SECONDS = 10;

    private final Path folder;
    private final String namespace;
    private final Process daemon;

    private Containerd(Path folder, String namespace, Process daemon) {
        this.folder = folder;
        this.namespace = namespace;
        this.daemon = daemon;
    }

    /** Starts it and imports the image. Its shims call the runtime with its environment. */
    public static Containerd start(EngineChoice engine) throws IOException {
        for (String program : List.of("containerd", "containerd-shim-runc-v2", "ctr", "umoci", "skopeo", "script")) {
            Machine.needsProgram(program);
        }
        byte[] random = new byte[4];
        ThreadLocalRandom.current().nextBytes(random);
        String name = "jrunc-it-cd-" + HexFormat.of().formatHex(random);
        Path folder = Files.createDirectory(Path.of("/tmp", name));
        Path config = Files.writeString(folder.resolve("config.toml"), """
            version = 2
            root = "%1$s/root"
            state = "%1$s/state"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
              address = "%1$s/containerd.sock"
            [ttrpc]
              address = "%1$s/containerd.sock.ttrpc"
            """.formatted(folder));
        ProcessBuilder builder = new ProcessBuilder("containerd", "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        engine.addTo(builder.environment());
        Process daemon = builder.start();
        daemon.getOutputStream().close();
        Containerd containerd = new Containerd(folder, name, daemon);
        try {
            Await.until("containerd's socket", containerd::answers, containerd::log);
            containerd.importImage();
            return containerd;
        } catch (Throwable failure) {
            containerd.close();
            throw failure;
        }
    }

    private boolean answers() {
        if (!Files.exists(folder.resolve("containerd.sock"))) {
            return false;
        }
        try {
            Host.run(ctrWords("version").toArray(String[]::new));
            return true;
        } catch (AssertionError notYet) {
            return false;
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void importImage() throws IOException {
        Path root = folder.resolve("image-root");
        Path bin = Files.createDirectories(root.resolve("bin"));
        Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"), StandardCopyOption.COPY_ATTRIBUTES);
        for (String applet : APPLETS) {
            Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
        }
        Files.copy(Lab.payloadOnHost(), root.resolve("payload"), StandardCopyOption.COPY_ATTRIBUTES);
        String layout = folder.resolve("layout").toString();
        Host.run("umoci", "init", "--layout", layout);
        Host.run("umoci", "new", "--image", layout + ":it");
        Host.run("umoci", "insert", "--image", layout + ":it", root.toString(), "/");
        Host.run("umoci", "config", "--image", layout + ":it", "--config.cmd", "/bin/sh", "--config.env", "PATH=/bin");
        Path archive = folder.resolve("image.tar");
        Host.run("skopeo", "copy", "oci:" + layout + ":it", "docker-archive:" + archive + ":" + IMAGE);
        Host.run(ctrWords("image", "import", archive.toString()).toArray(String[]::new));
    }

    /** The namespace of all {@link #ctr} calls, which is the parent of their cgroups, too. */
    public String namespace() {
        return namespace;
    }

    /** The words of a call of ctr. */
    public List<String> ctrWords(String... words) {
        List<String> all = new ArrayList<>(
                List.of("ctr", "-a", folder.resolve("containerd.sock").toString(), "-n", namespace));
        all.addAll(List.of(words));
        return all;
    }

    /** A call of ctr. */
    public Call ctr(Lab lab, String... words) {
        return lab.host(ctrWords(words).toArray(String[]::new));
    }

    @Override
    public void close() {
        daemon.destroy();
        try {
            if (!daemon.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                daemon.destroyForcibly();
            }
        } catch (InterruptedException e) {
            daemon.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Processes.endAllMentioning(namespace);
        Await.within(Await.LIMIT, () -> Processes.mentioning(namespace).isEmpty());
        Cgroups.mentioning(namespace).forEach(cgroup -> cgroup.toFile().delete());
        Host.unmountBelow(folder);
        Host.removeTree(folder);
    }
}
