// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Attacks from inside on what enters a container, and on who its processes are. */
@IntegrationTest
@Peer(runc = PASS)
class EnterAttacksIT {
    private static final int EXECS = 8;

    /** A call of a copy of the runtime: the machine's own is not put at risk. */
    private static Result execOf(Path copy, Lab lab, Container container, String... words) {
        String[] all = new String[words.length + 5];
        System.arraycopy(words, 0, all, 5, words.length);
        all[0] = copy.toString();
        all[1] = "--root";
        all[2] = lab.stateRoot().toString();
        all[3] = "exec";
        all[4] = container.id();
        return lab.host(all).now();
    }

    private static Path copyOfTheTree(Lab lab) throws Exception {
        Path copy = Files.createDirectories(lab.folder().resolve("tree/bin")).resolve("jrunc");
        Files.copy(lab.runtime().path(), copy, StandardCopyOption.COPY_ATTRIBUTES);
        Path lib = lab.runtime().path().resolveSibling("../lib").toRealPath();
        Files.createSymbolicLink(lab.folder().resolve("tree/lib"), lib);
        return copy;
    }

    /** CVE-2019-5736: who may trace everything opens the executable of each newcomer, and writes to it when it has ended. */
    @Test
    @JruncOnly("it would put the machine's runc at risk")
    void theRuntimeCannotBeOverwritten(Lab lab) throws Exception {
        Path copy = copyOfTheTree(lab);
        byte[] before = Files.readAllBytes(copy);
        Bundle bundle = lab.bundle().capabilities("CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_FOWNER");
        bundle.script("/itself", "#!/proc/self/exe\n");
        Container container = lab.create(bundle.payload("overwrite")).start().awaitOutput("ready");
        for (int i = 0; i < EXECS / 2; i++) {
            execOf(copy, lab, container, "/payload", "exit", "0");
            execOf(copy, lab, container, "/itself");
            execOf(copy, lab, container, "/proc/self/exe");
        }
        container.kill("TERM").awaitStatus("stopped");

        assertArrayEquals(before, Files.readAllBytes(copy), "the runtime was overwritten");
        assertTrue(
                container.stdout().contains("seized /memfd:jrunc-init"),
                () -> "it saw nobody come: " + container.stdout());
        assertFalse(container.stdout().contains("overwritten"), container::stdout);
    }

    /** CVE-2016-9962: root of the container's own user namespace may trace there whom it can look at. */
    @Test
    @JruncOnly("the spy traces what runs the container's program by then, and runc 1.1 doesn't wait for such an end")
    void aProcessThatEntersAUserNamespaceTellsNothing(Lab lab) {
        Bundle bundle = lab.bundle()
                .userNamespace(200_000)
                .capabilities("CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_SETUID", "CAP_SETGID");
        Container container = lab.create(bundle.payload("fork-sleep", "1", ",", "spy"))
                .start()
                .awaitOutput("ready");
        for (int i = 0; i < 2 * EXECS; i++) {
            lab.execCall(container, List.of("--env", "MARK=" + i), "print", "ran")
                    .with("SECRET_OF_THE_HOST", "x")
                    .now()
                    .succeeded()
                    .printed("ran");
        }
        container.kill("TERM").awaitStatus("stopped");
        List<String> spied = container
                .stdout()
                .lines()
                .filter(line -> line.startsWith("spied"))
                .toList();

        assertEquals(List.of(), spied);
        assertFalse(container.stdout().contains("denied 0\n"), "the spy saw nobody come");
    }

    /** A container in the host's pid namespace, whose root has no right to trace but over the user namespaces that root has made. */
    private static String lookedThrough(Lab lab, Bundle... victims) {
        Path secret = lab.newFolder("secret").resolve("file");
        // Of one mount namespace only: nobody else's processes lead to it.
        String[] withSecret = {
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs none " + secret.getParent() + " && echo x >" + secret + " && exec \"$0\" \"$@\""
        };
        Bundle bundle = lab.bundle().withoutNamespace("pid").payload("look-through", secret.toString());
        Container attacker = lab.create(bundle).start().awaitOutput("ready");
        for (int i = 0; i < EXECS; i++) {
            for (Bundle victim : victims) {
                lab.runCall(victim, lab.nextId()).through(withSecret).now().succeeded();
            }
        }
        attacker.kill("KILL").awaitStatus("stopped");
        return attacker.stdout();
    }

    /** CVE row "host's root": until pivot_root, what is to be a container's init has the host's file system. */
    @Test
    @Peer(
            runc = WRONG,
            why = "runc 1.1's process is readable and dumpable in the user namespace that root has made",
            failure = "seen through")
    void theHostIsNotSeenThroughWhatIsMadeInAUserNamespace(Lab lab) {
        Bundle held = lab.bundle().userNamespace(200_000).payload("exit", "0");
        held.hook("createRuntime", Map.of("path", "/bin/sleep", "args", List.of("sleep", "0.1")));
        Bundle throughStage = lab.bundle().userNamespace(200_000).payload("exit", "0");
        if (lab.runtime().isJrunc()) { // runc 1.1 has no time namespaces
            throughStage.addNamespace("time");
        }
        String said = lookedThrough(lab, held, throughStage);

        assertFalse(said.contains("seen through"), said);
        if (lab.runtime().isJrunc()) {
            assertTrue(said.contains("denied by jrunc:["), () -> "it saw nobody: " + said);
        }
    }

    @Test
    @JruncOnly("runc has idmapped mounts from 1.2 on")
    void theHostIsNotSeenThroughWhatMapsTheIdsOfAMount(Lab lab) {
        Bundle victim = lab.bundle().payload("exit", "0");
        for (int i = 0; i < 4; i++) {
            victim.mount("bind", lab.newFolder("shared" + i).toString(), "/shared" + i, "bind");
            ObjectNode mount = (ObjectNode) victim.config().at(victim.lastMount());
            for (String map : List.of("uidMappings", "gidMappings")) {
                mount.putArray(map)
                        .addObject()
                        .put("containerID", 0)
                        .put("hostID", 5000)
                        .put("size", 100);
            }
        }
        String said = lookedThrough(lab, victim, victim);

        assertFalse(said.contains("seen through"), said);
        assertTrue(said.contains("denied by jrunc"), () -> "it saw nobody: " + said);
    }

    /** CVE-2024-21626, with a race: the working directory becomes a link to an fd of the host's meanwhile. */
    @Test
    @Tag("slow")
    void aWorkingDirectoryThatIsSwappedForADescriptor(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().put("cwd", "/work");
        Path work = bundle.directory("/work");
        Path link = bundle.symlink("/other", "/proc/self/fd/7");
        Running swapper = lab.host(lab.payload(), "swap", work.toString(), link.toString())
                .start()
                .awaitOutput("ready");
        for (int i = 0; i < 20; i++) {
            Result result = lab.runCall(bundle.payload("list", "."), lab.nextId())
                    .through("bash", "-c", "exec 7</; exec \"$0\" \"$@\"")
                    .now();

            assertFalse(result.stdout().contains("boot"), result::toString);
        }
        swapper.signal("KILL").await();
    }

    /** CVE-2024-21626, of exec. */
    @ParameterizedTest
    @ValueSource(ints = {3, 5, 6, 7, 8, 9})
    void aWorkingDirectoryOfExecThatIsALeakedDescriptor(int fd, Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("signal-exit")).start().awaitOutput("ready");
        Result result = lab.execCall(container, List.of("--cwd", "/proc/self/fd/" + fd), "list", ".")
                .through("bash", "-c", "exec " + fd + "</; exec \"$0\" \"$@\"")
                .now();

        assertFalse(result.exit() == 0, result::toString);
        assertFalse(result.stdout().contains("boot"), result::toString);
    }

    /** CVE-2024-21626: LISTEN_FDS that is no count hands nothing on. */
    @ParameterizedTest
    @JruncOnly("runc 1.1 takes what Go takes for a number, and panics at -1")
    @ValueSource(strings = {"-1", "0x3", "3 ", " 3", "+3", "1e1", "99999", "18446744073709551617"})
    void aCountOfListenersThatIsNone(String count, Lab lab) {
        Bundle bundle = lab.bundle().write();
        Result result = lab.runCall(bundle, lab.nextId())
                .through("bash", "-c", "exec 3</ 4</ 5</; export LISTEN_PID=$$; exec \"$0\" \"$@\"")
                .with("LISTEN_FDS", count)
                .now();

        assertEquals(List.of("0", "1", "2"), result.succeeded().report().names("/fds"));
    }

    @Test
    @JruncOnly("runc 1.1 hands on what is there")
    void moreListenersThanThereAre(Lab lab) {
        Bundle bundle = lab.bundle().write();
        lab.runCall(bundle, lab.nextId())
                .through("bash", "-c", "exec 3</dev/null; export LISTEN_PID=$$; exec \"$0\" \"$@\"")
                .with("LISTEN_FDS", "5")
                .now()
                .failedSaying("fd 4 is not open");
    }

    /** CVE-2022-29162, CVE-2022-27650, CVE-2025-27612: a file that gives what is inheritable gives nothing. */
    @Test
    void aProgramThatInheritsCapabilitiesGetsNone(Lab lab) {
        Bundle bundle = lab.bundle();
        Path program = bundle.file("/inheriting", "");
        Host.run("cp", lab.payload(), program.toString());
        Host.run("chmod", "0755", program.toString());
        Host.run(lab.payload(), "inherit", program.toString());
        bundle.process().putObject("user").put("uid", 1000).put("gid", 1000);
        bundle.process().withObject("/capabilities").remove("inheritable");
        bundle.process().put("noNewPrivileges", false);
        Container container = lab.create(bundle.payload("signal-exit")).start().awaitOutput("ready");
        Result result = lab.call(
                        "exec", "--cap", "CAP_NET_RAW", "--user", "1000:1000", container.id(), "/inheriting", "report")
                .now()
                .succeeded();

        assertEquals(List.of(), result.report().capabilities("CapInh"));
        assertFalse(result.report().capabilities("CapPrm").contains("CAP_NET_RAW"), result::toString);
    }

    /** CVE-2016-3697, CVE-2026-30892: a user is a number, in decimal digits, and nothing else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x0",
                "1000 ",
                " 1000",
                "\uff14",
                "-1",
                "1e3",
                "1_000",
                "4294967295",
                "root",
                "1000:",
                "1000:0x0",
                ":0",
                "1000:1000:0",
                "18446744073709551616"
            })
    void aUserThatIsNoNumber(String user, Lab lab) {
        assertIsNoUser(user, lab);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+1000", "4294967296", "1000:+0"})
    @Peer(runc = WRONG, why = "runc 1.1 takes a sign, and larger numbers than there are", failure = "ran as")
    void aUserThatIsAlmostANumber(String user, Lab lab) {
        assertIsNoUser(user, lab);
    }

    private static void assertIsNoUser(String user, Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("signal-exit")).start().awaitOutput("ready");
        Result result =
                lab.execCall(container, List.of("--user", user), "report").now();

        assertTrue(result.exit() != 0, () -> "ran as " + result);
        assertFalse(result.stdout().contains("\"uid\""), result::toString);
    }

    /** CVE-2016-3697: the image's passwd has names that are numbers, and other numbers beside them. */
    @Test
    void aNumberThatIsANameInPasswd(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.file("/etc/passwd", "1000:x:0:0::/of-root:/bin/sh\nx:x:01000x:0::/odd:/bin/sh\n+1000:x:0:0::/plus:\n");
        bundle.file("/etc/group", "1000:x:0:\n");
        Container container = lab.create(bundle.payload("signal-exit")).start().awaitOutput("ready");
        Report report = lab.execCall(container, List.of("--user", "1000:1000"), "report")
                .now()
                .succeeded()
                .report();

        assertEquals("1000\t1000\t1000\t1000", report.status("Uid"));
        assertEquals("1000\t1000\t1000\t1000", report.status("Gid"));
        assertEquals("/", report.environment().get("HOME"));
    }

    /** 4294967295 is -1, which setresuid(2) takes for "leave it as it is": root. */
    @ParameterizedTest
    @ValueSource(strings = {"uid", "gid", "additionalGids"})
    void aUserThatTheKernelWouldLeaveAsItIs(String property, Lab lab) {
        Bundle bundle = lab.bundle();
        var user = bundle.process().putObject("user").put("uid", 1000).put("gid", 1000);
        if (property.equals("additionalGids")) {
            user.putArray(property).add(4294967295L);
        } else {
            user.put(property, 4294967295L);
        }

        lab.failsToCreate(bundle).oursSays("/process/user/" + property, "4294967294");
    }

    /** The keyring is the container's alone, though another one has made one of its name, open to all. */
    @Test
    @JruncOnly("runc 1.1 joins the keyring that is there")
    void aKeyringThatWasPlanted(Lab lab) {
        String id = lab.id("victim");
        Container attacker = lab.create(lab.bundle().payload("plant-keyring", "_ses." + id, ",", "signal-exit"))
                .start()
                .awaitOutput("ready");
        assertTrue(attacker.stdout().contains("plant-keyring _ses." + id + ": OK"), attacker::stdout);
        Container victim = lab.created(id, lab.createCall(lab.bundle().payload("report", ",", "signal-exit"), id))
                .start()
                .awaitOutput("ready");

        assertFalse(
                victim.reportSoFar().text("/keyring").contains("3f3f3f3f"),
                () -> "joined the attacker's: " + victim.reportSoFar().text("/keyring"));
        String exec = lab.exec(victim, "report").succeeded().report().text("/keyring");
        assertFalse(exec.contains("3f3f3f3f"), () -> "exec joined the attacker's: " + exec);
    }

    /** What is at /dev/null in the container by now is not waited for, and not opened as if it were the null device. */
    @Test
    void aFifoInPlaceOfTheNullDevice(Lab lab) throws Exception {
        Container victim = lab.create(lab.bundle().payload("signal-exit")).start();
        Path dev = Path.of("/proc", Long.toString(victim.pid()), "root/dev");
        Files.delete(dev.resolve("null"));
        Host.run("mkfifo", dev.resolve("null").toString());

        lab.execCall(victim, List.of(), "print", "it runs")
                .through("bash", "-c", "exec \"$@\" </dev/null", "bash")
                .now()
                .succeeded();
    }

    /** CVE row "forged state": a container that waits for start may be deleted without force, and is no more than waiting. */
    @Test
    void aProgramThatPretendsToWaitForStart(Lab lab) {
        Container container = lab.create(lab.bundle().payload("pretend-to-wait", ",", "signal-exit"))
                .start()
                .awaitOutput("ready");

        assertEquals("running", container.status());
        assertTrue(lab.call("list").now().succeeded().stdout().contains(" running "));
        lab.call("delete", container.id()).now().failedSaying("not stopped");
        assertEquals("running", container.status());
    }

    /** Core dumps: what waits for start has files and memory that are not its program's, and leaves none of it in a file. */
    @Test
    @JruncOnly("runc 1.1 has made itself dumpable by then")
    void aCreatedProcessLeavesNoCore(Lab lab) throws Exception {
        Path pattern = Path.of("/proc/sys/kernel/core_pattern");
        Machine.needs("core files", Files.readString(pattern).strip().equals("core"));
        Bundle bundle = lab.bundle().withoutNamespace("pid").writable();
        String id = lab.nextId();
        Container container = lab.created(
                id, lab.createCall(bundle, id).through("sh", "-c", "ulimit -c unlimited; exec \"$0\" \"$@\""));
        assertTrue(Files.readString(Path.of("/proc/" + container.pid() + "/limits"))
                .contains("Max core file size        unlimited"));
        lab.call("kill", id, "SEGV").now().succeeded();
        container.awaitStatus("stopped");

        assertEquals(
                List.of(),
                Stream.of(bundle.rootfs().toFile().list())
                        .filter(name -> name.startsWith("core"))
                        .toList());
    }
}
