// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Signals;
import dev.jrunc.json.ContainerState;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** {@code ps}: the processes of a container, by the pids that its caller knows them by. */
public final class ListProcesses {

    private static final Origin PS = Origin.rule("ps");
    private static final long MAX_OUTPUT_BYTES = 16L * 1024 * 1024;
    private static final long TIMEOUT_MILLIS = 30_000;

    private final Context context;
    private final Front front;

    public ListProcesses(Context context) {
        this.context = context;
        this.front = context.front();
    }

    /**
     * Ascending, without those that the caller's pid namespace doesn't show.
     *
     * @throws ContainerError when there is no such container, or it has no cgroup that tells
     */
    public SortedSet<Long> pids(String id) {
        ContainerState state =
                RecoverContainer.find(context, context.folder(id)).state();
        Optional<CgroupFolder> cgroup = Cgroups.ofProcesses(state);
        if (cgroup.isEmpty()) {
            throw new ContainerError("the container has no cgroup that could tell its processes");
        }
        Result listed =
                front.execute(new HostOperation.CgroupProcesses(PS, cgroup.get().folder()));
        SortedSet<Long> pids = new TreeSet<>();
        for (String word : words(listed.data().utf8())) {
            long pid = Long.parseLong(word);
            if (pid > 0) {
                pids.add(pid);
            }
        }
        return pids;
    }

    /**
     * The host's ps, of which only the lines with one of these pids are left, and the first line.
     *
     * @param options of ps
     * @throws ContainerError when ps fails, or its output has no column PID
     */
    public String table(Set<Long> pids, List<String> options) {
        List<String> args = new ArrayList<>(List.of("ps"));
        args.addAll(options);
        Result result = front.execute(new HostOperation.RunProgram(PS, args, MAX_OUTPUT_BYTES, TIMEOUT_MILLIS));
        String output = result.data().utf8();
        String command = String.join(" ", args);
        if (result.value() != 0) {
            throw new ContainerError(
                    "`" + command + "` failed: " + Signals.ending(result.value()) + ": " + oneLine(output));
        }
        return filter(output, pids, command);
    }

    private static String filter(String output, Set<Long> pids, String command) {
        StringBuilder table = new StringBuilder();
        int column = -1;
        int start = 0;
        while (start < output.length()) {
            int feed = output.indexOf('\n', start);
            int end = feed < 0 ? output.length() : feed;
            String line = output.substring(start, end);
            List<String> words = words(line);
            if (column < 0) {
                column = words.indexOf("PID");
                if (column < 0) {
                    throw new ContainerError("couldn't find PID field in ps output: `" + command + "` printed \"" + line
                            + "\" first; its options have to show the column PID");
                }
                table.append(line).append('\n');
            } else if (words.size() > column && pids.contains(number(words.get(column)))) {
                table.append(line).append('\n');
            }
            start = end + 1;
        }
        return table.toString();
    }

    /** -1 for what is none. */
    private static Long number(String word) {
        try {
            return Long.valueOf(word);
        } catch (NumberFormatException e) {
            return -1L;
        }
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean space = i == text.length() || text.charAt(i) <= ' ';
            if (space && start >= 0) {
                words.add(text.substring(start, i));
                start = -1;
            } else if (!space && start < 0) {
                start = i;
            }
        }
        return words;
    }

    private static String oneLine(String text) {
        return String.join(
                "; ",
                text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList());
    }
}
