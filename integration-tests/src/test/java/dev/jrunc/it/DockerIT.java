// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Docker;
import dev.jrunc.it.harness.EngineChoice;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.OciRuntime;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** docker 20.10: the client, dockerd, containerd, and its shim, which calls the runtime. */
@IntegrationTest
@Tag("client")
@Peer(runc = PASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DockerIT {
    private final Docker docker;

    DockerIT(OciRuntime runtime, EngineChoice engine) throws Exception {
        docker = Docker.start(runtime, engine);
    }

    @AfterAll
    void stop() {
        docker.close();
    }

    private Result run(Lab lab, List<String> options, String... program) {
        return docker.runCall(lab, options, program).now();
    }

    private String running(Lab lab) {
        return docker.started(lab, List.of(), "/payload", "tick", "100000");
    }

    private static void says(Result result, String... words) {
        for (String word : words) {
            assertTrue((result.stdout() + result.stderr()).contains(word), () -> "no " + word + " in " + result);
        }
    }

    @Test
    void aContainerRuns(Lab lab) {
        Report report = run(lab, List.of(), "/payload", "report").succeeded().report();

        assertEquals(1, report.number("/pid"));
        assertEquals(List.of("0", "1", "2"), report.names("/fds"));
        assertEquals("overlay", report.mount("/").type());
    }

    @Test
    void exitStatusAndInputComeThrough(Lab lab) {
        run(lab, List.of(), "sh", "-c", "exit 7").exited(7);
        docker.runCall(lab, List.of("-i"), "sh", "-c", "read line; echo \"<$line>\"")
                .input("from stdin\n")
                .now()
                .succeeded()
                .printed("<from stdin>");
    }

    /** docker-run, "Exit status": from the words of the runtime's error. */
    @Test
    void aProgramThatCanNotBeExecuted(Lab lab) {
        says(run(lab, List.of(), "no-such-tool").exited(127), "\"no-such-tool\": executable file not found in $PATH");
        says(run(lab, List.of(), "/bin").exited(126), "\"/bin\"", "permission denied");
        says(
                run(lab, List.of("-v", "/tmp:/proc/inside"), "true").exited(125),
                "/proc/inside",
                "cannot be mounted because it is inside /proc");
    }

    @Test
    void anotherProcess(Lab lab) {
        String id = running(lab);
        Report report = docker.call(lab, "exec", id, "/payload", "report")
                .now()
                .succeeded()
                .report();

        assertEquals(List.of("0", "1", "2"), report.names("/fds"));
        docker.call(lab, "exec", id, "sh", "-c", "exit 9").now().exited(9);
        docker.call(lab, "exec", "-i", id, "cat")
                .input("from stdin\n")
                .now()
                .succeeded()
                .printed("from stdin");
        says(
                docker.call(lab, "exec", id, "no-such-tool").now().exited(126),
                "\"no-such-tool\": executable file not found in $PATH");
    }

    @Test
    void withATerminal(Lab lab) {
        String id = running(lab);
        Result run = docker.onTerminal(
                        lab, "run", "--rm", "-it", "--network", "none", Docker.IMAGE, "sh", "-c", "tty; exit 5")
                .now();
        Result exec = docker.onTerminal(lab, "exec", "-it", id, "sh", "-c", "tty; exit 6")
                .now();

        says(run.exited(5), "/dev/pts/0");
        says(exec.exited(6), "/dev/pts/0");
    }

    @Test
    void logs(Lab lab) {
        String id = docker.started(lab, List.of(), "sh", "-c", "echo to stdout; echo to stderr >&2");
        docker.call(lab, "wait", id).now().succeeded().printed("0");
        Result logs = docker.call(lab, "logs", id).now().succeeded();

        assertEquals("to stdout\n", logs.stdout());
        assertEquals("to stderr\n", logs.stderr());
    }

    @Test
    void statisticsAndProcesses(Lab lab) {
        String id = docker.started(lab, List.of(), "sh", "-c", "sleep 1000 & sleep 1000");
        Call top = docker.call(lab, "top", id);
        Await.until(
                "both, below a line of names",
                () -> top.now().succeeded().lines().size() == 3,
                () -> top.now());

        docker.call(lab, "stats", "--no-stream", "--format", "{{.PIDs}} {{.Name}}", id)
                .now()
                .succeeded()
                .printed("2 " + id);
    }

    @Test
    void pausedAndGoingOn(Lab lab) {
        String id = running(lab);
        docker.call(lab, "pause", id).now().succeeded();
        String paused = docker.inspect(lab, id, "{{.State.Status}}");
        docker.call(lab, "unpause", id).now().succeeded();

        assertEquals("paused", paused);
        assertEquals("running", docker.inspect(lab, id, "{{.State.Status}}"));
        docker.call(lab, "exec", id, "true").now().succeeded();
    }

    @Test
    void stoppedAndStartedAgain(Lab lab) {
        String id = docker.started(lab, List.of(), "/payload", "signal-exit");
        Await.until(
                "the program's signal handler",
                () -> docker.call(lab, "logs", id).now().stdout().contains("ready"),
                () -> "");
        String before = docker.inspect(lab, id, "{{.State.Pid}}");
        docker.call(lab, "restart", "-t", "5", id).now().succeeded();
        String after = docker.inspect(lab, id, "{{.State.Pid}}");
        Await.until(
                "the program's signal handler",
                () -> docker.call(lab, "logs", id).now().stdout().indexOf("ready")
                        != docker.call(lab, "logs", id).now().stdout().lastIndexOf("ready"),
                () -> "");
        docker.call(lab, "stop", "-t", "5", id).now().succeeded();

        assertFalse(before.equals(after), before);
        assertEquals("exited 115", docker.inspect(lab, id, "{{.State.Status}} {{.State.ExitCode}}"));
    }

    @Test
    void restartedOnFailure(Lab lab) {
        String id = docker.started(lab, List.of("--restart", "on-failure:1"), "sh", "-c", "exit 3");
        Await.until(
                "the second failure",
                () -> docker.inspect(lab, id, "{{.State.Status}} {{.RestartCount}}")
                        .equals("exited 1"),
                () -> docker.inspect(lab, id, "{{.State.Status}} {{.RestartCount}}"));

        assertEquals("3", docker.inspect(lab, id, "{{.State.ExitCode}}"));
    }

    @Test
    void withAnInit(Lab lab) {
        run(lab, List.of("--init"), "sh", "-c", "cat /proc/1/comm; exit 3")
                .exited(3)
                .printed("docker-init");
    }

    @Test
    void limitsAreSeenFromInside(Lab lab) {
        Machine.needsCgroupV1("memory");
        Result result = run(
                lab,
                List.of("--memory", "64m", "--cpus", "0.5", "--pids-limit", "50"),
                "cat",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes",
                "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
                "/sys/fs/cgroup/pids/pids.max");

        assertEquals(List.of("67108864", "50000", "50"), result.succeeded().lines());
    }

    @Test
    void limitsAreUpdated(Lab lab) {
        Machine.needsCgroupV1("memory");
        String id = docker.started(lab, List.of("--memory", "64m"), "/payload", "tick", "100000");
        docker.call(
                        lab,
                        "update",
                        "--memory",
                        "32m",
                        "--memory-swap",
                        "48m",
                        "--cpus",
                        "0.25",
                        "--pids-limit",
                        "60",
                        id)
                .now()
                .succeeded();
        Result result = docker.call(
                        lab,
                        "exec",
                        id,
                        "cat",
                        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
                        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
                        "/sys/fs/cgroup/pids/pids.max")
                .now();

        assertEquals(List.of("33554432", "25000", "60"), result.succeeded().lines());
    }

    /** The shim asks for these events after the start: a program that is ended before isn't told of. */
    @Test
    void outOfMemory(Lab lab) {
        String program = "until [ -e /go ]; do sleep 0.1; done; exec tail /dev/zero";
        String id = docker.started(lab, List.of("--memory", "16m", "--memory-swap", "16m"), "sh", "-c", program);
        docker.call(lab, "exec", id, "touch", "/go").now().succeeded();
        docker.call(lab, "wait", id).now().succeeded().printed("137");

        Await.until( // of which dockerd hears apart
                "why it has ended",
                () -> docker.inspect(lab, id, "{{.State.OOMKilled}}").equals("true"),
                () -> docker.inspect(lab, id, "{{.State}}"));
    }

    /** dockerd's network: a prestart hook binds the container's network namespace to a file. */
    @Test
    void itsPrestartHookRuns(Lab lab) throws Exception {
        String id = running(lab);
        String container = docker.inspect(lab, id, "{{.Id}}");
        JsonNode hooks = Json.parse(Files.readString(docker.bundle(container).resolve("config.json")))
                .at("/hooks/prestart");
        String sandbox = docker.inspect(lab, id, "{{.NetworkSettings.SandboxKey}}");
        long namespace = docker.call(lab, "exec", id, "/payload", "report")
                .now()
                .succeeded()
                .report()
                .namespace("net");

        assertTrue(hooks.toString().contains("libnetwork-setkey"), hooks::toString);
        assertEquals(
                Long.toString(namespace), Host.run("stat", "-c", "%i", sandbox).strip());
    }
}
