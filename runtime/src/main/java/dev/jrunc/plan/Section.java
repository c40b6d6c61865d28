// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a plan, in the order in which it is executed.
 *
 * @param heading who executes it, and when
 */
public record Section(String heading, List<Step<? extends Operation>> steps) {

    public Section {
        steps = List.copyOf(steps);
    }

    /** Steps that follow one another and are about the same. */
    public record Group(Subject subject, List<Step<? extends Operation>> steps) {}

    /** Its steps in their order; a subject comes again where the plan comes back to it. */
    public List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        for (Step<? extends Operation> step : steps) {
            Subject subject = Subject.of(step.operation());
            if (groups.isEmpty() || groups.getLast().subject() != subject) {
                groups.add(new Group(subject, new ArrayList<>()));
            }
            groups.getLast().steps().add(step);
        }
        return groups;
    }
}
