// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.LocalUser;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Namespaces;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An ordinary user, by hand: runc(8) "--rootless", runc-spec(8) "--rootless". */
@IntegrationTest
@Peer(runc = PASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RootlessIT {
    private final LocalUser user;

    RootlessIT() throws Exception {
        user = LocalUser.make(true);
    }

    @AfterAll
    void removeUser() {
        user.close();
    }

    private Bundle bundle(Lab lab) throws Exception {
        return bundle(lab, user);
    }

    /** A bundle of the user's, with what {@code spec --rootless} writes. */
    static Bundle bundle(Lab lab, LocalUser user) throws Exception {
        Bundle bundle = lab.bundle();
        Host.run("chown", "-R", user.uid() + ":" + user.gid(), bundle.folder().toString());
        user.call(lab.plainCall("spec", "--rootless")).in(bundle.folder()).now().succeeded();
        JsonNode spec = Json.parse(Files.readString(bundle.folder().resolve("config.json")));
        bundle.edit(config -> {
            config.removeAll();
            config.setAll((ObjectNode) spec);
        });
        bundle.process().put("terminal", false);
        return bundle.payload("report");
    }

    /** Ids of the container: 0 is the user, what follows are subordinate ones. */
    private void mapRanges(Bundle bundle) {
        map(bundle, "uidMappings", user.uid(), user.subordinateIds("subuid").getFirst());
        map(bundle, "gidMappings", user.gid(), user.subordinateIds("subgid").getFirst());
    }

    private static void map(Bundle bundle, String property, long own, long subordinate) {
        bundle.linux()
                .set(
                        property,
                        Json.quoted("[{'containerID':0,'hostID':" + own + ",'size':1},{'containerID':1,'hostID':"
                                + subordinate + ",'size':1000}]"));
    }

    private Call call(Lab lab, String... words) {
        return user.call(lab.plainCall(words));
    }

    private Call runCall(Lab lab, Bundle bundle, String... globals) {
        bundle.write();
        List<String> words = new ArrayList<>(List.of(globals));
        words.addAll(List.of("run", "--bundle", bundle.folder().toString(), lab.nextId()));
        return call(lab, words.toArray(String[]::new));
    }

    private static List<String> words(String line) {
        return List.of(line.strip().split("\\s+", -1));
    }

    @Test
    void withoutSubordinateIds(Lab lab) throws Exception {
        Report report = runCall(lab, bundle(lab)).now().succeeded().report();

        assertEquals(1, report.number("/pid"));
        assertEquals(List.of("0", Long.toString(user.uid()), "1"), words(report.text("/uidMap")));
        assertEquals(Namespaces.own("net"), report.namespace("net"), "spec --rootless leaves the host's network");
        assertEquals(List.of("0", "1", "2"), report.names("/fds"));
    }

    /** A group may be there to keep its members out: who may give it up could get in. */
    @Test
    void aGroupThatKeepsTheUserOutCannotBeLeft(Lab lab) throws Exception {
        Bundle bundle = bundle(lab).capabilities("CAP_SETGID").payload("report", ",", "try-syscall", "116", "0", "0");
        Result result = runCall(lab, bundle).now().succeeded();

        assertEquals("deny", result.report().text("/setgroups").strip());
        result.printed("try-syscall 116: EPERM");
    }

    /** CVE-2023-25809: where the container has no cgroup of its own, those that it sees are somebody else's. */
    @Test
    @Peer(runc = WRONG, why = "CVE-2023-25809: runc 1.1.4 and before, and Debian's", failure = "EROFS wanted")
    void aCgroupThatIsNotTheContainersCannotBeChanged(Lab lab) throws Exception {
        Machine.needsCgroupV1("pids");
        Path callers = Cgroups.folder("pids", "/" + lab.name());
        Files.createDirectory(callers);
        lab.atEnd(() -> Cgroups.remove(List.of(callers)));
        Bundle bundle = bundle(lab).unmount("/sys/fs/cgroup").mount("cgroup", "cgroup", "/sys/fs/cgroup", "rw");
        bundle.payload("try-mkdir", "/sys/fs/cgroup/pids/made").write();
        Call call = lab.plainCall("run", "--bundle", bundle.folder().toString(), lab.nextId())
                .through("sh", "-c", "echo $$ >" + callers + "/cgroup.procs; exec \"$0\" \"$@\"");
        Result result = user.call(call).now();

        assertTrue(
                result.stdout().contains("try-mkdir /sys/fs/cgroup/pids/made: EROFS"), () -> "EROFS wanted: " + result);
    }

    @Test
    void withSubordinateIds(Lab lab) throws Exception {
        Bundle bundle = bundle(lab);
        mapRanges(bundle);
        bundle.process().set("user", Json.quoted("{'uid':7,'gid':8}"));
        Report report = runCall(lab, bundle).now().succeeded().report();

        assertEquals(
                List.of(
                        "0",
                        Long.toString(user.uid()),
                        "1",
                        "1",
                        user.subordinateIds("subuid").getFirst().toString(),
                        "1000"),
                words(report.text("/uidMap")));
        assertEquals(List.of("7", "7", "7", "7"), words(report.status("Uid")));
        assertEquals(List.of("8", "8", "8", "8"), words(report.status("Gid")));
    }

    /** newuidmap(1) is needed for one id, too, when it isn't the caller's. Then standard output isn't the container's to own. */
    @Test
    @Peer(runc = WRONG, why = "runc gives up when it may not chown the standard fds", failure = "fchown fd")
    void aSubordinateIdAlone(Lab lab) throws Exception {
        Bundle bundle = bundle(lab);
        long subordinate = user.subordinateIds("subuid").getFirst();
        Host.run("chown", "-R", Long.toString(subordinate), bundle.rootfs().toString());
        bundle.linux().set("uidMappings", Json.quoted("[{'containerID':0,'hostID':" + subordinate + ",'size':1}]"));
        bundle.linux()
                .set(
                        "gidMappings",
                        Json.quoted("[{'containerID':0,'hostID':"
                                + user.subordinateIds("subgid").getFirst() + ",'size':1}]"));
        Report report = runCall(lab, bundle).now().succeeded().report();

        assertEquals(List.of("0", Long.toString(subordinate), "1"), words(report.text("/uidMap")));
    }

    @Test
    void aRangeThatIsNotTheUsers(Lab lab) throws Exception {
        Bundle bundle = bundle(lab);
        map(bundle, "uidMappings", user.uid(), 1);
        map(bundle, "gidMappings", user.gid(), 1);

        runCall(lab, bundle)
                .now()
                .failedSaying("newuidmap: uid range [1-1001) -> [1-1001) not allowed")
                .oursSays("/linux/uidMappings");
    }

    @Test
    void additionalGroupsWithoutSubordinateIds(Lab lab) throws Exception {
        Bundle bundle = bundle(lab);
        bundle.process().set("user", Json.quoted("{'uid':0,'gid':0,'additionalGids':[5]}"));

        runCall(lab, bundle)
                .now()
                .failedSaying("cannot set any additional groups in a rootless container")
                .oursSays("/process/user/additionalGids");
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "runc sets none for an ordinary user", failure = "any additional groups")
    void additionalGroupsOfARange(Lab lab) throws Exception {
        Bundle bundle = bundle(lab);
        mapRanges(bundle);
        bundle.process().set("user", Json.quoted("{'uid':0,'gid':0,'additionalGids':[5]}"));

        assertEquals("5", runCall(lab, bundle).now().succeeded().report().status("Groups"));
    }

    @Test
    void aWholeLife(Lab lab) throws Exception {
        Bundle bundle = bundle(lab).payload("signal-exit");
        bundle.write();
        String id = lab.nextId();
        lab.atEnd(() -> call(lab, "delete", "--force", id).now());
        Running created =
                call(lab, "create", "--bundle", bundle.folder().toString(), id).start();
        created.await().succeeded();

        assertEquals("created", status(lab, id));
        Path state =
                user.runtimeFolder().resolve(lab.runtime().path().getFileName()).resolve(id);
        assertTrue(Files.isDirectory(state), state::toString);
        call(lab, "start", id).now().succeeded();
        created.awaitOutput("ready");
        Report report =
                call(lab, "exec", id, "/payload", "report").now().succeeded().report();
        assertEquals(List.of("0", Long.toString(user.uid()), "1"), words(report.text("/uidMap")));
        call(lab, "exec", id, "/payload", "exit", "9").now().exited(9);
        call(lab, "kill", id, "TERM").now().succeeded();
        Await.until("the end", () -> status(lab, id).equals("stopped"), () -> status(lab, id));
        call(lab, "delete", id).now().succeeded();
        assertFalse(Files.exists(state), state::toString);
    }

    private String status(Lab lab, String id) {
        return call(lab, "state", id).now().succeeded().json().path("status").asString();
    }

    /** As clients call it: an empty environment, and --root. */
    @Test
    void anEmptyEnvironment(Lab lab) throws Exception {
        Bundle bundle = bundle(lab).payload("sleep");
        bundle.write();
        String id = lab.nextId();
        String root = user.runtimeFolder().resolve("elsewhere").toString();
        lab.atEnd(() -> bare(lab, "--root", root, "delete", "--force", id));
        call(lab, "--root", root, "run", "-d", "--bundle", bundle.folder().toString(), id)
                .now()
                .succeeded();
        bare(lab, "--root", root, "kill", id, "KILL").succeeded();
        Await.until(
                "the end",
                () -> bare(lab, "--root", root, "state", id).stdout().contains("stopped"),
                () -> bare(lab, "--root", root, "state", id));
        bare(lab, "--root", root, "delete", id).succeeded();
    }

    private Result bare(Lab lab, String... words) {
        return user.bareCall(lab.plainCall(words)).now();
    }

    @Test
    void aLimitThatTheUserHasNoRightTo(Lab lab) throws Exception {
        Machine.needsCgroupV1("memory");
        Bundle bundle = bundle(lab);
        bundle.linux().set("resources", Json.quoted("{'memory':{'limit':100000000}}"));

        runCall(lab, bundle)
                .now()
                .failedSaying("cannot set memory limit: container could not join or create cgroup")
                .oursSays("/linux/resources/memory/limit", "EACCES");
    }

    @Test
    void aCgroupThatTheUserHasNoRightTo(Lab lab) throws Exception {
        Bundle bundle = bundle(lab);
        bundle.linux().put("cgroupsPath", lab.cgroup("no"));

        runCall(lab, bundle).now().failedSaying("permission denied").oursSays("/linux/cgroupsPath", "EACCES");
    }

    @Test
    void whatIsSaidOfRootlessCounts(Lab lab) throws Exception {
        runCall(lab, bundle(lab), "--rootless=false").now().failedSaying("permission denied");
        runCall(lab, bundle(lab), "--rootless=true").now().succeeded();
        runCall(lab, bundle(lab), "--rootless=auto").now().succeeded();
    }

    /** Of a cgroup that was handed to the user. */
    @Test
    void aLimitInACgroupOfTheUsersOwn(Lab lab) throws Exception {
        Machine.needsCgroupV1("pids");
        Path own = Cgroups.folder("pids", lab.cgroup("own"));
        Files.createDirectories(own);
        Host.run("chown", "-R", user.uid() + ":" + user.gid(), own.toString());
        lab.atEnd(() -> Cgroups.remove(List.of(own, Cgroups.folder("pids", "/" + lab.name()))));
        Bundle bundle = bundle(lab);
        bundle.linux().set("resources", Json.quoted("{'pids':{'limit':50}}"));
        bundle.payload("cat", "/sys/fs/cgroup/pids/pids.max", ",", "report");
        bundle.write();
        Call call = user.call(lab.plainCall("run", "--bundle", bundle.folder().toString(), lab.nextId())
                .through("sh", "-c", "echo $$ >" + own + "/cgroup.procs; exec \"$0\" \"$@\""));
        Result result = call.now().succeeded();

        assertTrue(result.stdout().contains("50\n"), result::toString);
        assertEquals(List.of(), List.of(own.toFile().list((folder, name) -> name.startsWith(lab.name()))));
    }

    /** user_namespaces(7): the caller is root there, and may map what it is. */
    @Test
    void asRootOfAUserNamespace(Lab lab) throws Exception {
        Bundle bundle = bundle(lab);
        bundle.linux().remove(List.of("uidMappings", "gidMappings"));
        bundle.linux()
                .set(
                        "namespaces",
                        Json.quoted(
                                "[{'type':'pid'},{'type':'ipc'},{'type':'uts'},{'type':'mount'},{'type':'network'}]"));
        Report report =
                throughUserNamespace(lab, bundle, "-U").now().succeeded().report();

        assertEquals(List.of("0", Long.toString(user.uid()), "1"), words(report.text("/uidMap")));
    }

    @Test
    void inAUserNamespaceBelowThatOne(Lab lab) throws Exception {
        Report report = throughUserNamespace(lab, mappingRoot(lab), "-Um")
                .now()
                .succeeded()
                .report();

        assertEquals(List.of("0", "0", "1"), words(report.text("/uidMap")), "as it is seen from the caller's");
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "runc wants to join its caller's mount namespace",
            failure = "failed to setns to host mntns")
    void inAUserNamespaceWhereMountsAreAnothers(Lab lab) throws Exception {
        throughUserNamespace(lab, mappingRoot(lab), "-U").now().succeeded().report();
    }

    private Bundle mappingRoot(Lab lab) throws Exception {
        Bundle bundle = bundle(lab);
        bundle.linux().set("uidMappings", Json.quoted("[{'containerID':0,'hostID':0,'size':1}]"));
        bundle.linux().set("gidMappings", Json.quoted("[{'containerID':0,'hostID':0,'size':1}]"));
        return bundle;
    }

    /** The first of the words in front of a call is the user change. */
    private Call throughUserNamespace(Lab lab, Bundle bundle, String namespaces) {
        return runCall(lab, bundle).through("unshare", namespaces, "--map-root-user");
    }

    /** Without a cgroup nothing tells a container's processes: but with the first of a pid namespace all end. */
    @Test
    @Peer(runc = WRONG, why = "runc ends none without a cgroup", failure = "no such file or directory")
    void killAllWithoutACgroup(Lab lab) throws Exception {
        Bundle bundle = bundle(lab).payload("sleep");
        bundle.write();
        String id = lab.nextId();
        lab.atEnd(() -> call(lab, "delete", "--force", id).now());
        call(lab, "run", "-d", "--bundle", bundle.folder().toString(), id).now().succeeded();
        call(lab, "kill", "--all", id, "TERM").now().failedSaying("cgroup");
        call(lab, "kill", "--all", id, "KILL").now().succeeded();
        Await.until("the end", () -> status(lab, id).equals("stopped"), () -> status(lab, id));
    }

    @Test
    @JruncOnly("the peers have no engine")
    void withAnEngineOfTheUsersOwn(Lab lab) throws Exception {
        Path socket = user.runtimeFolder().resolve("jrunc-engine/engine.sock");
        Running engine = call(lab, "engine", "serve").start();
        Report report;
        JsonNode status;
        try {
            Await.until("the engine", () -> Files.exists(socket), engine::stderr);
            report = runCall(lab, bundle(lab), "--engine", "warm")
                    .now()
                    .succeeded()
                    .report();
            status = call(lab, "--engine", "warm", "engine", "status", "-f", "json")
                    .now()
                    .succeeded()
                    .json();
        } finally {
            engine.signalIfRunning("TERM").await();
        }

        assertEquals(List.of("0", Long.toString(user.uid()), "1"), words(report.text("/uidMap")));
        assertTrue(status.toString().contains("\"run\""), status::toString);
    }

    @Test
    void rootStaysRoot(Lab lab) {
        Path folder = lab.newFolder("run");
        lab.plainCall("--rootless=true", "list")
                .with("XDG_RUNTIME_DIR", folder.toString())
                .now()
                .succeeded();

        assertEquals(List.of(), List.of(folder.toFile().list()));
    }
}
