// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.json.Finding;
import dev.jrunc.lifecycle.ValidateConfig;
import java.util.List;

/** {@code validate}. */
final class ValidateCommand implements Command {

    @Override
    public String name() {
        return "validate";
    }

    @Override
    public String summary() {
        return "say everything that is wrong with a config.json, and what this host can't do of it";
    }

    @Override
    public String arguments() {
        return "";
    }

    @Override
    public void declare(Options options) {
        ConsoleOptions.declare(options);
        options.value("text|json", "form of the output", "--format", "-f");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(0, 0);
        boolean json = invocation.json("text");
        List<Finding> findings = new ValidateConfig(invocation.context()).validate("ID", ConsoleOptions.of(invocation));
        invocation.print(json ? Finding.toJson(findings) + "\n" : text(findings));
        return findings.stream().anyMatch(Finding::error) ? 1 : 0;
    }

    private static String text(List<Finding> findings) {
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            text.append("config.json: ").append(finding.text()).append('\n');
        }
        return findings.isEmpty() ? "config.json: valid, and this host can do it\n" : text.toString();
    }
}
