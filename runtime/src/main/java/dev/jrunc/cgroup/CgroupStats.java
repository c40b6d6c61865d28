// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.json.ContainerStats;
import dev.jrunc.plan.CgroupFolder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a container has used, by the files of its cgroups of one version. Pure: it names files, and reads their texts. */
public abstract sealed class CgroupStats permits StatsV1, StatsV2 {

    /** Where the kernel names the sizes of huge pages that it has: hugepages-2048kB. */
    public static final String HUGEPAGES = "/sys/kernel/mm/hugepages";

    private static final String HUGEPAGES_PREFIX = "hugepages-";
    private static final long KIB_OF_MIB = 1 << 10;
    private static final long KIB_OF_GIB = 1 << 20;

    final List<CgroupFolder> folders;
    private final List<String> sizes;
    private final List<String> paths = new ArrayList<>();
    private Map<String, String> texts = Map.of();

    CgroupStats(List<CgroupFolder> folders, List<String> hugepages) {
        this.folders = folders;
        this.sizes = sizes(hugepages);
    }

    /** @param hugepages the names in {@link #HUGEPAGES} */
    public static CgroupStats of(List<CgroupFolder> folders, List<String> hugepages) {
        boolean unified = folders.size() == 1 && folders.getFirst().version() == 2;
        return unified ? new StatsV2(folders, hugepages) : new StatsV1(folders, hugepages);
    }

    /** The files to read; some may not be there. */
    public final List<String> paths() {
        if (paths.isEmpty()) {
            addPaths();
        }
        return paths;
    }

    /** @param read the texts of those that are there, by path */
    public final ContainerStats parse(Map<String, String> read) {
        texts = read;
        return parse();
    }

    abstract void addPaths();

    abstract ContainerStats parse();

    /** As the names of the files have them: 64KB, 2MB, 1GB. */
    final List<String> sizes() {
        return sizes;
    }

    private static List<String> sizes(List<String> hugepages) {
        List<String> sizes = new ArrayList<>();
        for (String name : hugepages) {
            if (name.startsWith(HUGEPAGES_PREFIX) && name.endsWith("kB")) {
                long kib = number(name.substring(HUGEPAGES_PREFIX.length(), name.length() - 2));
                sizes.add(
                        kib >= KIB_OF_GIB
                                ? kib / KIB_OF_GIB + "GB"
                                : kib >= KIB_OF_MIB ? kib / KIB_OF_MIB + "MB" : kib + "KB");
            }
        }
        sizes.sort(null);
        return sizes;
    }

    /** The folder of that controller of version 1, with a slash behind it; empty where it has none. */
    final String folder(String controller) {
        for (CgroupFolder folder : folders) {
            if (folder.controllers().contains(controller)) {
                return folder.folder() + "/";
            }
        }
        return "";
    }

    final void add(String folder, String... files) {
        if (!folder.isEmpty()) {
            for (String file : files) {
                paths.add(folder + file);
            }
        }
    }

    /** Empty where there is no such file. */
    final String text(String path) {
        return texts.getOrDefault(path, "");
    }

    final boolean isThere(String path) {
        return texts.containsKey(path);
    }

    /** 0 where there is no such file, and for max. */
    final long value(String path) {
        return number(text(path).strip());
    }

    static long number(String text) {
        try {
            return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** A file with a line {@code key value} for each counter. */
    final SortedMap<String, Long> counters(String path) {
        SortedMap<String, Long> counters = new TreeMap<>();
        for (String line : lines(path)) {
            List<String> words = words(line, " ");
            if (words.size() == 2) {
                counters.put(words.get(0), number(words.get(1)));
            }
        }
        return counters;
    }

    final List<String> lines(String path) {
        return words(text(path), "\n");
    }

    /** Without empty ones. */
    static List<String> words(String text, String separators) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || separators.indexOf(text.charAt(i)) >= 0) {
                if (i > start) {
                    words.add(text.substring(start, i));
                }
                start = i + 1;
            }
        }
        return words;
    }

    /** Its tables, as they are named in the output, in their order there. */
    static SequencedMap<String, List<ContainerStats.BlkioEntry>> blkioTables() {
        SequencedMap<String, List<ContainerStats.BlkioEntry>> tables = new LinkedHashMap<>();
        for (String name : List.of(
                "ioServiceBytesRecursive",
                "ioServicedRecursive",
                "ioQueueRecursive",
                "ioServiceTimeRecursive",
                "ioWaitTimeRecursive",
                "ioMergedRecursive",
                "ioTimeRecursive",
                "sectorsRecursive")) {
            tables.put(name, new ArrayList<>());
        }
        return tables;
    }

    /** {@code some avg10=0.00 avg60=0.00 avg300=0.00 total=0}, and the same with full; null where there is no such file. */
    final ContainerStats.@Nullable Psi psi(String path) {
        if (!isThere(path)) {
            return null;
        }
        ContainerStats.PsiLine some = ContainerStats.PsiLine.NONE;
        ContainerStats.PsiLine full = ContainerStats.PsiLine.NONE;
        for (String line : lines(path)) {
            some = line.startsWith("some ") ? psiLine(line) : some;
            full = line.startsWith("full ") ? psiLine(line) : full;
        }
        return new ContainerStats.Psi(some, full);
    }

    private static ContainerStats.PsiLine psiLine(String line) {
        double[] averages = new double[3];
        long total = 0;
        for (String word : words(line, " ")) {
            String value = word.substring(word.indexOf('=') + 1);
            switch (word.substring(0, Math.max(0, word.indexOf('=')))) {
                case "avg10" -> averages[0] = Double.parseDouble(value);
                case "avg60" -> averages[1] = Double.parseDouble(value);
                case "avg300" -> averages[2] = Double.parseDouble(value);
                case "total" -> total = number(value);
                default -> {}
            }
        }
        return new ContainerStats.PsiLine(averages[0], averages[1], averages[2], total);
    }
}
