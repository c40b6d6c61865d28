// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.Bytes;
import dev.jrunc.spec.Spec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a process.json leaves out. */
class ChangedProcessTest {

    private static final String OWN = """
            {"args": ["sh"], "cwd": "/own", "env": ["A=b"], "user": {"uid": 7, "umask": 63}, "oomScoreAdj": 5,
             "capabilities": {"bounding": ["CAP_KILL"]}, "apparmorProfile": "ours", "selinuxLabel": "our_t",
             "noNewPrivileges": true, "rlimits": [{"type": "RLIMIT_CORE", "soft": 1, "hard": 2}]}
            """;

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
}
