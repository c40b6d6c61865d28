// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class CommandModelTest {

    private static final Path PROSE = Path.of("../packaging/man");

    @Test
    void hasTheCommandsThatTheHelpShows() {
        Set<String> shown =
                JruncCommandLine.COMMANDS.stream().map(Command::name).collect(Collectors.toSet());
        assertEquals(shown, CommandModel.of().subcommands().keySet());
    }

    @Test
    void everyCommandHasItsPartOfAManualPage() throws IOException {
        Set<String> expected = new TreeSet<>(CommandModel.of().subcommands().keySet());
        expected.add("jrunc");
        Set<String> found = new TreeSet<>();
        try (var files = Files.newDirectoryStream(PROSE, "*.adoc")) {
            for (Path file : files) {
                found.add(file.getFileName().toString().replace(".adoc", ""));
                assertTrue(Files.size(file) > 0, file.toString());
            }
        }
        assertEquals(expected, found);
    }

    @Test
    void valuesToChooseFromAreCompleted() {
        CommandSpec list = command("list");
        assertEquals(List.of("table", "json"), candidates(list, "--format"));
        assertEquals(
                List.of("auto", "cold", "warm"),
                candidates(CommandModel.of(), "--engine").subList(0, 3));
    }

    @Test
    void whereAnIdIsWantedItIsCompleted() {
        assertEquals(
                CommandModel.ID,
                command("kill")
                        .positionalParameters()
                        .getFirst()
                        .completionCandidates()
                        .iterator()
                        .next());
        assertEquals("[SIGNAL]", command("kill").positionalParameters().get(1).paramLabel());
        assertTrue(command("list").positionalParameters().isEmpty());
    }

    private static CommandSpec command(String name) {
        CommandLine found = CommandModel.of().subcommands().get(name);
        return Objects.requireNonNull(found, name).getCommandSpec();
    }

    private static List<String> candidates(CommandSpec spec, String option) {
        return StreamSupport.stream(
                        spec.findOption(option).completionCandidates().spliterator(), false)
                .toList();
    }
}
