// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.util.List;
import java.util.Optional;

/** The front, as the engine sees it: the only hands that there are. */
public interface Front {

    /** Facts about the call. */
    Call call();

    /**
     * Executes the steps in order, up to the first that fails and may not.
     *
     * @return one result for each step that was executed
     * @throws EngineReleased when the front goes on alone
     */
    List<Result> run(List<Step<HostOperation>> steps);

    /**
     * Executes the steps in order.
     *
     * @return one result for each
     * @throws OperationFailed when one failed that may not; those behind it were not executed
     * @throws EngineReleased when the front goes on alone
     */
    default List<Result> execute(List<Step<HostOperation>> steps) {
        List<Result> results = run(steps);
        Optional<OperationFailed> failure = failure(steps, results);
        if (failure.isPresent()) {
            throw failure.get();
        }
        return results;
    }

    /** What run() stopped at; it was the last step that was executed. */
    static Optional<OperationFailed> failure(List<Step<HostOperation>> steps, List<Result> results) {
        int last = results.size() - 1;
        if (last >= 0 && !results.get(last).ok() && !steps.get(last).mayFail()) {
            return Optional.of(failure(steps.get(last).operation(), results.get(last)));
        }
        return Optional.empty();
    }

    /** Where it was init that failed, its operation and origin say more than ours. */
    static OperationFailed failure(HostOperation operation, Result result) {
        boolean remote = !result.operation().isEmpty();
        return new OperationFailed(
                remote ? result.operation() : operation.name(),
                remote ? result.origin() : operation.origin().text(),
                (int) result.error(),
                result.message());
    }

    /** One step that may not fail. */
    default Result execute(HostOperation operation) {
        return execute(List.of(Step.must(operation))).getFirst();
    }

    /** One step that may fail. */
    default Result attempt(HostOperation operation) {
        return execute(List.of(Step.mayFail(operation))).getFirst();
    }
}
