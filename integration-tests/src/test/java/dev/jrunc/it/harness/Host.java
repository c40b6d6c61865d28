// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the host, for the preparation of a test and for cleaning up. */
public final class Host {
    private static final long LIMIT_SECONDS = Await.LIMIT.toSeconds();

    private Host() {}

    /**
     * Runs a program, which has to succeed, and returns its output.
     *
     * @throws AssertionError when it fails
     */
    public static String run(String... words) {
        try {
            Path output = Files.createTempFile("jrunc-it-", ".out");
            try {
                Process process = new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                process.getOutputStream().close();
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("waited " + LIMIT_SECONDS + " s for " + List.of(words));
                }
                String text = Files.readString(output, StandardCharsets.UTF_8);
                if (process.exitValue() != 0) {
                    throw new AssertionError(List.of(words) + " ended with " + process.exitValue() + ": " + text);
                }
                return text;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted in " + List.of(words), e);
        }
    }

    /** What is mounted below a folder, in order. */
    static List<String> mountsBelow(Path folder) {
        return read(Path.of("/proc/self/mountinfo"))
                .lines()
                .map(line -> line.split(" ", -1)[4])
                .filter(target -> Path.of(target).startsWith(folder))
                .toList();
    }

    /** Unmounts all that is mounted below a folder, lazily; some of it may go with another, or by itself. */
    static void unmountBelow(Path folder) {
        for (String target : mountsBelow(folder).reversed()) {
            try {
                run("umount", "-l", target);
            } catch (AssertionError failure) {
                if (mountsBelow(folder).contains(target)) {
                    throw failure;
                }
            }
        }
    }

    /** A file as text. */
    public static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is in a folder, at any depth, each after the folder that it is in; others may add and remove some of it meanwhile. */
    static List<Path> tree(Path folder) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                found.add(child);
                if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    found.addAll(tree(child));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException | DirectoryIteratorException gone) {
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** Removes a folder, though what is in it may come and go for a while. */
    static void removeTree(Path folder) {
        Await.until("the end of " + folder, () -> isRemoved(folder), () -> tree(folder));
    }

    private static boolean isRemoved(Path folder) {
        try {
            for (Path path : tree(folder).reversed()) {
                Files.deleteIfExists(path);
            }
            Files.deleteIfExists(folder);
            return true;
        } catch (IOException busy) {
            return false;
        }
    }
}
