// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.error.OperationFailed;
import dev.jrunc.json.TraceEvents;
import dev.jrunc.json.TraceEvents.Row;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A front that notes when every operation began and ended, here and in init, on one clock, and what the engine thought between:
 * for {@code --trace}, and for JDK Flight Recorder.
 */
public final class TracingFront implements Front {

    private static final Origin TRACE = Origin.rule("--trace");

    /** A time namespace moves init's clock by more than two clocks drift apart between two readings. */
    private static final long OFFSET_NANOS = 500_000_000;

    private final Front front;
    private final @Nullable String file;
    private final TraceEvents events;
    private final @Nullable FlightSpans flight;
    private List<Step<InitOperation>> plan = List.of();
    private int told;
    private long thinking;

    /**
     * @param file of the caller, for --trace; or null
     * @param flight where the spans go as well; or null
     * @param began when the engine began with the call: nanoseconds of {@link System#nanoTime}, which is CLOCK_MONOTONIC
     */
    public TracingFront(Front front, @Nullable String file, @Nullable FlightSpans flight, long began) {
        this.front = front;
        this.file = file;
        this.flight = flight;
        this.thinking = began;
        Call call = front.call();
        events = new TraceEvents(call.pid());
        events.begin("jrunc " + String.join(" ", call.args()));
        span(Row.FRONT, "reach the engine", call.began(), began, Map.of());
    }

    private void span(Row row, String name, long began, long ended, Map<String, String> arguments) {
        if (file != null) {
            events.span(row, name, began, ended, arguments);
        }
        if (flight != null) {
            flight.span(row, name, began, ended, arguments);
        }
    }

    private long turn() {
        if (flight != null) {
            flight.turn();
        }
        return System.nanoTime();
    }

    @Override
    public Call call() {
        return front.call();
    }

    @Override
    public List<Result> run(List<Step<HostOperation>> steps) {
        for (int i = 1; i < steps.size(); i++) {
            if (mayRelease(steps.get(i).operation())) {
                List<Result> results = new ArrayList<>(run(steps.subList(0, i)));
                if (results.size() == i && Front.failure(steps, results).isEmpty()) {
                    results.addAll(run(steps.subList(i, steps.size())));
                }
                return results;
            }
        }
        return runTraced(steps);
    }

    /** The engine may be let go in it. */
    private static boolean mayRelease(HostOperation operation) {
        return operation instanceof HostOperation.Foreground
                || operation instanceof HostOperation.ServeEngine
                || operation instanceof HostOperation.Watch;
    }

    private List<Result> runTraced(List<Step<HostOperation>> steps) {
        List<Step<HostOperation>> traced = new ArrayList<>();
        for (Step<HostOperation> step : steps) {
            traced.add(withTrace(step));
        }
        if (!steps.isEmpty() && mayRelease(steps.getFirst().operation())) {
            writeIfPossible();
        }
        long sent = System.nanoTime();
        span(
                Row.ENGINE,
                "think",
                thinking,
                sent,
                Map.of(
                        "next",
                        steps.isEmpty() ? "" : steps.getFirst().operation().name()));
        List<Result> results = front.run(traced);
        thinking = turn();
        for (int i = 0; i < results.size(); i++) {
            note(steps.get(i).operation(), results.get(i));
        }
        Front.failure(steps, results)
                .ifPresent(failure -> span(Row.FRONT, "failed", sent, thinking, Map.of("error", failure.getMessage())));
        return results;
    }

    /** A plan for init begins with TRACE. */
    private Step<HostOperation> withTrace(Step<HostOperation> step) {
        if (!(step.operation() instanceof HostOperation.SendPlan send)) {
            return step;
        }
        List<Step<InitOperation>> operations = new ArrayList<>();
        operations.add(Step.must(new InitOperation.Trace(TRACE)));
        operations.addAll(send.operations());
        plan = operations;
        told = 0;
        return new Step<>(new HostOperation.SendPlan(send.origin(), operations), step.mayFail());
    }

    private void note(HostOperation operation, Result result) {
        span(Row.FRONT, operation.name(), result.began(), result.ended(), arguments(operation, result.error()));
        if (!(operation instanceof HostOperation.Await)) {
            return;
        }
        long offset = result.value() - call().realtimeOffset();
        long shift = Math.abs(offset) > OFFSET_NANOS ? offset : 0;
        ByteBuffer spans = ByteBuffer.wrap(result.data().toArray()).order(ByteOrder.LITTLE_ENDIAN);
        while (spans.remaining() >= 2 * Long.BYTES && told < plan.size()) {
            long began = spans.getLong();
            long ended = spans.getLong();
            InitOperation done = plan.get(told++).operation();
            if (began != 0) {
                span(Row.INIT, done.name(), began + shift, ended + shift, arguments(done, 0));
            }
        }
    }

    private static Map<String, String> arguments(Operation operation, long error) {
        String origin = operation.origin().text();
        return error == 0 ? Map.of("origin", origin) : Map.of("origin", origin, "errno", Long.toString(error));
    }

    /** In the middle of a call, which doesn't fail for its trace; at its end that is told. */
    private void writeIfPossible() {
        try {
            write();
        } catch (OperationFailed e) {
            span(
                    Row.ENGINE,
                    "not written",
                    thinking,
                    System.nanoTime(),
                    Map.of("error", String.valueOf(e.getMessage())));
        }
    }

    /**
     * For --trace.
     *
     * @throws dev.jrunc.error.OperationFailed when the file can't be written
     */
    public void write() {
        if (file == null) {
            return;
        }
        String taken = events.take();
        if (!taken.isEmpty()) {
            front.execute(new HostOperation.AppendTrace(TRACE, file, Bytes.utf8(taken)));
        }
    }
}
