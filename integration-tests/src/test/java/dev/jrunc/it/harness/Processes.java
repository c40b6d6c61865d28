// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The host's processes, as /proc shows them. */
public final class Processes {
    private static final Path PROC = Path.of("/proc");

    private Processes() {}

    /**
     * The processes that have to do with a text, but for this one: it is in their arguments, environment, cgroups, mounts, or in the
     * path of their executable, working directory, root or an open file. Zombies are left out: they wait for their parent. Each is named by pid, start time and command line.
     */
    public static List<String> mentioning(String text) {
        List<String> found = new ArrayList<>();
        for (Path process : folders()) {
            if (!process.endsWith(Long.toString(ProcessHandle.current().pid())) && mentions(process, text)) {
                found.add(describe(process));
            }
        }
        return found;
    }

    /** The pids of processes whose executable is below a folder. */
    public static Set<Long> executing(Path folder) {
        Set<Long> pids = new TreeSet<>();
        for (Path process : folders()) {
            if (link(process.resolve("exe")).startsWith(folder.toString())) {
                pids.add(pid(process));
            }
        }
        return pids;
    }

    /** The start time of a process, in clock ticks since boot; -1 when it is gone. */
    public static long startTime(long pid) {
        String stat = read(PROC.resolve(Long.toString(pid)).resolve("stat"));
        int afterName = stat.lastIndexOf(')') + 2;
        return stat.isEmpty() ? -1 : Long.parseLong(stat.substring(afterName).split(" ", -1)[19]);
    }

    /** Whether a process exists and is no zombie. */
    public static boolean isRunning(long pid) {
        String stat = read(PROC.resolve(Long.toString(pid)).resolve("stat"));
        return !stat.isEmpty() && stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    }

    /** Ends what belongs to a text; a daemon that merely has a file of it open stays. */
    static void endAllMentioning(String text) {
        for (Path process : folders()) {
            if (!process.endsWith(Long.toString(ProcessHandle.current().pid())) && isOf(process, text)) {
                ProcessHandle.of(pid(process)).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    private static long pid(Path process) {
        return Long.parseLong(process.getFileName().toString());
    }

    private static List<Path> folders() {
        try (Stream<Path> entries = Files.list(PROC)) {
            return entries.filter(
                            entry -> entry.getFileName().toString().chars().allMatch(Character::isDigit))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError("can't list /proc", e);
        }
    }

    private static boolean mentions(Path process, String text) {
        return isRunning(pid(process)) && (isOf(process, text) || opens(process, text));
    }

    private static boolean isOf(Path process, String text) {
        return Stream.of("cmdline", "environ", "cgroup")
                        .anyMatch(file -> read(process.resolve(file)).contains(text))
                || (hasMountsOfItsOwn(process)
                        && read(process.resolve("mountinfo")).contains(text))
                || Stream.of("exe", "cwd", "root")
                        .anyMatch(link -> link(process.resolve(link)).contains(text));
    }

    private static boolean hasMountsOfItsOwn(Path process) {
        String mounts = link(process.resolve("ns/mnt"));
        // That of process 1 may be unreadable, even to root: it is nobody's container.
        return !mounts.isEmpty() && !mounts.equals(link(PROC.resolve("self/ns/mnt")));
    }

    private static boolean opens(Path process, String text) {
        try (Stream<Path> fds = Files.list(process.resolve("fd"))) {
            return fds.anyMatch(fd -> link(fd).contains(text));
        } catch (IOException e) {
            return false;
        }
    }

    private static String describe(Path process) {
        String command = read(process.resolve("cmdline")).replace('\0', ' ').strip();
        return "pid " + pid(process) + ", " + read(process.resolve("comm")).strip() + ": " + command;
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
