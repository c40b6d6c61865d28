// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.bench;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** {@code make jmh}: runs all, prints a table, and fails where the bar isn't met. */
public final class Main {

    /** To plan 40 mounts, warm. */
    private static final double BAR_MICROS = 2_000;

    private Main() {}

    /** @param args {@code quick} or nothing */
    public static void main(String[] args) throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        options.include(PureBenchmark.class.getName());
        options.shouldFailOnError(true);
        if (args.length > 0 && args[0].equals("quick")) {
            options.forks(1).measurementTime(TimeValue.milliseconds(500)).warmupTime(TimeValue.milliseconds(500));
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        System.out.println("\n" + table(results));
        for (RunResult run : results) {
            boolean barred = configuration(run).equals(Configuration.FORTY_MOUNTS);
            double micros = run.getPrimaryResult().getScore();
            if (barred && micros > BAR_MICROS) {
                System.out.println(
                        step(run) + " of " + configuration(run) + " takes " + micros + " µs: more than " + BAR_MICROS);
                System.exit(1);
            }
        }
    }

    /** Microseconds, with the half width of the interval that has the mean with 99.9 %. */
    private static String table(Collection<RunResult> results) {
        Map<String, Map<String, String>> rows = new TreeMap<>();
        for (RunResult run : results) {
            Result<?> result = run.getPrimaryResult();
            rows.computeIfAbsent(configuration(run), name -> new TreeMap<>())
                    .put(
                            step(run),
                            String.format(Locale.ROOT, "%.1f ± %.1f", result.getScore(), result.getScoreError()));
        }
        String[] steps = {"parse", "check", "plan", "encode", "whole"};
        StringBuilder text = new StringBuilder("| microseconds | " + String.join(" | ", steps) + " |\n|---|");
        text.append("---|".repeat(steps.length)).append('\n');
        rows.forEach((configuration, cells) -> {
            text.append("| ").append(configuration).append(" |");
            for (String step : steps) {
                text.append(' ').append(cells.get(step)).append(" |");
            }
            text.append('\n');
        });
        return text.toString();
    }

    private static String configuration(RunResult run) {
        return run.getParams().getParam("name");
    }

    private static String step(RunResult run) {
        String benchmark = run.getParams().getBenchmark();
        return benchmark.substring(benchmark.lastIndexOf('.') + 1);
    }
}
