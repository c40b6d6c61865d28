// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.util.ArrayList;
import java.util.List;

/** A front for tests: root's call in /bundle, and for each operation what the test answers. */
public abstract class AnsweringFront implements Front {

    @Override
    public Call call() {
        return Calls.of(List.of(), List.of(), "/bundle", 0, "6.1.0");
    }

    @Override
    public final List<Result> run(List<Step<HostOperation>> steps) {
        List<Result> results = new ArrayList<>();
        for (Step<HostOperation> step : steps) {
            Result result = answer(results.size(), step.operation());
            results.add(result);
            if (!result.ok() && !step.mayFail()) {
                break;
            }
        }
        return results;
    }

    /** @param index of the operation in its batch */
    protected abstract Result answer(int index, HostOperation operation);
}
