// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The runtime that the tests call.
 *
 * @param kind which one it is, as far as expectations go
 * @param path its executable, absolute
 * @param command how it is called: the executable, or a wrapper and the executable
 */
public record OciRuntime(Kind kind, Path path, List<String> command) {
    /** The runtimes that tests have expectations of. */
    public enum Kind {
        JRUNC,
        RUNC,
        /** For comparison by hand: nothing is asserted of what it does differently, which is much. */
        CRUN
    }

    /** crun 1.8 refuses a hybrid of cgroup v1 and v2; hiding one file of its mount namespace makes it run. */
    private static final String CRUN_WRAPPER =
            "f=/sys/fs/cgroup/unified/cgroup.controllers; [ -e $f ] && mount --bind /dev/null $f; exec \"$0\" \"$@\"";

    public OciRuntime {
        command = List.copyOf(command);
        if (!Files.isExecutable(path)) {
            throw new IllegalStateException("the runtime under test, " + path + ", isn't an executable file");
        }
    }

    /** The runtime that {@code JRUNC_IT_RUNTIME} names: jrunc (default: the built one), runc, crun, or the path of a jrunc. */
    public static OciRuntime fromEnvironment(Map<String, String> environment) {
        String name = environment.getOrDefault("JRUNC_IT_RUNTIME", "jrunc");
        return switch (name) {
            case "jrunc" ->
                plain(
                        Kind.JRUNC,
                        Path.of("../build/jrunc/bin/jrunc").toAbsolutePath().normalize());
            case "runc" -> plain(Kind.RUNC, onPath(environment, "runc"));
            case "crun" -> {
                Path crun = onPath(environment, "crun");
                yield new OciRuntime(
                        Kind.CRUN,
                        crun,
                        List.of("unshare", "-m", "--propagation", "slave", "sh", "-c", CRUN_WRAPPER, crun.toString()));
            }
            default -> {
                Path path = Path.of(name).toAbsolutePath().normalize();
                yield plain(kindOf(path), path);
            }
        };
    }

    private static Kind kindOf(Path path) {
        String file = path.getFileName().toString();
        if (file.startsWith("runc")) {
            return Kind.RUNC;
        }
        return file.startsWith("crun") ? Kind.CRUN : Kind.JRUNC;
    }

    private static OciRuntime plain(Kind kind, Path path) {
        return new OciRuntime(kind, path, List.of(path.toString()));
    }

    private static Path onPath(Map<String, String> environment, String name) {
        for (String folder :
                environment.getOrDefault("PATH", "/usr/sbin:/usr/bin").split(":", -1)) {
            Path candidate = Path.of(folder).resolve(name);
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        throw new IllegalStateException(name + " isn't in PATH");
    }

    /** Whether this is ours, so that our own words are to be expected. */
    public boolean isJrunc() {
        return kind == Kind.JRUNC;
    }
}
