// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.hint.Hint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * docs/errors.md is made from the sources: every text that C's and Java's errors are made of has its entry in
 * {@code resources/errors/catalogue.txt}, with cause and mend. {@code -Dgolden.update=true} writes the page again.
 */
class ErrorsPageTest {

    private static final Path PAGE = Path.of("../docs/errors.md");
    private static final Path RESOURCES = Path.of("src/test/resources/errors");
    private static final Path CASES_TEST =
            Path.of("../integration-tests/src/test/java/dev/jrunc/it/CommonFailuresIT.java");

    /** Files whose errors say what another part has put into words. A new one has to be looked at. */
    private static final List<String> PASSING_ON = List.of(
            "Bundle.java",
            "BusConnection.java",
            "CreateContainer.java",
            "CreatedCgroups.java",
            "Criu.java",
            "Failures.java",
            "Front.java",
            "InvalidConfig.java",
            "KillContainer.java",
            "OperationFailed.java",
            "RestoreContainer.java",
            "StateFolder.java",
            "UpdateContainer.java",
            "WriteSpec.java",
            "host_init.c",
            "host_net.c",
            "report.c",
            "result.c",
            "spawn.c");

    /** Errors with one cause: patterns of their texts, where * is anything. */
    private record Entry(String title, List<Form> forms, String cause, String mend) {}

    /** @param letters of a pattern: how exact it is */
    private record Form(String pattern, Predicate<String> matches, int letters) {

        Form(String pattern) {
            this(
                    pattern,
                    regex(pattern).asMatchPredicate(),
                    pattern.replace("*", "").length());
        }
    }

    private static Pattern regex(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (String part : pattern.split("\\*", -1)) {
            regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
        }
        return Pattern.compile(regex.toString());
    }

    /** Blocks of a file: what follows each "# title". */
    private static List<List<String>> blocks(String name) throws IOException {
        List<List<String>> blocks = new ArrayList<>();
        for (String line : Files.readAllLines(RESOURCES.resolve(name))) {
            if (line.startsWith("# ")) {
                blocks.add(new ArrayList<>());
            }
            if (!line.isBlank()) {
                blocks.getLast().add(line);
            }
        }
        return blocks;
    }

    private static String value(List<String> block, String key) {
        return block.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .findFirst()
                .orElse("");
    }

    private static List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (List<String> block : blocks("catalogue.txt")) {
            List<Form> forms = block.stream()
                    .filter(line -> line.startsWith("- "))
                    .map(line -> new Form(line.substring(2)))
                    .toList();
            entries.add(new Entry(value(block, "# "), forms, value(block, "cause:"), value(block, "mend:")));
        }
        return entries;
    }

    /** The most exact pattern wins: that with most letters. */
    private static String owner(List<Entry> entries, String words) {
        String owner = "";
        int exactness = -1;
        for (Entry entry : entries) {
            for (Form form : entry.forms) {
                if (form.letters > exactness && form.matches.test(words)) {
                    owner = entry.title;
                    exactness = form.letters;
                }
            }
        }
        return owner;
    }

    @Test
    void everyErrorHasItsEntry() throws IOException {
        List<Entry> entries = entries();
        List<String> without = new ArrayList<>();
        for (ErrorTexts.Text text : ErrorTexts.all()) {
            if (owner(entries, text.words()).isEmpty()) {
                without.add(text.file() + ": " + text.words());
            }
        }
        assertEquals(List.of(), without, "errors without an entry in catalogue.txt");
    }

    @Test
    void noEntryIsOfAnErrorThatThereIsNot() throws IOException {
        List<ErrorTexts.Text> texts = ErrorTexts.all();
        List<String> stale = new ArrayList<>();
        for (Entry entry : entries()) {
            for (Form form : entry.forms) {
                if (texts.stream().noneMatch(text -> form.matches.test(text.words()))) {
                    stale.add(entry.title + ": " + form.pattern);
                }
            }
        }
        assertEquals(List.of(), stale);
    }

    @Test
    void eachEntryHasCauseAndMend() throws IOException {
        for (Entry entry : entries()) {
            boolean passedOn = entry.title.equals("passed on");
            assertTrue(passedOn || (!entry.cause.isEmpty() && !entry.mend.isEmpty()), entry.title);
        }
    }

    @Test
    void whoPassesWordsOnIsKnown() throws IOException {
        TreeSet<String> found = new TreeSet<>();
        for (ErrorTexts.Text text : ErrorTexts.all()) {
            if (text.words().equals(ErrorTexts.HOLE)) {
                found.add(text.file());
            }
        }
        assertEquals(PASSING_ON, List.copyOf(found));
    }

    /** CommonFailuresIT asserts what this page shows. */
    @Test
    void everyCommonFailureIsATest() throws IOException {
        TreeSet<String> tests = new TreeSet<>();
        Matcher test = Pattern.compile("void (\\w+)\\(Lab lab\\)").matcher(Files.readString(CASES_TEST));
        while (test.find()) {
            tests.add(test.group(1));
        }
        TreeSet<String> cases = new TreeSet<>();
        for (List<String> block : blocks("common.txt")) {
            cases.add(value(block, "# "));
            for (String key : List.of("title:", "elsewhere:", "prints:", "reported:", "mend:")) {
                assertTrue(!value(block, key).isEmpty(), () -> block.getFirst() + ": " + key);
            }
        }
        assertEquals(tests, cases);
        assertTrue(cases.size() >= 20);
    }

    @Test
    void thePageIsWhatTheSourcesSay() throws IOException {
        String page = page();
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page);
        }
        assertEquals(page, Files.exists(PAGE) ? Files.readString(PAGE) : "");
    }

    private static String page() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Errors: cause and remedy

                Made from the sources by `ErrorsPageTest`, which fails for an error without an entry
                (`mvn -pl runtime test -Dtest=ErrorsPageTest -Dgolden.update=true` writes this page again).

                An error is one line, on standard error and as the last error of `--log`:

                ```
                jrunc: create failed: container ID: /mounts/3: bind /srv/data on /data: open the source: ENOENT (no such file or directory): HINT
                       command        which one     where in    what was tried, on what          what the kernel said                what helps
                                                    config.json
                ```

                `…` stands for what differs from call to call. `jrunc validate` says beforehand what is wrong with a configuration,
                `jrunc doctor` what this host lacks, `jrunc explain` what would be done.

                ## The most common failures

                What people report to container runtimes most, with the words that they see elsewhere, and the whole line that jrunc prints.
                Each is a test of `CommonFailuresIT`. Names in capitals stand for what differs.

                """);
        for (List<String> block : blocks("common.txt")) {
            page.append("### ").append(value(block, "title:")).append("\n\n");
            page.append("Elsewhere: `").append(value(block, "elsewhere:")).append("` (");
            page.append(value(block, "reported:")).append(").\n\n```\n");
            page.append(value(block, "prints:")).append("\n```\n\n");
            page.append(value(block, "mend:")).append("\n\n");
        }
        page.append(
                "## Hints\n\nWhat stands behind the kernel's word, where this host tells why.\n\n| cause | remedy |\n|---|---|\n");
        for (Hint hint : Hint.values()) {
            page.append("| ")
                    .append(cell(hint.cause()))
                    .append(" | ")
                    .append(cell(hint.mend()))
                    .append(" |\n");
        }
        page.append("\n## All errors\n");
        List<Entry> entries = entries();
        List<ErrorTexts.Text> texts = ErrorTexts.all();
        Map<String, TreeSet<String>> owned = new HashMap<>();
        for (ErrorTexts.Text text : texts) {
            owned.computeIfAbsent(owner(entries, text.words()), title -> new TreeSet<>())
                    .add(text.words());
        }
        for (Entry entry : entries) {
            if (!entry.cause.isEmpty()) {
                page.append("\n### ")
                        .append(entry.title)
                        .append("\n\n")
                        .append(entry.cause)
                        .append(" **")
                        .append(entry.mend)
                        .append("**\n\n");
                owned.getOrDefault(entry.title, new TreeSet<>())
                        .forEach(text -> page.append("- `")
                                .append(text.replace('`', '\''))
                                .append("`\n"));
            }
        }
        return page.toString();
    }

    private static String cell(String text) {
        return text.replace("{}", ErrorTexts.HOLE)
                .replace("|", "\\|")
                .replace("<", "&lt;")
                .strip();
    }
}
