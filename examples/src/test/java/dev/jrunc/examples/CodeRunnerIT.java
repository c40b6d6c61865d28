// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.api.ExitStatus;
import dev.jrunc.api.Jrunc;
import dev.jrunc.error.OperationFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example, as root, with busybox's shell as the interpreter. */
@Timeout(120)
class CodeRunnerIT {

    private static final Path PROGRAM =
            Path.of("../build/jrunc/bin/jrunc").toAbsolutePath().normalize();
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final List<String> SHELL = List.of("/bin/sh");

    @TempDir
    private Path folder;

    private Jrunc jrunc;
    private CodeRunner runner;

    @BeforeEach
    void begin() throws IOException {
        Path rootfs = folder.resolve("rootfs");
        Path bin = Files.createDirectories(rootfs.resolve("bin"));
        Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"), StandardCopyOption.COPY_ATTRIBUTES);
        for (String applet : List.of("sh", "sleep", "dd", "id", "ip", "touch", "yes", "head", "kill")) {
            Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
        }
        for (String mount : List.of("proc", "dev", "sys", "tmp")) {
            Files.createDirectory(rootfs.resolve(mount));
        }
        jrunc = Jrunc.builder(folder.resolve("states")).program(PROGRAM).open();
        runner = new CodeRunner(jrunc, rootfs);
    }

    @AfterEach
    void end() throws InterruptedException {
        assertEquals(List.of(), jrunc.list());
        runner.close();
    }

    private CodeRunner.Outcome run(String code) throws IOException, InterruptedException {
        return runner.run(SHELL, code, LONG);
    }

    @Test
    void codeThatBehaves() throws Exception {
        assertEquals(
                new CodeRunner.Outcome(Optional.of(new ExitStatus(7, 0)), "out\nbad\n", 0),
                run("echo out; echo bad >&2; exit 7"));
    }

    @Test
    void whoItIsAndWhatItMayDo() throws Exception {
        assertEquals(
                "uid=65534 gid=65534\n/tmp\ncan't\nwritten\n1\n",
                run("id; echo $PWD; touch /file 2>/dev/null || echo \"can't\"; touch file && echo written; ip link | {"
                                + " n=0; while read line; do case $line in *LOOPBACK*) n=$((n+1));; [0-9]*) n=9;; esac; done; echo"
                                + " $n; }")
                        .output());
    }

    @Test
    void codeThatTakesTooLong() throws Exception {
        CodeRunner.Outcome outcome = runner.run(SHELL, "echo begun; while :; do :; done", Duration.ofSeconds(3));

        assertEquals(new CodeRunner.Outcome(Optional.empty(), "begun\n", 0), outcome);
    }

    @Test
    void codeThatWritesTooMuch() throws Exception {
        CodeRunner.Outcome outcome = run("dd if=/dev/zero bs=1024 count=100 2>/dev/null");

        assertEquals(64 * 1024, outcome.output().length());
        assertEquals(36 * 1024, outcome.droppedBytes());
    }

    @Test
    void codeThatTakesTooMuchMemory() throws Exception {
        CodeRunner.Outcome outcome = run("exec dd if=/dev/zero of=/dev/null bs=200M count=1");

        assertEquals(Optional.of(new ExitStatus(0, 9)), outcome.status());
    }

    @Test
    void codeThatForksForEver() throws Exception {
        CodeRunner.Outcome outcome =
                runner.run(SHELL, "f() { sleep 1000 & f; }; f 2>/dev/null", Duration.ofSeconds(20));

        assertTrue(outcome.status().isPresent(), "it was stopped by the limit of processes");
        assertTrue(!outcome.status().get().isSuccess());
    }

    @Test
    void anInterpreterThatIsMissing() {
        OperationFailed failure =
                assertThrows(OperationFailed.class, () -> runner.run(List.of("/bin/python"), "1", LONG));

        assertTrue(failure.getMessage().contains("/bin/python"), failure.getMessage());
    }

    @Test
    void itIsShort() throws IOException {
        Path source = Path.of("src/main/java/dev/jrunc/examples/CodeRunner.java");

        assertTrue(Files.readAllLines(source).size() < 150);
    }
}
