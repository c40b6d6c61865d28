// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code --trace}: Chrome's trace events of front, engine and init. */
@IntegrationTest
@JruncOnly("the peers write no traces")
class TraceIT {

    private static List<JsonNode> spans(Path file, String name) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode event : new ObjectMapper().readTree(Files.readString(file))) {
            if (event.get("ph").asString().equals("X")
                    && event.get("name").asString().equals(name)) {
                found.add(event);
            }
        }
        return found;
    }

    private static double began(JsonNode span) {
        return span.get("ts").asDouble();
    }

    private static double ended(JsonNode span) {
        return began(span) + span.get("dur").asDouble();
    }

    @Test
    void everyOperationHasItsSpanOnOneClock(Lab lab) throws IOException {
        Path trace = lab.folder().resolve("trace.json");
        Container container = lab.created(
                lab.id("traced"), lab.createCall(lab.bundle(), lab.id("traced")).globally("--trace", trace.toString()));

        JsonNode spawn = spans(trace, "SPAWN").getFirst();
        JsonNode pivot = spans(trace, "PIVOT_ROOT").getFirst();
        JsonNode ready = spans(trace, "AWAIT").getLast();
        assertEquals("/root/path", pivot.at("/args/origin").asString());
        assertTrue(began(spans(trace, "reach the engine").getFirst()) < began(spawn));
        assertTrue(ended(spawn) <= began(pivot), () -> spawn + " " + pivot);
        assertTrue(ended(pivot) <= ended(ready), () -> pivot + " " + ready);
        assertTrue(spans(trace, "think").size() > 3);
        container.delete("--force");
    }

    /** With an offset of its own, init's clock is another one. */
    @Test
    void aTimeNamespaceMovesNothing(Lab lab) throws IOException {
        Path trace = lab.folder().resolve("trace.json");
        Bundle bundle = lab.bundle().addNamespace("time");
        bundle.linux().putObject("timeOffsets").putObject("monotonic").put("secs", 86_400);
        Container container = lab.created(
                lab.id("traced"), lab.createCall(bundle, lab.id("traced")).globally("--trace", trace.toString()));

        JsonNode pivot = spans(trace, "PIVOT_ROOT").getFirst();
        assertTrue(began(spans(trace, "SPAWN").getFirst()) < began(pivot), pivot::toString);
        assertTrue(ended(pivot) <= ended(spans(trace, "AWAIT").getLast()), pivot::toString);
        container.delete("--force");
    }

    @Test
    void callsAddToOneFile(Lab lab) throws IOException {
        Path trace = lab.folder().resolve("trace.json");
        for (int i = 0; i < 2; i++) {
            lab.call("list").with("JRUNC_TRACE", trace.toString()).now().succeeded();
        }
        assertEquals(2, spans(trace, "OUTPUT").size());
        lab.call("state", "missing").globally("--trace", trace.toString()).now().failedSaying("does not exist");
        assertEquals(3, spans(trace, "reach the engine").size());
    }

    @Test
    void anotherFileIsLeftAlone(Lab lab) throws IOException {
        Path other = lab.newFile("other");
        Files.writeString(other, "precious");
        lab.plainCall("--root", lab.stateRoot().toString(), "--trace", other.toString(), "list")
                .now()
                .succeeded()
                .oursSays("--trace: write the trace " + other, "it is not a trace", "EINVAL");
        assertEquals("precious", Files.readString(other));
    }
}
