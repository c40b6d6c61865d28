// SPDX-License-Identifier: Apache-2.0
package dev.jrunc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The tests that a page of docs names in the rows of its tables. */
public final class NamedTests {

    private static final Path PROJECT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:IT|Test|_test))(?:#(\\w+))?`");

    private NamedTests() {}

    /** The rows of all tables, without those that head them, whose first cell this is. */
    public static List<String> rows(String page, String head) throws IOException {
        List<String> rows = new ArrayList<>();
        for (String line : Files.readAllLines(PROJECT.resolve(page))) {
            if (line.startsWith("| ") && !line.startsWith("| " + head + " ")) {
                rows.add(line);
            }
        }
        return rows;
    }

    /** Rows without a test, and names of tests that don't exist. A row may have a dash instead. */
    public static List<String> wrong(List<String> rows) throws IOException {
        Map<String, String> sources = sources();
        List<String> wrong = new ArrayList<>();
        for (String row : rows) {
            Matcher named = NAMED.matcher(row);
            boolean any = false;
            while (named.find()) {
                any = true;
                if (!exists(sources, named.group(1), named.group(2))) {
                    wrong.add(named.group());
                }
            }
            if (!any && !row.endsWith("| - |")) {
                wrong.add(row);
            }
        }
        return wrong;
    }

    private static boolean exists(Map<String, String> sources, String file, String method) {
        String source = sources.get(file);
        return source != null && (method == null || source.contains("void " + method + "("));
    }

    /** By file name, without what comes after the dot. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String folder : List.of(
                "runtime/src/test/java", "integration-tests/src/test/java", "library/src/test/java", "native/tests")) {
            try (Stream<Path> files = Files.walk(PROJECT.resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(".java") || name.endsWith(".c")) {
                        sources.put(name.substring(0, name.indexOf('.')), Files.readString(file));
                    }
                }
            }
        }
        return sources;
    }
}
