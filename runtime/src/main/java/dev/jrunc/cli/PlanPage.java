// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.json.ConfigOutline;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.PlanDiff;
import dev.jrunc.plan.PlanText;
import dev.jrunc.plan.Section;
import dev.jrunc.plan.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A plan as a page: config.json beside the operations, each operation linked to the place that it comes from, and each place to its
 * operations. Folds and links need no script; the search does.
 */
final class PlanPage {

    private final StringBuilder html = new StringBuilder();
    /** Places in config.json, to the operations that come from them, by their numbers from 1. */
    private final Map<String, List<Integer>> operations = new HashMap<>();
    /** Places in config.json, to the numbers of their elements. */
    private final Map<String, Integer> places = new HashMap<>();

    private int written;

    private PlanPage() {}

    static String plan(String id, ConfigOutline.Value config, List<Section> sections) {
        PlanPage page = new PlanPage();
        int number = 0;
        for (Section section : sections) {
            for (Step<? extends Operation> step : section.steps()) {
                page.operations
                        .computeIfAbsent(step.operation().origin().text(), origin -> new ArrayList<>())
                        .add(++number);
            }
        }
        page.number(config);
        page.header("What jrunc would do to create " + id, "operations");
        page.html.append("<main>\n<section id=\"config\">\n<h2>config.json</h2>\n");
        page.value(config, "");
        page.html.append("</section>\n<section id=\"plan\">\n<h2>operations</h2>\n");
        sections.forEach(page::section);
        page.html.append("</section>\n</main>\n");
        return Html.page("jrunc explain: " + id, page.html.toString());
    }

    static String diff(String before, String after, List<PlanDiff.Change> changes) {
        PlanPage page = new PlanPage();
        page.header("From " + before + " to " + after, "changes");
        page.html.append("<main>\n<section id=\"plan\">\n<h2>changes</h2>\n");
        String executor = "";
        for (PlanDiff.Change change : changes) {
            if (!change.executor().equals(executor)) {
                page.html.append(executor.isEmpty() ? "" : "</ol></details>\n");
                executor = change.executor();
                page.fold("executor", executor, -1);
                page.html.append("<ol>\n");
            }
            page.item(change.kind().name().toLowerCase(Locale.ROOT), change.step(), ExplainedText.fields(change));
        }
        page.html.append(changes.isEmpty() ? "<p>Both are created by the same operations.</p>\n" : "</ol></details>\n");
        page.html.append("</section>\n</main>\n");
        return Html.page("jrunc explain: what changes", page.html.toString());
    }

    private void number(ConfigOutline.Value value) {
        places.put(value.pointer(), places.size());
        value.children().forEach(this::number);
    }

    private void header(String title, String what) {
        html.append("<header>\n<h1>").append(Html.text(title)).append("</h1>\n");
        html.append("<input id=\"search\" type=\"search\" placeholder=\"search ")
                .append(what);
        html.append("\" aria-label=\"search\">\n<output id=\"found\"></output>\n");
        html.append("<button id=\"fold\" type=\"button\">fold</button>\n");
        html.append("<button id=\"unfold\" type=\"button\">unfold</button>\n</header>\n");
    }

    private void fold(String kind, String title, int count) {
        html.append("<details open class=\"")
                .append(kind)
                .append("\"><summary>")
                .append(Html.text(title));
        if (count >= 0) {
            html.append(" <small>").append(count).append("</small>");
        }
        html.append("</summary>\n");
    }

    /** A place with its operations behind it. */
    private void value(ConfigOutline.Value value, String comma) {
        String id = "c" + places.get(value.pointer());
        String label = "<span class=\"key\">" + Html.text(value.label()) + "</span>";
        if (value.children().isEmpty()) {
            String text = value.brackets().isEmpty() ? value.text() : value.brackets();
            html.append("<div class=\"value\" id=\"").append(id).append("\">").append(label);
            html.append(Html.text(text)).append(comma);
            backLinks(value.pointer());
            html.append("</div>\n");
            return;
        }
        html.append("<details open class=\"value\" id=\"")
                .append(id)
                .append("\"><summary>")
                .append(label);
        html.append(value.brackets().charAt(0));
        backLinks(value.pointer());
        html.append("</summary>\n");
        for (int i = 0; i < value.children().size(); i++) {
            value(value.children().get(i), i == value.children().size() - 1 ? "" : ",");
        }
        html.append("<div class=\"end\">").append(value.brackets().charAt(1)).append(comma);
        html.append("</div></details>\n");
    }

    private void backLinks(String pointer) {
        for (int number : operations.getOrDefault(pointer, List.of())) {
            html.append(" <a class=\"to-plan\" href=\"#o")
                    .append(number)
                    .append("\">#")
                    .append(number)
                    .append("</a>");
        }
    }

    private void section(Section section) {
        fold("executor", section.heading(), section.steps().size());
        for (Section.Group group : section.groups()) {
            fold("subject", group.subject().title(), group.steps().size());
            html.append("<ol>\n");
            for (Step<? extends Operation> step : group.steps()) {
                item("operation", step, PlanText.fields(step.operation()));
            }
            html.append("</ol></details>\n");
        }
        html.append("</details>\n");
    }

    private void item(String kind, Step<? extends Operation> step, String fields) {
        written++;
        html.append("<li class=\"")
                .append(kind)
                .append("\" id=\"o")
                .append(written)
                .append("\"><small>#");
        html.append(written)
                .append("</small> <b>")
                .append(step.operation().name())
                .append("</b> ");
        html.append(Html.text(fields))
                .append(step.mayFail() ? " (may fail)" : "")
                .append(' ');
        String origin = step.operation().origin().text();
        Integer place = nearest(origin);
        if (place == null) {
            html.append("<span class=\"origin\">").append(Html.text(origin)).append("</span>");
        } else {
            html.append("<a class=\"origin\" href=\"#c").append(place).append("\">");
            html.append(Html.text(origin)).append("</a>");
        }
        html.append("</li>\n");
    }

    /** The place, or, where config.json doesn't name it, the one above; null for a rule. */
    private @Nullable Integer nearest(String origin) {
        for (String pointer = origin;
                pointer.startsWith("/");
                pointer = pointer.substring(0, pointer.lastIndexOf('/'))) {
            Integer place = places.get(pointer);
            if (place != null) {
                return place;
            }
        }
        return null;
    }
}
