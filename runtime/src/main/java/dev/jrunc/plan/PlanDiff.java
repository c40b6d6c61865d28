// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is different between two plans, as operations: what both do alike is left out, and so is jrunc's own state, which is
 * another for every bundle. An operation that only comes from another place, as after a mount was put before it, is the same.
 */
public final class PlanDiff {

    /** What became of an operation. */
    public enum Kind {
        REMOVED,
        ADDED,
        CHANGED,
        /** It is the same, in another place of the order. */
        MOVED
    }

    /**
     * A difference.
     *
     * @param executor the heading of the section
     * @param before null for what was added
     * @param after null for what was removed
     * @param fields the names of those that changed
     */
    public record Change(
            Kind kind,
            String executor,
            @Nullable Step<? extends Operation> before,
            @Nullable Step<? extends Operation> after,
            List<String> fields) {

        public Change {
            fields = List.copyOf(fields);
        }

        /** The one that there is; of both, the later. */
        public Step<? extends Operation> step() {
            return after != null ? after : Objects.requireNonNull(before);
        }
    }

    /** What says which operation it is, and not how it is done. */
    private static final List<String> NAMING = List.of("path", "paths", "target", "mount", "folder", "key", "point");

    /** All of an operation but its origin. */
    private record Same(String executor, int code, boolean mayFail, Map<String, Object> values) {}

    /** An operation of one of the plans, and what became of it. */
    private static final class Entry {
        private final int index;
        private final String executor;
        private final Step<? extends Operation> step;
        private final Map<String, Object> values = new LinkedHashMap<>();
        private @Nullable Entry partner;
        private boolean moved;

        Entry(int index, String executor, Step<? extends Operation> step) {
            this.index = index;
            this.executor = executor;
            this.step = step;
            step.operation().fields(new Values(values));
        }

        Same same() {
            return new Same(executor, step.operation().code(), step.mayFail(), values);
        }

        boolean isAbout(Entry other) {
            if (!executor.equals(other.executor)
                    || step.operation().code() != other.step.operation().code()) {
                return false;
            }
            for (String field : NAMING) {
                if (!Objects.equals(values.get(field), other.values.get(field))) {
                    return false;
                }
            }
            boolean limit = step.operation() instanceof HostOperation.Rlimit
                    || step.operation() instanceof HostOperation.MoveNetdev;
            return !limit || Objects.equals(values.get("name"), other.values.get("name"));
        }

        void join(Entry other) {
            partner = other;
            other.partner = this;
        }
    }

    private final List<Entry> before;
    private final List<Entry> after;

    private PlanDiff(List<Section> before, List<Section> after) {
        this.before = entries(before);
        this.after = entries(after);
    }

    /** In the order of the plans; what was removed comes where it was, and before what took its place. */
    public static List<Change> between(List<Section> before, List<Section> after) {
        PlanDiff diff = new PlanDiff(before, after);
        diff.joinSame();
        diff.markMoved();
        diff.joinChanged();
        return diff.changes();
    }

    private static List<Entry> entries(List<Section> sections) {
        List<Entry> entries = new ArrayList<>();
        for (Section section : sections) {
            for (Step<? extends Operation> step : section.steps()) {
                if (Subject.of(step.operation()) != Subject.STATE) {
                    entries.add(new Entry(entries.size(), section.heading(), step));
                }
            }
        }
        return entries;
    }

    /** Those that are alike in both, the first with the first, and so on. */
    private void joinSame() {
        Map<Same, Deque<Entry>> waiting = new HashMap<>();
        for (Entry old : before) {
            waiting.computeIfAbsent(old.same(), same -> new ArrayDeque<>()).add(old);
        }
        for (Entry now : after) {
            Deque<Entry> alike = waiting.get(now.same());
            if (alike != null && !alike.isEmpty()) {
                alike.remove().join(now);
            }
        }
    }

    /** As few as possible: all but a longest run of pairs whose order is the same in both plans. */
    private void markMoved() {
        List<Entry> pairs = new ArrayList<>();
        for (Entry now : after) {
            if (now.partner != null) {
                pairs.add(now);
            }
        }
        int[] previous = new int[pairs.size()];
        int[] ends = new int[pairs.size()];
        int longest = 0;
        for (int i = 0; i < pairs.size(); i++) {
            int low = 0;
            int high = longest;
            while (low < high) {
                int middle = (low + high) / 2;
                if (place(pairs.get(ends[middle])) < place(pairs.get(i))) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            previous[i] = low == 0 ? -1 : ends[low - 1];
            ends[low] = i;
            longest = Math.max(longest, low + 1);
        }
        for (Entry pair : pairs) {
            pair.moved = true;
        }
        for (int i = longest == 0 ? -1 : ends[longest - 1]; i >= 0; i = previous[i]) {
            pairs.get(i).moved = false;
        }
    }

    /** Of its partner, in the plan before. */
    private static int place(Entry now) {
        return Objects.requireNonNull(now.partner).index;
    }

    private void joinChanged() {
        for (Entry old : before) {
            for (Entry now : after) {
                if (old.partner == null && now.partner == null && old.isAbout(now)) {
                    old.join(now);
                }
            }
        }
    }

    private List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        int old = 0;
        for (Entry now : after) {
            Entry partner = now.partner;
            if (partner == null) {
                old = addRemoved(changes, old, endOfRemoved(old));
                changes.add(new Change(Kind.ADDED, now.executor, null, now.step, List.of()));
                continue;
            }
            if (!now.moved) {
                old = addRemoved(changes, old, partner.index + 1);
            }
            List<String> fields = different(partner, now);
            if (now.moved || !fields.isEmpty()) {
                Kind kind = fields.isEmpty() ? Kind.MOVED : Kind.CHANGED;
                changes.add(new Change(kind, now.executor, partner.step, now.step, fields));
            }
        }
        addRemoved(changes, old, before.size());
        return changes;
    }

    private int endOfRemoved(int from) {
        int end = from;
        while (end < before.size() && before.get(end).partner == null) {
            end++;
        }
        return end;
    }

    /** @return where to go on */
    private int addRemoved(List<Change> changes, int from, int to) {
        for (int i = from; i < to; i++) {
            Entry old = before.get(i);
            if (old.partner == null) {
                changes.add(new Change(Kind.REMOVED, old.executor, old.step, null, List.of()));
            }
        }
        return Math.max(from, to);
    }

    private static List<String> different(Entry old, Entry now) {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, Object> value : old.values.entrySet()) {
            if (!value.getValue().equals(now.values.get(value.getKey()))) {
                names.add(value.getKey());
            }
        }
        if (old.step.mayFail() != now.step.mayFail()) {
            names.add("mayFail");
        }
        return names;
    }

    /** Each field as it is. */
    private record Values(Map<String, Object> values) implements Fields {

        @Override
        public void bool(String name, boolean value) {
            values.put(name, value);
        }

        @Override
        public void u32(String name, long value) {
            values.put(name, value);
        }

        @Override
        public void u64(String name, long value) {
            values.put(name, value);
        }

        @Override
        public void i64(String name, long value) {
            values.put(name, value);
        }

        @Override
        public void str(String name, String value) {
            values.put(name, value);
        }

        @Override
        public void bytes(String name, Bytes value) {
            values.put(name, value);
        }

        @Override
        public void strs(String name, List<String> values) {
            this.values.put(name, values);
        }

        @Override
        public void u32s(String name, List<Long> values) {
            this.values.put(name, values);
        }

        @Override
        public void operations(String name, List<Step<InitOperation>> values) {
            this.values.put(name, values);
        }
    }
}
