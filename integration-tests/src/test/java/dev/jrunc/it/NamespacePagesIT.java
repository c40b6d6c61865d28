// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;

/**
 * The pages of docs/namespaces: what stands between {@code ```sh} and {@code ```} is run, all of a page in one shell, and prints
 * what the {@code ```text} behind it says. With a peer, its program is found by the name jrunc. What a page mounts goes with the shell.
 */
@IntegrationTest
@Peer(runc = PASS)
class NamespacePagesIT {
    private static final Path PAGES = Path.of("../docs/namespaces");

    private static final String TIME = "time.md";

    /** A page makes a dozen calls. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** The names on a page are those of a reader: their cgroups and interfaces can't be those of two runs of the tests at once. */
    private static final String LOCK = "/tmp/jrunc-namespace-pages.lock";

    private static final Duration OTHERS = Duration.ofMinutes(2);

    private static List<String> files(String ending) throws IOException {
        try (Stream<Path> files = Files.list(PAGES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending) && !name.equals("README.md"))
                    .sorted()
                    .toList();
        }
    }

    static List<String> pages() throws IOException {
        return files(".md").stream().filter(page -> !page.equals(TIME)).toList();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void saysTheTruth(String page, Lab lab) throws IOException {
        check(page, lab);
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "time namespaces came with runc 1.2", failure = "does not exist")
    void saysTheTruthAboutTime(Lab lab) throws IOException {
        check(TIME, lab);
    }

    private static void check(String page, Lab lab) throws IOException {
        StringBuilder script = new StringBuilder("set -euo pipefail\n");
        StringBuilder expected = new StringBuilder();
        StringBuilder into = null;
        for (String line : Files.readAllLines(PAGES.resolve(page))) {
            switch (line) {
                case "```sh" -> into = script;
                case "```text" -> into = expected;
                case "```" -> into = null;
                default -> {
                    if (into != null) {
                        into.append(line).append('\n');
                    }
                }
            }
        }
        String others = Long.toString(OTHERS.toSeconds());
        List<String> words = new ArrayList<>(List.of("flock", "--close", "--timeout", others, LOCK));
        words.addAll(List.of("unshare", "--mount", "bash", "-c", script.toString()));
        Result result = lab.host(words.toArray(String[]::new))
                .with("PATH", path(lab) + ":" + System.getenv("PATH"))
                .in(lab.newFolder("page"))
                .within(LIMIT.plus(OTHERS));

        assertEquals(expected.toString(), result.stdout(), result::toString);
        result.succeeded();
    }

    /** A folder with a program of the name jrunc, which calls the runtime under test with the lab's state folder. */
    private static Path path(Lab lab) throws IOException {
        Path folder = lab.newFolder("path");
        Path program = folder.resolve("jrunc");
        Files.writeString(
                program, "#!/bin/sh\nexec " + lab.runtime().path() + " --root " + lab.stateRoot() + " \"$@\"\n");
        assertTrue(program.toFile().setExecutable(true));
        return folder;
    }

    @Test
    void theIndexNamesThemAll() throws IOException {
        String index = Files.readString(PAGES.resolve("README.md"));
        List<String> missing = files(".md").stream()
                .filter(page -> !index.contains("(" + page + ")"))
                .toList();

        assertEquals(List.of(), missing);
    }

    /** Well-formed, without anything to load from elsewhere; and each is shown on the page of its name. */
    @Test
    void thePicturesAreWhereThePagesShowThem() throws Exception {
        List<String> pictures = files(".svg");
        assertEquals(List.of("network.svg", "propagation.svg", "user.svg"), pictures);
        for (String picture : pictures) {
            Element root = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(PAGES.resolve(picture).toFile())
                    .getDocumentElement();
            assertEquals("svg", root.getTagName(), picture);
            assertFalse(Files.readString(PAGES.resolve(picture)).contains("href"), picture);
            String page = Files.readString(PAGES.resolve(picture.replace(".svg", ".md")));
            assertTrue(page.contains("](" + picture + ")"), page);
        }
    }
}
