// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code explain}: the plan, nothing executed. */
@IntegrationTest
@JruncOnly("the peers have no plan to show")
class ExplainIT {
    private static Result explain(Lab lab, Bundle bundle, String... options) {
        List<String> words = new ArrayList<>(
                List.of("explain", "--bundle", bundle.write().folder().toString()));
        words.addAll(List.of(options));
        return lab.call(words.toArray(String[]::new)).now().succeeded();
    }

    private static List<String> operations(Result result) {
        return result.lines().stream()
                .filter(line -> line.startsWith("  "))
                .map(String::strip)
                .toList();
    }

    @Test
    void everyOperationHasItsOrigin(Lab lab) {
        List<String> operations = operations(explain(lab, lab.bundle()));

        assertTrue(operations.size() > 40, () -> operations.size() + " operations");
        for (String operation : operations) {
            assertTrue(operation.matches("[A-Z][A-Z_]+ ?.* \\[[^\\[\\]]+\\]"), operation);
        }
    }

    @Test
    void whatIsInTheConfigIsInThePlanWithItsPlace(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "tmpfs", "/data", "size=4k");
        bundle.config().put("hostname", "explained");
        List<String> operations = operations(explain(lab, bundle));

        assertTrue(
                operations.stream()
                        .anyMatch(line -> line.startsWith("MOUNT")
                                && line.contains("/data")
                                && line.endsWith("[" + bundle.lastMount() + "]")),
                operations::toString);
        assertTrue(
                operations.stream().anyMatch(line -> line.contains("explained") && line.endsWith("[/hostname]")),
                operations::toString);
        assertTrue(
                operations.stream().anyMatch(line -> line.contains("/dev/null") && line.contains("[default device")),
                operations::toString);
        assertTrue(
                operations.stream().anyMatch(line -> line.startsWith("EXECVE") && line.endsWith("[/process/args]")),
                operations::toString);
    }

    @Test
    void inJson(Lab lab) {
        JsonNode plan = explain(lab, lab.bundle(), "--format", "json").json();
        List<JsonNode> origins = plan.findValues("origin");

        assertTrue(origins.size() > 40, () -> origins.size() + " origins");
        origins.forEach(origin -> assertFalse(origin.asString().isBlank(), plan::toString));
        assertEquals(operations(explain(lab, lab.bundle())).size(), origins.size(), "as many operations as in text");
    }

    @Test
    void nothingIsExecuted(Lab lab) {
        Bundle bundle =
                lab.bundle().hook("createRuntime", Map.of("path", "/bin/false")).mount("tmpfs", "tmpfs", "/made");
        bundle.process().put("cwd", "/made/too");
        Census before = lab.census();
        explain(lab, bundle);

        lab.assertNothingSince(before, "by explain");
        assertEquals(List.of("payload"), List.of(bundle.rootfs().toFile().list()));
    }

    @Test
    void aConfigThatIsWrongIsExplainedAsSuch(Lab lab) {
        Bundle bundle = lab.bundle().addNamespace("galaxy").write();

        lab.fails(lab.call("explain", "-b", bundle.folder().toString()), "galaxy")
                .oursSays("/linux/namespaces/5");
    }

    @Test
    void anUnknownFormat(Lab lab) {
        Bundle bundle = lab.bundle().write();

        lab.call("explain", "-b", bundle.folder().toString(), "--format", "poem")
                .now()
                .failedSaying("poem");
    }
}
