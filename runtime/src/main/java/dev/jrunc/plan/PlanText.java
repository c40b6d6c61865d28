// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plan as text: one line an operation, what it is told, and its origin at the end. What is empty or off isn't shown. */
public final class PlanText {

    private PlanText() {}

    /** A heading and its operations, each line with its line feed. */
    public static String section(String heading, List<? extends Step<? extends Operation>> steps) {
        StringBuilder text = new StringBuilder(heading).append(":\n");
        for (Step<? extends Operation> step : steps) {
            text.append("  ").append(line(step)).append('\n');
        }
        return text.toString();
    }

    /** {@code MOUNT type=proc … [/mounts/0]}. */
    public static String line(Step<? extends Operation> step) {
        StringBuilder line = new StringBuilder(step.operation().name());
        step.operation().fields(new Writer(line));
        if (step.mayFail()) {
            line.append(" (may fail)");
        }
        return line.append(" [").append(step.operation().origin()).append(']').toString();
    }

    private static final class Writer implements Fields {

        /** Of a field that isn't text. */
        private static final int MAX_SHOWN_BYTES = 200;

        private final StringBuilder out;

        Writer(StringBuilder out) {
            this.out = out;
        }

        private void show(String name, String value) {
            out.append(' ').append(name).append('=').append(value);
        }

        @Override
        public void bool(String name, boolean value) {
            if (value) {
                out.append(' ').append(name);
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
                show(name, quoted(value));
            }
        }

        @Override
        public void bytes(String name, Bytes value) {
            if (value.length() > 0) {
                String text = plain(value);
                show(name, text == null ? "<" + value.length() + " bytes>" : quoted(text));
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
                    list.append(i > 0 ? " " : "").append(quoted(values.get(i)));
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

        /** Plain words as they are, everything else in quotes. */
        private static String quoted(String value) {
            boolean plain = !value.isEmpty();
            for (int i = 0; i < value.length() && plain; i++) {
                char c = value.charAt(i);
                plain = c > ' ' && c != '"' && c != '\\' && c != '[' && c != ']' && c != 127;
            }
            if (plain) {
                return value;
            }
            StringBuilder quoted = new StringBuilder("\"");
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                switch (c) {
                    case '"', '\\' -> quoted.append('\\').append(c);
                    case '\n' -> quoted.append("\\n");
                    case '\t' -> quoted.append("\\t");
                    default -> {
                        if (c < ' ' || c == 127) {
                            quoted.append("\\u00").append(c < 16 ? "0" : "").append(Integer.toHexString(c));
                        } else {
                            quoted.append(c);
                        }
                    }
                }
            }
            return quoted.append('"').toString();
        }
    }
}
