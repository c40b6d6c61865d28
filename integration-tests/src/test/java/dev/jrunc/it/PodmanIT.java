// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.EngineChoice;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.OciRuntime;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Podman;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** podman as root, whose monitor conmon calls the runtime. */
@IntegrationTest
@Tag("client")
@Peer(runc = PASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PodmanIT {
    private final Podman podman;

    PodmanIT(OciRuntime runtime, EngineChoice engine) throws Exception {
        podman = Podman.ofRoot(runtime, engine);
    }

    @AfterAll
    void stop() {
        podman.close();
    }

    private Result run(Lab lab, List<String> options, String... program) {
        return podman.runCall(lab, options, program).now();
    }

    private String running(Lab lab) {
        return podman.started(lab, List.of(), "/payload", "tick", "100000");
    }

    @Test
    void aContainerRuns(Lab lab) {
        Report report = run(lab, List.of(), "/payload", "report").succeeded().report();

        assertEquals(1, report.number("/pid"));
        assertEquals(List.of("0", "1", "2"), report.names("/fds"));
        assertEquals(
                List.of("lo"),
                run(lab, List.of(), "ls", "/sys/class/net").succeeded().lines());
    }

    @Test
    void exitStatusAndInputComeThrough(Lab lab) {
        run(lab, List.of(), "sh", "-c", "exit 7").exited(7);
        podman.runCall(lab, List.of("-i"), "sh", "-c", "read line; echo \"<$line>\"")
                .input("from stdin\n")
                .now()
                .succeeded()
                .printed("<from stdin>");
    }

    @Test
    void nothingIsLeftOfOneThatIsRemoved(Lab lab) throws Exception {
        Path idFile = lab.newFile("cid");
        run(lab, List.of("--cidfile", idFile.toString()), "sh", "-c", "sleep 100 & exit 0")
                .succeeded();
        String id = Files.readString(idFile).strip();

        assertFalse(Files.exists(podman.stateRoot().resolve(id)), "the runtime's state");
        // conmon itself ends a moment after podman.
        Await.until(
                "the end of its processes", () -> Processes.mentioning(id).isEmpty(), () -> Processes.mentioning(id));
        assertEquals(List.of(), Cgroups.mentioning(id));
        assertFalse(Files.readString(Path.of("/proc/self/mountinfo")).contains(id), "a mount");
        podman.call(lab, "container", "exists", id).now().exited(1);
    }

    @Test
    void withATerminal(Lab lab) {
        String id = running(lab);
        Result run = podman.onTerminal(
                        lab, "run", "--rm", "-it", "--network", "none", Podman.IMAGE, "sh", "-c", "tty; exit 5")
                .now();
        Result exec = podman.onTerminal(lab, "exec", "-it", id, "sh", "-c", "tty; exit 6")
                .now();

        assertTrue(run.stdout().contains("/dev/pts/0"), run::toString);
        run.exited(5);
        assertTrue(exec.stdout().contains("/dev/pts/0"), exec::toString);
        exec.exited(6);
    }

    @Test
    void anotherProcess(Lab lab) {
        String id = running(lab);
        Report report = podman.call(lab, "exec", id, "/payload", "report")
                .now()
                .succeeded()
                .report();

        assertEquals(List.of("0", "1", "2"), report.names("/fds"));
        podman.call(lab, "exec", id, "sh", "-c", "exit 9").now().exited(9);
        podman.call(lab, "exec", "--user", "5:6", id, "sh", "-c", "echo $(id -u) $(id -g)")
                .now()
                .succeeded()
                .printed("5 6");
        podman.call(lab, "exec", "-i", id, "cat")
                .input("from stdin\n")
                .now()
                .succeeded()
                .printed("from stdin");
    }

    /** podman-run(1), "Exit Status": by the words of the runtime's error. */
    @Test
    void aProgramThatCanNotBeExecuted(Lab lab) {
        String id = running(lab);

        says(run(lab, List.of(), "no-such-tool").exited(127), "\"no-such-tool\": executable file not found in $PATH");
        says(run(lab, List.of(), "/bin").exited(126), "\"/bin\"", "permission denied");
        says(
                podman.call(lab, "exec", id, "no-such-tool").now().exited(127),
                "\"no-such-tool\": executable file not found in $PATH");
        says(podman.call(lab, "exec", id, "/bin").now().exited(126), "\"/bin\"", "permission denied");
        run(lab, List.of("--no-such-option"), "true").exited(125);
    }

    private static void says(Result result, String... words) {
        for (String word : words) {
            assertTrue(result.stderr().contains(word), () -> "no " + word + " in " + result);
        }
    }

    @Test
    void aMountThatTheKernelRefuses(Lab lab) {
        Result result = run(lab, List.of("--mount", "type=tmpfs,dst=/data,tmpfs-mode=9999"), "true");

        assertTrue(result.exit() == 126 || result.exit() == 125, result::toString);
        says(result, "/data");
    }

    @Test
    void withAnInit(Lab lab) {
        Machine.needs("/usr/bin/tini-static", Files.isExecutable(Path.of("/usr/bin/tini-static")));
        run(lab, List.of("--init"), "sh", "-c", "cat /proc/1/comm; exit 3")
                .exited(3)
                .printed("podman-init");
    }

    @Test
    void readOnly(Lab lab) {
        says(run(lab, List.of("--read-only"), "touch", "/x").exited(1), "Read-only file system");
        run(lab, List.of("--read-only", "--tmpfs", "/scratch"), "touch", "/scratch/x")
                .succeeded();
    }

    @Test
    void limitsAreSeenFromInside(Lab lab) {
        Machine.needsCgroup("memory");
        boolean unified = Cgroups.areUnified();
        String files = unified
                ? "cd /sys/fs/cgroup && cat memory.max cpu.max pids.max"
                : "cd /sys/fs/cgroup && cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us pids/pids.max";
        List<String> options = List.of("--memory", "64m", "--cpus", "0.5", "--pids-limit", "50");

        assertEquals(
                List.of("67108864", unified ? "50000 100000" : "50000", "50"),
                run(lab, options, "sh", "-c", files).succeeded().lines());
    }

    @Test
    void limitsAreUpdated(Lab lab) {
        Machine.needsCgroupV1("memory");
        String id = podman.started(lab, List.of("--memory", "64m"), "/payload", "tick", "100000");
        podman.call(lab, "update", "--memory", "32m", "--cpus", "0.25", id)
                .now()
                .succeeded();
        Result result = podman.call(
                        lab,
                        "exec",
                        id,
                        "cat",
                        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
                        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us")
                .now();

        assertEquals(List.of("33554432", "25000"), result.succeeded().lines());
    }

    @Test
    void pausedAndGoingOn(Lab lab) {
        String id = running(lab);
        podman.call(lab, "pause", id).now().succeeded();
        String paused = podman.inspect(lab, id, "{{.State.Status}}");
        podman.call(lab, "unpause", id).now().succeeded();

        assertEquals("paused", paused);
        assertEquals("running", podman.inspect(lab, id, "{{.State.Status}}"));
        podman.call(lab, "exec", id, "true").now().succeeded();
    }

    @Test
    void killedAndStopped(Lab lab) {
        String asked = podman.started(lab, List.of(), "/payload", "signal-exit");
        String deaf = podman.started(lab, List.of(), "sleep", "1000");
        Await.until(
                "the program's signal handler",
                () -> podman.call(lab, "logs", asked).now().stdout().contains("ready"),
                () -> "");
        podman.call(lab, "kill", "-s", "TERM", asked).now().succeeded();
        podman.call(lab, "wait", asked).now().succeeded().printed("115");
        podman.call(lab, "stop", "-t", "1", deaf).now().succeeded();

        assertEquals("exited 137", podman.inspect(lab, deaf, "{{.State.Status}} {{.State.ExitCode}}"));
    }

    @Test
    void statisticsAndProcesses(Lab lab) {
        String id = podman.started(lab, List.of(), "sh", "-c", "sleep 1000 & sleep 1000");
        Call top = podman.call(lab, "top", id, "pid");
        Await.until(
                "both, below a line of names",
                () -> top.now().succeeded().lines().size() == 3,
                () -> top.now());

        podman.call(lab, "stats", "--no-stream", "--format", "{{.PIDs}} {{.Name}}", id)
                .now()
                .succeeded()
                .printed("2 " + id);
    }

    @Test
    void filesAreCopiedInAndOut(Lab lab) throws Exception {
        String id = running(lab);
        Path given = Files.writeString(lab.newFile("given"), "a text\n");
        Path taken = lab.newFile("taken");
        podman.call(lab, "cp", given.toString(), id + ":/bin/given").now().succeeded();
        podman.call(lab, "exec", id, "cat", "/bin/given").now().succeeded().printed("a text");
        podman.call(lab, "cp", id + ":/bin/given", taken.toString()).now().succeeded();

        assertEquals("a text\n", Files.readString(taken));
    }

    @Test
    void aHealthcheck(Lab lab) {
        String id = podman.started(
                lab,
                List.of("--health-cmd", "test -e /healthy || kill -0 77777", "--health-interval", "disable"),
                "/payload",
                "tick",
                "100000");
        podman.call(lab, "healthcheck", "run", id).now().exited(1);
        podman.call(lab, "exec", id, "touch", "/healthy").now().succeeded();
        podman.call(lab, "healthcheck", "run", id).now().succeeded();
    }

    @Test
    void inAUserNamespace(Lab lab) {
        Report report = run(
                        lab, List.of("--uidmap", "0:100000:5000", "--gidmap", "0:200000:5000"), "/payload", "report")
                .succeeded()
                .report();

        assertEquals(
                List.of("0", "100000", "5000"),
                List.of(report.text("/uidMap").strip().split("\\s+", -1)));
    }

    @Test
    void anImageIsBuilt(Lab lab) throws Exception {
        Path folder = lab.newFolder("context");
        Files.writeString(folder.resolve("Dockerfile"), """
                FROM %s
                RUN echo built $(id -u) >/built
                CMD ["cat", "/built"]
                """.formatted(Podman.IMAGE));
        String name = "localhost/" + lab.nextId();
        podman.call(
                        lab,
                        "build",
                        "--isolation",
                        "oci",
                        "--network",
                        "none",
                        "--ulimit",
                        "nofile=1024:4096",
                        "-t",
                        name,
                        folder.toString())
                .now()
                .succeeded();
        lab.atEnd(() -> podman.call(lab, "rmi", "-f", name).now().succeeded());
        podman.call(lab, "run", "--rm", "--network", "none", name)
                .now()
                .succeeded()
                .printed("built 0");
    }
}
