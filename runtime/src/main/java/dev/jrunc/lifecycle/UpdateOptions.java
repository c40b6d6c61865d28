// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.spec.Spec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code update}.
 *
 * @param file of --resources, {@code -} for the standard input, which takes the place of limits; null for none
 * @param limits what the other options ask for
 * @param names the options that ask for something, by the JSON pointer below {@code /linux/resources} that each stands for
 * @param l3CacheSchema of --l3-cache-schema; null for none
 * @param memBwSchema of --mem-bw-schema; null for none
 */
public record UpdateOptions(
        @Nullable String file,
        Spec.Resources limits,
        Map<String, String> names,
        @Nullable String l3CacheSchema,
        @Nullable String memBwSchema) {

    private static final String RESOURCES = "/linux/resources";

    public UpdateOptions {
        names = Map.copyOf(names);
    }

    /** What the caller wrote, that a pointer into a whole config.json stands for: an option, or a place in the file. */
    String place(String pointer) {
        if (!pointer.isEmpty() && !pointer.startsWith("/")) {
            return pointer; // An option of Intel RDT, or a rule.
        }
        String below = pointer.startsWith(RESOURCES) ? pointer.substring(RESOURCES.length()) : pointer;
        if (file != null) {
            return "--resources " + file + (below.isEmpty() ? "" : ": " + below);
        }
        return names.getOrDefault(below, below);
    }
}
