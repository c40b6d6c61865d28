// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class TracingFrontTest {

    private static final Origin ORIGIN = Origin.at("/mounts/0");
    private static final long INIT_OFFSET = 10_000_000_000L;

    /** Answers with fixed times, and keeps what it was told to append. */
    private static final class Host implements Front {
        private final List<HostOperation> executed = new ArrayList<>();
        private final StringBuilder trace = new StringBuilder();

        @Override
        public Call call() {
            return new Call(
                    List.of("create", "c\"1"),
                    List.of(),
                    "/",
                    42,
                    0,
                    0,
                    0,
                    0,
                    List.of(),
                    0,
                    Bytes.EMPTY,
                    Bytes.EMPTY,
                    Bytes.EMPTY,
                    0,
                    0,
                    0,
                    0,
                    "6.1",
                    "x86_64",
                    1_000,
                    5);
        }

        @Override
        public List<Result> run(List<Step<HostOperation>> steps) {
            List<Result> results = new ArrayList<>();
            for (Step<HostOperation> step : steps) {
                executed.add(step.operation());
                if (step.operation() instanceof HostOperation.AppendTrace append) {
                    trace.append(trace.isEmpty() ? "" : ",")
                            .append(append.events().utf8());
                }
                if (step.operation() instanceof HostOperation.RealPath) {
                    results.add(new Result(results.size(), 2, 0, Bytes.EMPTY, "find it", "", ""));
                    return results;
                }
                boolean await = step.operation() instanceof HostOperation.Await;
                results.add(new Result(
                        0,
                        0,
                        await ? 5 - INIT_OFFSET : 0,
                        await ? Bytes.of(spans()) : Bytes.EMPTY,
                        "",
                        "",
                        "",
                        2_000,
                        3_500));
            }
            return results;
        }

        /** Of TRACE itself, and of one operation behind it, by a clock that is ahead. */
        private static byte[] spans() {
            ByteBuffer spans = ByteBuffer.allocate(4 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            spans.putLong(0).putLong(2_100 + INIT_OFFSET);
            spans.putLong(2_200 + INIT_OFFSET).putLong(2_300 + INIT_OFFSET);
            return spans.array();
        }

        JsonNode event(String name) {
            for (JsonNode event : new ObjectMapper().readTree("[" + trace + "]")) {
                if (event.get("name").asString().equals(name)) {
                    return event;
                }
            }
            throw new AssertionError("no " + name + " in " + trace);
        }
    }

    private final Host host = new Host();
    private final TracingFront front = new TracingFront(host, "/t.json", null, 1_900);

    @Test
    void operationsOfFrontAndInitAreOnOneClock() {
        InitOperation hostname = new InitOperation.Hostname(ORIGIN, "h");
        front.execute(List.of(
                Step.must(new HostOperation.SendPlan(ORIGIN, List.of(Step.must(hostname)))),
                Step.must(new HostOperation.Await(ORIGIN, 4))));
        front.write();

        assertEquals(
                "jrunc create c\"1", host.event("process_name").at("/args/name").asString());
        assertEquals(1.0, host.event("reach the engine").get("ts").asDouble());
        JsonNode await = host.event("AWAIT");
        assertEquals(42, await.get("pid").asInt());
        assertEquals(2.0, await.get("ts").asDouble());
        assertEquals(1.5, await.get("dur").asDouble());
        assertEquals("/mounts/0", await.at("/args/origin").asString());
        JsonNode done = host.event("HOSTNAME");
        assertEquals(2.2, done.get("ts").asDouble());
        assertEquals(0.1, done.get("dur").asDouble());
        assertTrue(done.get("tid").asInt() != await.get("tid").asInt());
        assertEquals("SEND_PLAN", host.event("think").at("/args/next").asString());
    }

    @Test
    void thePlanBeginsWithTrace() {
        front.execute(List.of(Step.must(new HostOperation.SendPlan(ORIGIN, List.of()))));

        HostOperation.SendPlan sent = assertInstanceOf(HostOperation.SendPlan.class, host.executed.getFirst());
        assertInstanceOf(InitOperation.Trace.class, sent.operations().getFirst().operation());
    }

    @Test
    void whatFailsIsInTheTrace() {
        assertThrows(
                OperationFailed.class, () -> front.execute(new HostOperation.RealPath(Origin.at("/root/path"), "/x")));
        front.write();

        assertTrue(host.event("failed").at("/args/error").asString().contains("ENOENT"), host.trace::toString);
    }

    @Test
    void itIsWrittenBeforeTheEngineMayBeLetGo() {
        front.execute(new HostOperation.Foreground(ORIGIN, 500, List.of()));

        assertInstanceOf(HostOperation.AppendTrace.class, host.executed.get(0));
        assertInstanceOf(HostOperation.Foreground.class, host.executed.get(1));
    }
}
