// SPDX-License-Identifier: Apache-2.0
package dev.jrunc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Test;

/** docs/specification.md names tests that exist. */
class SpecificationTest {

    private static final Path PROJECT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:IT|Test|_test))(?:#(\\w+))?`");

    /** Fewer mean that the table was not found. */
    private static final int LEAST_ROWS = 40;

    @Test
    void everyRowHasTestsThatExist() throws IOException {
        Map<String, String> sources = sources();
        List<String> wrong = new ArrayList<>();
        int rows = 0;
        for (String line : Files.readAllLines(PROJECT.resolve("docs/specification.md"))) {
            if (!line.startsWith("| ") || line.startsWith("| property ")) {
                continue;
            }
            rows++;
            Matcher named = NAMED.matcher(line);
            boolean any = false;
            while (named.find()) {
                any = true;
                if (!exists(sources, named.group(1), named.group(2))) {
                    wrong.add(named.group());
                }
            }
            if (!any) {
                wrong.add(line);
            }
        }

        assertEquals(List.of(), wrong);
        assertTrue(rows >= LEAST_ROWS, "the table is there");
    }

    private static boolean exists(Map<String, String> sources, String file, String method) {
        String source = sources.get(file);
        return source != null && (method == null || source.contains("void " + method + "("));
    }

    /** By file name, without what comes after the dot. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String folder : List.of("runtime/src/test/java", "integration-tests/src/test/java", "native/tests")) {
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
