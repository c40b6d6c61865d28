// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A bundle: a folder with a root file system that has the payload as /payload, and a config.json that starts as what
 * {@code runc spec} writes, without a terminal, and without ambient capabilities, which would have to be inheritable. The file is written when the runtime is called.
 */
public final class Bundle {
    /** The payload's path in every container. */
    public static final String PAYLOAD = "/payload";

    private final Path folder;
    private final ObjectNode config;
    private boolean writesConfig = true;
    private int rootfsOwner;

    Bundle(Path folder, Path payload) {
        this.folder = folder;
        this.config = baseConfig();
        try {
            Files.createDirectories(rootfs());
            Files.createLink(rootfs().resolve("payload"), payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode baseConfig() {
        try (InputStream text = Bundle.class.getResourceAsStream("/dev/jrunc/it/base-config.json")) {
            byte[] bytes = Objects.requireNonNull(text, "base-config.json").readAllBytes();
            return (ObjectNode) Json.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bundle's folder. */
    public Path folder() {
        return folder;
    }

    /** The folder of the root file system. */
    public Path rootfs() {
        return folder.resolve("rootfs");
    }

    /** The whole config.json. */
    public ObjectNode config() {
        return config;
    }

    /** Edits config.json. */
    public Bundle edit(Consumer<ObjectNode> edit) {
        edit.accept(config);
        return this;
    }

    /** The object {@code process}. */
    public ObjectNode process() {
        return config.withObject("/process");
    }

    /** The object {@code linux}. */
    public ObjectNode linux() {
        return config.withObject("/linux");
    }

    /** The array {@code mounts}. */
    public ArrayNode mounts() {
        return config.withArray("/mounts");
    }

    /** {@code process.args}: the payload with these words. */
    public Bundle payload(String... words) {
        List<String> arguments = new ArrayList<>(List.of(PAYLOAD));
        arguments.addAll(List.of(words));
        return args(arguments.toArray(String[]::new));
    }

    /** {@code process.args}. */
    public Bundle args(String... words) {
        process().set("args", Json.of(List.of(words)));
        return this;
    }

    /** {@code process.env}, all of it. */
    public Bundle env(String... variables) {
        process().set("env", Json.of(List.of(variables)));
        return this;
    }

    /** {@code process.capabilities}: the same names in all five sets. */
    public Bundle capabilities(String... names) {
        ObjectNode sets = process().putObject("capabilities");
        for (String set : List.of("bounding", "effective", "inheritable", "permitted", "ambient")) {
            sets.set(set, Json.of(List.of(names)));
        }
        return this;
    }

    /** {@code root.readonly} is false. */
    public Bundle writable() {
        config.withObject("/root").put("readonly", false);
        return this;
    }

    /** Adds a mount at the end. */
    public Bundle mount(String type, String source, String destination, String... options) {
        ObjectNode mount = mounts().addObject().put("destination", destination);
        if (!type.isEmpty()) {
            mount.put("type", type);
        }
        mount.put("source", source).set("options", Json.of(List.of(options)));
        return this;
    }

    /** Takes the mount with this destination out of the base configuration. */
    public Bundle unmount(String destination) {
        ArrayNode mounts = mounts();
        for (int i = mounts.size() - 1; i >= 0; i--) {
            if (mounts.get(i).path("destination").asString().equals(destination)) {
                mounts.remove(i);
            }
        }
        return this;
    }

    /** The JSON pointer of the mount that was added last. */
    public String lastMount() {
        return "/mounts/" + (mounts().size() - 1);
    }

    /** {@code linux.namespaces}: new ones of these types, and no others. */
    public Bundle namespaces(String... types) {
        ArrayNode namespaces = linux().putArray("namespaces");
        for (String type : types) {
            namespaces.addObject().put("type", type);
        }
        return this;
    }

    /** Joins a namespace by its path, in place of a new one of that type. */
    public Bundle join(String type, Path path) {
        return withoutNamespace(type).addNamespace(type, path.toString());
    }

    /** Adds a new namespace. */
    public Bundle addNamespace(String type) {
        linux().withArray("namespaces").addObject().put("type", type);
        return this;
    }

    private Bundle addNamespace(String type, String path) {
        linux().withArray("namespaces").addObject().put("type", type).put("path", path);
        return this;
    }

    /** Leaves a namespace type out. */
    public Bundle withoutNamespace(String type) {
        ArrayNode namespaces = linux().withArray("namespaces");
        for (int i = namespaces.size() - 1; i >= 0; i--) {
            if (namespaces.get(i).path("type").asString().equals(type)) {
                namespaces.remove(i);
            }
        }
        return this;
    }

    /** A new user namespace that maps ids 0 to 65535 of the container to those from {@code hostId} on, and whose root
     * file system belongs to them. */
    public Bundle userNamespace(int hostId) {
        addNamespace("user");
        rootfsOwner = hostId;
        for (String map : List.of("uidMappings", "gidMappings")) {
            linux().putArray(map)
                    .addObject()
                    .put("containerID", 0)
                    .put("hostID", hostId)
                    .put("size", 65536);
        }
        return this;
    }

    /** Adds a hook, an object with path, args, env, timeout. */
    public Bundle hook(String kind, Map<String, ?> hook) {
        config.withObject("/hooks").withArray(kind).add(Json.of(hook));
        return this;
    }

    /** Puts busybox into the root file system, with a link for each of these applets in /bin. */
    public Bundle busybox(Path busybox, String... applets) {
        try {
            Path bin = Files.createDirectories(rootfs().resolve("bin"));
            Files.createLink(bin.resolve("busybox"), busybox);
            for (String applet : applets) {
                Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file in the root file system, with its parent folders. */
    public Path file(String path, String text) {
        try {
            Path file = rootfs().resolve(path.substring(1));
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file in the root file system that may be executed. */
    public Path script(String path, String text) {
        try {
            return Files.setPosixFilePermissions(file(path, text), PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A folder in the root file system. */
    public Path directory(String path) {
        try {
            return Files.createDirectories(rootfs().resolve(path.substring(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A symbolic link in the root file system. */
    public Path symlink(String path, String target) {
        try {
            Path link = rootfs().resolve(path.substring(1));
            Files.createDirectories(Objects.requireNonNull(link.getParent()));
            return Files.createSymbolicLink(link, Path.of(target));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes this text as config.json in place of the tree, or none. */
    public Bundle rawConfig(String text) {
        writesConfig = false;
        writeFile(text);
        return this;
    }

    /** There is to be no config.json. */
    public Bundle withoutConfig() {
        writesConfig = false;
        return this;
    }

    /** Brings config.json up to date, and the owner of the root file system. */
    public Bundle write() {
        if (rootfsOwner != 0) {
            Host.run("chown", "-R", "-h", rootfsOwner + ":" + rootfsOwner, rootfs().toString());
        }
        if (writesConfig) {
            writeFile(config.toPrettyString());
        }
        return this;
    }

    private void writeFile(String text) {
        try {
            Files.writeString(folder.resolve("config.json"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
