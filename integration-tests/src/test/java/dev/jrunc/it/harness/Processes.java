// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
                || (hasMountsOfItsOwn(process) && hasMounted(process, text))
                || Stream.of("exe", "cwd", "root")
                        .anyMatch(link -> link(process.resolve(link)).contains(text));
    }

    /** A mount point is none of a container's, but the host's, of which others have copies. */
    private static boolean hasMounted(Path process, String text) {
        return read(process.resolve("mountinfo"))
                .lines()
                .anyMatch(line -> line.contains(text) && !line.split(" ", -1)[4].startsWith("/tmp/" + text));
    }

    private static boolean hasMountsOfItsOwn(Path process) {
        String mounts = link(process.resolve("ns/mnt"));
        // That of process 1 may be unreadable, even to root: it is nobody's container.
        return !mounts.isEmpty() && !mounts.equals(link(PROC.resolve("self/ns/mnt")));
    }

    private static boolean opens(Path process, String text) {
        return openFiles(process).stream().anyMatch(file -> file.contains(text));
    }

    /** What a process has open, as its links in /proc/PID/fd say; it may close some, and end, meanwhile. */
    public static List<String> openFiles(long pid) {
        return openFiles(PROC.resolve(Long.toString(pid)));
    }

    private static List<String> openFiles(Path process) {
        String[] numbers = process.resolve("fd").toFile().list();
        return Stream.of(numbers == null ? new String[0] : numbers)
                .map(number -> link(process.resolve("fd").resolve(number)))
                .filter(file -> !file.isEmpty())
                .toList();
    }

    /** The children of a process that has one thread, with their names; one may end meanwhile. */
    public static Map<Long, String> children(long parent) {
        Path main = PROC.resolve(Path.of(Long.toString(parent), "task", Long.toString(parent), "children"));
        Map<Long, String> children = new TreeMap<>();
        for (String pid : read(main).strip().split(" ", -1)) {
            if (!pid.isEmpty() && isRunning(Long.parseLong(pid))) {
                children.put(
                        Long.valueOf(pid),
                        read(PROC.resolve(pid).resolve("comm")).strip());
            }
        }
        return children;
    }

    /** The names of the threads of a process, of 15 characters at most. */
    public static List<String> threads(long pid) {
        Path tasks = PROC.resolve(Long.toString(pid)).resolve("task");
        String[] numbers = tasks.toFile().list();
        return Stream.of(numbers == null ? new String[0] : numbers)
                .map(number -> read(tasks.resolve(number).resolve("comm")).strip())
                .toList();
    }

    /** Whether a user has a process, be it one that waits for its parent. */
    static boolean hasAny(long uid) {
        return folders().stream()
                .anyMatch(process -> read(process.resolve("status")).contains("\nUid:\t" + uid + "\t"));
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
