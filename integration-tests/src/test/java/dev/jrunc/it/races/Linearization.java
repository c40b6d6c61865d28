// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.races;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks for an order of steps that the model allows, in which none comes before another that had ended when it began. */
final class Linearization {
    private final List<Step> steps;
    private final Set<List<Object>> deadEnds = new HashSet<>();

    Linearization(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    boolean exists(Model from) {
        return exists(from, new int[steps.size()]);
    }

    private boolean exists(Model model, int[] done) {
        if (isComplete(done)) {
            return true;
        }
        List<Object> here = List.of(model, Arrays.stream(done).boxed().toList());
        if (!deadEnds.add(here)) {
            return false;
        }
        for (int i = 0; i < done.length; i++) {
            if (done[i] < steps.get(i).parts() && mayComeNow(i, done)) {
                Optional<Model> next = model.after(steps.get(i), done[i]);
                done[i]++;
                if (next.isPresent() && exists(next.get(), done)) {
                    return true;
                }
                done[i]--;
            }
        }
        return false;
    }

    private boolean isComplete(int[] done) {
        for (int i = 0; i < done.length; i++) {
            if (done[i] < steps.get(i).parts()) {
                return false;
            }
        }
        return true;
    }

    private boolean mayComeNow(int step, int[] done) {
        for (int other = 0; other < done.length; other++) {
            boolean over = steps.get(other).ended() < steps.get(step).began();
            if (over && done[other] < steps.get(other).parts()) {
                return false;
            }
        }
        return true;
    }
}
