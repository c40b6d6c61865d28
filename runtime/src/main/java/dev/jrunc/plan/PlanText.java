// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.text.Printable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A plan as text: one line an operation, what it is told, and its origin at the end. What is empty or off isn't shown. */
public final class PlanText {

    private PlanText() {}

    /** {@code MOUNT type=proc … [/mounts/0]}. */
    public static String line(Step<? extends Operation> step) {
        StringBuilder line = new StringBuilder(step.operation().name());
        String fields = fields(step.operation());
        line.append(fields.isEmpty() ? "" : " ").append(fields);
        if (step.mayFail()) {
            line.append(" (may fail)");
        }
        return line.append(" [").append(origin(step.operation())).append(']').toString();
    }

    /** {@code type=proc source=proc}: what it is told; printable, as its origin. */
    public static String fields(Operation operation) {
        StringBuilder text = new StringBuilder();
        operation.fields(new Writer((name, value) ->
                text.append(text.isEmpty() ? "" : " ").append(name).append(value.isEmpty() ? "" : "=" + value)));
        return text.toString();
    }

    /** The fields that are told, each by its name; empty for a flag that is on. */
    public static Map<String, String> values(Operation operation) {
        Map<String, String> values = new LinkedHashMap<>();
        operation.fields(new Writer(values::put));
        return values;
    }

    /** A place in config.json, whose names may be anything, or a rule. */
    public static String origin(Operation operation) {
        return Printable.of(operation.origin().text());
    }

    private static final class Writer implements Fields {

        /** Of a field that isn't text. */
        private static final int MAX_SHOWN_BYTES = 200;

        private final BiConsumer<String, String> out;

        Writer(BiConsumer<String, String> out) {
            this.out = out;
        }

        private void show(String name, String value) {
            out.accept(name, value);
        }

        @Override
        public void bool(String name, boolean value) {
            if (value) {
                show(name, "");
            }
        }

        @Override
        public void u32(String name, long value) {
            String meaning = FieldText.number(name, value);
            if (!meaning.isEmpty()) {
                show(name, meaning);
            }
        }

        @Override
        public void u64(String name, long value) {
            String meaning = FieldText.bits(name, value);
            if (!meaning.isEmpty()) {
                show(name, meaning);
            }
        }

        @Override
        public void i64(String name, long value) {
            if (!name.equals("tree") || value >= 0) {
                show(name, Long.toString(value));
            }
        }

        @Override
        public void str(String name, String value) {
            if (!value.isEmpty()) {
                show(name, Printable.quoted(value));
            }
        }

        @Override
        public void bytes(String name, Bytes value) {
            if (value.length() > 0) {
                String text = plain(value);
                show(name, text == null ? "<" + value.length() + " bytes>" : Printable.quoted(text));
            }
        }

        /** Its text, where it is short and is text. */
        private static @Nullable String plain(Bytes value) {
            String text = value.length() > MAX_SHOWN_BYTES ? "\0" : value.utf8();
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c < ' ' && c != '\n' && c != '\t' || c == '\uFFFD') {
                    return null;
                }
            }
            return text;
        }

        @Override
        public void strs(String name, List<String> values) {
            if (!values.isEmpty()) {
                StringBuilder list = new StringBuilder("[");
                for (int i = 0; i < values.size(); i++) {
                    list.append(i > 0 ? " " : "").append(Printable.quoted(values.get(i)));
                }
                show(name, list.append(']').toString());
            }
        }

        @Override
        public void u32s(String name, List<Long> values) {
            if (!values.isEmpty()) {
                StringBuilder list = new StringBuilder("[");
                for (int i = 0; i < values.size(); i++) {
                    list.append(i > 0 ? " " : "").append(FieldText.number(name, values.get(i)));
                }
                show(name, list.append(']').toString());
            }
        }

        @Override
        public void operations(String name, List<Step<InitOperation>> values) {
            show(name, "<" + values.size() + " operations>");
        }
    }
}
