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
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Result;
import java.nio.file.Path;
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

    @Test
    void inGroups(Lab lab) {
        List<String> groups = explain(lab, lab.bundle()).lines().stream()
                .filter(line -> line.matches(" [a-z].*:"))
                .map(String::strip)
                .toList();

        for (String group : List.of(
                "namespaces", "cgroups and resources", "mounts", "devices", "identity", "confinement", "program")) {
            assertTrue(groups.contains(group + ":"), groups::toString);
        }
    }

    private static String onATerminal(Lab lab, Bundle bundle, String variable, String value) {
        String command = String.join(" ", lab.runtime().command()) + " explain -b "
                + bundle.write().folder();
        return lab.host("script", "-qec", command, "/dev/null")
                .with("TERM", "xterm")
                .with(variable, value)
                .now()
                .succeeded()
                .stdout();
    }

    @Test
    void coloursOnATerminalOnly(Lab lab) {
        assertFalse(explain(lab, lab.bundle()).stdout().contains("\u001b"));
        Bundle bundle = lab.bundle();
        assertTrue(onATerminal(lab, bundle, "A", "b").contains("\u001b[33mMOUNT\u001b[0m type=proc"));
        assertFalse(onATerminal(lab, bundle, "NO_COLOR", "1").contains("\u001b["));
    }

    /** Graphviz reads it, and sees each operation, also where names are hostile. */
    @Test
    void asAGraph(Lab lab) {
        Machine.needsProgram("dot");
        Bundle bundle = lab.bundle().join("ipc", Path.of("/proc/self/ns/ipc"));
        bundle.mount("tmpfs", "\"]; evil [label=\"\\", "/data");
        String graph = explain(lab, bundle, "--format", "dot").stdout();
        Result drawn = lab.host("dot", "-Tplain").input(graph).now().succeeded();
        List<String> nodes = drawn.lines().stream()
                .filter(line -> line.startsWith("node "))
                .map(line -> line.split(" ", -1)[1])
                .toList();

        assertEquals(
                operations(explain(lab, bundle)).size(),
                nodes.stream().filter(node -> node.matches("o[0-9]+")).count());
        assertTrue(nodes.containsAll(List.of("stage", "init", "ns_pid", "ns_ipc")), nodes::toString);
        assertFalse(nodes.contains("evil"), nodes::toString);
        assertEquals("", drawn.stderr());
        List<String> edges = drawn.lines().stream()
                .filter(line -> line.startsWith("edge "))
                .map(line -> line.split(" ", -1)[1] + " " + line.split(" ", -1)[2])
                .toList();
        assertTrue(edges.containsAll(List.of("stage init", "stage ns_ipc", "init ns_pid", "o1 o2")), edges::toString);
    }

    private static Result diff(Lab lab, Bundle before, Bundle after, String... options) {
        List<String> words =
                new ArrayList<>(List.of("--diff", after.write().folder().toString()));
        words.addAll(List.of(options));
        return explain(lab, before, words.toArray(String[]::new));
    }

    @Test
    void whatChangesBetweenTwoBundles(Lab lab) {
        Bundle before = lab.bundle().mount("tmpfs", "tmpfs", "/one").mount("tmpfs", "tmpfs", "/two");
        before.config().put("hostname", "before");
        Bundle after = lab.bundle().mount("tmpfs", "tmpfs", "/two");
        after.config().put("hostname", "after");
        after.config().withObject("/root").put("path", before.rootfs().toString());
        Census census = lab.census();
        Result result = diff(lab, before, after);

        lab.assertNothingSince(census, "by explain --diff");
        assertEquals(
                List.of(
                        "init:",
                        "- MOUNT type=tmpfs source=tmpfs target=/one [/mounts/"
                                + (before.mounts().size() - 2) + "]",
                        "~ HOSTNAME name: before → after [/hostname]"),
                result.lines());
    }

    @Test
    void whatChangesInJson(Lab lab) {
        Bundle before = lab.bundle();
        Bundle after = lab.bundle().mount("tmpfs", "tmpfs", "/data");
        after.config().withObject("/root").put("path", before.rootfs().toString());
        JsonNode changes = diff(lab, before, after, "-f", "json").json();

        assertEquals(1, changes.size(), changes::toPrettyString);
        assertEquals("added", changes.at("/0/change").asString());
        assertEquals(after.lastMount(), changes.at("/0/after/origin").asString());
        assertTrue(changes.at("/0/before").isMissingNode());
        assertEquals(0, diff(lab, before, before, "-f", "json").json().size());
    }

    @Test
    void whatDoesNotGoTogether(Lab lab) {
        Bundle bundle = lab.bundle().write();
        String folder = bundle.folder().toString();

        lab.call("explain", "-b", folder, "--diff", folder, "--errors").now().failedSaying("--errors", "--diff");
        lab.call("explain", "-b", folder, "--diff", folder, "-f", "dot").now().failedSaying("dot");
        lab.call("explain", "-b", folder, "--errors", "-f", "html").now().failedSaying("html");
        lab.fails(lab.call("explain", "-b", folder, "--diff", "/nowhere"), "/nowhere", "ENOENT");
    }
}
