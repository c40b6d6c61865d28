// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.json.ConfigOutline;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.PlanDiff;
import dev.jrunc.plan.Section;
import dev.jrunc.plan.Step;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page as text; ExplainPageIT looks at it in a browser. */
class PlanPageTest {

    private static final String HOSTILE = "</script><script>alert(1)</script>\"'&\u202e";

    private static Section section(InitOperation... operations) {
        List<Step<? extends Operation>> steps = new ArrayList<>();
        for (InitOperation operation : operations) {
            steps.add(Step.must(operation));
        }
        return new Section("init", steps);
    }

    private static String page(String config, InitOperation... operations) {
        return PlanPage.plan("box", ConfigOutline.of(Bytes.utf8(config)), List.of(section(operations)));
    }

    private static String between(String page, String start, String end) {
        int at = page.indexOf(start) + start.length();
        assertTrue(at >= start.length(), start);
        return page.substring(at, page.indexOf(end, at));
    }

    private static String digest(String content) throws Exception {
        return "'sha256-"
                + Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8)))
                + "'";
    }

    @Test
    void thePolicyNamesExactlyWhatIsInThePage() throws Exception {
        String page = page("{}");
        String policy = between(page, "Content-Security-Policy\" content=\"", "\"");

        assertEquals(
                "default-src 'none'; style-src " + digest(between(page, "<style>", "</style>")) + "; script-src "
                        + digest(between(page, "<script>", "</script>")) + "; base-uri 'none'; form-action 'none'",
                policy);
        assertFalse(Pattern.compile("(src|href)=\"(?!#)").matcher(page).find(), "no other resource");
    }

    @Test
    void whatIsInTheConfigIsTextWhereverItComes() {
        String config =
                "{\"hostname\":\"</script><script>alert(1)</script>\\\"'&\\u202e\",\"<b>\":{\"<i>\":[\"<u>\"]}}";
        String page = PlanPage.plan(
                HOSTILE,
                ConfigOutline.of(Bytes.utf8(config)),
                List.of(section(
                        new InitOperation.Hostname(Origin.at("/hostname"), HOSTILE),
                        new InitOperation.Sysctl(Origin.at("/<b>/<i>"), HOSTILE, "<s>"))));

        assertEquals(2, page.split("<script>", -1).length, "one script");
        for (String tag : List.of("<b>{", "<i>", "<u>", "<s>", "\u202e", "\"'&")) {
            assertFalse(page.contains(tag), tag);
        }
        assertTrue(page.contains("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"), page);
    }

    @Test
    void eachOperationIsLinkedToItsPlaceAndBack() {
        String page = page(
                "{\"hostname\":\"box\",\"mounts\":[{\"destination\":\"/proc\"}]}",
                new InitOperation.Mount(Origin.at("/mounts/0"), "proc", "proc", "/proc", 0, List.of(), 0, false),
                new InitOperation.Hostname(Origin.at("/hostname"), "box"),
                new InitOperation.Umask(Origin.rule("default umask"), 022));
        Matcher mount = Pattern.compile("id=\"o1\".*<b>MOUNT</b>.*href=\"#(c\\d+)\">/mounts/0</a>")
                .matcher(page);

        assertTrue(mount.find(), page);
        assertTrue(
                Pattern.compile("id=\"" + mount.group(1)
                                + "\"><summary><span class=\"key\"></span>\\{ <a[^>]*href=\"#o1\">#1</a>")
                        .matcher(page)
                        .find(),
                page);
        assertTrue(page.contains("<span class=\"key\">&quot;hostname&quot;: </span>&quot;box&quot;, <a"), page);
        assertTrue(page.contains("<span class=\"origin\">default umask</span>"), page);
    }

    /** The one that is written would be missing: as /process/user/umask below a /process without user. */
    @Test
    void aPlaceThatTheConfigDoesNotNameIsTheOneAbove() {
        String page = page("{\"process\":{\"x\":1}}", new InitOperation.Umask(Origin.at("/process/user/umask"), 022));

        assertTrue(page.contains("href=\"#c1\">/process/user/umask</a>"), page);
    }

    @Test
    void whatChangesIsMarked() {
        Section before = section(new InitOperation.Hostname(Origin.at("/hostname"), "<one>"));
        Section after = section(new InitOperation.Hostname(Origin.at("/hostname"), "<two>"));
        String page = PlanPage.diff("/a", "/b", PlanDiff.between(List.of(before), List.of(after)));

        assertTrue(page.contains("<li class=\"changed\""), page);
        assertTrue(page.contains("name: &lt;one&gt; → &lt;two&gt;"), page);
    }

    @Test
    void nothingChanges() {
        assertTrue(PlanPage.diff("/a", "/b", List.of()).contains("Both are created by the same operations."));
    }
}
