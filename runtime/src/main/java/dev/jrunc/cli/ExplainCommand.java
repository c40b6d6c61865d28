// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.json.PlanJson;
import dev.jrunc.lifecycle.CreateOptions;
import dev.jrunc.lifecycle.ExplainPlan;
import dev.jrunc.lifecycle.InvalidConfig;
import dev.jrunc.plan.PlanText;
import java.util.List;

/** {@code explain}. */
final class ExplainCommand implements Command {

    @Override
    public String name() {
        return "explain";
    }

    @Override
    public String summary() {
        return "print what create would do, and do nothing";
    }

    @Override
    public String arguments() {
        return "[ID]";
    }

    @Override
    public void declare(Options options) {
        ConsoleOptions.declare(options);
        options.value("text|json", "form of the output", "--format", "-f");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(0, 1);
        boolean json = invocation.json("text");
        String id =
                invocation.arguments().isEmpty() ? "ID" : invocation.arguments().getFirst();
        CreateOptions options = ConsoleOptions.of(invocation);
        List<ExplainPlan.Section> sections;
        try {
            sections = new ExplainPlan(invocation.context()).explain(id, options);
        } catch (InvalidSpec e) {
            throw InvalidConfig.explain(invocation.context(), options, e);
        }
        invocation.print(json ? json(sections) : text(sections));
        return 0;
    }

    private static String text(List<ExplainPlan.Section> sections) {
        StringBuilder text = new StringBuilder();
        for (ExplainPlan.Section section : sections) {
            text.append(PlanText.section(section.heading(), section.steps()));
        }
        return text.toString();
    }

    private static String json(List<ExplainPlan.Section> sections) {
        PlanJson json = new PlanJson();
        for (ExplainPlan.Section section : sections) {
            json.section(section.heading(), section.steps());
        }
        return json.finish() + "\n";
    }
}
