// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of a command, in the order in which its help shows them: their one definition. {@link Arguments} parses with it;
 * {@link Help} makes picocli's model of it, which costs as much as all else that a short command does.
 */
final class Options {

    /**
     * An option.
     *
     * @param names the long one first, with their dashes
     * @param label what the help calls its value; null for one without a value
     * @param description in the help; null for one that is accepted and not shown
     */
    record Option(
            List<String> names,
            @Nullable String label,
            @Nullable String description) {

        String name() {
            return names.getFirst();
        }

        boolean takesValue() {
            return label != null;
        }
    }

    private final List<Option> all = new ArrayList<>();

    /** One without a value. */
    void flag(String description, String... names) {
        all.add(new Option(List.of(names), null, description));
    }

    /** One with a value, of which the last counts. */
    void value(String label, String description, String... names) {
        all.add(new Option(List.of(names), label, description));
    }

    /** One without a value that is accepted and not shown. */
    void hiddenFlag(String... names) {
        all.add(new Option(List.of(names), null, null));
    }

    /** One with a value that is accepted and not shown. */
    void hiddenValue(String label, String... names) {
        all.add(new Option(List.of(names), label, null));
    }

    List<Option> all() {
        return all;
    }

    /** The option of that name, with its dashes. */
    @Nullable
    Option find(String name) {
        for (Option option : all) {
            if (option.names.contains(name)) {
                return option;
            }
        }
        return null;
    }
}
