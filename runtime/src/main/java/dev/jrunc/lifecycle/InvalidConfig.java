// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Result;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.json.ConfigSchema;
import dev.jrunc.json.Finding;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.validate.Nearest;
import java.util.ArrayList;
import java.util.List;

/**
 * What else is wrong with a config.json that create has refused. Create stops at the first problem; the schema, which takes
 * tenths of a second to load, is asked only now.
 */
public final class InvalidConfig {

    /** More are left to {@code validate}: it is one line. */
    private static final int MOST = 5;

    private static final Origin EXPLAINING = Origin.rule("explanation of an invalid config.json");

    private InvalidConfig() {}

    /** @return the same problem, with what the schema says of its place, and all others that it finds behind it */
    public static InvalidSpec explain(Context context, CreateOptions options, InvalidSpec problem) {
        String bundle = context.front().call().absolute(options.bundle());
        Result read = context.front()
                .attempt(
                        new HostOperation.ReadFile(EXPLAINING, bundle + "/config.json", ConfigReader.MAX_CONFIG_BYTES));
        if (!read.ok()) {
            return problem;
        }
        List<Finding> findings;
        try {
            findings = new ConfigSchema(Nearest::suggestion).check(read.data());
        } catch (InvalidSpec notJson) {
            return problem;
        }
        InvalidSpec explained = new InvalidSpec(problem.pointer(), text(problem, findings));
        for (Throwable suppressed : problem.getSuppressed()) {
            explained.addSuppressed(suppressed);
        }
        return explained;
    }

    private static String text(InvalidSpec problem, List<Finding> findings) {
        String first = problem.pointer().isEmpty()
                ? problem.finding()
                : problem.finding().substring(problem.pointer().length() + 2);
        List<Finding> others = new ArrayList<>();
        for (Finding finding : findings) {
            if (finding.error() && finding.pointer().equals(problem.pointer())) {
                first = finding.message();
            } else if (finding.error() || finding.message().contains(Nearest.QUESTION)) {
                others.add(finding);
            }
        }
        StringBuilder text = new StringBuilder(first);
        for (int i = 0; i < others.size() && i < MOST; i++) {
            text.append(i == 0 ? "; also " : "; ")
                    .append(others.get(i).pointer())
                    .append(": ")
                    .append(others.get(i).message());
        }
        if (others.size() > MOST) {
            text.append("; and ").append(others.size() - MOST).append(" more, which jrunc validate tells");
        }
        return text.toString();
    }
}
