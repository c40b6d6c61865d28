// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.front;

import dev.jrunc.error.ContainerError;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/** The native program of the distribution, {@code bin/jrunc}. */
public final class Program {

    /** The system property that names it. */
    public static final String PROPERTY = "jrunc.program";

    /** jffi's: where its library is. */
    private static final String LIBRARY_PROPERTY = "jffi.boot.library.path";

    private static final int OTHERS_MAY_WRITE = 022;

    private final Path file;

    private Program(Path file) {
        this.file = file;
    }

    /** By the system property, else in PATH; relative folders in it don't count. */
    public static Program find() {
        String named = System.getProperty(PROPERTY);
        if (named != null) {
            return at(Path.of(named));
        }
        String folders = System.getenv("PATH");
        for (String folder : (folders == null ? "" : folders).split(File.pathSeparator, -1)) {
            Path candidate = Path.of(folder, "jrunc");
            if (folder.startsWith("/") && Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
                return at(candidate);
            }
        }
        throw new ContainerError("there is no jrunc in PATH, and the system property " + PROPERTY + " names none");
    }

    /** @throws ContainerError when it is missing, or somebody else could change it */
    public static Program at(Path path) {
        try {
            Path real = path.toRealPath();
            if (!Files.isRegularFile(real) || !Files.isExecutable(real)) {
                throw new ContainerError(real + " is no program");
            }
            check(real);
            Path folder = real.getParent();
            if (folder != null) {
                check(folder);
            }
            return new Program(real);
        } catch (IOException e) {
            ContainerError failure = new ContainerError("there is no program " + path);
            failure.initCause(e);
            throw failure;
        }
    }

    /** Whoever may write to it would run with the rights of this program. */
    private static void check(Path path) throws IOException {
        Map<String, Object> status = Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        Object uid = status.get("uid");
        Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!(uid instanceof Integer owner) || !(status.get("mode") instanceof Integer mode)) {
            throw new ContainerError("whose " + path + " is can't be told");
        }
        if (owner != 0 && !uid.equals(own)) {
            throw new ContainerError(
                    path + " belongs to user " + uid + ", neither root nor this program's (" + own + ")");
        }
        if ((mode & OTHERS_MAY_WRITE) != 0) {
            throw new ContainerError("others may write to " + path);
        }
    }

    public String path() {
        return file.toString();
    }

    /** jffi would unpack its library to a folder that anybody may write to; the distribution has it. */
    public void useItsLibraries() {
        Path library = file.resolve("../../lib/jrunc/native").normalize();
        if (System.getProperty(LIBRARY_PROPERTY) == null && Files.isDirectory(library)) {
            System.setProperty(LIBRARY_PROPERTY, library.toString());
        }
    }
}
