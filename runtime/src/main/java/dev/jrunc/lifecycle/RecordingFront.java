// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.util.ArrayList;
import java.util.List;

/** A front that reads for a use case, and writes down everything else as if it had succeeded. */
final class RecordingFront implements Front {

    private final Front front;
    private final List<Step<HostOperation>> recorded = new ArrayList<>();

    RecordingFront(Front front) {
        this.front = front;
    }

    /** What was not done, in its order. */
    List<Step<HostOperation>> recorded() {
        return recorded;
    }

    @Override
    public Call call() {
        return front.call();
    }

    @Override
    public List<Result> run(List<Step<HostOperation>> steps) {
        List<Result> results = new ArrayList<>();
        for (Step<HostOperation> step : steps) {
            if (step.operation() instanceof HostOperation.ReadFile
                    || step.operation() instanceof HostOperation.RealPath
                    || step.operation() instanceof HostOperation.ReadKept
                    || step.operation() instanceof HostOperation.FindNetdev
                    || isRelayed(step.operation())) {
                results.addAll(front.run(List.of(step)));
                if (Front.failure(List.of(step), List.of(results.getLast())).isPresent()) {
                    return results;
                }
            } else if (step.operation() instanceof HostOperation.WriteKept) {
                // Nothing of the container's.
                results.add(success(results.size(), step.operation()));
            } else {
                recorded.add(step);
                results.add(success(results.size(), step.operation()));
            }
        }
        return results;
    }

    /** Only questions are asked of systemd. */
    private static boolean isRelayed(HostOperation operation) {
        return operation instanceof HostOperation.RelayConnect
                || operation instanceof HostOperation.RelaySend
                || operation instanceof HostOperation.RelayReceive
                || operation instanceof HostOperation.RelayClose;
    }

    private static Result success(long index, HostOperation operation) {
        Bytes data = operation instanceof HostOperation.Spawn ? Bytes.utf8("0") : Bytes.EMPTY;
        long value = operation instanceof HostOperation.CgroupCreate ? 1 : 0;
        return new Result(index, 0, value, data, "", "", "");
    }
}
