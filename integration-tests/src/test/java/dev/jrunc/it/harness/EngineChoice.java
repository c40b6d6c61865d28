// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.util.Map;
import java.util.Optional;

/**
 * The engine that the calls of the tests are to use.
 *
 * @param resident where the resident one is, as {@code JRUNC_ENGINE} says it; empty: an engine for every call
 */
public record EngineChoice(Optional<String> resident) {
    static final String VARIABLE = "JRUNC_ENGINE";

    /** Puts it into an environment. */
    public void addTo(Map<String, String> environment) {
        resident.ifPresent(socket -> environment.put(VARIABLE, socket));
    }
}
