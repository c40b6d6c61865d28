// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

/** Programs that can't be executed: of create where that can be known, else of start. */
@IntegrationTest
@Peer(runc = PASS)
class StartErrorsIT {
    private static final String NOT_FOUND = "executable file not found in $PATH";

    @Test
    void aNameThatIsNotInPath(Lab lab) {
        lab.failsToCreate(lab.bundle().args("no-such-tool"), "no-such-tool", NOT_FOUND)
                .oursSays("/process/args/0", NOT_FOUND);
    }

    @Test
    void aPathThatDoesNotExist(Lab lab) {
        lab.failsToCreate(lab.bundle().args("/no/such/tool"), "/no/such/tool", "no such file or directory")
                .oursSays("/process/args/0", "no such file or directory", "ENOENT");
    }

    @Test
    void aFileThatMayNotBeExecuted(Lab lab) {
        Bundle bundle = lab.bundle().args("/tool");
        bundle.file("/tool", "text");

        lab.failsToCreate(bundle, "/tool", "permission denied")
                .oursSays("/process/args/0", "permission denied", "EACCES");
    }

    @Test
    void aFolder(Lab lab) {
        Bundle bundle = lab.bundle().args("/folder");
        bundle.directory("/folder");

        lab.failsToCreate(bundle, "/folder").oursSays("/process/args/0");
    }

    @Test
    void aFileThatOnlyAnotherUserMayExecute(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().args("/tool").capabilities();
        bundle.process().putObject("user").put("uid", 1000).put("gid", 1000);
        Files.setPosixFilePermissions(
                bundle.script("/tool", "#!/payload\n"), PosixFilePermissions.fromString("rwx------"));

        lab.failsToCreate(bundle, "/tool", "permission denied").oursSays("/process/args/0", "EACCES");
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "contract: program and interpreter are resolved in create; runc fails without a word after start",
            failure = "exit status")
    void aScriptWhoseInterpreterIsMissing(Lab lab) {
        Bundle bundle = lab.bundle().args("/script");
        bundle.script("/script", "#!/missing/interpreter -x\n");

        lab.failsToCreate(bundle, "/script", "/missing/interpreter", "no such file or directory")
                .oursSays("/process/args/0", "ENOENT");
    }

    @Test
    void aLinkToItself(Lab lab) {
        Bundle bundle = lab.bundle().args("/loop");
        bundle.symlink("/loop", "loop");

        lab.fails(lab.runCall(bundle.write(), lab.nextId()), "/loop", "too many levels of symbolic links")
                .oursSays("stat /loop");
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "contract: program and interpreter are resolved in create; runc fails without a word after start",
            failure = "exit status")
    void aProgramWhoseElfInterpreterIsMissing(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().args("/dynamic");
        Files.copy(Path.of("/usr/bin/env"), bundle.rootfs().resolve("dynamic"));

        lab.failsToCreate(bundle, "/dynamic", "ld-linux", "no such file or directory")
                .oursSays("/process/args/0", "ENOENT");
    }

    @Test
    void aScriptWithItsInterpreter(Lab lab) {
        Bundle bundle = lab.bundle().args("/script", "a", "b");
        bundle.script("/script", "#!/payload print\n");

        lab.run(bundle).succeeded().printed("/script a b");
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "runtime.md, start: errors of execve belong to start; runc returns 0 and forgets them",
            failure = "exit status")
    void aProgramThatIsRemovedBetweenCreateAndStart(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().args("/tool", "print", "it ran");
        Files.createLink(bundle.rootfs().resolve("tool"), bundle.rootfs().resolve("payload"));
        Container container = lab.create(bundle);
        Files.delete(bundle.rootfs().resolve("tool"));
        lab.call("start", container.id())
                .now()
                .failedSaying("/tool", "no such file or directory")
                .oursSays("/process/args", "ENOENT");

        container.awaitStatus("stopped");
        assertEquals("", container.stdout());
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "runtime.md, start: errors of execve belong to start; runc returns 0 and forgets them",
            failure = "exit status")
    void aFileThatTheKernelCannotExecute(Lab lab) {
        Bundle bundle = lab.bundle().args("/garbage");
        bundle.script("/garbage", "\u0001\u0002 neither ELF nor script\n");
        Container container = lab.create(bundle);
        lab.call("start", container.id())
                .now()
                .failedSaying("/garbage", "exec format error")
                .oursSays("/process/args", "ENOEXEC");

        container.awaitStatus("stopped");
    }

    @Test
    void theForegroundRunOfAMissingProgram(Lab lab) {
        lab.fails(lab.runCall(lab.bundle().args("no-such-tool"), lab.nextId()), "no-such-tool", NOT_FOUND);
    }

    @Test
    void aDetachedRunOfAMissingProgram(Lab lab) {
        lab.fails(lab.runCall(lab.bundle().args("no-such-tool"), lab.nextId(), "-d"), "no-such-tool", NOT_FOUND);
    }
}
