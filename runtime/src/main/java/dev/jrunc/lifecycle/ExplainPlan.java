// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.hook.RuntimeHooks;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.Plan;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/** {@code explain}: what {@code create} would do. Nothing is done. */
public final class ExplainPlan {

    /** A part of the plan, in the order in which it is executed. */
    public record Section(String heading, List<Step<? extends Operation>> steps) {

        public Section {
            steps = List.copyOf(steps);
        }
    }

    private final Context context;

    public ExplainPlan(Context context) {
        this.context = context;
    }

    public List<Section> explain(String id, CreateOptions options) {
        context.folder(id); // an id that can't be one is an error here too
        Bundle bundle = Bundle.read(context, id, options);
        Plan plan = bundle.plan(0);
        plan.warnings().forEach(context.warnings());
        bundle.cgroups().warnings().forEach(context.warnings());
        List<Step<? extends Operation>> prepare =
                new ArrayList<>(bundle.cgroups().create());
        prepare.addAll(bundle.cgroups().limits());
        prepare.addAll(plan.trees());
        prepare.add(Step.<HostOperation>must(plan.spawn()));
        if (!bundle.cgroups().folders().isEmpty()) {
            prepare.add(bundle.cgroups().attach());
        }
        prepare.addAll(plan.oomScoreAdj());
        List<Section> sections = new ArrayList<>();
        sections.add(new Section("front", prepare));
        List<Step<? extends Operation>> init = new ArrayList<>();
        for (Step<InitOperation> step : plan.init()) {
            init.add(step);
        }
        sections.add(new Section("init", init));
        if (plan.runtimeHooks()) {
            sections.add(new Section("front, at RUNTIME_HOOKS", hooks(bundle)));
        }
        if (!plan.rlimits().isEmpty()) {
            sections.add(new Section("front, at LIMITS", new ArrayList<>(plan.rlimits())));
        }
        return sections;
    }

    private static List<Step<? extends Operation>> hooks(Bundle bundle) {
        Spec.Hooks hooks = bundle.spec().hooks();
        Bytes state = StateJson.hookState(
                bundle.id(), "creating", 0, bundle.path(), bundle.spec().annotations());
        List<Step<? extends Operation>> steps = new ArrayList<>();
        for (HostOperation hook : RuntimeHooks.operations("prestart", hooks.prestart(), state)) {
            steps.add(Step.must(hook));
        }
        for (HostOperation hook : RuntimeHooks.operations("createRuntime", hooks.createRuntime(), state)) {
            steps.add(Step.must(hook));
        }
        return steps;
    }
}
