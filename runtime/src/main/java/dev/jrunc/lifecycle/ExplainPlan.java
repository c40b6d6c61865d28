// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.Section;
import dev.jrunc.plan.Step;
import dev.jrunc.state.StateFolder;
import java.util.ArrayList;
import java.util.List;

/** {@code explain}: what {@code create} would do, by the same code, with a front that writes it down instead. */
public final class ExplainPlan {

    private final Context context;

    public ExplainPlan(Context context) {
        this.context = context;
    }

    /** @throws dev.jrunc.error.JruncException for a bundle that can't become a container here */
    public List<Section> explain(String id, CreateOptions options) {
        RecordingFront front = new RecordingFront(context.front());
        Context recording = new Context(
                front,
                context.root(),
                context.systemdCgroup(),
                context.rootless(),
                context.clock(),
                context.libraries(),
                context.warnings());
        new CreateContainer(recording, id, options, CreateContainer.Terminal.ANYBODYS).create();
        List<Section> sections = new ArrayList<>();
        List<Step<? extends Operation>> host = new ArrayList<>();
        for (Step<HostOperation> step : front.recorded()) {
            if (step.operation() instanceof HostOperation.SendPlan plan) {
                sections.add(new Section("front", host));
                sections.add(new Section("init", new ArrayList<>(plan.operations())));
                host = new ArrayList<>();
            } else {
                host.add(step);
            }
        }
        sections.add(new Section("front, while init executes its part", host));
        return sections;
    }

    /** The config.json that these operations keep. */
    public static Bytes config(List<Section> sections) {
        for (Section section : sections) {
            for (Step<? extends Operation> step : section.steps()) {
                if (step.operation() instanceof HostOperation.WriteState writing
                        && writing.file().equals(StateFolder.CONFIG)) {
                    return writing.content();
                }
            }
        }
        throw new IllegalStateException("a plan without its config.json");
    }
}
