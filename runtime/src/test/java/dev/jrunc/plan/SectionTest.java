// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SectionTest {

    private static final Origin HERE = Origin.at("/here");

    @Test
    void theOrderStays() {
        Section section = new Section(
                "init",
                List.of(
                        Step.must(new InitOperation.UnshareCgroup(HERE)),
                        Step.must(new InitOperation.ReadonlyRoot(HERE)),
                        Step.must(new InitOperation.RootPropagation(HERE, 0)),
                        Step.must(new InitOperation.Hostname(HERE, "name"))));

        assertEquals(
                List.of("namespaces 1", "mounts 2", "namespaces 1"),
                section.groups().stream()
                        .map(group ->
                                group.subject().title() + " " + group.steps().size())
                        .toList());
    }
}
