// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** runtime.md, "State"; runc-state(8). */
@IntegrationTest
@Peer(runc = PASS)
class StateIT {
    @Test
    void itHasWhatTheSpecificationWants(Lab lab) {
        Bundle bundle = lab.bundle().edit(config -> config.put("ociVersion", "1.0.1"));
        Container container = lab.create(bundle);
        JsonNode state = container.state();

        String newest = lab.call("features")
                .now()
                .succeeded()
                .json()
                .path("ociVersionMax")
                .asString();
        assertEquals(newest, state.path("ociVersion").asString(), "of the state, whatever the bundle's is");
        assertEquals(container.id(), state.path("id").asString());
        assertEquals("created", state.path("status").asString());
        assertTrue(state.path("pid").isIntegralNumber() && state.path("pid").asLong() > 1, state::toString);
        assertEquals(bundle.folder().toString(), state.path("bundle").asString());
    }

    @Test
    void itHasWhatRuncHasBeyond(Lab lab) {
        Bundle bundle = lab.bundle();
        JsonNode state = lab.create(bundle).state();

        assertEquals(bundle.rootfs().toString(), state.path("rootfs").asString());
        assertTrue(state.has("owner"), state::toString);
        Instant created = Instant.parse(state.path("created").asString());
        assertTrue(Duration.between(created, Instant.now()).abs().toSeconds() < 60, state::toString);
        assertTrue(state.path("created").asString().matches(".*:\\d\\d\\.\\d{6,9}Z"), state::toString);
    }

    @Test
    void theBundleIsAbsolute(Lab lab) {
        Bundle bundle = lab.bundle().write();
        String id = lab.nextId();
        Container container = lab.created(id, lab.call("create", "-b", "../" + lab.name() + "/bundle1", id));

        assertEquals(
                bundle.folder().toString(), container.state().path("bundle").asString());
    }

    @Test
    void annotationsAreKept(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().set("annotations", Json.quoted("{'org.example.key':'a value','run.oci.unknown':'x'}"));
        JsonNode annotations = lab.create(bundle).state().path("annotations");

        assertEquals("a value", annotations.path("org.example.key").asString());
        assertEquals("x", annotations.path("run.oci.unknown").asString());
    }

    @Test
    void aStoppedContainerHasPidZero(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("exit", "0")).start().awaitStatus("stopped");

        assertEquals(0, container.state().path("pid").asLong(-1));
    }

    @Test
    void ofAMissingContainer(Lab lab) {
        lab.fails(lab.call("state", lab.nextId()), "container does not exist");
    }

    @Test
    void ofAnInvalidId(Lab lab) {
        lab.fails(lab.call("state", "../escape"), "invalid container ID format");
    }
}
