// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The one image of the clients: busybox and the payload, made without a registry. */
public final class ClientImage {
    /** Its name, which docker and podman shorten. */
    public static final String NAME = "docker.io/library/jrunc-it:latest";

    private static final List<String> APPLETS = List.of(
            "sh", "echo", "stty", "tty", "sleep", "true", "cat", "id", "touch", "ls", "kill", "grep", "tail", "stat",
            "dd", "mv");

    private ClientImage() {}

    /** Makes an archive as {@code docker load} reads it, in a folder of the client's. */
    static Path archive(ClientPlace place) throws IOException {
        Machine.needsProgram("umoci");
        Machine.needsProgram("skopeo");
        Path root = place.resolve("image-root");
        Path bin = Files.createDirectories(root.resolve("bin"));
        Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"), StandardCopyOption.COPY_ATTRIBUTES);
        for (String applet : APPLETS) {
            Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
        }
        Files.copy(Lab.payloadOnHost(), root.resolve("payload"), StandardCopyOption.COPY_ATTRIBUTES);
        String layout = place.resolve("layout").toString();
        Host.run("umoci", "init", "--layout", layout);
        Host.run("umoci", "new", "--image", layout + ":it");
        Host.run("umoci", "insert", "--image", layout + ":it", root.toString(), "/");
        // A program that does nothing: what the sandbox of a pod has to run.
        Host.run(
                "umoci",
                "config",
                "--image",
                layout + ":it",
                "--config.cmd",
                "/payload",
                "--config.cmd",
                "sleep",
                "--config.env",
                "PATH=/bin");
        Path archive = place.resolve("image.tar");
        Host.run("skopeo", "copy", "oci:" + layout + ":it", "docker-archive:" + archive + ":" + NAME);
        return archive;
    }
}
