// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.json.ConfigWriter;
import dev.jrunc.spec.DefaultSpec;
import dev.jrunc.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A config.json that begins as {@code jrunc spec} writes it, but without a terminal: new namespaces, no devices but the usual ones, three
 * capabilities, no_new_privs. Whatever else the specification knows is a matter of the file itself: containers are made from a folder,
 * whoever has written what is in it.
 */
public final class SpecBuilder {

    private static final Spec.Capabilities NO_CAPABILITIES =
            new Spec.Capabilities(List.of(), List.of(), List.of(), List.of(), List.of());

    private final Spec base;
    private final Spec.Process process;
    private final List<Spec.Mount> mounts;
    private final List<Spec.Namespace> namespaces;
    private final List<Spec.Rlimit> rlimits = new ArrayList<>();
    private final Map<String, String> annotations = new LinkedHashMap<>();
    private List<String> args;
    private List<String> env;
    private String cwd;
    private Spec.User user;
    private Spec.@Nullable Capabilities capabilities;
    private @Nullable String hostname;
    private @Nullable String cgroupsPath;
    private Spec.Root root;
    private Limits limits = Limits.none();
    private boolean terminal;

    private SpecBuilder(Spec base) {
        this.base = base;
        this.process = Objects.requireNonNull(base.process());
        this.mounts = new ArrayList<>(base.mounts());
        this.namespaces = new ArrayList<>(base.linux().namespaces());
        this.args = process.args();
        this.env = process.env();
        this.cwd = process.cwd();
        this.user = process.user();
        this.capabilities = process.capabilities();
        this.hostname = base.hostname();
        this.root = Objects.requireNonNull(base.root());
    }

    /** For a program that is root. */
    public static SpecBuilder rootful() {
        return new SpecBuilder(DefaultSpec.rootful());
    }

    /**
     * For a user whose own ids are all that it may map; it is root inside.
     *
     * @param uid of the user that runs this program
     * @param gid its group
     */
    public static SpecBuilder rootless(long uid, long gid) {
        return new SpecBuilder(DefaultSpec.rootless(uid, gid));
    }

    /** The program and its arguments; default: {@code sh}. */
    public SpecBuilder args(String... words) {
        return args(List.of(words));
    }

    /** The program and its arguments. */
    public SpecBuilder args(List<String> words) {
        args = List.copyOf(words);
        return this;
    }

    /** One more variable of its environment, or another value for one. */
    public SpecBuilder env(String name, String value) {
        List<String> others = new ArrayList<>();
        for (String variable : env) {
            if (!variable.startsWith(name + "=")) {
                others.add(variable);
            }
        }
        others.add(name + "=" + value);
        env = others;
        return this;
    }

    /** It has a terminal: {@link Stdio#terminal}. */
    public SpecBuilder terminal() {
        terminal = true;
        return this;
    }

    /** Its working directory; default: {@code /}. */
    public SpecBuilder cwd(String folder) {
        cwd = folder;
        return this;
    }

    /** Its user and group, numbers inside of the container; default: root. */
    public SpecBuilder user(long uid, long gid) {
        user = new Spec.User(uid, gid, null, List.of());
        return this;
    }

    /** No capabilities, whoever its user is. */
    public SpecBuilder withoutCapabilities() {
        capabilities = NO_CAPABILITIES;
        return this;
    }

    /** Limits of a process, getrlimit(2). name: such as {@code RLIMIT_NOFILE}. */
    public SpecBuilder rlimit(String name, long soft, long hard) {
        rlimits.removeIf(limit -> limit.type().equals(name));
        rlimits.add(new Spec.Rlimit(name, soft, hard));
        return this;
    }

    /** The root file system, which is read-only unless that is asked for; default: the folder rootfs of the bundle. */
    public SpecBuilder rootfs(Path folder, boolean writable) {
        root = new Spec.Root(folder.toAbsolutePath().toString(), !writable);
        return this;
    }

    /** Shows a file or folder of the host's. */
    public SpecBuilder bind(Path source, String destination, boolean writable) {
        List<String> options = new ArrayList<>(List.of("rbind", "nosuid", "nodev"));
        options.add(writable ? "rw" : "ro");
        return mount(destination, "bind", source.toAbsolutePath().toString(), options);
    }

    /** A folder in memory, for files alone: nothing in it can be executed. */
    public SpecBuilder tmpfs(String destination, long sizeBytes) {
        return mount(
                destination, "tmpfs", "tmpfs", List.of("nosuid", "nodev", "noexec", "mode=1777", "size=" + sizeBytes));
    }

    private SpecBuilder mount(String destination, String type, String source, List<String> options) {
        mounts.add(new Spec.Mount(destination, type, source, options, List.of(), List.of()));
        return this;
    }

    /** The host's network, in place of a new one that has nothing but lo. */
    public SpecBuilder hostNetwork() {
        namespaces.removeIf(namespace -> namespace.type().equals("network"));
        return this;
    }

    /** Its host name; default: jrunc. */
    public SpecBuilder hostname(String name) {
        hostname = name;
        return this;
    }

    /** Its cgroup, below the mount of each hierarchy where it is absolute; default: one named after it, below this program's. */
    public SpecBuilder cgroupsPath(String path) {
        cgroupsPath = path;
        return this;
    }

    /** How much it may use. */
    public SpecBuilder limits(Limits all) {
        limits = all;
        return this;
    }

    /** One more annotation. */
    public SpecBuilder annotation(String key, String value) {
        annotations.put(key, value);
        return this;
    }

    /** The text of config.json. */
    public String toJson() {
        return ConfigWriter.write(spec());
    }

    /**
     * Writes config.json into a bundle.
     *
     * @return the bundle
     */
    public Path writeTo(Path bundle) throws IOException {
        Files.writeString(bundle.resolve("config.json"), toJson());
        return bundle;
    }

    private Spec spec() {
        return new Spec(
                base.ociVersion(),
                root,
                process(),
                hostname,
                base.domainname(),
                mounts,
                base.hooks(),
                annotations,
                linux());
    }

    private Spec.Process process() {
        List<Spec.Rlimit> all = new ArrayList<>(rlimits);
        for (Spec.Rlimit limit : process.rlimits()) {
            if (rlimits.stream().noneMatch(other -> other.type().equals(limit.type()))) {
                all.add(limit);
            }
        }
        return new Spec.Process(
                terminal,
                null,
                cwd,
                env,
                args,
                all,
                capabilities,
                process.noNewPrivileges(),
                process.oomScoreAdj(),
                process.apparmorProfile(),
                process.selinuxLabel(),
                process.scheduler(),
                process.ioPriority(),
                process.execCPUAffinity(),
                user);
    }

    private Spec.Linux linux() {
        Spec.Linux linux = base.linux();
        return new Spec.Linux(
                namespaces,
                linux.uidMappings(),
                linux.gidMappings(),
                linux.timeOffsets(),
                linux.devices(),
                cgroupsPath,
                limits.resources(linux.resources().devices()),
                linux.rootfsPropagation(),
                linux.sysctl(),
                linux.maskedPaths(),
                linux.readonlyPaths(),
                linux.mountLabel(),
                linux.personality(),
                linux.memoryPolicy(),
                linux.netDevices(),
                linux.intelRdt(),
                linux.seccomp());
    }
}
