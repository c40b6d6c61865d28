// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the library is made of, and what it takes along. */
class LibraryTest {

    private static final Path DOCUMENT = Path.of("../docs/embedding.md");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.jrunc");

    private static ModuleDescriptor module(String classes, String name) {
        return ModuleFinder.of(Path.of(classes)).find(name).orElseThrow().descriptor();
    }

    @Test
    void onlyTheApiIsExported() {
        assertEquals(
                Set.of("dev.jrunc.api"),
                module("target/classes", "dev.jrunc").exports().stream()
                        .map(ModuleDescriptor.Exports::source)
                        .collect(Collectors.toSet()));
        assertEquals(
                Set.of("dev.jrunc.error"),
                module("../runtime/target/classes", "dev.jrunc.runtime").exports().stream()
                        .filter(exported -> !exported.isQualified())
                        .map(ModuleDescriptor.Exports::source)
                        .collect(Collectors.toSet()));
    }

    /** By any way: what the API needs, needs no command, nor what only commands need. */
    @Test
    void theApiNeverReachesTheCommandLine() {
        Set<String> reached = new TreeSet<>();
        Set<JavaClass> seen = new HashSet<>();
        Deque<JavaClass> next = new ArrayDeque<>();
        for (JavaClass one : CLASSES) {
            if (one.getPackageName().startsWith("dev.jrunc.api")) {
                next.add(one);
            }
        }
        assertTrue(next.size() > 10);
        while (!next.isEmpty()) {
            JavaClass one = next.remove();
            if (seen.add(one)) {
                reached.add(one.getPackageName());
                one.getDirectDependenciesFromSelf()
                        .forEach(to -> next.add(to.getTargetClass().getBaseComponentType()));
            }
        }

        assertTrue(reached.contains("dev.jrunc.lifecycle"));
        assertEquals(
                List.of(),
                reached.stream()
                        .filter(name -> name.startsWith("dev.jrunc.cli")
                                || name.startsWith("picocli")
                                || name.startsWith("com.networknt"))
                        .toList());
    }

    @Test
    void onlyOneClassKnowsJnr() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.jrunc.api..", "dev.jrunc.front..")
                .and()
                .doNotHaveFullyQualifiedName("dev.jrunc.front.Posix")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jnr..")
                .check(CLASSES);
    }

    /** Each Java example of the page is one of those that are run. */
    @Test
    void theExamplesOfThePageAreRun() throws Exception {
        String snippets = Files.readString(Path.of("src/test/java/dev/jrunc/api/Snippets.java"))
                .replaceAll("(?m)^ +", "");
        String[] parts = Files.readString(DOCUMENT).split("```java\n", -1);
        assertTrue(parts.length > 3);
        for (int i = 1; i < parts.length; i++) {
            String example = parts[i].substring(0, parts[i].indexOf("```")).replaceAll("(?m)^ +", "");
            assertTrue(snippets.contains(example), "not one of Snippets: " + example);
        }
    }
}
