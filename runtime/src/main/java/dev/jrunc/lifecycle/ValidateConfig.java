// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.Unsupported;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.json.ConfigSchema;
import dev.jrunc.json.Finding;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.Spec;
import dev.jrunc.validate.HostCheck;
import dev.jrunc.validate.Nearest;
import dev.jrunc.validate.SpecCheck;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code validate}: config.json against the schema, then its meaning, then this host. Nothing is made. */
public final class ValidateConfig {

    private static final Origin READING = Origin.rule("validate");
    private static final long MAX_FACT_BYTES = 64L * 1024;

    private final Context context;
    private final List<Finding> findings = new ArrayList<>();

    public ValidateConfig(Context context) {
        this.context = context;
    }

    /**
     * Each part is looked at only when those before it found no error.
     *
     * @throws JruncException when there is no config.json to read
     */
    public List<Finding> validate(String id, CreateOptions options) {
        check(options, () -> plan(id, options));
        return findings;
    }

    /**
     * The same without a plan: what is not said yet when there is none.
     *
     * @throws JruncException when there is no config.json to read
     */
    List<Finding> validateAlone(CreateOptions options) {
        check(options, () -> {});
        return findings;
    }

    private void check(CreateOptions options, Runnable then) {
        Call call = context.front().call();
        String path = call.absolute(options.bundle());
        Bytes document = context.front()
                .execute(new HostOperation.ReadFile(READING, path + "/config.json", ConfigReader.MAX_CONFIG_BYTES))
                .data();
        try {
            findings.addAll(new ConfigSchema(Nearest::suggestion).check(document));
            if (!failed()) {
                Spec spec = ConfigReader.read(document);
                SpecCheck.check(spec);
                findings.addAll(HostCheck.check(spec, facts(context.front())));
            }
            if (!failed()) {
                then.run();
            }
        } catch (InvalidSpec e) {
            findings.add(Finding.error(e.pointer(), message(e.finding(), e.pointer())));
        } catch (Unsupported e) {
            findings.add(Finding.error(e.pointer(), message(e.getMessage(), "config.json: " + e.pointer())));
        }
    }

    private boolean failed() {
        return findings.stream().anyMatch(Finding::error);
    }

    /** Without the place, which a finding has for itself. */
    private static String message(String text, String place) {
        return text.startsWith(place + ": ") ? text.substring(place.length() + 2) : text;
    }

    /** As create plans it: with the root file system, the cgroups and the libraries of this host. */
    private void plan(String id, CreateOptions options) {
        Context planning = new Context(
                context.front(),
                context.root(),
                context.systemdCgroup(),
                context.rootless(),
                context.clock(),
                context.libraries(),
                warning -> findings.add(Finding.warning("", warning)));
        try {
            new ExplainPlan(planning).explain(id, options);
        } catch (InvalidSpec | Unsupported e) {
            throw e;
        } catch (JruncException e) {
            findings.add(Finding.error("", e.getMessage()));
        }
    }

    private static HostCheck.Facts facts(Front front) {
        Map<String, Long> namespaces = new HashMap<>();
        for (Map.Entry<String, String> type : HostCheck.KERNEL_NAMES.entrySet()) {
            String limit = read(front, "/proc/sys/user/max_" + type.getValue() + "_namespaces");
            if (!limit.isEmpty()) {
                namespaces.put(type.getKey(), Long.parseLong(limit));
            }
        }
        return new HostCheck.Facts(front.call().release(), read(front, "/proc/filesystems"), namespaces);
    }

    private static String read(Front front, String path) {
        Result result = front.attempt(new HostOperation.ReadFile(READING, path, MAX_FACT_BYTES));
        return result.ok() ? result.data().utf8().strip() : "";
    }
}
