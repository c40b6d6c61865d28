// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine as callers may notice it: how java is spawned, and what stays of it. */
@IntegrationTest
@JruncOnly("the peers have no engine")
class EngineIT {
    private static final double LIMIT_MIB = 1.5;

    private static Path distribution(Lab lab) {
        return lab.runtime().path().resolve("../..").normalize();
    }

    private static Bundle printing(Lab lab) {
        return lab.bundle().payload("print", "it ran");
    }

    @ParameterizedTest
    @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
    void optionsForJavaInTheEnvironmentHaveNoEffect(String variable, Lab lab) {
        Result result = lab.runCall(printing(lab), lab.nextId())
                .cold()
                .with(variable, "-XX:NoSuchOption=1")
                .now()
                .succeeded();

        assertEquals("it ran\n", result.stdout());
        assertEquals("", result.stderr());
    }

    @Test
    void theLoadersVariablesHaveNoEffect(Lab lab) {
        Result result = lab.runCall(printing(lab), lab.nextId())
                .cold()
                .with("LD_PRELOAD", "/no/such/library.so")
                .with("LD_LIBRARY_PATH", "/no/such/folder")
                .with("CLASSPATH", "/no/such/classes")
                .with("JAVA_HOME", "/no/such/jdk")
                .now()
                .succeeded();

        assertEquals("it ran\n", result.stdout());
        assertEquals("", result.stderr());
    }

    @Test
    void anEmptyEnvironment(Lab lab) {
        Result result = lab.runCall(printing(lab), lab.nextId())
                .withoutEnvironment()
                .now()
                .succeeded();

        assertEquals("it ran\n", result.stdout());
    }

    @Test
    void aBundleThatOnlyTheCallersMountNamespaceHas(Lab lab) {
        Bundle bundle = printing(lab).write();
        Path elsewhere = lab.newFolder("only-there");
        String script = "mount --bind " + bundle.folder() + " " + elsewhere + " && exec \"$0\" \"$@\"";

        lab.call("run", "--bundle", elsewhere.toString(), lab.nextId())
                .through("unshare", "-m", "--propagation", "private", "sh", "-c", script)
                .now()
                .succeeded()
                .printed("it ran");
    }

    @Test
    void aBundleThatOnlyTheCallersRootHas(Lab lab) {
        Bundle bundle = printing(lab).write();
        Result result = lab.call("run", lab.nextId())
                .in(bundle.folder())
                .through("unshare", "-m", "--propagation", "private", "sh", "-c", "exec \"$0\" \"$@\"")
                .now()
                .succeeded();

        result.printed("it ran");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void aSignalInMidCreateLeavesNothing(String signal, Lab lab) throws Exception {
        Path reached = lab.newFile("reached");
        Path hook = Files.writeString(lab.newFile("hook"), "#!/bin/sh\n: >" + reached + "\nexec sleep 600\n");
        assertTrue(hook.toFile().setExecutable(true));
        Bundle bundle =
                lab.bundle().hook("createRuntime", Map.of("path", hook.toString(), "env", List.of("PATH=/bin")));
        bundle.write();
        Census before = lab.census();
        Running create = lab.createCall(bundle, lab.nextId()).start();
        Await.until("the hook", () -> Files.exists(reached), create::stderr);
        create.signal(signal);

        assertNotEquals(0, create.await().exit());
        lab.assertNothingSince(before, "by a create that SIG" + signal + " ended");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 60, 100, 130, 150, 170, 190, 210, 230, 250, 300})
    void controlCAtAnyMomentLeavesNothing(int millis, Lab lab) throws Exception {
        Bundle bundle = lab.bundle().payload("exit", "0").write();
        Census before = lab.census();
        Running run = lab.runCall(bundle, lab.nextId()).start();
        Thread.sleep(millis);
        run.signalIfRunning("INT");
        run.await();

        lab.assertNothingSince(before, "by a run that Ctrl-C ended after " + millis + " ms");
    }

    @Test
    void afterCreateOnlyInitStays(Lab lab) throws Exception {
        var enginesBefore = Processes.executing(distribution(lab));
        Container container = lab.create(lab.bundle());
        List<String> processes = Processes.mentioning(container.id());

        assertEquals(1, processes.size(), processes::toString);
        assertTrue(processes.getFirst().startsWith("pid " + container.pid() + ","), processes::toString);
        var engines = Processes.executing(distribution(lab));
        engines.removeAll(enginesBefore);
        assertTrue(
                Await.within(Await.LIMIT, () -> engines.stream().noneMatch(Processes::isRunning)),
                () -> "engines " + engines);
    }

    @Test
    void whatStaysAfterCreateIsSmall(Lab lab) throws Exception {
        Container container = lab.create(lab.bundle());
        String rollup = Files.readString(Path.of("/proc/" + container.pid() + "/smaps_rollup"));
        double mebibytes = rollup.lines()
                        .filter(line -> line.startsWith("Pss:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                / 1024.0;

        assertTrue(mebibytes <= LIMIT_MIB, () -> "init has a PSS of " + mebibytes + " MiB:\n" + rollup);
    }

    @Test
    void noEngineStaysBesideARunningContainer(Lab lab) {
        var enginesBefore = Processes.executing(distribution(lab).resolve("lib"));
        Container container =
                lab.runInBackground(lab.bundle().payload("signal-exit")).awaitOutput("ready");

        Await.until(
                "the engine's end",
                () -> enginesBefore.containsAll(
                        Processes.executing(distribution(lab).resolve("lib"))),
                () -> Processes.executing(distribution(lab).resolve("lib")));
        container.creation().signal("TERM");
        container.creation().await().exited(115);
    }

    /** The first is the container's, which ends; the second comes while the front waits for the engine that takes it away. */
    @Test
    @Tag("slow")
    void aSecondControlCLeavesNothing(Lab lab) throws Exception {
        Path tree = lab.folder().resolve("tree");
        Host.run("cp", "-a", "--reflink=auto", distribution(lab).toString(), tree.toString());
        Bundle bundle = lab.bundle().payload("signal-exit").write();
        Path reached = lab.newFile("reached");
        Path go = lab.newFile("go");
        Host.run("mkfifo", go.toString());
        Census before = lab.census();
        String program = tree.resolve("bin/jrunc").toString();
        String state = lab.stateRoot().toString();
        Running run = lab.host(
                        program, "--root", state, "run", "-b", bundle.folder().toString(), lab.nextId())
                .with("JRUNC_ENGINE", "cold")
                .start();
        Await.until("the container", () -> run.stdout().contains("ready"), run::stderr);
        Await.until(
                "the engine's end",
                () -> Processes.executing(tree.resolve("lib")).isEmpty(),
                () -> Processes.executing(tree.resolve("lib")));
        Path java = tree.resolve("lib/jrunc/runtime/bin/java");
        Files.move(java, java.resolveSibling("other"));
        Files.writeString(
                java,
                "#!/bin/sh\n: >" + reached + "\nread line <" + go + "\nexec " + java.resolveSibling("other")
                        + " \"$@\"\n");
        assertTrue(java.toFile().setExecutable(true));
        run.signal("INT");
        Await.until("the engine that takes the container away", () -> Files.exists(reached), run::stderr);
        run.signal("INT");
        Files.writeString(go, "go\n");

        run.await().exited(102);
        lab.assertNothingSince(before, "by a run after two Ctrl-C");
    }

    @Test
    void theTreeMayBeMoved(Lab lab) {
        Path moved = lab.folder().resolve("moved tree");
        Host.run("cp", "-a", "--reflink=auto", distribution(lab).toString(), moved.toString());
        Bundle bundle = printing(lab).write();
        Call call = lab.host(
                moved.resolve("bin/jrunc").toString(),
                "--root",
                lab.stateRoot().toString(),
                "run",
                "-b",
                bundle.folder().toString(),
                lab.nextId());

        call.now().succeeded().printed("it ran");
    }

    @Test
    void aProgramWithoutItsTreeSaysSo(Lab lab) throws Exception {
        Path alone = Files.createDirectories(lab.folder().resolve("alone/bin")).resolve("jrunc");
        Files.copy(lab.runtime().path(), alone, StandardCopyOption.COPY_ATTRIBUTES);
        Path log = lab.newFile("log.json");
        Bundle bundle = printing(lab).write();
        Result result = lab.host(
                        alone.toString(),
                        "--root",
                        lab.stateRoot().toString(),
                        "--log",
                        log.toString(),
                        "--log-format",
                        "json",
                        "run",
                        "-b",
                        bundle.folder().toString(),
                        lab.nextId())
                .now()
                .exited(1);

        assertTrue(result.stderr().contains("engine"), result::toString);
        var line = Json.parse(Files.readAllLines(log).getLast());
        assertEquals("error", line.path("level").asString());
        assertFalse(line.path("msg").asString().isBlank());
    }

    @Test
    void theColdEngineByName(Lab lab) {
        lab.runCall(printing(lab), lab.nextId())
                .globally("--engine", "cold")
                .now()
                .succeeded()
                .printed("it ran");
        lab.runCall(printing(lab), lab.nextId())
                .globally("--engine=auto")
                .now()
                .succeeded()
                .printed("it ran");
    }
}
