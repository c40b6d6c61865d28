// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Names;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.PlanText;
import dev.jrunc.plan.Section;
import dev.jrunc.plan.Step;
import dev.jrunc.text.Printable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A plan in the language of graphviz: its processes, the namespaces that they make or join, and the order of the operations. */
final class PlanGraph {

    private static final int MAX_LABEL = 100;

    private final StringBuilder text = new StringBuilder();
    /** Points at which init waits for the front, to the operation that waits. */
    private final Map<Long, String> waits = new HashMap<>();

    private String front = "";
    private String init = "";
    private int operations;

    private PlanGraph() {}

    static String of(String id, List<Section> sections) {
        PlanGraph graph = new PlanGraph();
        graph.text.append("digraph plan {\n");
        graph.text.append("  label=").append(quoted("container " + id)).append(";\n");
        graph.text.append("  node [shape=box, fontname=\"monospace\", fontsize=9];\n");
        for (int i = 0; i < sections.size(); i++) {
            graph.section(i, sections.get(i));
        }
        graph.text.append("}\n");
        return graph.text.toString();
    }

    private void section(int number, Section section) {
        boolean isInit =
                !section.steps().isEmpty() && section.steps().getFirst().operation() instanceof InitOperation;
        text.append("  subgraph cluster_").append(number).append(" {\n");
        text.append("    label=").append(quoted(section.heading())).append(";\n");
        StringBuilder edges = new StringBuilder();
        for (Step<? extends Operation> step : section.steps()) {
            String node = "o" + ++operations;
            text.append("    ").append(node).append(" [label=").append(label(step));
            text.append(", tooltip=").append(quoted(PlanText.line(step))).append("];\n");
            String previous = isInit ? init : front;
            if (!previous.isEmpty()) {
                edge(edges, previous, node, "");
            }
            if (isInit) {
                init = node;
            } else {
                front = node;
            }
            meeting(edges, node, step.operation());
        }
        text.append("  }\n").append(edges);
    }

    /** Where the processes come from, and where one waits for the other. */
    private void meeting(StringBuilder edges, String node, Operation operation) {
        switch (operation) {
            case HostOperation.Spawn spawn -> spawn(edges, node, spawn);
            case InitOperation.SyncPoint point -> waits.put(point.point(), node);
            case HostOperation.Await await -> {
                String waiting = waits.get(await.point());
                if (waiting != null) {
                    edge(edges, waiting, node, "style=dashed, label=\"reports\"");
                }
            }
            default -> {}
        }
    }

    private void spawn(StringBuilder edges, String node, HostOperation.Spawn spawn) {
        boolean staged = !spawn.joinPaths().isEmpty()
                || (spawn.newNamespaces() & Names.namespace("time").orElseThrow()) != 0;
        edges.append("  init [shape=ellipse, label=\"init\"];\n");
        init = "init";
        String maker = "init";
        if (staged) {
            edges.append("  stage [shape=ellipse, label=\"stage\"];\n");
            edge(edges, node, "stage", "style=bold");
            edge(edges, "stage", "init", "style=bold");
            maker = "stage";
        } else {
            edge(edges, node, "init", "style=bold");
        }
        for (String type : Names.NAMESPACES.keySet().stream().sorted().toList()) {
            long bit = Names.namespace(type).orElseThrow();
            if ((spawn.newNamespaces() & bit) != 0) {
                namespace(edges, type, "init", "new");
            }
        }
        for (int i = 0; i < spawn.joinPaths().size(); i++) {
            for (Map.Entry<String, Long> type : Names.NAMESPACES.entrySet()) {
                if (type.getValue().equals(spawn.joinKinds().get(i))) {
                    namespace(edges, type.getKey(), maker, spawn.joinPaths().get(i));
                }
            }
        }
    }

    private static void namespace(StringBuilder edges, String type, String process, String how) {
        edges.append("  ns_").append(type).append(" [shape=hexagon, label=");
        edges.append(quoted(type + " namespace\n" + how)).append("];\n");
        edge(edges, process, "ns_" + type, "style=dotted, arrowhead=none");
    }

    private static void edge(StringBuilder edges, String from, String to, String attributes) {
        edges.append("  ").append(from).append(" -> ").append(to);
        edges.append(attributes.isEmpty() ? "" : " [" + attributes + "]").append(";\n");
    }

    private static String label(Step<? extends Operation> step) {
        String fields = PlanText.fields(step.operation());
        String shown = fields.length() > MAX_LABEL ? fields.substring(0, MAX_LABEL) + "…" : fields;
        return quoted(step.operation().name() + "\n" + shown + "\n" + PlanText.origin(step.operation()));
    }

    /** Line feeds are ours, and start a line of the label; a backslash would start an escape of graphviz. */
    private static String quoted(String label) {
        StringBuilder quoted = new StringBuilder("\"");
        for (String line : label.split("\n", -1)) {
            quoted.append(quoted.length() > 1 ? "\\n" : "");
            quoted.append(Printable.of(line).replace("\\", "\\\\").replace("\"", "\\\""));
        }
        return quoted.append('"').toString();
    }
}
