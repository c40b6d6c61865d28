// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Residency;
import dev.jrunc.json.Examination;
import dev.jrunc.json.Examination.Row;
import dev.jrunc.json.Examination.Verdict;
import dev.jrunc.lifecycle.ExamineHost;

/** {@code doctor}. */
final class DoctorCommand implements Command {

    private static final int VERDICT_WIDTH = 9;
    private static final int NAME_WIDTH = 18;
    private static final long STDOUT_BIT = 1 << 1;

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public String summary() {
        return "say what this host has of what containers need, and what to do where it has not";
    }

    @Override
    public String arguments() {
        return "";
    }

    @Override
    public void declare(Options options) {
        options.value("text|json", "form of the output", "--format", "-f");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(0, 0);
        boolean json = invocation.json("text");
        Residency residency = invocation.residency();
        Examination found =
                new ExamineHost(invocation.context()).examine(residency == null ? null : residency.status());
        invocation.print(
                json
                        ? found.toJson() + "\n"
                        : text(found, isColoured(invocation.front().call())));
        return found.verdict() == Verdict.MISSING ? 1 : 0;
    }

    /** no-color.org: any text in NO_COLOR. */
    private static boolean isColoured(Call call) {
        String without = call.environment("NO_COLOR");
        return (call.terminals() & STDOUT_BIT) != 0 && (without == null || without.isEmpty());
    }

    /** The areas, with their rows; below a row, further to the right, what to do. */
    private static String text(Examination found, boolean colours) {
        StringBuilder text = new StringBuilder();
        String area = "";
        for (Row row : found.rows()) {
            if (!row.area().equals(area)) {
                area = row.area();
                text.append(text.isEmpty() ? "" : "\n").append(area).append('\n');
            }
            String word = row.verdict().word();
            text.append("  ").append(coloured(word, row.verdict(), colours)).repeat(' ', VERDICT_WIDTH - word.length());
            text.append(row.name())
                    .repeat(' ', Math.max(1, NAME_WIDTH - row.name().length()));
            text.append(row.value()).append('\n');
            for (String line : row.advice().lines().toList()) {
                text.repeat(' ', VERDICT_WIDTH + 2 + 2).append(line).append('\n');
            }
        }
        return text.append('\n').append(summary(found)).append('\n').toString();
    }

    private static String summary(Examination found) {
        return switch (found.verdict()) {
            case GOOD, NOTE -> "This host has all that containers need.";
            case WARNING -> "This host has what containers need, with the restrictions above.";
            case MISSING -> "This host lacks something that containers need.";
        };
    }

    /** Green, none, yellow, red. */
    private static String coloured(String word, Verdict verdict, boolean colours) {
        String code = switch (verdict) {
            case GOOD -> "32";
            case NOTE -> "";
            case WARNING -> "33";
            case MISSING -> "31";
        };
        return colours && !code.isEmpty() ? "\u001b[" + code + "m" + word + "\u001b[0m" : word;
    }
}
