// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.util.List;

/** The front, as the engine sees it: the only hands that there are. */
public interface Front {

    /** Facts about the call. */
    Call call();

    /**
     * Executes the steps in order.
     *
     * @return one result for each
     * @throws dev.jrunc.error.OperationFailed when one failed that may not; those behind it were not executed
     * @throws EngineReleased when the front goes on alone
     */
    List<Result> execute(List<Step<HostOperation>> steps);

    /** One step that may not fail. */
    default Result execute(HostOperation operation) {
        return execute(List.of(Step.must(operation))).getFirst();
    }

    /** One step that may fail. */
    default Result attempt(HostOperation operation) {
        return execute(List.of(Step.mayFail(operation))).getFirst();
    }
}
