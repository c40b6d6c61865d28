// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.UsageError;
import dev.jrunc.json.ConfigOutline;
import dev.jrunc.json.LiveContainer;
import dev.jrunc.json.PlanJson;
import dev.jrunc.json.Prediction;
import dev.jrunc.lifecycle.CreateOptions;
import dev.jrunc.lifecycle.ExplainPlan;
import dev.jrunc.lifecycle.InspectContainer;
import dev.jrunc.lifecycle.InvalidConfig;
import dev.jrunc.lifecycle.PredictErrors;
import dev.jrunc.plan.PlanDiff;
import dev.jrunc.plan.Section;
import java.util.List;

/** {@code explain}. */
final class ExplainCommand implements Command {

    @Override
    public String name() {
        return "explain";
    }

    @Override
    public String summary() {
        return "print what create would do, what of it would fail here, or what a container is, and do nothing";
    }

    @Override
    public String arguments() {
        return "[ID]";
    }

    @Override
    public void declare(Options options) {
        ConsoleOptions.declare(options);
        options.value("text|json|html|dot", "form of the output", "--format", "-f");
        options.value("OTHER", "what changes if that folder's config.json took the place of the bundle's", "--diff");
        options.flag("only what would fail on this host; status 1 when anything would", "--errors");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(0, 1);
        String other = invocation.value("--diff");
        if (invocation.flag("--errors")) {
            if (other != null) {
                throw new UsageError("--errors and --diff don't go together");
            }
            return errors(invocation);
        }
        if (other != null) {
            return diff(invocation, other);
        }
        if (invocation.arguments().isEmpty() || invocation.value("--bundle") != null) {
            return plan(invocation);
        }
        return live(invocation);
    }

    private static String id(Invocation invocation) {
        return invocation.arguments().isEmpty() ? "ID" : invocation.arguments().getFirst();
    }

    private static int plan(Invocation invocation) {
        String format = invocation.format("text", "json", "html", "dot");
        String id = id(invocation);
        CreateOptions options = ConsoleOptions.of(invocation);
        List<Section> sections = sections(invocation, id, options);
        invocation.print(
                switch (format) {
                    case "json" -> PlanJson.of(sections) + "\n";
                    case "html" -> PlanPage.plan(id, ConfigOutline.of(ExplainPlan.config(sections)), sections);
                    case "dot" -> PlanGraph.of(id, sections);
                    default ->
                        ExplainedText.plan(
                                sections, Colours.of(invocation.front().call()));
                });
        return 0;
    }

    private static int diff(Invocation invocation, String other) {
        String format = invocation.format("text", "json", "html");
        CreateOptions options = ConsoleOptions.of(invocation);
        CreateOptions others = options.withBundle(other);
        List<PlanDiff.Change> changes = PlanDiff.between(
                sections(invocation, id(invocation), options), sections(invocation, id(invocation), others));
        invocation.print(
                switch (format) {
                    case "json" -> PlanJson.ofChanges(changes) + "\n";
                    case "html" -> PlanPage.diff(named(options.bundle()), other, changes);
                    default ->
                        ExplainedText.diff(
                                changes, Colours.of(invocation.front().call()));
                });
        return 0;
    }

    private static String named(String bundle) {
        return bundle.isEmpty() ? "the working directory" : bundle;
    }

    private static List<Section> sections(Invocation invocation, String id, CreateOptions options) {
        try {
            return new ExplainPlan(invocation.context()).explain(id, options);
        } catch (InvalidSpec e) {
            throw InvalidConfig.explain(invocation.context(), options, e);
        }
    }

    private static int errors(Invocation invocation) {
        String format = invocation.format("text", "json");
        List<Prediction> predictions =
                new PredictErrors(invocation.context()).predict(id(invocation), ConsoleOptions.of(invocation));
        invocation.print(
                format.equals("json")
                        ? Prediction.toJson(predictions) + "\n"
                        : ExplainedText.errors(
                                predictions, Colours.of(invocation.front().call())));
        return predictions.isEmpty() ? 0 : 1;
    }

    private static int live(Invocation invocation) {
        String format = invocation.format("text", "json");
        LiveContainer container = new InspectContainer(invocation.context()).inspect(invocation.onlyId());
        invocation.print(
                format.equals("json")
                        ? container.toJson() + "\n"
                        : LiveText.of(container, Colours.of(invocation.front().call())));
        return 0;
    }
}
