// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.Fields;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.Step;
import java.util.List;

/** A plan as JSON: a list of sections, each with its operations; 64-bit flags are strings in hexadecimal. */
public final class PlanJson {

    private final JsonText json = new JsonText(true).beginList();

    public void section(String heading, List<? extends Step<? extends Operation>> steps) {
        json.beginObject();
        json.name("executedBy").string(heading);
        json.name("operations").beginList();
        for (Step<? extends Operation> step : steps) {
            step(step);
        }
        json.endList();
        json.endObject();
    }

    private void step(Step<? extends Operation> step) {
        json.beginObject();
        json.name("operation").string(step.operation().name());
        json.name("origin").string(step.operation().origin().text());
        if (step.mayFail()) {
            json.name("mayFail").literal("true");
        }
        step.operation().fields(new Members());
        json.endObject();
    }

    /** The whole document. */
    public String finish() {
        return json.endList().toString();
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
