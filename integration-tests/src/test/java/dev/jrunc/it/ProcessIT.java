// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** config.md, "Process" and "POSIX process", "Linux Process", "User". */
@IntegrationTest
@Peer(runc = PASS)
class ProcessIT {
    private static Bundle user(Bundle bundle, int uid, int gid) {
        bundle.process().putObject("user").put("uid", uid).put("gid", gid);
        return bundle;
    }

    @Test
    void itIsTheFirstOfItsNamespaceAndOfItsSession(Lab lab) {
        Report report = lab.report(lab.bundle());

        assertEquals(1, report.number("/pid"));
        assertEquals(0, report.number("/ppid"));
        assertEquals(1, report.number("/session"));
        assertEquals(1, report.number("/processGroup"));
        assertEquals("/payload", report.text("/exe"));
        assertEquals("payload", report.status("Name"));
    }

    @Test
    void nothingOfTheRuntimeIsLeftInIt(Lab lab) {
        Report report = lab.report(lab.bundle());

        assertEquals(0, report.number("/parentDeathSignal"));
        assertEquals("0000000000000000", report.status("SigBlk"));
        String ignoredByTheCaller =
                lab.host("grep", "SigIgn", "/proc/self/status").now().stdout().split("\\s+", -1)[1];
        assertEquals(
                0,
                Long.parseUnsignedLong(report.status("SigIgn"), 16) & ~Long.parseUnsignedLong(ignoredByTheCaller, 16),
                "signals that are ignored though the caller doesn't ignore them");
        assertEquals(List.of("0", "1", "2"), report.names("/fds"));
        assertEquals("0", report.status("TracerPid"));
    }

    @Test
    void argumentsComeAsTheyAre(Lab lab) {
        Report report =
                lab.report(lab.bundle().args("/payload", "report", ",", "print", "", "two words", "\"$HOME\"", "é\n*"));

        assertEquals(
                List.of("/payload", "report", ",", "print", "", "two words", "\"$HOME\"", "\u00c3\u00a9\n*"),
                report.texts("/argv"));
    }

    @Test
    void theEnvironmentIsThatOfTheConfigAndNothingElse(Lab lab) {
        Bundle bundle = lab.bundle()
                .env("B=2", "A=1", "EMPTY=", "HOME=/home", "PATH=/bin", "WITH=equals=sign")
                .write();
        Report report = lab.runCall(bundle, lab.nextId())
                .with("SECRET", "of the caller")
                .now()
                .succeeded()
                .report();

        assertEquals(
                Map.of("A", "1", "B", "2", "EMPTY", "", "HOME", "/home", "PATH", "/bin", "WITH", "equals=sign"),
                report.environment());
    }

    @Test
    void homeComesFromPasswd(Lab lab) {
        Bundle bundle = user(lab.bundle().env("A=1"), 1000, 1000);
        bundle.file("/etc/passwd", "root:x:0:0::/root:/bin/sh\nsomebody:x:1000:1000::/home/somebody:/bin/sh\n");

        assertEquals("/home/somebody", lab.report(bundle).environment().get("HOME"));
    }

    @Test
    void homeIsTheRootWherePasswdDoesNotKnowTheUser(Lab lab) {
        assertEquals(
                "/",
                lab.report(user(lab.bundle().env("A=1"), 1234, 1)).environment().get("HOME"));
    }

    @Test
    void homeOfTheConfigStays(Lab lab) {
        Bundle bundle = lab.bundle().env("HOME=/elsewhere");
        bundle.file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");

        assertEquals("/elsewhere", lab.report(bundle).environment().get("HOME"));
    }

    @Test
    void theProgramIsLookedUpInThePathOfTheConfig(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().env("PATH=/missing:/opt/first:/opt/second").args("tool", "report");
        bundle.directory("/opt/first");
        bundle.directory("/opt/second");
        Files.createLink(
                bundle.rootfs().resolve("opt/second/tool"), bundle.rootfs().resolve("payload"));
        Report report = lab.report(bundle);

        assertEquals("/opt/second/tool", report.text("/exe"));
        assertEquals("tool", report.text("/argv/0"));
    }

    @Test
    void aFileThatMayNotBeExecutedIsPassedOverInPath(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().env("PATH=/opt/first:/opt/second").args("tool", "report");
        bundle.file("/opt/first/tool", "not executable");
        bundle.directory("/opt/second");
        Files.createLink(
                bundle.rootfs().resolve("opt/second/tool"), bundle.rootfs().resolve("payload"));

        assertEquals("/opt/second/tool", lab.report(bundle).text("/exe"));
    }

    @Test
    void aProgramWithASlashIsTakenFromCwd(Lab lab) {
        Bundle bundle = lab.bundle().args("./payload", "report");

        assertEquals("/payload", lab.report(bundle).text("/exe"));
    }

    @Test
    void cwd(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.directory("/work/here");
        bundle.process().put("cwd", "/work/here");

        assertEquals("/work/here", lab.report(bundle).text("/cwd"));
    }

    @Test
    void cwdIsMadeWhenItIsMissing(Lab lab) {
        Bundle bundle = lab.bundle().writable();
        bundle.process().put("cwd", "/not/yet");

        assertEquals("/not/yet", lab.report(bundle).text("/cwd"));
    }

    @Test
    void cwdThroughALinkStaysInside(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.directory("/real");
        bundle.symlink("/link", "/../../real");
        bundle.process().put("cwd", "/link");

        assertEquals("/real", lab.report(bundle).text("/cwd"));
    }

    @Test
    void cwdThatOnlyTheUserMayEnter(Lab lab) throws Exception {
        Bundle bundle = user(lab.bundle(), 1000, 1000).capabilities();
        var home = bundle.directory("/home/user");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        Host.run("chown", "1000:1000", home.toString());
        bundle.process().put("cwd", "/home/user");

        assertEquals("/home/user", lab.report(bundle).text("/cwd"));
    }

    @Test
    void cwdThatOnlyRootMayEnter(Lab lab) throws Exception {
        Bundle bundle = user(lab.bundle(), 1000, 1000).capabilities();
        Files.setPosixFilePermissions(bundle.directory("/closed"), PosixFilePermissions.fromString("rwx------"));
        bundle.process().put("cwd", "/closed");

        assertEquals("/closed", lab.report(bundle).text("/cwd"));
    }

    @Test
    void userAndGroups(Lab lab) {
        Bundle bundle = user(lab.bundle(), 1000, 2000);
        bundle.process().withObject("/user").set("additionalGids", Json.quoted("[3000,2000,5]"));
        Report report = lab.report(bundle);

        assertEquals(List.of("1000", "1000", "1000"), report.texts("/uids"));
        assertEquals(List.of("2000", "2000", "2000"), report.texts("/gids"));
        assertEquals(
                List.of("5", "2000", "3000"),
                report.texts("/groups").stream()
                        .sorted((a, b) -> Integer.parseInt(a) - Integer.parseInt(b))
                        .toList());
    }

    @Test
    void theCallersGroupsAreDropped(Lab lab) {
        Bundle bundle = lab.bundle().write();
        Report report = lab.runCall(bundle, lab.nextId())
                .through("setpriv", "--groups", "7,8")
                .now()
                .succeeded()
                .report();

        assertEquals(List.of(), report.texts("/groups"));
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "an annotation of crun's", failure = "expected: <")
    void theCallersGroupsStayWhereTheAnnotationWantsIt(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().putObject("annotations").put("run.oci.keep_original_groups", "1");
        Report report = lab.runCall(bundle, lab.nextId())
                .through("setpriv", "--groups=4711,4712")
                .now()
                .succeeded()
                .report();

        assertEquals(List.of("4711", "4712"), report.texts("/groups"));
    }

    @Test
    void umask(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().withObject("/user").put("umask", 0077);

        assertEquals(0077, lab.report(bundle).number("/umask"));
    }

    @Test
    void umaskIs022UnlessTold(Lab lab) {
        Bundle bundle = lab.bundle().write();
        Report report = lab.runCall(bundle, lab.nextId())
                .through("sh", "-c", "umask 027; exec \"$0\" \"$@\"")
                .now()
                .succeeded()
                .report();

        assertEquals(0022, report.number("/umask"));
    }

    @Test
    void theFiveCapabilitySets(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process()
                .set(
                        "capabilities",
                        Json.quoted("{'bounding':['CAP_KILL','CAP_CHOWN','CAP_NET_RAW','CAP_SYS_TIME'],"
                                + "'permitted':['CAP_KILL','CAP_CHOWN','CAP_NET_RAW'],'effective':['CAP_KILL','CAP_CHOWN'],"
                                + "'inheritable':['CAP_KILL'],'ambient':['CAP_KILL']}"));
        Report report = lab.report(user(bundle, 1000, 1000));

        assertEquals(List.of("CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW", "CAP_SYS_TIME"), report.capabilities("CapBnd"));
        assertEquals(List.of("CAP_KILL"), report.capabilities("CapInh"));
        assertEquals(List.of("CAP_KILL"), report.capabilities("CapAmb"));
        // what execve(2) makes of them for a program without file capabilities, of a user that isn't root
        assertEquals(List.of("CAP_KILL"), report.capabilities("CapPrm"));
        assertEquals(List.of("CAP_KILL"), report.capabilities("CapEff"));
    }

    @Test
    void onlyWhatIsInheritableAndPermittedCanBeAmbient(Lab lab) {
        Bundle bundle = user(lab.bundle(), 1000, 1000);
        bundle.process()
                .set(
                        "capabilities",
                        Json.quoted(
                                "{'bounding':['CAP_KILL','CAP_CHOWN'],'permitted':['CAP_KILL','CAP_CHOWN'],"
                                        + "'effective':['CAP_KILL'],'inheritable':['CAP_CHOWN'],'ambient':['CAP_KILL','CAP_CHOWN']}"));

        assertEquals(List.of("CAP_CHOWN"), lab.report(bundle).capabilities("CapAmb"));
    }

    @Test
    void rootHasWhatIsInTheBoundingSet(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process()
                .set(
                        "capabilities",
                        Json.quoted("{'bounding':['CAP_KILL'],'permitted':['CAP_KILL'],'effective':['CAP_KILL']}"));
        Report report = lab.report(bundle);

        assertEquals(List.of("CAP_KILL"), report.capabilities("CapBnd"));
        assertEquals(List.of("CAP_KILL"), report.capabilities("CapEff"));
        assertEquals(List.of(), report.capabilities("CapInh"));
        assertEquals(List.of(), report.capabilities("CapAmb"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"bounding\":[]}"})
    void noCapabilities(String sets, Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().set("capabilities", Json.parse(sets));
        Report report = lab.report(bundle);

        for (String set : List.of("CapBnd", "CapPrm", "CapEff", "CapInh", "CapAmb")) {
            assertEquals(List.of(), report.capabilities(set), set);
        }
    }

    @Test
    void anUnknownCapabilityIsAWarning(Lab lab) {
        Bundle bundle = lab.bundle().capabilities("CAP_KILL", "CAP_TO_FLY");
        Result result = lab.run(bundle).succeeded();

        assertEquals(List.of("CAP_KILL"), result.report().capabilities("CapBnd"));
        assertTrue(
                result.log().stream().anyMatch(line -> line.contains("warning") && line.contains("CAP_TO_FLY")),
                result::toString);
    }

    @Test
    void aCapabilityThatTheCallerHasNotIsAnError(Lab lab) {
        Bundle bundle = lab.bundle().capabilities("CAP_SYS_TIME").write();
        Result result = lab.fails(
                lab.runCall(bundle, lab.nextId())
                        .through("setpriv", "--bounding-set", "-sys_time", "--inh-caps", "-sys_time"),
                "operation not permitted");

        result.oursSays("/process/capabilities", "EPERM");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noNewPrivileges(boolean wanted, Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().put("noNewPrivileges", wanted);

        assertEquals(wanted, lab.report(bundle).flag("/noNewPrivs"));
    }

    @Test
    void noNewPrivilegesForAUser(Lab lab) {
        Bundle bundle = user(lab.bundle(), 1000, 1000).capabilities("CAP_KILL");
        bundle.process().put("noNewPrivileges", true);
        Report report = lab.report(bundle);

        assertTrue(report.flag("/noNewPrivs"));
        assertEquals(List.of("CAP_KILL"), report.capabilities("CapEff"));
    }

    @Test
    void rlimits(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process()
                .set(
                        "rlimits",
                        Json.quoted(
                                "[{'type':'RLIMIT_NOFILE','soft':100,'hard':200},{'type':'RLIMIT_CORE','soft':0,'hard':0},"
                                        + "{'type':'RLIMIT_FSIZE','soft':1000000,'hard':18446744073709551615},"
                                        + "{'type':'RLIMIT_STACK','soft':8388608,'hard':16777216},{'type':'RLIMIT_NPROC','soft':50,'hard':60}]"));
        Report report = lab.report(bundle);

        assertEquals(List.of("100", "200"), report.texts("/rlimits/RLIMIT_NOFILE"));
        assertEquals(List.of("0", "0"), report.texts("/rlimits/RLIMIT_CORE"));
        assertEquals(List.of("1000000", "-1"), report.texts("/rlimits/RLIMIT_FSIZE"));
        assertEquals(List.of("8388608", "16777216"), report.texts("/rlimits/RLIMIT_STACK"));
        assertEquals(List.of("50", "60"), report.texts("/rlimits/RLIMIT_NPROC"));
    }

    @Test
    void rlimitsThatAreNotGivenAreTheCallers(Lab lab) {
        Bundle bundle = lab.bundle().write();
        Report report = lab.runCall(bundle, lab.nextId())
                .through("sh", "-c", "ulimit -c 0; ulimit -S -s 4096; exec \"$0\" \"$@\"")
                .now()
                .succeeded()
                .report();

        assertEquals("4194304", report.texts("/rlimits/RLIMIT_STACK").getFirst());
        assertEquals(List.of("1024", "1024"), report.texts("/rlimits/RLIMIT_NOFILE"));
    }

    @Test
    void aFileSizeLimitDoesNotHitTheRuntime(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().set("rlimits", Json.quoted("[{'type':'RLIMIT_FSIZE','soft':0,'hard':0}]"));
        bundle.payload("exit", "5");

        lab.run(bundle).exited(5);
    }

    @Test
    void anUnknownRlimit(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().set("rlimits", Json.quoted("[{'type':'RLIMIT_PATIENCE','soft':1,'hard':1}]"));

        lab.failsToCreate(bundle, "RLIMIT_PATIENCE").oursSays("/process/rlimits/0");
    }

    @Test
    @Peer(runc = WRONG, why = "config.md, rlimits: duplicated type is an error", failure = "exit status")
    void aRlimitTwice(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process()
                .set(
                        "rlimits",
                        Json.quoted(
                                "[{'type':'RLIMIT_NOFILE','soft':100,'hard':200},{'type':'RLIMIT_NOFILE','soft':99,'hard':200}]"));

        lab.failsToCreate(bundle, "RLIMIT_NOFILE").oursSays("/process/rlimits/1");
    }

    @Test
    void aSoftLimitAboveTheHardOne(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().set("rlimits", Json.quoted("[{'type':'RLIMIT_NOFILE','soft':300,'hard':200}]"));

        lab.failsToCreate(bundle, "invalid argument").oursSays("/process/rlimits/0", "RLIMIT_NOFILE");
    }

    @Test
    void anRlimitThatMayNotBeRaised(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().set("rlimits", Json.quoted("[{'type':'RLIMIT_NOFILE','soft':3000,'hard':3000}]"));
        bundle.write();
        Result result = lab.fails(
                lab.runCall(bundle, lab.nextId())
                        .through("setpriv", "--bounding-set", "-sys_resource", "prlimit", "--nofile=2000:2000"),
                "operation not permitted");

        result.oursSays("/process/rlimits/0", "RLIMIT_NOFILE", "EPERM");
    }

    @Test
    void oomScoreAdj(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().put("oomScoreAdj", 500);

        assertEquals("500", lab.report(bundle).text("/oomScoreAdj").strip());
    }

    @Test
    void withoutOomScoreAdjTheCallersStays(Lab lab) {
        Bundle bundle = lab.bundle().write();
        Report report = lab.runCall(bundle, lab.nextId())
                .through("choom", "-n", "321", "--")
                .now()
                .succeeded()
                .report();

        assertEquals("321", report.text("/oomScoreAdj").strip());
    }

    @Test
    void theSessionKeyringIsTheContainersOwn(Lab lab) {
        Container container = lab.create(lab.bundle()).start();

        assertTrue(
                container.report().text("/keyring").endsWith(";_ses." + container.id()),
                container.report().text("/keyring"));
    }

    @Test
    void noNewKeyring(Lab lab) {
        Report report = lab.run(lab.bundle(), "--no-new-keyring").succeeded().report();

        assertFalse(report.text("/keyring").contains(lab.name()), () -> report.text("/keyring"));
    }

    @Test
    void preserveFds(Lab lab) throws Exception {
        var file = Files.writeString(lab.newFile("passed"), "passed on");
        Bundle bundle =
                lab.bundle().payload("report", ",", "cat", "/proc/self/fd/3").write();
        Result result = lab.runCall(bundle, lab.nextId(), "--preserve-fds", "1")
                .through("sh", "-c", "exec 3<" + file + " 4<" + file + " 5<" + file + "; exec \"$0\" \"$@\"")
                .now()
                .succeeded();

        assertEquals(List.of("0", "1", "2", "3"), result.report().names("/fds"));
        assertTrue(result.stdout().endsWith("passed on"), result::toString);
    }

    @Test
    void socketActivation(Lab lab) throws Exception {
        var file = Files.writeString(lab.newFile("passed"), "passed on");
        Bundle bundle = lab.bundle().write();
        Report report = lab.runCall(bundle, lab.nextId())
                .through("sh", "-c", "exec 3<" + file + " 4<" + file + "; LISTEN_PID=$$ exec \"$0\" \"$@\"")
                .with("LISTEN_FDS", "1")
                .now()
                .succeeded()
                .report();

        assertEquals(List.of("0", "1", "2", "3"), report.names("/fds"));
        assertEquals("1", report.environment().get("LISTEN_FDS"));
        assertEquals("1", report.environment().get("LISTEN_PID"));
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "runc 1.1 doesn't pass LISTEN_FDNAMES on", failure = "expected: <a-name>")
    void socketActivationWithNames(Lab lab) {
        Bundle bundle = lab.bundle().write();
        Report report = lab.runCall(bundle, lab.nextId())
                .through("sh", "-c", "exec 3<\"$0\"; LISTEN_PID=$$ exec \"$@\"", lab.payload())
                .with("LISTEN_FDS", "1")
                .with("LISTEN_FDNAMES", "a-name")
                .now()
                .succeeded()
                .report();

        assertEquals("a-name", report.environment().get("LISTEN_FDNAMES"));
    }

    @Test
    void theUserMayOpenItsOutputsAgain(Lab lab) {
        Bundle bundle = user(lab.bundle(), 1000, 1000).capabilities();
        bundle.payload("terminal-write", "/dev/stdout", "again\n", ",", "terminal-write", "/dev/stderr", "and again\n")
                .write();
        Result result = lab.runCall(bundle, lab.nextId())
                .through("sh", "-c", "\"$0\" \"$@\" 2>&1 | cat")
                .now()
                .succeeded();

        result.printed("terminal-write /dev/stdout: OK")
                .printed("terminal-write /dev/stderr: OK")
                .printed("again")
                .printed("and again");
    }

    private static Result withStandardInput(Path file, Lab lab) {
        Bundle bundle = user(lab.bundle(), 1000, 1000).capabilities().payload("exit", "0");
        return lab.runCall(bundle.write(), lab.nextId())
                .through(
                        "sh",
                        "-c",
                        "input=$0; if [ -p \"$input\" ]; then exec \"$@\" <>\"$input\"; else exec \"$@\" <\"$input\"; fi",
                        file.toString())
                .now();
    }

    @Test
    void anInputThatCanNotBeGivenToTheUserStaysAnothers(Lab lab) throws Exception {
        Path folder = lab.newFolder("readonly");
        Host.run("mkfifo", folder.resolve("input").toString());
        Host.run("mount", "--bind", "-o", "ro", folder.toString(), folder.toString());
        lab.atEnd(() -> Host.run("umount", folder.toString()));

        withStandardInput(folder.resolve("input"), lab).succeeded();
        assertEquals(0, Files.getAttribute(folder.resolve("input"), "unix:uid"));
    }

    /** It may be any of the caller's: what is given away are its outputs. */
    @ParameterizedTest
    @ValueSource(strings = {"file", "folder", "block device"})
    void aFileThatIsTheInputStaysItsOwners(String kind, Lab lab) throws Exception {
        Path input = kind.equals("folder") ? lab.newFolder("input") : lab.newFile("input");
        if (kind.equals("file")) {
            Files.writeString(input, "text");
        } else if (kind.equals("block device")) {
            Host.run("mknod", input.toString(), "b", "7", "0");
        }

        withStandardInput(input, lab).succeeded();
        assertEquals(0, Files.getAttribute(input, "unix:uid"));
    }

    @Test
    void theNullDeviceIsNotGivenToTheUser(Lab lab) throws Exception {
        Path device = lab.newFile("null");
        Host.run("mknod", device.toString(), "c", "1", "3");

        withStandardInput(device, lab).succeeded();
        assertEquals(0, Files.getAttribute(device, "unix:uid"));
    }

    @Test
    void theProgramsPidNamespaceReapsOrphans(Lab lab) {
        Result result = lab.run(lab.bundle().payload("orphan")).succeeded();

        result.printed("orphan: parent 1").printed("orphan: reaped it, status 42");
    }

    @Test
    void aRelativeCwd(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().put("cwd", "relative");

        lab.failsToCreate(bundle, "cwd", "absolute").oursSays("/process/cwd");
    }

    @Test
    void aCwdThatIsAFile(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.file("/file", "text");
        bundle.process().put("cwd", "/file");

        lab.failsToCreate(bundle, "/file", "not a directory").oursSays("/process/cwd", "ENOTDIR");
    }

    @Test
    void emptyArgs(Lab lab) {
        lab.failsToCreate(lab.bundle().args(), "args").oursSays("/process/args");
    }

    @Test
    void noProcessAtAll(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().remove("process");

        lab.failsToCreate(bundle, "process").oursSays("/process");
    }
}
