// SPDX-License-Identifier: Apache-2.0
package dev.jrunc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** SECURITY.md has a row for each attack, with tests that exist, and files that say in a comment which attack they are against. */
class SecurityPageTest {

    private static final String PAGE = "SECURITY.md";
    private static final Path PROJECT = Path.of("..");

    /** Attacks that runtimes have fallen to, or that the design has to stand: each is to have a defence. */
    private static final List<String> IDENTIFIERS = List.of(
            "CVE-2019-5736",
            "page-cache poisoning",
            "CVE-2024-21626",
            "CVE-2021-30465",
            "CVE-2019-18837",
            "CVE-2024-45310",
            "CVE-2026-41579",
            "CVE-2026-47766",
            "CVE-2019-16884",
            "CVE-2019-19921",
            "CVE-2023-27561",
            "CVE-2023-28642",
            "CVE-2025-54867",
            "CVE-2025-31133",
            "CVE-2025-62161",
            "CVE-2025-52565",
            "CVE-2025-52881",
            "CVE-2025-62596",
            "CVE-2016-9962",
            "host's root",
            "CVE-2022-29162",
            "CVE-2022-27650",
            "CVE-2025-27612",
            "CVE-2023-25809",
            "CVE-2021-43784",
            "CVE-2016-3697",
            "CVE-2026-30892",
            "CVE-2025-24965",
            "joining",
            "pid reuse",
            "resident engine",
            "inherited engine",
            "JVM start",
            "seccomp cache",
            "state folder",
            "another root",
            "sysctls of the host",
            "forged state",
            "config as code",
            "printed names",
            "no_new_privs",
            "seccomp last",
            "unconfined exec",
            "keyring per container",
            "setgroups denied",
            "core dumps and ptrace",
            "caller's environment");

    private static final Pattern FILE = Pattern.compile("`([\\w/]+\\.(?:c|h|java))`");
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);

    private static List<String> rows() throws IOException {
        return NamedTests.rows(PAGE, "identifier");
    }

    private static List<String> identifiers(String row) {
        return Arrays.asList(cell(row, 1).split(", ", -1));
    }

    private static String cell(String row, int number) {
        return row.split("\\|", -1)[number].strip();
    }

    @Test
    void everyRowHasTestsThatExist() throws IOException {
        assertEquals(List.of(), NamedTests.wrong(rows()));
        assertEquals(
                List.of(), rows().stream().filter(row -> row.contains("| – |")).toList());
    }

    @Test
    void everyIdentifierHasItsRow() throws IOException {
        List<String> found = new ArrayList<>();
        for (String row : rows()) {
            found.addAll(identifiers(row));
        }

        assertEquals(
                IDENTIFIERS.stream().sorted().toList(), found.stream().sorted().toList());
    }

    /** Each identifier is in a comment of one of the files, and each of the files has one of the identifiers. */
    @Test
    void everyIdentifierIsInACommentOfItsFiles() throws IOException {
        List<String> missing = new ArrayList<>();
        for (String row : rows()) {
            Set<String> left = new HashSet<>(identifiers(row));
            Matcher file = FILE.matcher(cell(row, 3));
            while (file.find()) {
                String comments = comments(file.group(1));
                List<String> here =
                        identifiers(row).stream().filter(comments::contains).toList();
                if (here.isEmpty()) {
                    missing.add(file.group(1) + " says nothing of " + cell(row, 1));
                }
                here.forEach(left::remove);
            }
            left.forEach(identifier -> missing.add("no file of its row says " + identifier));
        }

        assertEquals(List.of(), missing);
    }

    /** On one line, as if they were written so. */
    private static String comments(String file) throws IOException {
        StringBuilder comments = new StringBuilder();
        Matcher comment = COMMENT.matcher(Files.readString(find(file)));
        while (comment.find()) {
            comments.append(comment.group()).append('\n');
        }
        return comments.toString().replaceAll("\\s+(?:\\*|//)?\\s*", " ");
    }

    private static Path find(String file) throws IOException {
        if (file.contains("/")) {
            return PROJECT.resolve(file);
        }
        try (Stream<Path> sources = Files.walk(PROJECT.resolve("runtime/src/main/java"))) {
            return sources.filter(path -> path.getFileName().toString().equals(file))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no " + file));
        }
    }
}
