// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import java.util.List;
import java.util.Locale;

/** What {@code doctor} found on a host: docs/doctor.md. */
public record Examination(List<Row> rows) {

    public Examination {
        rows = List.copyOf(rows);
    }

    /** From the best to the worst. */
    public enum Verdict {
        GOOD,
        /** Not there, and only who wants it misses it. */
        NOTE,
        /** Something goes slower, or not in every case. */
        WARNING,
        /** Containers can't be made without it. */
        MISSING;

        /** As it is printed. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One thing that was looked at.
     *
     * @param area what it belongs to: {@code kernel}, {@code cgroups}, …
     * @param value what there is
     * @param advice what to do; empty where there is nothing to do. It may have several lines
     */
    public record Row(String area, String name, Verdict verdict, String value, String advice) {

        public static Row good(String area, String name, String value) {
            return new Row(area, name, Verdict.GOOD, value, "");
        }

        public static Row note(String area, String name, String value, String advice) {
            return new Row(area, name, Verdict.NOTE, value, advice);
        }

        public static Row warning(String area, String name, String value, String advice) {
            return new Row(area, name, Verdict.WARNING, value, advice);
        }

        public static Row missing(String area, String name, String value, String advice) {
            return new Row(area, name, Verdict.MISSING, value, advice);
        }
    }

    /** The worst of all rows. */
    public Verdict verdict() {
        Verdict worst = Verdict.GOOD;
        for (Row row : rows) {
            worst = row.verdict().compareTo(worst) > 0 ? row.verdict() : worst;
        }
        return worst;
    }

    /** As JSON, indented. */
    public String toJson() {
        JsonText json = new JsonText(true).beginObject();
        json.name("verdict").string(verdict().word());
        json.name("rows").beginList();
        for (Row row : rows) {
            json.beginObject().name("area").string(row.area);
            json.name("name").string(row.name);
            json.name("verdict").string(row.verdict.word());
            json.name("value").string(row.value);
            json.name("advice").string(row.advice).endObject();
        }
        return json.endList().endObject().toString();
    }
}
