// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller may have left closed, blocked, full, removed or small. */
@IntegrationTest
@Peer(runc = PASS)
class OddCallersIT {

    private static Call through(Call call, String script) {
        return call.through("sh", "-c", script + "exec \"$0\" \"$@\"");
    }

    /** Without a log, which would become the standard output that was closed. */
    private static Call words(Lab lab, String words, Container container) {
        return lab.plainCall(words.replace("ID", container.id()).split(" ", -1))
                .globally("--root", lab.stateRoot().toString());
    }

    private static Container running(Lab lab) {
        return lab.create(lab.bundle().payload("sleep", "1000")).start();
    }

    private static void failsToPrint(Lab lab, String words) {
        Container container = running(lab);
        lab.fails(through(words(lab, words, container), "exec >/dev/full; "), "no space left on device");
        lab.fails(through(words(lab, words, container), "exec >&-; "), "bad file descriptor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "list --format json", "ps --format json ID", "features"})
    void outputThatNobodyTakes(String words, Lab lab) {
        failsToPrint(lab, words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state ID",
                "list --quiet",
                "ps ID",
                "events --stats ID",
                "explain ID",
                "doctor",
                "list --help",
                "--help",
                "--version"
            })
    @JruncOnly("runc says nothing, and succeeds")
    void moreOutputThatNobodyTakes(String words, Lab lab) {
        failsToPrint(lab, words);
    }

    /** It prints nothing. */
    @Test
    void specNeedsNoOutput(Lab lab) throws Exception {
        Path folder = lab.newFolder("spec");

        through(lab.call("spec", "--bundle", folder.toString()), "exec >&-; ")
                .now()
                .succeeded();

        assertTrue(Files.exists(folder.resolve("config.json")), "config.json");
    }

    @Test
    void noStandardFdsAtAll(Lab lab) {
        Bundle bundle = lab.bundle().payload("leak").write();
        String id = lab.nextId();
        Call call = lab.runCall(bundle, id, "--detach");

        Container container = lab.created(id, through(call, "exec <&- >&- 2>&-; "));

        container.awaitStatus("stopped");
    }

    private static Call fromRemoved(Lab lab, String... words) {
        Path folder = lab.newFolder("removed");
        return through(lab.call(words).in(folder), "rmdir " + folder + "; ");
    }

    @Test
    void aWorkingDirectoryThatWasRemoved(Lab lab) {
        Bundle bundle = lab.bundle().payload("exit", "3").write();

        fromRemoved(lab, "run", "--bundle", bundle.folder().toString(), lab.nextId())
                .now()
                .exited(3);
        fromRemoved(lab, "list").now().succeeded();
    }

    @Test
    void nothingIsRelativeToAWorkingDirectoryThatWasRemoved(Lab lab) {
        Path folder = lab.newFolder("removed");

        lab.fails(fromRemoved(lab, "run", lab.nextId())).oursSays("the caller's working directory was removed");
        Result result = through(lab.plainCall("list").in(folder), "rmdir " + folder + "; ")
                .globally("--root", "relative")
                .now()
                .failedSaying();
        result.oursSays("the caller's working directory was removed: there is nothing that relative is relative to");
        assertFalse(Files.exists(Path.of("/relative")), "/relative");
    }

    @Test
    void relativePaths(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().payload("exit", "3").write();
        Path folder = lab.newFolder("caller");

        lab.plainCall(
                        "--root",
                        "states",
                        "--log",
                        "log",
                        "run",
                        "--bundle",
                        "../" + bundle.folder().getFileName(),
                        "--pid-file",
                        "pid",
                        lab.nextId())
                .in(folder)
                .now()
                .exited(3);

        assertTrue(Long.parseLong(Files.readString(folder.resolve("pid"))) > 0);
        assertTrue(Files.exists(folder.resolve("log")), "log");
        assertTrue(Files.isDirectory(folder.resolve("states")), "states");
    }

    /** The root file system is its owner's alone; what the runtime makes in it is for the container's users all the same. */
    @Test
    void aUmaskThatTakesAll(Lab lab) {
        Bundle bundle = lab.bundle().payload("stat", "/dev", "/dev/null");

        Result result =
                through(lab.runCall(bundle, lab.nextId()), "umask 077; ").now().succeeded();

        assertEquals(0755, result.json().path("/dev").path("mode").asInt());
        assertEquals(0666, result.json().path("/dev/null").path("mode").asInt());
    }

    private static Result failsWithFiles(int limit, Lab lab, String words) {
        Call call = lab.createCall(lab.bundle(), lab.nextId()).cold();

        return lab.fails(through(call, "ulimit -n " + limit + "; "), words);
    }

    @Test
    void fewOpenFiles(Lab lab) {
        failsWithFiles(11, lab, "too many open files");
    }

    /** What cleans up has them. */
    @ParameterizedTest
    @ValueSource(ints = {8, 9, 10, 13, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 27, 29})
    @JruncOnly("runc needs no more, and fails at the limit of the default configuration")
    void openFilesThatAreTooFew(int limit, Lab lab) {
        Result result = failsWithFiles(limit, lab, "EMFILE");

        assertFalse(result.stderr().contains("cleaning up failed"), result::toString);
    }

    /** Of all at once: each waits for as long as it may. */
    @Test
    @JruncOnly("runc doesn't wait, and has no --pidfd-socket")
    void socketsWhoseQueueIsFull(Lab lab) throws Exception {
        Path socket = lab.newFile("socket");
        try (ServerSocketChannel nobody = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            nobody.bind(UnixDomainSocketAddress.of(socket), 1);
            lab.atEnd(fill(socket));
            Bundle terminal = lab.bundle();
            terminal.process().put("terminal", true);
            Bundle notifying = lab.bundle();
            notifying
                    .linux()
                    .set(
                            "seccomp",
                            Json.quoted(
                                    "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['getppid'],'action':'SCMP_ACT_NOTIFY'}]}"));
            notifying.linux().withObject("/seccomp").put("listenerPath", socket.toString());
            Census before = lab.census();
            Running console = lab.createCall(terminal, lab.nextId(), "--console-socket", socket.toString())
                    .start();
            Running pidfd = lab.createCall(lab.bundle(), lab.nextId(), "--pidfd-socket", socket.toString())
                    .start();
            Running listener = lab.createCall(notifying, lab.nextId()).start();

            String words = socket + ": its queue of callers is full, and nobody accepts: ETIMEDOUT";
            console.await().failedSaying("connect to console socket " + words);
            pidfd.await().failedSaying("send init's pidfd to " + words);
            listener.await().failedSaying("connect to the seccomp listener " + words);
            lab.assertNothingSince(before, "after creates that waited");
        }
    }

    private static Runnable fill(Path socket) throws Exception {
        List<SocketChannel> waiting = new ArrayList<>();
        try {
            while (true) {
                SocketChannel caller = SocketChannel.open(StandardProtocolFamily.UNIX);
                waiting.add(caller);
                caller.configureBlocking(false);
                caller.connect(UnixDomainSocketAddress.of(socket));
            }
        } catch (SocketException full) {
            return () -> waiting.forEach(OddCallersIT::close);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void manyOpenFiles(Lab lab) {
        Bundle bundle = lab.bundle().payload("exit", "3");
        String most = Host.run("sh", "-c", "ulimit -Hn").strip();

        through(lab.runCall(bundle, lab.nextId()).cold(), "ulimit -n " + most + "; ")
                .now()
                .exited(3);
    }

    /** The signal that says so would end the runtime in the middle of it. */
    @Test
    void aCallerThatMayWriteSmallFilesOnly(Lab lab) {
        Call call = lab.createCall(lab.bundle(), lab.nextId());

        lab.fails(through(call, "ulimit -f 1; ")).oursSays("EFBIG (file too large)");
    }

    @Test
    @JruncOnly("the words are jrunc's")
    void aCallerWithoutProc(Lab lab) {
        Result result = lab.plainCall("list")
                .through("unshare", "--mount", "sh", "-c", "umount --lazy /proc && exec \"$0\" \"$@\"")
                .now()
                .exited(1);

        result.oursSays("can't begin: read /proc/self/exe (is /proc mounted?): ENOENT");
    }

    @Test
    void aCallerThatIgnoresItsChildren(Lab lab) {
        Bundle bundle = lab.bundle().payload("exit", "3");

        lab.runCall(bundle, lab.nextId())
                .through("env", "--ignore-signal=CHLD")
                .now()
                .exited(3);
    }

    @Test
    @Peer(runc = WRONG, why = "the program inherits the caller's blocked signals", failure = "SigBlk")
    void aCallerThatBlocksAllSignals(Lab lab) {
        Bundle bundle = lab.bundle().payload("cat", "/proc/self/status");

        lab.runCall(bundle, lab.nextId())
                .through("env", "--block-signal")
                .now()
                .succeeded()
                .printed("SigBlk:\t0000000000000000");
    }

    @Test
    void aPidFileWithoutRoom(Lab lab) {
        Path full = lab.newFolder("full");
        Host.run("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", full.toString());
        lab.atEnd(() -> Host.run("umount", full.toString()));
        Host.run("sh", "-c", "head -c 4096 /dev/zero > " + full + "/all");
        Bundle bundle = lab.bundle();
        String file = full.resolve("pid").toString();

        lab.fails(lab.createCall(bundle, lab.nextId(), "--pid-file", file), "no space left on device")
                .oursSays("write " + file + ": ENOSPC");
    }

    @Test
    @JruncOnly("runc waits until somebody reads")
    void aLogThatNobodyReads(Lab lab) {
        Path fifo = lab.newFile("fifo");
        Host.run("mkfifo", fifo.toString());

        Result result =
                lab.plainCall("list").globally("--log", fifo.toString()).now().exited(1);

        assertEquals(
                List.of("jrunc: --log: write " + fifo + ": ENXIO (no such device or address)"),
                result.stderr().lines().toList());
    }
}
