// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Result;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.util.ArrayList;
import java.util.List;

/** What went wrong in steps that may fail. */
final class Failures {

    private Failures() {}

    static List<OperationFailed> of(List<Step<HostOperation>> steps, List<Result> results) {
        List<OperationFailed> failures = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            Result result = results.get(i);
            if (!result.ok()) {
                HostOperation operation = steps.get(i).operation();
                failures.add(new OperationFailed(
                        operation.name(), operation.origin().text(), (int) result.error(), result.message()));
            }
        }
        return failures;
    }

    /** Adds them to the failure that made the cleaning up necessary. */
    static void suppress(JruncException cause, List<Step<HostOperation>> steps, List<Result> results) {
        for (OperationFailed failure : of(steps, results)) {
            cause.addSuppressed(failure);
        }
    }
}
