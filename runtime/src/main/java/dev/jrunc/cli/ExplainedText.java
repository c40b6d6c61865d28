// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.json.Prediction;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.PlanDiff;
import dev.jrunc.plan.PlanText;
import dev.jrunc.plan.Section;
import dev.jrunc.plan.Step;
import dev.jrunc.text.Printable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Plans, and what is different between two, for a terminal: a line for each operation, in groups. */
final class ExplainedText {

    private final Colours colours;
    private final StringBuilder text = new StringBuilder();

    private ExplainedText(Colours colours) {
        this.colours = colours;
    }

    static String plan(List<Section> sections, Colours colours) {
        ExplainedText plan = new ExplainedText(colours);
        for (Section section : sections) {
            plan.text.append(colours.heading(section.heading() + ":")).append('\n');
            for (Section.Group group : section.groups()) {
                plan.text
                        .append(' ')
                        .append(colours.subject(group.subject().title() + ":"))
                        .append('\n');
                for (Step<? extends Operation> step : group.steps()) {
                    plan.text.append("  ");
                    plan.step(step, PlanText.fields(step.operation()));
                }
            }
        }
        return plan.text.toString();
    }

    static String diff(List<PlanDiff.Change> changes, Colours colours) {
        ExplainedText diff = new ExplainedText(colours);
        String executor = "";
        for (PlanDiff.Change change : changes) {
            if (!change.executor().equals(executor)) {
                executor = change.executor();
                diff.text.append(colours.heading(executor + ":")).append('\n');
            }
            diff.change(change);
        }
        return changes.isEmpty() ? "both are created by the same operations\n" : diff.text.toString();
    }

    static String errors(List<Prediction> predictions, Colours colours) {
        if (predictions.isEmpty()) {
            return "nothing that can be known before would fail here\n";
        }
        StringBuilder text = new StringBuilder();
        for (Prediction prediction : predictions) {
            String origin = prediction.origin().isEmpty() ? "config.json" : prediction.origin();
            text.append(colours.heading(Printable.of(origin))).append(": ").append(prediction.command());
            text.append(" would fail");
            text.append(prediction.operation().isEmpty() ? "" : ": " + colours.name(prediction.operation()));
            text.append(prediction.error().isEmpty() ? "" : ": " + colours.bad(prediction.error()));
            text.append("\n  ").append(Printable.of(prediction.problem()));
            text.append("\n  ")
                    .append(colours.good("remedy: "))
                    .append(Printable.of(prediction.mend()))
                    .append('\n');
        }
        return text.toString();
    }

    private void change(PlanDiff.Change change) {
        switch (change.kind()) {
            case REMOVED -> text.append(colours.bad("- "));
            case ADDED -> text.append(colours.good("+ "));
            case CHANGED -> text.append(colours.name("~ "));
            case MOVED -> text.append(colours.name("> "));
        }
        step(change.step(), fields(change));
    }

    /** Of one that has changed: what it is told, and of what is other than before, both. */
    static String fields(PlanDiff.Change change) {
        if (change.fields().isEmpty()) {
            return PlanText.fields(change.step().operation());
        }
        Map<String, String> before =
                PlanText.values(Objects.requireNonNull(change.before()).operation());
        Map<String, String> after =
                PlanText.values(Objects.requireNonNull(change.after()).operation());
        StringBuilder fields = new StringBuilder();
        for (Map.Entry<String, String> value : after.entrySet()) {
            if (!change.fields().contains(value.getKey())) {
                fields.append(fields.isEmpty() ? "" : " ").append(value.getKey());
                fields.append(value.getValue().isEmpty() ? "" : "=" + value.getValue());
            }
        }
        for (String name : change.fields()) {
            fields.append(fields.isEmpty() ? "" : " ").append(name).append(": ");
            fields.append(shown(before.get(name))).append(" → ").append(shown(after.get(name)));
        }
        return fields.toString();
    }

    /** null: empty or off. */
    private static String shown(@Nullable String value) {
        return value == null ? "none" : value.isEmpty() ? "on" : value;
    }

    private void step(Step<? extends Operation> step, String fields) {
        text.append(colours.name(step.operation().name()));
        text.append(fields.isEmpty() ? "" : " ").append(fields);
        text.append(step.mayFail() ? " (may fail)" : "").append(' ');
        text.append(colours.origin("[" + PlanText.origin(step.operation()) + "]"))
                .append('\n');
    }
}
