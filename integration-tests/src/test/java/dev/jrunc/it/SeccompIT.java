// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** linux.seccomp, by what system calls answer in the container. Numbers are those of x86-64: sched_yield has no arguments to mind. */
@IntegrationTest
@Peer(runc = PASS)
class SeccompIT {
    private static final String SCHED_YIELD = "24";
    private static final String GETPPID = "110";
    private static final String NEWER_THAN_ALL = "5000";

    /** A real profile of docker's. */
    private static final Path DOCKER = Path.of("../runtime/src/test/resources/plans/fixture-docker-limits/config.json");

    private static Bundle filtered(Bundle bundle, String seccomp) {
        bundle.linux().set("seccomp", Json.parse(seccomp.replace('\'', '"')));
        return bundle;
    }

    /** All is allowed but sched_yield, which has this action. */
    private static Bundle yieldHas(Lab lab, String action) {
        return filtered(
                lab.bundle(),
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['sched_yield']," + action + "}]}");
    }

    private static String outcome(Lab lab, Bundle bundle, String... words) {
        List<String> lines = lab.run(bundle.payload(words)).succeeded().lines();
        assertEquals(1, lines.size(), lines::toString);
        return lines.getFirst().replaceAll("^[a-z-]+ ", "");
    }

    @Test
    void aFilterIsInForceWithAndWithoutNoNewPrivileges(Lab lab) {
        for (boolean noNewPrivileges : List.of(true, false)) {
            Bundle bundle = yieldHas(lab, "'action':'SCMP_ACT_ERRNO'").capabilities("CAP_KILL", "CAP_CHOWN");
            bundle.process().put("noNewPrivileges", noNewPrivileges);
            Report report = lab.report(bundle);

            assertEquals("2", report.status("Seccomp"));
            assertEquals("1", report.status("Seccomp_filters"));
            assertEquals(noNewPrivileges ? "1" : "0", report.status("NoNewPrivs"));
            for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
                assertEquals(List.of("CAP_CHOWN", "CAP_KILL"), report.capabilities(set), set);
            }
        }
    }

    /** Installing it takes CAP_SYS_ADMIN where there is no no_new_privs. */
    @Test
    void theCreatedProcessHasNoMoreCapabilitiesThanItIsTo(Lab lab) throws IOException {
        Bundle bundle = yieldHas(lab, "'action':'SCMP_ACT_ERRNO'").capabilities("CAP_KILL");
        bundle.process().put("noNewPrivileges", false);
        Container container = lab.create(bundle);
        String status = Files.readString(Path.of("/proc/" + container.pid() + "/status"));

        for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
            assertTrue(status.contains(set + ":\t0000000000000020\n"), status);
        }
        assertTrue(status.contains("Seccomp:\t2\n"), status);
    }

    @Test
    void anotherUserHasItToo(Lab lab) {
        Bundle bundle = yieldHas(lab, "'action':'SCMP_ACT_ERRNO'").capabilities();
        bundle.process().put("noNewPrivileges", false);
        bundle.process().putObject("user").put("uid", 1000).put("gid", 1000);
        Report report = lab.report(bundle);

        assertEquals("2", report.status("Seccomp"));
        assertEquals(List.of(), report.capabilities("CapPrm"));
    }

    @Test
    void aSystemCallThatNobodyKnowsIsLeftOut(Lab lab) {
        Bundle bundle = filtered(
                lab.bundle(),
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['no_such_call','sched_yield'],"
                        + "'action':'SCMP_ACT_ERRNO'}]}");

        assertEquals(SCHED_YIELD + ": EPERM", outcome(lab, bundle, "try-syscall", SCHED_YIELD));
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "an annotation of crun's", failure = "exit status")
    void unlessTheAnnotationWantsItKnown(Lab lab) {
        Bundle bundle = filtered(
                lab.bundle(),
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['no_such_call'],'action':'SCMP_ACT_ERRNO'}]}");
        lab.report(bundle);
        bundle.config().putObject("annotations").put("run.oci.seccomp_fail_unknown_syscall", "1");

        lab.failsToCreate(bundle, "no_such_call")
                .oursSays(
                        "/linux/seccomp/syscalls/0/names: libseccomp ",
                        "doesn't know the system call \"no_such_call\", and run.oci.seccomp_fail_unknown_syscall is 1");
    }

    @Test
    void withoutItThereIsNoFilter(Lab lab) {
        assertEquals("0", lab.report(lab.bundle()).status("Seccomp"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'action':'SCMP_ACT_ERRNO'|EPERM",
                "'action':'SCMP_ACT_ERRNO','errnoRet':28|ENOSPC",
                "'action':'SCMP_ACT_ERRNO','errnoRet':0|OK",
                "'action':'SCMP_ACT_LOG'|OK",
                "'action':'SCMP_ACT_ALLOW'|OK",
                "'action':'SCMP_ACT_TRACE'|ENOSYS"
            })
    void anErrnoIsWhatTheCallFailsWith(String action, String expected, Lab lab) {
        assertEquals(SCHED_YIELD + ": " + expected, outcome(lab, yieldHas(lab, action), "try-syscall", SCHED_YIELD));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP"})
    void aProcessIsKilled(String action, Lab lab) {
        assertEquals(
                SCHED_YIELD + ": SIGSYS",
                outcome(lab, yieldHas(lab, "'action':'" + action + "'"), "syscall-ends-child", SCHED_YIELD));
    }

    @Test
    void aTrapTellsOfTheCall(Lab lab) {
        assertEquals(
                SCHED_YIELD + ": SYS_SECCOMP of " + SCHED_YIELD,
                outcome(lab, yieldHas(lab, "'action':'SCMP_ACT_TRAP'"), "trap-syscall", SCHED_YIELD));
    }

    @ParameterizedTest
    @CsvSource({
        "NE,5,4,5",
        "LT,5,4,5",
        "LE,5,5,6",
        "EQ,5,5,4",
        "GE,5,5,4",
        "GT,5,6,5",
        "EQ,18446744073709551615,18446744073709551615,4294967295"
    })
    void argumentsAreCompared(String operator, String value, String fits, String other, Lab lab) {
        String action =
                "'action':'SCMP_ACT_ERRNO','args':[{'index':1,'value':" + value + ",'op':'SCMP_CMP_" + operator + "'}]";

        assertEquals(
                SCHED_YIELD + ": EPERM", outcome(lab, yieldHas(lab, action), "try-syscall", SCHED_YIELD, "0", fits));
        assertEquals(SCHED_YIELD + ": OK", outcome(lab, yieldHas(lab, action), "try-syscall", SCHED_YIELD, "0", other));
    }

    @Test
    void aMaskedArgumentHasMaskAndValue(Lab lab) {
        String action =
                "'action':'SCMP_ACT_ERRNO','args':[{'index':0,'value':15,'valueTwo':3,'op':'SCMP_CMP_MASKED_EQ'}]";

        assertEquals(SCHED_YIELD + ": EPERM", outcome(lab, yieldHas(lab, action), "try-syscall", SCHED_YIELD, "0xf3"));
        assertEquals(SCHED_YIELD + ": OK", outcome(lab, yieldHas(lab, action), "try-syscall", SCHED_YIELD, "0xf7"));
    }

    @Test
    void allArgumentsHaveToFitUnlessTheyAreTheSame(Lab lab) {
        String both = "'action':'SCMP_ACT_ERRNO','args':[{'index':0,'value':1,'op':'SCMP_CMP_EQ'},"
                + "{'index':1,'value':2,'op':'SCMP_CMP_EQ'}]";
        String any = "'action':'SCMP_ACT_ERRNO','args':[{'index':0,'value':1,'op':'SCMP_CMP_EQ'},"
                + "{'index':0,'value':2,'op':'SCMP_CMP_EQ'}]";

        assertEquals(SCHED_YIELD + ": EPERM", outcome(lab, yieldHas(lab, both), "try-syscall", SCHED_YIELD, "1", "2"));
        assertEquals(SCHED_YIELD + ": OK", outcome(lab, yieldHas(lab, both), "try-syscall", SCHED_YIELD, "1", "3"));
        assertEquals(SCHED_YIELD + ": EPERM", outcome(lab, yieldHas(lab, any), "try-syscall", SCHED_YIELD, "2", "9"));
        assertEquals(SCHED_YIELD + ": OK", outcome(lab, yieldHas(lab, any), "try-syscall", SCHED_YIELD, "3", "9"));
    }

    @Test
    void severalRulesForOneCallAllCount(Lab lab) {
        String seccomp = "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':["
                + "{'names':['sched_yield'],'action':'SCMP_ACT_ERRNO','errnoRet':5,"
                + "'args':[{'index':0,'value':1,'op':'SCMP_CMP_EQ'}]},"
                + "{'names':['no_such_call','sched_yield'],'action':'SCMP_ACT_ERRNO','errnoRet':6,"
                + "'args':[{'index':0,'value':2,'op':'SCMP_CMP_EQ'}]}]}";
        Bundle bundle = filtered(lab.bundle(), seccomp)
                .payload(
                        "try-syscall",
                        SCHED_YIELD,
                        "1",
                        ",",
                        "try-syscall",
                        SCHED_YIELD,
                        "2",
                        ",",
                        "try-syscall",
                        SCHED_YIELD,
                        "3");

        assertEquals(
                List.of("try-syscall 24: EIO", "try-syscall 24: ENXIO", "try-syscall 24: OK"),
                lab.run(bundle).succeeded().lines());
    }

    @Test
    void aRealProfile(Lab lab) throws IOException {
        Bundle bundle = lab.bundle().capabilities("CAP_KILL");
        bundle.linux().set("seccomp", Json.parse(Files.readString(DOCKER)).at("/linux/seccomp"));
        bundle.payload(
                "try-unshare",
                "user",
                ",",
                "try-syscall",
                "169",
                ",",
                "try-syscall",
                NEWER_THAN_ALL,
                ",",
                "try-syscall",
                "435",
                ",",
                "try-syscall",
                "135",
                "0xffffffff",
                ",",
                "try-syscall",
                "135",
                "1");

        assertEquals(
                List.of(
                        "try-unshare user: EPERM",
                        "try-syscall 169: EPERM",
                        "try-syscall 5000: ENOSYS",
                        "try-syscall 435: ENOSYS",
                        "try-syscall 135: OK",
                        "try-syscall 135: EPERM"),
                lab.run(bundle).succeeded().lines());
    }

    @ParameterizedTest
    @Peer(
            runc = UNSUPPORTED,
            why = "config-linux.md, Seccomp: flags, which newer versions of runc have",
            failure = "seccomp flags are not yet supported by runc")
    @ValueSource(strings = {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"})
    void flagsAreTaken(String flag, Lab lab) {
        Bundle bundle = yieldHas(lab, "'action':'SCMP_ACT_ERRNO'");
        bundle.linux().withObject("/seccomp").set("flags", Json.of(List.of(flag)));

        assertEquals(SCHED_YIELD + ": EPERM", outcome(lab, bundle, "try-syscall", SCHED_YIELD));
    }

    private static Bundle notifying(Lab lab, Path socket) {
        Bundle bundle = filtered(
                lab.bundle(),
                "{'defaultAction':'SCMP_ACT_ALLOW','listenerMetadata':'the metadata','syscalls':["
                        + "{'names':['getppid'],'action':'SCMP_ACT_NOTIFY'}]}");
        bundle.linux().withObject("/seccomp").put("listenerPath", socket.toString());
        return bundle;
    }

    @Test
    void aListenerGetsTheStateAndAnswers(Lab lab) {
        Path socket = lab.newFile("seccomp");
        Running agent = lab.host(lab.payload(), "seccomp-receive", socket.toString(), "28")
                .start()
                .awaitOutput("listening");
        Bundle bundle = notifying(lab, socket).payload("try-syscall", GETPPID, "77");
        bundle.config().putObject("annotations").put("a", "b");
        Container container = lab.create(bundle);
        long pid = container.pid();
        container.start();
        Result heard = agent.await().succeeded().printed("notified of " + GETPPID + " with 77");

        container.awaitOutput("try-syscall 110: ENOSPC");
        JsonNode state = Json.parse(heard.lines().stream()
                .filter(line -> line.startsWith("received "))
                .findFirst()
                .orElseThrow()
                .substring("received ".length()));
        assertEquals("[\"seccompFd\"]", state.at("/fds").toString());
        assertEquals(pid, state.at("/pid").asLong());
        assertEquals("the metadata", state.at("/metadata").asString());
        assertEquals(container.id(), state.at("/state/id").asString());
        assertEquals("creating", state.at("/state/status").asString());
        assertEquals(pid, state.at("/state/pid").asLong());
        assertEquals(bundle.folder().toString(), state.at("/state/bundle").asString());
        assertEquals("b", state.at("/state/annotations/a").asString());
    }

    @Test
    void aListenerThatIsNotThere(Lab lab) {
        Path socket = lab.newFile("seccomp");

        lab.failsToCreate(notifying(lab, socket), "no such file or directory")
                .oursSays("/linux/seccomp/listenerPath: connect to the seccomp listener " + socket + ": ENOENT");
    }

    @Test
    void notificationsNeedAListener(Lab lab) {
        lab.failsToCreate(yieldHas(lab, "'action':'SCMP_ACT_NOTIFY'"), "listenerPath is not set")
                .oursSays("/linux/seccomp/listenerPath");
    }

    @Test
    void whatTheListenerCanNotAnswerIsRefused(Lab lab) {
        Path socket = lab.newFile("seccomp");
        Bundle write = notifying(lab, socket);
        ((ObjectNode) write.linux().at("/seccomp/syscalls/0")).set("names", Json.of(List.of("write")));
        Bundle byDefault = notifying(lab, socket);
        byDefault.linux().withObject("/seccomp").put("defaultAction", "SCMP_ACT_NOTIFY");

        lab.failsToCreate(write, "SCMP_ACT_NOTIFY cannot be used for the write syscall")
                .oursSays("/linux/seccomp/syscalls/0/names/0");
        lab.failsToCreate(byDefault, "SCMP_ACT_NOTIFY cannot be used as default action")
                .oursSays("/linux/seccomp/defaultAction");
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config-linux.md, Seccomp: an errno for an action that has none must be an error; runc ignores it",
            failure = "exit status")
    void anErrnoForAnActionWithoutOne(Lab lab) {
        lab.failsToCreate(yieldHas(lab, "'action':'SCMP_ACT_KILL','errnoRet':1"))
                .oursSays("/linux/seccomp/syscalls/0/errnoRet: SCMP_ACT_KILL has no errno");
    }

    @Test
    void wordsThatAreNotTheSpecifications(Lab lab) {
        lab.failsToCreate(yieldHas(lab, "'action':'SCMP_ACT_ERNO'"), "SCMP_ACT_ERNO")
                .oursSays("/linux/seccomp/syscalls/0/action", "did you mean \"SCMP_ACT_ERRNO\"?");
    }

    @JruncOnly("runc creates a container that can never start, or dies in it")
    @ParameterizedTest
    @ValueSource(strings = {"read", "write", "execve"})
    void aFilterThatForbidsTheStart(String name, Lab lab) {
        Bundle bundle = filtered(
                lab.bundle(),
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['" + name
                        + "'],'action':'SCMP_ACT_KILL_PROCESS'}]}");

        lab.failsToCreate(bundle)
                .oursSays("config.json: /linux/seccomp: the filter forbids " + name + ": no program could be started");
    }

    @JruncOnly("runc is linked with libseccomp")
    @Test
    void withoutTheLibraryItIsSaid(Lab lab) {
        Bundle bundle = yieldHas(lab, "'action':'SCMP_ACT_ERRNO','errnoRet':101");
        String hide =
                "for library in /usr/lib/*/libseccomp.so.2.*; do mount --bind /dev/null $library; done; exec \"$@\"";

        lab.fails(
                        lab.createCall(bundle, lab.nextId())
                                .globally("--engine", "cold")
                                .through("unshare", "-m", "sh", "-c", hide, "sh"),
                        "libseccomp.so.2 is needed to compile the filter, and isn't installed")
                .oursSays("config.json: /linux/seccomp: libseccomp.so.2 is needed to compile the filter, and isn't"
                        + " installed: install the package libseccomp2 (Debian, Ubuntu) or libseccomp");
    }

    @JruncOnly("runc compiles the filter each time")
    @Test
    void aFilterIsKeptAndADamagedOneIsNotUsed(Lab lab) throws IOException {
        Path run = lab.newFolder("run");
        Path kept = run.resolve("jrunc-seccomp");
        Bundle bundle = yieldHas(lab, "'action':'SCMP_ACT_ERRNO','errnoRet':" + (2000 + System.nanoTime() % 2000));
        bundle.payload("try-syscall", SCHED_YIELD);
        Result first = lab.runCall(bundle, lab.nextId()).withRun(run).now().succeeded();
        String[] made = kept.toFile().list();
        assertEquals(1, made.length, () -> List.of(made).toString());
        Path file = kept.resolve(made[0]);
        byte[] content = Files.readAllBytes(file);

        // The library isn't needed any more.
        String hide =
                "for library in /usr/lib/*/libseccomp.so.2.*; do mount --bind /dev/null $library; done; exec \"$@\"";
        Result second = lab.runCall(bundle, lab.nextId())
                .globally("--engine", "cold")
                .withRun(run)
                .through("sh", "-c", hide, "sh")
                .now()
                .succeeded();
        assertEquals(first.stdout(), second.stdout());

        byte[] damaged = content.clone();
        damaged[damaged.length - 2] ^= 0x55;
        Files.write(file, damaged);
        Result third = lab.runCall(bundle, lab.nextId()).withRun(run).now().succeeded();
        assertEquals(first.stdout(), third.stdout());
        assertTrue(
                third.log()
                        .getFirst()
                        .contains(
                                "kept seccomp filters: read /run/jrunc-seccomp/" + made[0] + ": its digest is another"),
                third::toString);
        assertEquals(Arrays.toString(content), Arrays.toString(Files.readAllBytes(file)), "made anew");
    }
}
