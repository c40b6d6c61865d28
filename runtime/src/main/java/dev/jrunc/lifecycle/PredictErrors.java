// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.error.Errno;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.error.Unsupported;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.json.Finding;
import dev.jrunc.json.Prediction;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.Section;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code explain --errors}: what of a bundle would fail on this host, before anything is tried. The configuration and its plan are
 * checked as create does; then each operation of the plan is compared with what is there. Of a configuration that has no plan, that is
 * the first error alone.
 */
public final class PredictErrors {

    private static final String CORRECT = "correct it there";

    private final Context context;

    public PredictErrors(Context context) {
        this.context = context;
    }

    /**
     * In the order in which create would meet them.
     *
     * @throws JruncException when there is no config.json to read
     */
    public List<Prediction> predict(String id, CreateOptions options) {
        Predictions predictions = new Predictions(context.front());
        for (Finding finding : new ValidateConfig(context).validateAlone(options)) {
            if (finding.error()) {
                predictions.add(refused(finding.pointer(), finding.message()));
            }
        }
        if (predictions.found().isEmpty()) {
            plan(predictions, id, options);
        }
        return predictions.found();
    }

    private static Prediction refused(String pointer, String problem) {
        return new Prediction(pointer, Predictions.CREATE, "", "", problem, CORRECT);
    }

    private void plan(Predictions predictions, String id, CreateOptions options) {
        List<Section> sections;
        try {
            sections = new ExplainPlan(context).explain(id, options);
        } catch (InvalidSpec e) {
            predictions.add(refused(e.pointer(), e.problem()));
            return;
        } catch (Unsupported e) {
            predictions.add(new Prediction(
                    e.pointer(), Predictions.CREATE, "", "", e.why(), "take it out, or use a host that has it"));
            return;
        } catch (OperationFailed e) {
            predictions.add(new Prediction(
                    e.origin(),
                    Predictions.CREATE,
                    e.operation(),
                    Errno.describe(e.errno()),
                    e.detail(),
                    "make it, or name another one"));
            return;
        } catch (JruncException e) {
            predictions.add(refused("", e.getMessage()));
            return;
        }
        Spec spec = ConfigReader.read(ExplainPlan.config(sections));
        Set<String> made = made(sections);
        PredictedHost host = new PredictedHost(context, predictions, id, spec, made);
        PredictedInit init = new PredictedInit(predictions, spec, made);
        for (Section section : sections) {
            for (Step<? extends Operation> step : section.steps()) {
                switch (step.operation()) {
                    case HostOperation operation -> {
                        if (!step.mayFail()) {
                            host.check(operation);
                        }
                    }
                    case InitOperation operation -> init.check(operation, step.mayFail());
                }
            }
        }
        host.checkLaterHooks();
    }

    /** Folders that aren't there, and will be when they are needed: the container's cgroups. */
    private static Set<String> made(List<Section> sections) {
        Set<String> made = new HashSet<>();
        for (Section section : sections) {
            for (Step<? extends Operation> step : section.steps()) {
                switch (step.operation()) {
                    case HostOperation.CgroupCreate create -> made.add(create.mount() + create.path());
                    case HostOperation.CgroupAttach attach -> made.addAll(attach.folders());
                    case HostOperation.Spawn spawn -> made.addAll(spawn.allCgroups());
                    default -> {
                        // Makes none.
                    }
                }
            }
        }
        return made;
    }
}
