// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A container that {@code create} or {@code run} made. */
public final class Container {
    private final Lab lab;
    private final String id;
    private final Running creation;

    Container(Lab lab, String id, Running creation) {
        this.lab = lab;
        this.id = id;
        this.creation = creation;
    }

    /** The container's id. */
    public String id() {
        return id;
    }

    /** The call that made it, whose standard output is the container's too. */
    public Running creation() {
        return creation;
    }

    /** What the container printed so far. */
    public String stdout() {
        return creation.stdout();
    }

    /** The payload's report, once the container has ended. */
    public Report report() {
        awaitStatus("stopped");
        return reportSoFar();
    }

    /** The payload's report, though the container still runs. */
    public Report reportSoFar() {
        return Report.in(stdout(), () -> "of container " + id + "; stderr: " + creation.stderr());
    }

    /** {@code start}, which has to succeed. */
    public Container start() {
        lab.call("start", id).now().succeeded();
        return this;
    }

    /** {@code kill}, which has to succeed. */
    public Container kill(String signal) {
        lab.call("kill", id, signal).now().succeeded();
        return this;
    }

    /** The JSON of {@code state}. */
    public JsonNode state() {
        return lab.call("state", id).now().succeeded().json();
    }

    /** The status in {@code state}. */
    public String status() {
        return state().path("status").asString();
    }

    /** The pid in {@code state}. */
    public long pid() {
        return state().path("pid").asLong();
    }

    /** Waits for a status. */
    public Container awaitStatus(String status) {
        Await.until("status " + status + " of container " + id, () -> status().equals(status), this::state);
        return this;
    }

    /** Waits until the container has printed this. */
    public Container awaitOutput(String text) {
        Await.until(
                "\"" + text + "\" on stdout of container " + id,
                () -> stdout().contains(text),
                () -> stdout() + creation.stderr());
        return this;
    }

    /** {@code delete}, which has to succeed. */
    public void delete(String... options) {
        List<String> words = new ArrayList<>(List.of("delete"));
        words.addAll(List.of(options));
        words.add(id);
        lab.call(words.toArray(String[]::new)).now().succeeded();
        lab.forget(this);
    }

    /** The host's path of one of the namespaces of the container's process, by its name in /proc/PID/ns. */
    public Path namespace(String name) {
        return Path.of("/proc", Long.toString(pid()), "ns", name);
    }
}
