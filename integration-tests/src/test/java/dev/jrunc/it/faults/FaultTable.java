// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Points and outcomes of all subjects, counted. */
public final class FaultTable {
    private static final Path FOLDER =
            Path.of("../build/faults").toAbsolutePath().normalize();

    /** What came of a fault. */
    public enum Outcome {
        /** The right error, and nothing left. */
        FAILED("failed rightly"),
        /** The call did without, or was done by then. */
        WENT_ON("went on"),
        /** The front died; the next command found what it should, and nothing was left. */
        RECOVERED("recovered"),
        /** The call didn't come to the point, or there was nobody to be killed. */
        NOT_THERE("not there"),
        WRONG("wrong");

        private final String words;

        Outcome(String words) {
            this.words = words;
        }
    }

    private final Map<String, Map<Outcome, Integer>> rows = new TreeMap<>();
    private final Map<String, Integer> points = new TreeMap<>();
    private final StringBuilder details = new StringBuilder();

    synchronized void points(Subject subject, int count) {
        points.put(subject.name(), count);
    }

    synchronized void add(Subject subject, Fault fault, Outcome outcome) {
        rows.computeIfAbsent(subject.name() + "|" + fault, key -> new EnumMap<>(Outcome.class))
                .merge(outcome, 1, Integer::sum);
    }

    synchronized void detail(String line) {
        details.append(line).append('\n');
    }

    /** The table for people, which is also kept in build/faults/report.txt, behind what went wrong. */
    public synchronized String text() {
        StringBuilder text = new StringBuilder();
        StringBuilder head = new StringBuilder(String.format("%-60s %-22s %7s", "subject", "fault", "points"));
        for (Outcome outcome : Outcome.values()) {
            head.append(String.format(" %14s", outcome.words));
        }
        text.append(head).append('\n');
        Map<Outcome, Integer> totals = new EnumMap<>(Outcome.class);
        for (Map.Entry<String, Map<Outcome, Integer>> row : rows.entrySet()) {
            String[] names = row.getKey().split("\\|", -1);
            addRow(text, names[0], names[1], row.getValue());
            row.getValue().forEach((outcome, count) -> totals.merge(outcome, count, Integer::sum));
        }
        addRow(text, "total", "", totals);
        int all = points.values().stream().mapToInt(Integer::intValue).sum();
        text.append("points recorded: ").append(all).append('\n');
        return text.toString();
    }

    private static void addRow(StringBuilder text, String subject, String fault, Map<Outcome, Integer> counts) {
        int sum = counts.values().stream().mapToInt(Integer::intValue).sum();
        text.append(String.format("%-60s %-22s %7d", subject, fault, sum));
        for (Outcome outcome : Outcome.values()) {
            text.append(String.format(" %14d", counts.getOrDefault(outcome, 0)));
        }
        text.append('\n');
    }

    public synchronized void write() {
        try {
            Files.writeString(FOLDER.resolve("report.txt"), details + "\n" + text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
