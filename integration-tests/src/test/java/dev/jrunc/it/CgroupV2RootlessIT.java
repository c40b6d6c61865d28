// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.LocalUser;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An ordinary user on a host that has version 2 alone: cgroups(7), "Cgroups delegation". */
@IntegrationTest
@Peer(runc = PASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CgroupV2RootlessIT {
    private final LocalUser user;

    CgroupV2RootlessIT() throws Exception {
        Machine.needsCgroupV2("pids");
        user = LocalUser.make(true);
    }

    @AfterAll
    void removeUser() {
        user.close();
    }

    /** Where the caller is; what is beside it is the user's, with these files. */
    private Path given(Lab lab, String... files) throws Exception {
        Path above = Cgroups.unified("/" + lab.name());
        Path callers = above.resolve("callers");
        Files.createDirectories(callers);
        lab.atEnd(() -> Cgroups.remove(List.of(callers, above)));
        Files.writeString(Cgroups.unified("/").resolve("cgroup.subtree_control"), "+pids +memory");
        List<String> words = new ArrayList<>(List.of("chown", Long.toString(user.uid()), above.toString()));
        for (String file : files) {
            words.add(above.resolve(file).toString());
        }
        Host.run(words.toArray(String[]::new));
        return callers;
    }

    private Call create(Lab lab, Bundle bundle, Path callers, String id) {
        bundle.write();
        lab.atEnd(() -> call(lab, "delete", "--force", id).now());
        return user.call(lab.plainCall("create", "--bundle", bundle.folder().toString(), id)
                .through("sh", "-c", "echo $$ >" + callers + "/cgroup.procs; exec \"$0\" \"$@\""));
    }

    private Call call(Lab lab, String... words) {
        return user.call(lab.plainCall(words));
    }

    private static Bundle limited(Bundle bundle) {
        bundle.linux().set("resources", Json.quoted("{'pids':{'limit':50}}"));
        return bundle;
    }

    @Test
    void aLimitInACgroupThatWasDelegated(Lab lab) throws Exception {
        Path callers = given(lab, "cgroup.procs", "cgroup.subtree_control");
        Bundle bundle = limited(RootlessIT.bundle(lab, user)).payload("sleep");
        String id = lab.nextId();
        create(lab, bundle, callers, id).now().succeeded();
        Path own = callers.resolveSibling(id);

        assertEquals("50", Cgroups.value(own, "pids.max"));
        assertEquals(1, Cgroups.value(own, "cgroup.procs").lines().count());
        call(lab, "delete", "--force", id).now().succeeded();
        assertFalse(Files.exists(own));
    }

    /** The user may make a cgroup there, but bring no process there from the one that it is in. */
    @Test
    @Peer(runc = WRONG, why = "it fails, though nothing asks for a cgroup", failure = "permission denied")
    void aCgroupThatCanBeMadeButNotJoined(Lab lab) throws Exception {
        Path callers = given(lab);
        Bundle bundle = RootlessIT.bundle(lab, user).payload("sleep");
        String id = lab.nextId();
        create(lab, bundle, callers, id).now().succeeded();

        assertFalse(Files.exists(callers.resolveSibling(id)), "it has no use");
        assertEquals(1, Cgroups.value(callers, "cgroup.procs").lines().count());
        call(lab, "start", id).now().succeeded();
        call(lab, "exec", id, "/payload", "exit", "9").now().exited(9);
        call(lab, "kill", "--all", id, "KILL").now().succeeded();
        call(lab, "delete", "--force", id).now().succeeded();
    }

    @Test
    void aLimitInACgroupThatCanNotBeJoined(Lab lab) throws Exception {
        Path callers = given(lab, "cgroup.subtree_control");
        Bundle bundle = limited(RootlessIT.bundle(lab, user)).payload("sleep");
        String id = lab.nextId();

        create(lab, bundle, callers, id)
                .now()
                .failedSaying("permission denied")
                .oursSays("/linux/resources/pids/limit");
        assertFalse(Files.exists(callers.resolveSibling(id)));
    }
}
