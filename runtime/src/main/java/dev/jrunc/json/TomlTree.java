// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Bytes;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/** TOML text to a tree: for doctor alone, which may take its time. */
final class TomlTree {

    private TomlTree() {}

    /** @throws InvalidSpec with line and column when it isn't TOML */
    static JsonNode read(Bytes document) {
        try {
            return new TomlMapper().readTree(new String(document.toArray(), StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            String place =
                    e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
            throw new InvalidSpec("", "is not TOML: " + place + e.getOriginalMessage());
        }
    }
}
