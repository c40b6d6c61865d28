// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.JruncException;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.Bytes;
import dev.jrunc.spec.Spec;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/** What the options of exec say otherwise, and what a process.json leaves out. */
class ChangedProcessTest {

    private static final String OWN = """
            {"args": ["sh"], "cwd": "/own", "env": ["A=b"], "user": {"uid": 7, "umask": 63}, "oomScoreAdj": 5,
             "capabilities": {"bounding": ["CAP_KILL"]}, "apparmorProfile": "ours", "selinuxLabel": "our_t",
             "noNewPrivileges": true, "rlimits": [{"type": "RLIMIT_CORE", "soft": 1, "hard": 2}]}
            """;

    private static final Spec.ConsoleSize SIZE = new Spec.ConsoleSize(24, 80);

    private static Spec.Process process(String json) {
        return ConfigReader.readProcess(Bytes.utf8(json));
    }

    @Test
    void whatConfinesItIsTheContainers() {
        Spec.Process process = ChangedProcess.completed(process("{\"args\": [\"ls\"], \"cwd\": \"/\"}"), process(OWN));

        assertEquals("ours", process.apparmorProfile());
        assertEquals("our_t", process.selinuxLabel());
        assertEquals(5, process.oomScoreAdj());
        assertNotNull(process.capabilities());
        assertEquals(List.of("CAP_KILL"), process.capabilities().bounding());
    }

    @Test
    void allElseIsItsOwn() {
        String json = "{\"args\": [\"ls\"], \"cwd\": \"/\"}";

        Spec.Process process = ChangedProcess.completed(process(json), process(OWN));
        assertEquals(process(json).user(), process.user());
        assertEquals(List.of(), process.env());
        assertEquals(List.of(), process.rlimits());
        assertEquals("/", process.cwd());
        assertEquals(false, process.noNewPrivileges());
    }

    @Test
    void whatItSaysCounts() {
        Spec.Process process = ChangedProcess.completed(process("""
                {"args": ["ls"], "cwd": "/", "oomScoreAdj": 0, "capabilities": {}, "apparmorProfile": "unconfined",
                 "selinuxLabel": "other_t"}
                """), process(OWN));

        assertEquals("unconfined", process.apparmorProfile());
        assertEquals("other_t", process.selinuxLabel());
        assertEquals(0, process.oomScoreAdj());
        assertNotNull(process.capabilities());
        assertEquals(List.of(), process.capabilities().bounding());
    }

    @Test
    void aContainerMayHaveNoProcess() {
        assertNull(ChangedProcess.completed(process("{\"args\": [\"ls\"], \"cwd\": \"/\"}"), null)
                .apparmorProfile());
    }

    private static String refusal(String own, List<String> args, List<String> env, String cwd, long uid) {
        ExecOptions.Change change =
                ExecOptions.of(args, env, cwd, uid, uid, SIZE).change();
        return assertThrows(JruncException.class, () -> ChangedProcess.of(process(own), change))
                .getMessage();
    }

    @Test
    void whatAnOptionSaysWrongIsTheOptions() {
        String cwd = "--cwd: expected an absolute path, found \"tmp\"";
        assertEquals(cwd, refusal(OWN, List.of("ls"), List.of(), "tmp", 0));
        assertEquals("--env: expected NAME=value, found \"C\"", refusal(OWN, List.of("ls"), List.of("C"), "/", 0));
        assertEquals("--env: expected NAME=value, found \"C\\n\"", refusal(OWN, List.of("ls"), List.of("C\n"), "/", 0));
        String user = "--user: expected a number from 0 to 4294967294, found 4294967295";
        assertEquals(user, refusal(OWN, List.of("ls"), List.of(), "/", 0xffff_ffffL));
        assertTrue(refusal(OWN, List.of(""), List.of(), "/", 0).startsWith("COMMAND: exec: \"\": "));
        String own = "{\"args\": [\"sh\"], \"cwd\": \"/\", \"oomScoreAdj\": 1001}";
        assertEquals(
                "config.json: /process/oomScoreAdj: expected -1000 to 1000, found 1001",
                refusal(own, List.of("ls"), List.of(), "/", 0));
    }

    /** With - for none. */
    private static String options(ExecOptions.Change change, String... pointers) {
        StringJoiner options = new StringJoiner(" ");
        for (String pointer : pointers) {
            String option = ChangedProcess.option(pointer, change);
            options.add(option == null ? "-" : option);
        }
        return options.toString();
    }

    @Test
    void whichOptionGaveIt() {
        List<String> words = List.of("ls");
        List<String> env = List.of("A=b");
        List<String> caps = List.of("CAP_KILL");
        ExecOptions.Change all = new ExecOptions.Change(
                words, true, SIZE, "/", env, 1L, 1L, List.of(5L), caps, true, "strict", "other_t");
        ExecOptions.Change groups = new ExecOptions.Change(
                words, false, SIZE, null, List.of(), null, null, List.of(5L), List.of(), null, null, null);
        ExecOptions.Change none = new ExecOptions.Change(
                words, false, SIZE, null, List.of(), null, null, List.of(), List.of(), null, null, null);
        String[] others = {
            "/process/cwd",
            "/process/env/3",
            "/process/capabilities",
            "/process/noNewPrivileges",
            "/process/apparmorProfile",
            "/process/selinuxLabel",
            "/process/terminal"
        };
        String[] users = {"/process/user", "/process/user/uid", "/process/user/additionalGids/1", "/process/user/umask"
        };

        assertEquals("--cwd --env --cap --no-new-privs --apparmor --process-label --tty", options(all, others));
        assertEquals("- - - - - - -", options(none, others));
        assertEquals("--user --user --additional-gids -", options(all, users));
        assertEquals("--additional-gids - --additional-gids -", options(groups, users));
        assertEquals("- - - -", options(none, users));
        assertEquals("COMMAND COMMAND -", options(none, "/process/args/0", "/process/args", "/process/rlimits/0"));
        assertEquals("- - - -", options(all, "/args/0", "/cwd", "session of its own", "/linux/seccomp"));
    }
}
