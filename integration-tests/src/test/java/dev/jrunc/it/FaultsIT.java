// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.faults.FaultMatrix;
import dev.jrunc.it.faults.FaultTable;
import dev.jrunc.it.faults.Subject;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.FaultBuild;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Faults at every point of every command: {@code make faults}; and here, of each command, some that a seed chooses, with which they come
 * again: {@code -Djrunc.faults.seed=}. {@code -Djrunc.faults.only="init before MOUNT 3 KILL_INIT"} chooses by name.
 */
@IntegrationTest
@JruncOnly("faults come from a test build")
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class FaultsIT {
    private static final FaultTable TABLE = new FaultTable();
    private static final long SEED = Long.getLong("jrunc.faults.seed", 1);
    private static final int OF_EACH = Integer.getInteger("jrunc.faults.of-each", 5);
    private static final String ONLY = System.getProperty("jrunc.faults.only", "");

    static List<Subject> subjects() {
        String named = System.getProperty("jrunc.faults.subject", "");
        return Subject.all().stream()
                .filter(subject -> subject.name().contains(named))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void nothingIsLostOrLeft(Subject subject, Lab lab) {
        List<String> wrong = new FaultMatrix(lab, subject, TABLE).run(OF_EACH, SEED, ONLY);
        TABLE.write();

        assertEquals("", String.join("\n", wrong), () -> "with -Djrunc.faults.seed=" + SEED);
    }

    /** As after a change of protocol.def, when only the tree was made again. */
    @Test
    void aTestBuildOfAnotherProtocolIsSaidAtOnce(Lab lab) throws IOException {
        Path old = lab.newFile("jrunc");
        Files.writeString(old, "#!/bin/sh\necho '{\"hash\":\"0123456789abcdef\",'\n");
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path runtime = lab.runtime().path();

        FaultBuild.checkProtocol(runtime, runtime);
        AssertionError error = assertThrows(AssertionError.class, () -> FaultBuild.checkProtocol(old, runtime));
        assertTrue(error.toString().contains("make build/faults/jrunc"), error::toString);
    }

    /** Init has the other end of its channel by then: only its death tells that it won't say any more. */
    @Test
    void aStageThatIsLostIsNotWaitedFor(Lab lab) {
        Subject exec = Subject.all().stream()
                .filter(subject -> subject.name().startsWith("exec ID"))
                .findFirst()
                .orElseThrow();

        List<String> wrong = new FaultMatrix(lab, exec, TABLE).run(OF_EACH, SEED, "stage send SPAWNED");

        assertEquals("", String.join("\n", wrong));
    }

    /** ENOSPC at each of what create writes into the state folder: less room by a page or a file at a time. */
    @ParameterizedTest
    @CsvSource({"size=%dk, 4", "nr_inodes=%d, 1"})
    void aStateFolderWithoutRoom(String option, int step, Lab lab) {
        Bundle bundle = lab.bundle().write();
        String id = lab.nextId();
        int refused = 0;
        for (int room = step; ; room += step) {
            Path root = lab.newFolder("small");
            Host.run("mount", "-t", "tmpfs", "-o", String.format(option, room), "tmpfs", root.toString());
            lab.atEnd(() -> Host.run("umount", root.toString()));
            Census before = lab.census();
            Call create = lab.plainCall(
                    "--root",
                    root.toString(),
                    "create",
                    "--bundle",
                    bundle.folder().toString(),
                    id);
            Result result = create.now();
            if (result.exit() == 0) {
                break;
            }
            refused++;
            result.failedSaying(id, "ENOSPC");
            lab.assertNothingSince(before, "with " + String.format(option, room) + " by " + result);
            assertEquals(0, root.toFile().list().length, result::toString);
            lab.plainCall("--root", root.toString(), "state", id).now().failedSaying("container does not exist");
        }
        assertTrue(refused >= 2, refused + " refused");
        for (Path root : roots(lab)) {
            lab.plainCall("--root", root.toString(), "delete", "--force", id)
                    .now()
                    .succeeded();
        }
    }

    private static List<Path> roots(Lab lab) {
        String[] names = lab.folder().toFile().list((folder, name) -> name.endsWith(".small"));
        return Stream.of(names).map(lab.folder()::resolve).toList();
    }

    @AfterAll
    static void print() {
        TABLE.write();
        System.out.println("-Djrunc.faults.seed=" + SEED + "\n" + TABLE.text());
    }
}
