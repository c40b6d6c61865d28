// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.Fields;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.PlanDiff;
import dev.jrunc.plan.Section;
import dev.jrunc.plan.Step;
import dev.jrunc.plan.Subject;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A plan, or what is different between two, as JSON; 64-bit flags are strings in hexadecimal. */
public final class PlanJson {

    private final JsonText json = new JsonText(true);

    private PlanJson() {}

    /** A list of sections, each with its operations. */
    public static String of(List<Section> sections) {
        PlanJson plan = new PlanJson();
        plan.json.beginList();
        for (Section section : sections) {
            plan.section(section);
        }
        return plan.json.endList().toString();
    }

    /** A list of changes, each with the operation before and after. */
    public static String ofChanges(List<PlanDiff.Change> changes) {
        PlanJson diff = new PlanJson();
        diff.json.beginList();
        for (PlanDiff.Change change : changes) {
            diff.change(change);
        }
        return diff.json.endList().toString();
    }

    private void section(Section section) {
        json.beginObject();
        json.name("executedBy").string(section.heading());
        json.name("operations").beginList();
        for (Step<? extends Operation> step : section.steps()) {
            step(step);
        }
        json.endList();
        json.endObject();
    }

    private void change(PlanDiff.Change change) {
        json.beginObject();
        json.name("change").string(change.kind().name().toLowerCase(Locale.ROOT));
        json.name("executedBy").string(change.executor());
        if (!change.fields().isEmpty()) {
            json.name("fields").beginList();
            for (String field : change.fields()) {
                json.string(field);
            }
            json.endList();
        }
        side("before", change.before());
        side("after", change.after());
        json.endObject();
    }

    private void side(String name, @Nullable Step<? extends Operation> step) {
        if (step != null) {
            json.name(name);
            step(step);
        }
    }

    private void step(Step<? extends Operation> step) {
        json.beginObject();
        json.name("operation").string(step.operation().name());
        json.name("subject").string(Subject.of(step.operation()).title());
        json.name("origin").string(step.operation().origin().text());
        if (step.mayFail()) {
            json.name("mayFail").literal("true");
        }
        step.operation().fields(new Members());
        json.endObject();
    }

    private final class Members implements Fields {

        @Override
        public void bool(String name, boolean value) {
            json.name(name).literal(Boolean.toString(value));
        }

        @Override
        public void u32(String name, long value) {
            json.name(name).literal(Long.toString(value));
        }

        @Override
        public void u64(String name, long value) {
            json.name(name).string("0x" + Long.toHexString(value));
        }

        @Override
        public void i64(String name, long value) {
            json.name(name).literal(Long.toString(value));
        }

        @Override
        public void str(String name, String value) {
            json.name(name).string(value);
        }

        @Override
        public void bytes(String name, Bytes value) {
            json.name(name).string(value.utf8());
        }

        @Override
        public void strs(String name, List<String> values) {
            json.name(name).beginList();
            for (String value : values) {
                json.string(value);
            }
            json.endList();
        }

        @Override
        public void u32s(String name, List<Long> values) {
            json.name(name).beginList();
            for (Long value : values) {
                json.literal(value.toString());
            }
            json.endList();
        }

        @Override
        public void operations(String name, List<Step<InitOperation>> values) {
            json.name(name).beginList();
            for (Step<InitOperation> value : values) {
                step(value);
            }
            json.endList();
        }
    }
}
