// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What limits a container already, when it gets new limits.
 *
 * @param asked what was asked for until now
 * @param files the text of those of {@link #paths} that are there, by path
 * @param isNew its cgroups have just been made
 */
public record PresentLimits(Spec.Resources asked, Map<String, String> files, boolean isNew) {

    /** Those of a cgroup that has just been made. */
    public static final PresentLimits NEW = new PresentLimits(Spec.Resources.NONE, Map.of(), true);

    public PresentLimits {
        files = Map.copyOf(files);
    }

    /** Those of a container. */
    public PresentLimits(Spec.Resources asked, Map<String, String> files) {
        this(asked, files, false);
    }

    /** The files that decide in which order, and together with what, new values are written. */
    public static List<String> paths(List<CgroupFolder> folders) {
        List<String> paths = new ArrayList<>();
        for (CgroupFolder folder : folders) {
            if (folder.controllers().contains("memory")) {
                paths.add(folder.folder() + "/memory.limit_in_bytes");
            } else if (folder.version() == 2) {
                paths.add(folder.folder() + "/cpu.max");
                paths.add(folder.folder() + "/memory.current");
            }
        }
        return paths;
    }

    /** The first word of that file; null where there is no such file. */
    @Nullable
    String word(CgroupFolder folder, String file) {
        String text = files.get(folder.folder() + "/" + file);
        if (text == null) {
            return null;
        }
        String word = text.strip();
        int space = word.indexOf(' ');
        return space < 0 ? word : word.substring(0, space);
    }

    /** The number in that file; null where there is none. */
    @Nullable
    Long number(CgroupFolder folder, String file) {
        String word = word(folder, file);
        try {
            return word == null ? null : Long.valueOf(word);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** That of {@code linux.resources.memory}, or one without limits. */
    Spec.Memory memory() {
        Spec.Memory memory = asked.memory();
        return memory == null ? new Spec.Memory(null, null, null, null, null, null, null, null, null) : memory;
    }

    /** The container's {@code linux.resources.cpu.shares}; null for the default ones. */
    @Nullable
    Long shares() {
        Spec.Cpu cpu = asked.cpu();
        return cpu == null ? null : cpu.shares();
    }
}
