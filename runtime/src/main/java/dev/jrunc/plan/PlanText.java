// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.List;

/** A plan as text: one line an operation, its fields, and its origin at the end. */
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

        private static final int MAX_SHOWN_BYTES = 200;

        private final StringBuilder out;

        Writer(StringBuilder out) {
            this.out = out;
        }

        private StringBuilder name(String name) {
            return out.append(' ').append(name).append('=');
        }

        @Override
        public void bool(String name, boolean value) {
            name(name).append(value);
        }

        @Override
        public void u32(String name, long value) {
            number(name, value);
        }

        /** Flags are easier to read in hexadecimal, modes in octal, and no limit as ~0. */
        @Override
        public void u64(String name, long value) {
            name(name).append(value == -1 ? "~0" : "0x" + Long.toHexString(value));
        }

        @Override
        public void i64(String name, long value) {
            name(name).append(value);
        }

        private void number(String name, long value) {
            name(name).append(name.equals("mode") || name.equals("umask") ? "0" + Long.toOctalString(value) : value);
        }

        @Override
        public void str(String name, String value) {
            name(name);
            quote(value);
        }

        @Override
        public void bytes(String name, Bytes value) {
            name(name);
            if (value.length() > MAX_SHOWN_BYTES) {
                out.append('<').append(value.length()).append(" bytes>");
            } else {
                quote(value.utf8());
            }
        }

        @Override
        public void strs(String name, List<String> values) {
            name(name).append('[');
            for (int i = 0; i < values.size(); i++) {
                if (i > 0) {
                    out.append(' ');
                }
                quote(values.get(i));
            }
            out.append(']');
        }

        @Override
        public void u32s(String name, List<Long> values) {
            name(name).append('[');
            for (int i = 0; i < values.size(); i++) {
                out.append(i > 0 ? " " : "").append(values.get(i).longValue());
            }
            out.append(']');
        }

        @Override
        public void operations(String name, List<Step<InitOperation>> values) {
            name(name).append('<').append(values.size()).append(" operations>");
        }

        /** Plain words as they are, everything else in quotes. */
        private void quote(String value) {
            boolean plain = !value.isEmpty();
            for (int i = 0; i < value.length() && plain; i++) {
                char c = value.charAt(i);
                plain = c > ' ' && c != '"' && c != '\\' && c != '[' && c != ']' && c < 127;
            }
            if (plain) {
                out.append(value);
                return;
            }
            out.append('"');
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                switch (c) {
                    case '"', '\\' -> out.append('\\').append(c);
                    case '\n' -> out.append("\\n");
                    case '\t' -> out.append("\\t");
                    default -> {
                        if (c < ' ' || c == 127) {
                            out.append("\\u00").append(c < 16 ? "0" : "").append(Integer.toHexString(c));
                        } else {
                            out.append(c);
                        }
                    }
                }
            }
            out.append('"');
        }
    }
}
