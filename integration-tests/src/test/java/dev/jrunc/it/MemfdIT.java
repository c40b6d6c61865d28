// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.LocalUser;
import dev.jrunc.it.harness.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sealed copy where sysctl vm.memfd_noexec, Linux 6.3, has a say: it is each pid namespace's own. */
@IntegrationTest
@JruncOnly("how a runtime protects its executable is its own affair")
class MemfdIT {
    private static final String SYSCTL = "/proc/sys/vm/memfd_noexec";

    private static String[] inPidNamespace(String noexec) {
        Machine.needs("vm.memfd_noexec, Linux 6.3", Files.exists(Path.of(SYSCTL)));
        return new String[] {
            "unshare",
            "--pid",
            "--fork",
            "--mount-proc",
            "sh",
            "-c",
            "echo " + noexec + " >" + SYSCTL + " && exec \"$0\" \"$@\""
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "2"})
    void aContainerRuns(String noexec, Lab lab) {
        Bundle bundle = lab.bundle().payload("print", "it runs");

        lab.runCall(bundle, lab.nextId())
                .cold()
                .through(inPidNamespace(noexec))
                .now()
                .succeeded()
                .printed("it runs");
    }

    /** A process of the container sees who enters it, and what that one executes. */
    @ParameterizedTest
    @CsvSource({"0,ETXTBSY", "1,ETXTBSY", "2,EROFS"})
    void whatEntersCanNotBeWrittenTo(String noexec, String error, Lab lab) {
        Bundle bundle = lab.bundle().payload("sleep");
        bundle.write();
        String script = """
                set -e
                jrunc() { "$program" --root %1$s "$@"; }
                status() { jrunc state c | sed -n 's/.*"status": *"\\(.*\\)".*/\\1/p'; }
                program=$0
                jrunc create --bundle %2$s c </dev/null >/dev/null 2>&1
                status
                pid=$(jrunc state c | sed -n 's/.*"pid": *\\([0-9]*\\).*/\\1/p')
                %3$s try-open /proc/$pid/exe w | sed "s/$pid/PID/"
                jrunc start c
                status
                jrunc exec c /payload print entered
                jrunc delete --force c
                """.formatted(lab.stateRoot(), bundle.folder(), lab.payload());
        List<String> said = lab.plainCall()
                .cold()
                .through(inPidNamespace(noexec))
                .through("sh", "-c", script)
                .now()
                .succeeded()
                .lines();

        assertEquals(List.of("created", "try-open /proc/PID/exe: " + error, "running", "entered"), said);
    }

    /** An ordinary user may mount nothing. */
    @Test
    void whereNoCopyCanBeExecuted(Lab lab) throws Exception {
        try (LocalUser user = LocalUser.make(false)) {
            Bundle bundle = RootlessIT.bundle(lab, user).write();

            user.call(lab.plainCall("run", "--bundle", bundle.folder().toString(), lab.nextId())
                            .through(inPidNamespace("2")))
                    .now()
                    .failedSaying("memfds may not be executed here (sysctl vm.memfd_noexec)");
        }
    }
}
