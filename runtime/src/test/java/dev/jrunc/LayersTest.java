// SPDX-License-Identifier: Apache-2.0
package dev.jrunc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Imports point one way. */
class LayersTest {

    /** From the top; those of one line may know each other. */
    private static final List<List<String>> LAYERS = List.of(
            List.of("Main"),
            List.of("cli"),
            List.of("lifecycle"),
            List.of("engine", "cgroup", "criu", "doctor", "hint", "hook", "state", "systemd", "validate", "seccomp"),
            List.of("plan", "json"),
            List.of("spec", "kernel"),
            List.of("error"),
            List.of("text"));

    private static final String MAIN = "dev.jrunc.Main";
    private static final String RECORDING = "dev.jrunc.engine.FlightRecording";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.jrunc");

    private static String pattern(String part) {
        return part.equals("Main") ? "dev.jrunc" : "dev.jrunc." + part + "..";
    }

    @Test
    void everyPackageIsInALayerAndHasClasses() {
        TreeSet<String> expected = new TreeSet<>();
        LAYERS.forEach(expected::addAll);
        TreeSet<String> found = new TreeSet<>();
        for (JavaClass one : CLASSES) {
            String rest = one.getPackageName().substring("dev.jrunc".length());
            found.add(rest.isEmpty() ? "Main" : rest.substring(1).replaceAll("\\..*", ""));
        }

        assertEquals(expected, found);
    }

    @Test
    void eachLayerKnowsOnlyThoseBelow() {
        Architectures.LayeredArchitecture architecture =
                Architectures.layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (int i = 0; i < LAYERS.size(); i++) {
            architecture = architecture
                    .layer(name(i))
                    .definedBy(LAYERS.get(i).stream().map(LayersTest::pattern).toArray(String[]::new));
        }
        for (int i = 1; i < LAYERS.size(); i++) {
            String[] above = new String[i];
            for (int j = 0; j < i; j++) {
                above[j] = name(j);
            }
            architecture = architecture.whereLayer(name(i)).mayOnlyBeAccessedByLayers(above);
        }
        architecture.whereLayer(name(0)).mayNotBeAccessedByAnyLayer().check(CLASSES);
    }

    private static String name(int layer) {
        return String.join("+", LAYERS.get(layer));
    }

    @Test
    void onlyJsonKnowsJackson() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.jrunc.json..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tools.jackson..", "com.fasterxml..")
                .check(CLASSES);
    }

    /** It loads the mapper, which takes its time. */
    @Test
    void noNodeIsTurnedIntoTextByJackson() {
        noClasses()
                .should()
                .callMethod(JsonNode.class, "toString")
                .orShould()
                .callMethod(JsonNode.class, "toPrettyString")
                .check(CLASSES);
    }

    /** It costs hundreds of milliseconds: no other command may come near it. */
    @Test
    void onlyValidateAndTheExplanationOfAFailureKnowTheSchema() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.jrunc.json.ConfigSchema")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.networknt..")
                .check(CLASSES);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.jrunc.lifecycle.ValidateConfig")
                .and()
                .doNotHaveFullyQualifiedName("dev.jrunc.lifecycle.InvalidConfig")
                .and()
                .haveNameNotMatching("dev\\.jrunc\\.json\\.ConfigSchema.*")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("dev.jrunc.json.ConfigSchema")
                .check(CLASSES);
    }

    /** It costs tens of milliseconds: only --systemd-cgroup comes near it. */
    @Test
    void onlySystemdKnowsDBus() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.jrunc.systemd..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.freedesktop..")
                .check(CLASSES);
    }

    @Test
    void onlyTheHelpItsModelAndTheColoursKnowPicocli() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.jrunc.cli.Help")
                .and()
                .doNotHaveFullyQualifiedName("dev.jrunc.cli.CommandModel")
                .and()
                .doNotHaveFullyQualifiedName("dev.jrunc.cli.Colours")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(CLASSES);
    }

    @Test
    void nothingKnowsJnrUnlessItIsTheKernels() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.jrunc.kernel.jnr..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jnr..")
                .check(CLASSES);
    }

    /** A cold engine never loads it, nor a resident one that isn't recorded. */
    @Test
    void onlyARecordingKnowsFlightRecorder() {
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.jrunc\\.engine\\.(FlightRecording|FlightSpans|CallSpan)")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.jfr..")
                .check(CLASSES);
    }

    @Test
    void thePlanIsPure() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.jrunc.plan..", "dev.jrunc.spec..", "dev.jrunc.cgroup..", "dev.jrunc.validate..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.jrunc.kernel..",
                        "java.io..",
                        "java.nio.file..",
                        "java.net..",
                        "java.time..",
                        "java.util.concurrent..")
                .check(CLASSES);
    }

    /** But for a recording: in a folder that it makes, whose name nobody gives. */
    @Test
    void theEngineOpensNoFileByItsName() {
        noClasses()
                .that()
                .resideInAPackage("dev.jrunc..")
                .and()
                .doNotHaveFullyQualifiedName(MAIN)
                .and()
                .doNotHaveFullyQualifiedName(RECORDING)
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.io\\.(File|FileInputStream|FileOutputStream|FileReader|FileWriter|RandomAccessFile)"
                                + "|java\\.nio\\.file\\.Files|java\\.lang\\.ProcessBuilder")
                .check(CLASSES);
    }

    @Test
    void mainOpensStreamsOfItsSocketOnly() {
        noClasses()
                .that()
                .haveFullyQualifiedName(MAIN)
                .should()
                .callConstructor(FileInputStream.class, String.class)
                .orShould()
                .callConstructor(FileInputStream.class, File.class)
                .orShould()
                .callConstructor(FileOutputStream.class, String.class)
                .orShould()
                .callConstructor(FileOutputStream.class, File.class)
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.io\\.(File|FileReader|FileWriter|RandomAccessFile)"
                        + "|java\\.nio\\.file\\.Files|java\\.lang\\.ProcessBuilder")
                .check(CLASSES);
    }
}
