// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Containerd;
import dev.jrunc.it.harness.EngineChoice;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Namespaces;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** containerd 1.6 and its shim call the runtime, by ctr. */
@IntegrationTest
@Tag("client")
@Peer(runc = PASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContainerdIT {
    private final Containerd containerd;

    ContainerdIT(EngineChoice engine) throws Exception {
        containerd = Containerd.start(engine);
    }

    @AfterAll
    void stop() {
        containerd.close();
    }

    private List<String> runWords(Lab lab, String id, String[] options, String... program) {
        List<String> words = new ArrayList<>(
                List.of("run", "--runc-binary", lab.runtime().path().toString()));
        words.addAll(List.of(options));
        words.add(Containerd.IMAGE);
        words.add(id);
        words.addAll(List.of(program));
        return words;
    }

    private Call run(Lab lab, String id, String[] options, String... program) {
        return containerd.ctr(lab, runWords(lab, id, options, program).toArray(String[]::new));
    }

    private static String[] options(String... options) {
        return options;
    }

    @Test
    void aContainerRuns(Lab lab) {
        Result result = run(lab, lab.nextId(), options("--rm"), "/payload", "report")
                .now()
                .succeeded();
        Report report = result.report();

        assertEquals(1, report.number("/pid"));
        assertEquals(List.of("0", "1", "2"), report.names("/fds"));
        assertEquals("overlay", report.mount("/").type());
    }

    @Test
    void theExitStatusComesThrough(Lab lab) {
        run(lab, lab.nextId(), options("--rm"), "sh", "-c", "exit 7").now().exited(7);
    }

    @Test
    void standardInputComesThrough(Lab lab) {
        run(lab, lab.nextId(), options("--rm"), "sh", "-c", "read line; echo \"<$line>\"")
                .input("from stdin\n")
                .now()
                .succeeded()
                .printed("<from stdin>");
    }

    @Test
    void withATerminal(Lab lab) {
        List<String> words =
                containerd.ctrWords(runWords(lab, lab.nextId(), options("--rm", "-t"), "sh", "-c", "tty; exit 5")
                        .toArray(String[]::new));
        Result result = lab.onTerminal(words).now();

        assertTrue(result.stdout().contains("/dev/pts/0"), result::toString);
        assertEquals(5, result.exit(), result::toString);
    }

    @Test
    void detachedThenKilledAndDeleted(Lab lab) {
        String id = lab.nextId();
        run(lab, id, options("-d"), "/payload", "signal-exit").now().succeeded();
        // Until it has its handler, the first process of a pid namespace gets no signal: nobody tells when that is.
        Await.until(
                "the end of the task",
                () -> {
                    containerd.ctr(lab, "task", "kill", "-s", "SIGTERM", id).now();
                    return status(lab, id).equals("STOPPED");
                },
                () -> status(lab, id));
        Result deleted = containerd.ctr(lab, "task", "delete", id).now().succeeded();
        assertTrue(deleted.stderr().contains("exit with non-zero exit code 115"), deleted::toString);
        containerd.ctr(lab, "container", "delete", id).now().succeeded();
    }

    private String started(Lab lab) {
        String id = lab.nextId();
        run(lab, id, options("-d"), "/payload", "tick", "100000").now().succeeded();
        return id;
    }

    private void remove(Lab lab, String id) {
        containerd.ctr(lab, "task", "delete", "--force", id).now();
        containerd.ctr(lab, "container", "delete", id).now().succeeded();
    }

    private Call exec(Lab lab, String id, String... program) {
        List<String> words = new ArrayList<>(List.of("task", "exec", "--exec-id", lab.nextId(), id));
        words.addAll(List.of(program));
        return containerd.ctr(lab, words.toArray(String[]::new));
    }

    @Test
    void anotherProcess(Lab lab) {
        String id = started(lab);
        Report report = exec(lab, id, "/payload", "report").now().succeeded().report();
        Result status = exec(lab, id, "sh", "-c", "exit 7").now();
        Result input = exec(lab, id, "cat").input("from stdin\n").now();
        Result missing = exec(lab, id, "no-such-tool").now();
        remove(lab, id);

        assertEquals("overlay", report.mount("/").type());
        assertEquals(List.of("0", "1", "2"), report.names("/fds"));
        assertEquals(7, status.exit(), status::toString);
        input.succeeded().printed("from stdin");
        assertEquals(1, missing.exit(), missing::toString);
        assertTrue(
                missing.stderr().contains("exec: \"no-such-tool\": executable file not found in $PATH"),
                missing::toString);
    }

    @Test
    void anotherProcessWithATerminal(Lab lab) {
        String id = started(lab);
        List<String> words =
                containerd.ctrWords("task", "exec", "-t", "--exec-id", lab.nextId(), id, "sh", "-c", "tty; exit 5");
        Result result = lab.onTerminal(words).now();
        remove(lab, id);

        assertTrue(result.stdout().contains("/dev/pts/0"), result::toString);
        assertEquals(5, result.exit(), result::toString);
    }

    @Test
    void pausedResumedAndListed(Lab lab) {
        String id = started(lab);
        containerd.ctr(lab, "task", "pause", id).now().succeeded();
        String paused = status(lab, id);
        containerd.ctr(lab, "task", "resume", id).now().succeeded();
        String resumed = status(lab, id);
        Result processes = containerd.ctr(lab, "task", "ps", id).now().succeeded();
        remove(lab, id);

        assertEquals("PAUSED", paused);
        assertEquals("RUNNING", resumed);
        assertEquals(2, processes.lines().size(), processes::toString);
    }

    private String status(Lab lab, String id) {
        return containerd.ctr(lab, "task", "ls").now().succeeded().lines().stream()
                .filter(line -> line.startsWith(id))
                .map(line -> line.split("\\s+", -1)[2])
                .findFirst()
                .orElse("gone");
    }

    @Test
    void aProgramThatMayNotBeExecuted(Lab lab) {
        String id = started(lab);
        Result run = run(lab, lab.nextId(), options("--rm"), "/bin").now().exited(1);
        Result exec = exec(lab, id, "/bin").now().exited(1);
        remove(lab, id);

        assertTrue(run.stderr().contains("exec: \"/bin\""), run::toString);
        assertTrue(run.stderr().contains("permission denied"), run::toString);
        assertTrue(exec.stderr().contains("permission denied"), exec::toString);
    }

    /** The shim's, from the cgroup that the runtime made. */
    @Test
    void metrics(Lab lab) {
        String id = started(lab);
        Result metrics = containerd.ctr(lab, "task", "metrics", id).now().succeeded();
        remove(lab, id);

        assertTrue(
                metrics.lines().stream()
                        .anyMatch(line -> line.strip().matches("memory\\.usage(_in_bytes)?\\s+[1-9][0-9]*")),
                metrics::toString);
        assertTrue(
                metrics.lines().stream().anyMatch(line -> line.strip().matches("pids\\.current\\s+1")),
                metrics::toString);
    }

    @Test
    void killAllAndDeleteByForce(Lab lab) {
        String id = lab.nextId();
        run(lab, id, options("-d"), "/payload", "fork-sleep", "3", ",", "sleep")
                .now()
                .succeeded();
        containerd.ctr(lab, "task", "kill", "-a", "-s", "SIGKILL", id).now().succeeded();
        Await.until("the end of the task", () -> status(lab, id).equals("STOPPED"), () -> status(lab, id));
        containerd.ctr(lab, "task", "delete", "--force", id).now();
        containerd.ctr(lab, "container", "delete", id).now().succeeded();
    }

    @Test
    void aForegroundContainerIsKilledFromOutside(Lab lab) {
        String id = lab.nextId();
        Running running =
                run(lab, id, options("--rm"), "/payload", "signal-exit").start().awaitOutput("ready");
        containerd.ctr(lab, "task", "kill", "-s", "SIGKILL", id).now().succeeded();

        assertEquals(137, running.await().exit());
    }

    @Test
    void aProgramThatDoesNotExistShowsTheUserTheOneLine(Lab lab) {
        Result result =
                run(lab, lab.nextId(), options("--rm"), "no-such-tool").now().exited(1);

        String line = result.stderr().strip();
        assertEquals(1, line.lines().count(), result::toString);
        assertTrue(line.startsWith("ctr: failed to create shim task: OCI runtime create failed: "), line);
        assertTrue(line.contains("no-such-tool") && line.contains("executable file not found in $PATH"), line);
        result.oursSays("/process/args/0");
    }

    @Test
    void aMountThatTheKernelRefusesShowsTheUserTheOneLine(Lab lab) {
        Result result = run(
                        lab,
                        lab.nextId(),
                        options("--rm", "--mount", "type=tmpfs,src=tmpfs,dst=/data,options=sizee=1"),
                        "true")
                .now()
                .exited(1);

        assertTrue(result.stderr().contains("/data"), result::toString);
        result.oursSays("EINVAL", "sizee=1");
    }

    @Test
    void limits(Lab lab) {
        String id = lab.nextId();
        run(lab, id, options("-d", "--memory-limit", "67108864", "--cpus", "0.5"), "/payload", "sleep")
                .now()
                .succeeded();
        String cgroup = "/" + containerd.namespace() + "/" + id;
        List<String> limits = Cgroups.areUnified()
                ? List.of(
                        Cgroups.value(Cgroups.unified(cgroup), "memory.max"),
                        Cgroups.value(Cgroups.unified(cgroup), "cpu.max"))
                : List.of(
                        Cgroups.value(Cgroups.folder("memory", cgroup), "memory.limit_in_bytes"),
                        Cgroups.value(Cgroups.folder("cpu", cgroup), "cpu.cfs_quota_us") + " 100000");
        remove(lab, id);

        assertEquals(List.of("67108864", "50000 100000"), limits);
    }

    /** As Kubernetes has it where systemd keeps the cgroups. */
    @Test
    void inAUnitOfSystemd(Lab lab) {
        Machine.needsSystemd();
        String id = lab.nextId();
        String[] options = options(
                "-d", "--runc-systemd-cgroup", "--cgroup", "jrunctest.slice:ctr:" + id, "--memory-limit", "67108864");
        lab.atEnd(() -> Host.run("systemctl", "stop", "jrunctest.slice"));
        run(lab, id, options, "/payload", "tick", "100000").now().succeeded();
        String unit = "ctr-" + id + ".scope";
        Path cgroup = Cgroups.unified("/jrunctest.slice/" + unit);
        String limit = Cgroups.value(cgroup, "memory.max");
        String property = Host.run("systemctl", "show", "--value", "-p", "MemoryMax", unit)
                .strip();
        Result metrics = containerd.ctr(lab, "task", "metrics", id).now().succeeded();
        exec(lab, id, "true").now().succeeded();
        remove(lab, id);

        assertEquals(List.of("67108864", "67108864"), List.of(limit, property));
        assertTrue(
                metrics.lines().stream().anyMatch(line -> line.strip().matches("pids\\.current\\s+1")),
                metrics::toString);
        assertFalse(Files.exists(cgroup), cgroup::toString);
    }

    /** By criu itself, with the options that the shim has for it. */
    @Test
    void aCheckpointOfATaskThatGoesOn(Lab lab) {
        Machine.needsCriu();
        String id = started(lab);
        checkpoint(lab, id);

        assertEquals("RUNNING", status(lab, id));
        remove(lab, id);
    }

    @Test
    void aCheckpointThatEndsTheTask(Lab lab) {
        Machine.needsCriu();
        String id = started(lab);
        checkpoint(lab, id, "--exit");

        Await.until("the end of the task", () -> status(lab, id).equals("STOPPED"), () -> status(lab, id));
        remove(lab, id);
    }

    private void checkpoint(Lab lab, String id, String... options) {
        Path images = lab.newFolder("images");
        List<String> words = new ArrayList<>(List.of("task", "checkpoint", "--image-path", images.toString()));
        words.addAll(List.of(options));
        words.add(id);
        containerd.ctr(lab, words.toArray(String[]::new)).now().succeeded();
        assertTrue(Files.exists(images.resolve("inventory.img")), images::toString);
    }

    /** Out of an image that ctr has made of a task, another container goes on with what the first had in memory and in its files. */
    @Test
    void aTaskGoesOnInAnotherContainer(Lab lab) {
        Machine.needsCriu();
        String id = lab.nextId();
        String script = "begun=$(cat /proc/sys/kernel/random/uuid); n=0;"
                + " while :; do n=$((n + 1)); echo $begun $n >/next; mv /next /count; sleep 0.1; done";
        run(lab, id, options("-d"), "sh", "-c", script).now().succeeded();
        Await.until(
                "a count of 10",
                () -> count(lab, id).number() >= 10,
                () -> count(lab, id).toString());
        String image = "jrunc-it/" + id;
        containerd
                .ctr(lab, "container", "checkpoint", "--image", "--rw", "--task", id, image)
                .now()
                .succeeded();
        Count before = count(lab, id);
        remove(lab, id);

        String again = lab.nextId();
        containerd
                .ctr(lab, "container", "restore", "--rw", "--live", again, image)
                .now()
                .succeeded();
        Count after = count(lab, again);
        Await.until("a count that goes on", () -> count(lab, again).number() > after.number(), after::toString);
        remove(lab, again);

        assertEquals(before.begun(), after.begun());
        assertTrue(after.number() >= 10, after::toString);
    }

    private record Count(String begun, int number) {}

    private Count count(Lab lab, String id) {
        String[] words = exec(lab, id, "cat", "/count").now().stdout().strip().split(" ", -1);
        return words.length == 2 ? new Count(words[0], Integer.parseInt(words[1])) : new Count("", 0);
    }

    @Test
    void withTheHostsNetwork(Lab lab) {
        Report report = run(lab, lab.nextId(), options("--rm", "--net-host"), "/payload", "report")
                .now()
                .succeeded()
                .report();

        assertEquals(Namespaces.own("net"), report.namespace("net"));
    }

    @Test
    void inAUserNamespace(Lab lab) {
        String[] options = options("--rm", "--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536");
        Report report = run(lab, lab.nextId(), options, "/payload", "report")
                .now()
                .succeeded()
                .report();

        assertEquals(
                List.of("0", "100000", "65536"),
                List.of(report.text("/uidMap").strip().split("\\s+", -1)));
    }
}
