// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.doctor;

import dev.jrunc.engine.Call;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.json.ClientConfig;
import dev.jrunc.json.Examination.Row;
import dev.jrunc.plan.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Programs that call runtimes: which are here, and whether each calls jrunc, or the lines that would make it so. */
final class ClientRows {

    private static final String AREA = "clients";
    private static final String CRI_1 = "io.containerd.grpc.v1.cri";
    private static final String CRI_2 = "io.containerd.cri.v1.runtime";

    private final Host host;
    private final String jrunc;
    private final List<Row> rows = new ArrayList<>();

    private ClientRows(Host host, String jrunc) {
        this.host = host;
        this.jrunc = jrunc;
    }

    /** @param jrunc the absolute path of the program that was called */
    static List<Row> of(Host host, String jrunc) {
        ClientRows clients = new ClientRows(host, jrunc);
        clients.podman("podman");
        clients.podman("buildah");
        clients.docker();
        clients.containerd();
        clients.crio();
        if (clients.rows.isEmpty()) {
            clients.rows.add(Row.note(
                    AREA,
                    "none",
                    "neither containerd, docker, podman, buildah nor CRI-O is in PATH",
                    "jrunc works by hand as well"));
        }
        return clients.rows;
    }

    /** The first number with a dot in it, and what belongs to it; empty where there is none. */
    static String version(String output) {
        for (String word : KernelRows.words(output)) {
            String plain = word.startsWith("v") ? word.substring(1) : word;
            if (!plain.isEmpty() && Character.isDigit(plain.charAt(0)) && plain.indexOf('.') > 0) {
                return plain.endsWith(",") ? plain.substring(0, plain.length() - 1) : plain;
            }
        }
        return "";
    }

    private String found(String program) {
        String path = host.program(program);
        if (path.isEmpty()) {
            return "";
        }
        String version = version(host.output(program, "--version"));
        return (version.isEmpty() ? "of an unknown version" : version) + ", " + path;
    }

    private static boolean isJrunc(String path) {
        return path.substring(path.lastIndexOf('/') + 1).equals("jrunc");
    }

    private interface Reader {

        /** What the file says of jrunc; empty: nothing. */
        String jrunc(ClientConfig config);
    }

    /** The last of these files that says anything of jrunc; those that can't be read say nothing, those that are wrong are said. */
    private String configured(List<String> files, Reader reader) {
        String said = "";
        for (String path : files) {
            Optional<Bytes> file = host.file(path);
            if (file.isEmpty()) {
                continue;
            }
            try {
                ClientConfig config =
                        path.endsWith(".json") ? ClientConfig.ofJson(file.get()) : ClientConfig.ofToml(file.get());
                String found = reader.jrunc(config);
                said = found.isEmpty() ? said : found + " (" + path + ")";
            } catch (InvalidSpec e) {
                rows.add(Row.warning(AREA, path, e.finding(), "its program won't start, or ignores it"));
            }
        }
        return said;
    }

    private void add(String name, String found, String configured, String advice) {
        rows.add(
                configured.isEmpty()
                        ? Row.note(AREA, name, found + "; does not call jrunc", advice)
                        : Row.good(AREA, name, found + "; " + configured));
    }

    private void podman(String name) {
        String found = found(name);
        if (found.isEmpty()) {
            return;
        }
        String configured = configured(containersConf(), config -> {
            String runtime = config.text("engine", "runtime");
            List<String> paths = config.texts("engine", "runtimes", runtime);
            if (isJrunc(runtime) || (!paths.isEmpty() && isJrunc(paths.getFirst()))) {
                return "jrunc is its default";
            }
            for (String known : config.names("engine", "runtimes")) {
                List<String> places = config.texts("engine", "runtimes", known);
                if (!places.isEmpty() && isJrunc(places.getFirst())) {
                    return "knows jrunc as --runtime " + known;
                }
            }
            return "";
        });
        String folder = host.call().isHostRoot() ? "/etc/containers" : configHome() + "/containers";
        add(
                name,
                found,
                configured,
                "in " + folder + "/containers.conf (or each time: --runtime " + jrunc
                        + "):\n[engine]\nruntime = \"jrunc\"\n" + "[engine.runtimes]\njrunc = [\"" + jrunc + "\"]");
    }

    /** containers.conf(5), from the weakest to the strongest. */
    private List<String> containersConf() {
        String only = host.call().environment("CONTAINERS_CONF");
        if (only != null && !only.isEmpty()) {
            return List.of(only);
        }
        List<String> files = new ArrayList<>();
        files.add("/usr/share/containers/containers.conf");
        files.add("/etc/containers/containers.conf");
        addParts(files, "/etc/containers/containers.conf.d");
        if (!host.call().isHostRoot()) {
            files.add(configHome() + "/containers/containers.conf");
            addParts(files, configHome() + "/containers/containers.conf.d");
        }
        return files;
    }

    private void addParts(List<String> files, String folder) {
        for (String name : host.names(folder).stream().sorted().toList()) {
            if (name.endsWith(".conf")) {
                files.add(folder + "/" + name);
            }
        }
    }

    private String configHome() {
        Call call = host.call();
        String folder = call.environment("XDG_CONFIG_HOME");
        if (folder != null && folder.startsWith("/")) {
            return folder;
        }
        String home = call.environment("HOME");
        return (home == null ? "" : home) + "/.config";
    }

    private void docker() {
        String found = found("dockerd");
        if (found.isEmpty()) {
            return;
        }
        String file = host.call().isHostRoot() ? "/etc/docker/daemon.json" : configHome() + "/docker/daemon.json";
        String configured = configured(List.of(file), config -> {
            String standard = config.text("default-runtime");
            for (String name : config.names("runtimes")) {
                if (isJrunc(config.text("runtimes", name, "path"))) {
                    return name.equals(standard) ? "jrunc is its default" : "knows jrunc as --runtime " + name;
                }
            }
            return "";
        });
        add(
                "docker",
                found,
                configured,
                "in " + file
                        + ", then systemctl restart docker, and docker run --runtime jrunc (or \"default-runtime\":"
                        + " \"jrunc\"):\n{\"runtimes\": {\"jrunc\": {\"path\": \"" + jrunc + "\"}}}");
    }

    private void containerd() {
        String found = found("containerd");
        if (found.isEmpty()) {
            return;
        }
        boolean two = found.startsWith("2.");
        String file = "/etc/containerd/config.toml";
        String configured = configured(List.of(file), config -> {
            for (String plugin : List.of(CRI_1, CRI_2)) {
                String[] runtimes = {"plugins", plugin, "containerd", "runtimes"};
                for (String name : config.names(runtimes)) {
                    if (isJrunc(
                            config.text("plugins", plugin, "containerd", "runtimes", name, "options", "BinaryName"))) {
                        return config.text("plugins", plugin, "containerd", "default_runtime_name")
                                        .equals(name)
                                ? "jrunc is the default of its CRI"
                                : "its CRI knows jrunc as handler " + name;
                    }
                }
            }
            return "";
        });
        String table = "[plugins.\"" + (two ? CRI_2 : CRI_1) + "\".containerd.runtimes.jrunc";
        add(
                "containerd",
                found,
                configured,
                "for Kubernetes, in " + file + " (ctr: --runc-binary " + jrunc + "):\nversion = " + (two ? 3 : 2) + "\n"
                        + table + "]\nruntime_type = \"io.containerd.runc.v2\"\n" + table + ".options]\nBinaryName = \""
                        + jrunc + "\"");
    }

    private void crio() {
        String found = found("crio");
        if (found.isEmpty()) {
            return;
        }
        List<String> files = new ArrayList<>(List.of("/etc/crio/crio.conf"));
        addParts(files, "/etc/crio/crio.conf.d");
        String configured = configured(files, config -> {
            for (String name : config.names("crio", "runtime", "runtimes")) {
                if (isJrunc(config.text("crio", "runtime", "runtimes", name, "runtime_path"))) {
                    return config.text("crio", "runtime", "default_runtime").equals(name)
                            ? "jrunc is its default"
                            : "knows jrunc as handler " + name;
                }
            }
            return "";
        });
        add(
                "CRI-O",
                found,
                configured,
                "in /etc/crio/crio.conf.d/10-jrunc.conf:\n[crio.runtime.runtimes.jrunc]\nruntime_path = \"" + jrunc
                        + "\"\nruntime_type = \"oci\"\nruntime_root = \"/run/jrunc\"");
    }
}
