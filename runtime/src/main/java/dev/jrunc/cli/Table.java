// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows with columns of one width each, as wide as needed. */
final class Table {

    private static final int MINIMUM_WIDTH = 12;
    private static final int GAP = 3;

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(List.of(headings));
    }

    void row(String... cells) {
        rows.add(List.of(cells));
    }

    /** Each row with its line feed. */
    @Override
    public String toString() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] =
                        Math.max(widths[i], Math.max(MINIMUM_WIDTH, row.get(i).length() + GAP));
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                text.append(row.get(i));
                if (i < widths.length - 1) {
                    text.repeat(' ', widths[i] - row.get(i).length());
                }
            }
            text.append('\n');
        }
        return text.toString();
    }
}
