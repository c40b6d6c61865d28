// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.json.StateJson;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * A container's state, runtime.md section "State".
 *
 * @param pid of its first process; 0 when it is stopped
 * @param bundle absolute
 * @param rootfs absolute
 * @param owner the name of the user that created it, or its number
 */
public record State(
        String id,
        Status status,
        long pid,
        Path bundle,
        Path rootfs,
        Instant created,
        Map<String, String> annotations,
        String owner) {

    public State {
        annotations = Map.copyOf(annotations);
    }

    static State of(StateJson.Listed listed) {
        return new State(
                listed.state().id(),
                Status.valueOf(listed.status().toUpperCase(Locale.ROOT)),
                listed.pid(),
                Path.of(listed.state().bundle()),
                Path.of(listed.state().rootfs()),
                Instant.parse(listed.state().created()),
                listed.state().annotations(),
                listed.state().owner());
    }
}
