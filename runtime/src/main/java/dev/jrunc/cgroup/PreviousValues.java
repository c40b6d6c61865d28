// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has to be written so that limits are again as they were: an update that fails half way changes nothing. */
public final class PreviousValues {

    /** WRITE_FILE disposition of native/protocol.h: the file is the kernel's. */
    private static final long EXISTING = 0;

    private PreviousValues() {}

    /** The files that have to be read before these steps are executed. */
    public static Set<String> paths(List<Step<HostOperation>> steps) {
        Set<String> paths = new LinkedHashSet<>();
        for (Step<HostOperation> step : steps) {
            switch (step.operation()) {
                case HostOperation.WriteFile write -> paths.add(write.path());
                case HostOperation.WriteFirst write -> paths.addAll(write.paths());
                default -> {}
            }
        }
        return paths;
    }

    /**
     * The steps that undo, the last first: so no value between is one that the kernel has not taken before. Device rules, which
     * no file tells, are not among them.
     *
     * @param texts of the files that could be read, by path
     */
    public static List<Step<HostOperation>> undo(List<Step<HostOperation>> steps, Map<String, String> texts) {
        List<Step<HostOperation>> undo = new ArrayList<>();
        for (Step<HostOperation> step : steps.reversed()) {
            switch (step.operation()) {
                case HostOperation.WriteFile write ->
                    add(undo, write, write.path(), write.content().utf8(), texts);
                case HostOperation.WriteFirst write -> {
                    for (int i = 0; i < write.paths().size(); i++) {
                        if (add(
                                undo,
                                write,
                                write.paths().get(i),
                                write.contents().get(i),
                                texts)) {
                            break;
                        }
                    }
                }
                default -> {}
            }
        }
        return undo;
    }

    private static boolean add(
            List<Step<HostOperation>> undo,
            HostOperation step,
            String path,
            String written,
            Map<String, String> texts) {
        String text = texts.get(path);
        if (text == null) {
            return false;
        }
        String value = value(path.substring(path.lastIndexOf('/') + 1), written, text);
        undo.add(Step.mayFail(writing(step.origin(), path, value)));
        return true;
    }

    /** A value for a file of a cgroup. */
    public static HostOperation writing(Origin origin, String path, String value) {
        return new HostOperation.WriteFile(origin, path, Bytes.utf8(value), 0, EXISTING);
    }

    /** What to write to that file in place of what was written, after the text that it had. */
    static String value(String file, String written, String text) {
        if (file.equals("memory.oom_control")) {
            return text.startsWith("oom_kill_disable 1") ? "1" : "0";
        }
        String key = key(file, written);
        if (key == null) {
            int end = text.indexOf('\n');
            String first = end < 0 ? text : text.substring(0, end);
            return first.isEmpty() ? "\n" : first;
        }
        for (String line : text.split("\n", -1)) {
            if (line.startsWith(key + " ")) {
                return line;
            }
        }
        return key + " " + unset(file);
    }

    /** Of a file with a line for each device or interface, the one that is written; null for a file with one value. */
    private static @Nullable String key(String file, String written) {
        int space = written.indexOf(' ');
        return space < 0 || file.equals("cpu.max") ? null : written.substring(0, space);
    }

    /** What a device that has no line is limited to. */
    private static String unset(String file) {
        return switch (file) {
            case "io.max" -> "rbps=max wbps=max riops=max wiops=max";
            case "rdma.max" -> "hca_handle=max hca_object=max";
            case "io.weight", "io.bfq.weight", "blkio.bfq.weight_device" -> "default";
            default -> "0";
        };
    }
}
