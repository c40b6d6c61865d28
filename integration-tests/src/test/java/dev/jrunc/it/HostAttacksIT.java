// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.ServedEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks by other users of the host: on the state folder, on what is kept for other calls, on the engine. */
@IntegrationTest
@Peer(runc = PASS)
class HostAttacksIT {
    private static final String SCHED_YIELD = "24";

    /** What may stand in the state folder in place of state.json or lock, made by these words in a folder that is there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "mkfifo state.json",
                "mkfifo state.json lock",
                "ln -s /dev/zero state.json",
                "mknod state.json c 1 5",
                "mkdir state.json",
                "ln -s ../good/state.json state.json",
                "ln -s ../good/lock lock; ln -s ../good/state.json state.json"
            })
    @JruncOnly("runc 1.1 waits for ever on a fifo, and follows links")
    void whatIsPlantedAsAStateIsNotFollowedAndNotWaitedFor(String plant, Lab lab) throws Exception {
        Container good = running(lab, lab.id("good"));
        Path folder = Files.createDirectory(lab.stateRoot().resolve(lab.id("evil")));
        Host.run("sh", "-ec", "cd " + folder + "; " + plant.replace("../good", "../" + good.id()));
        for (String command : List.of("state", "start", "kill", "pause", "resume", "ps", "delete")) {
            lab.call(command, lab.id("evil")).now().exited(1);
        }
        lab.call("exec", lab.id("evil"), "/payload").now().exited(255);
        Result list = lab.call("list", "-f", "json").now().succeeded();
        assertEquals(1, list.json().size(), list::toString);
        assertEquals("running", good.status());
        lab.call("delete", "--force", lab.id("evil")).now();
        assertEquals("running", good.status());
        Host.run("rm", "-rf", folder.toString());
    }

    private static Container running(Lab lab, String id) {
        return lab.created(id, lab.createCall(lab.bundle().payload("signal-exit"), id))
                .start()
                .awaitOutput("ready");
    }

    /** A root folder such as /tmp, where everybody may make folders: theirs are no containers of the caller's. */
    @ParameterizedTest
    @ValueSource(strings = {"folder", "link"})
    @JruncOnly("contract: a state folder that another user owns")
    void aListDoesNotShowWhatAnotherUserHasPlanted(String kind, Lab lab) throws Exception {
        Container good = running(lab, lab.nextId());
        Path root = lab.newFolder("root");
        Host.run("chmod", "1777", root.toString());
        Path planted = root.resolve("planted");
        if (kind.equals("folder")) {
            Files.createDirectory(planted);
            Files.copy(lab.stateRoot().resolve(good.id()).resolve("state.json"), planted.resolve("state.json"));
        } else {
            Files.createSymbolicLink(planted, lab.stateRoot().resolve(good.id()));
        }
        Host.run("chown", "-hR", "4242", planted.toString());
        Result list =
                lab.plainCall("--root", root.toString(), "list", "-f", "json").now();

        assertEquals(0, list.succeeded().json().size(), list::toString);
        if (kind.equals("folder")) {
            assertTrue(list.stderr().contains("belongs to user 4242"), list::toString);
        }
        for (String command : List.of("kill", "pause", "delete")) {
            lab.plainCall("--root", root.toString(), command, "planted").now().exited(1);
        }
        assertEquals("running", good.status());
    }

    private static Bundle yieldIsRefused(Lab lab) {
        Bundle bundle = lab.bundle();
        int errno = 2000 + (int) (System.nanoTime() % 2000);
        bundle.linux()
                .set(
                        "seccomp",
                        Json.quoted("{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['sched_yield'],"
                                + "'action':'SCMP_ACT_ERRNO','errnoRet':" + errno + "}]}"));
        return bundle.payload("try-syscall", SCHED_YIELD);
    }

    private static Path only(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all::toString);
            return all.getFirst();
        }
    }

    /** seccomp cache: a poisoned one is not used, whatever is wrong with it, and the filter is in force. */
    @ParameterizedTest
    @ValueSource(
            strings = {"link", "folder is a link", "owner", "folder's owner", "mode", "folder's mode", "another's"})
    @JruncOnly("runc compiles the filter each time")
    void aPoisonedFilterIsNotUsed(String poison, Lab lab) throws Exception {
        Path run = lab.newFolder("run");
        Path kept = run.resolve("jrunc-seccomp");
        Bundle bundle = yieldIsRefused(lab);
        Result first =
                lab.runCall(bundle, lab.nextId()).cold().withRun(run).now().succeeded();
        assertFalse(first.stdout().contains(": OK"), first::toString);
        Path file = only(kept);
        Path evil = evilFilter(lab, run, file);
        switch (poison) {
            case "link" -> {
                Files.delete(file);
                Files.createSymbolicLink(file, evil);
            }
            case "folder is a link" -> {
                Path elsewhere = run.resolve("elsewhere");
                Files.move(kept, elsewhere);
                Files.copy(evil, elsewhere.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                Files.createSymbolicLink(kept, elsewhere);
            }
            default -> {
                Files.copy(evil, file, StandardCopyOption.REPLACE_EXISTING);
                String change = switch (poison) {
                    case "owner" -> "chown 4242 " + file;
                    case "folder's owner" -> "chown 4242 " + kept;
                    case "mode" -> "chmod 0666 " + file;
                    case "folder's mode" -> "chmod 0777 " + kept;
                    default -> "true";
                };
                Host.run("sh", "-ec", change);
            }
        }
        Result second =
                lab.runCall(bundle, lab.nextId()).cold().withRun(run).now().succeeded();

        assertEquals(first.stdout(), second.stdout(), "the filter is in force");
        assertTrue(second.log().toString().contains("kept seccomp filters: "), second::toString);
    }

    /** A filter that forbids nothing, with a digest that is right for another profile. */
    private static Path evilFilter(Lab lab, Path run, Path file) throws Exception {
        Bundle open = lab.bundle();
        open.linux().set("seccomp", Json.quoted("{'defaultAction':'SCMP_ACT_ALLOW'}"));
        lab.runCall(open.payload("exit", "0"), lab.nextId())
                .cold()
                .withRun(run)
                .now()
                .succeeded();
        Path other;
        try (Stream<Path> files = Files.list(file.getParent())) {
            other = files.filter(each -> !each.equals(file)).findFirst().orElseThrow();
        }
        return Files.move(other, run.resolve("evil"));
    }

    /** JVM start: links where a JVM would write its performance data, and where libraries are unpacked to. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @JruncOnly("the peers have no JVM")
    void theTemporaryFolderIsNotUsed(boolean links, Lab lab) throws Exception {
        Path tmp = lab.newFolder("tmp");
        Path victim = lab.newFolder("victim");
        List<String> names =
                links ? List.of("hsperfdata_root", "hsperfdata_0", "jffi", ".java_pid1", "jna-root") : List.of();
        for (String name : names) {
            Files.createSymbolicLink(tmp.resolve(name), victim);
        }
        Bundle bundle = yieldIsRefused(lab).write();
        String hide =
                "mkdir /run/lab; mount --bind " + lab.folder() + " /run/lab; mount --bind " + tmp + " /tmp; mkdir "
                        + "/tmp/" + lab.name() + "; mount --bind /run/lab /tmp/" + lab.name() + "; exec \"$0\" \"$@\"";
        lab.runCall(bundle, lab.nextId())
                .cold()
                .through("unshare", "-m", "--propagation", "private", "sh", "-ec", "mount -t tmpfs tmpfs /run; " + hide)
                .now()
                .succeeded();

        assertEquals(List.of(), List.of(victim.toFile().list()));
        Set<String> left = new TreeSet<>(List.of(tmp.toFile().list()));
        left.removeAll(names);
        assertEquals(Set.of(lab.name()), left, "beside the lab's own place");
    }

    /** Resident engine: with its socket bound into a container, the container gets nothing but what it can do by itself. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1000})
    @JruncOnly("the peers have no engine")
    void anEngineThatIsAskedFromInsideAContainer(int uid, Lab lab) throws Exception {
        ServedEngine engine = ServedEngine.serve(lab);
        Path folder = Objects.requireNonNull(engine.socket().getParent());
        Host.run("chmod", "0755", folder.toString());
        Host.run("chmod", "0777", engine.socket().toString());
        Container victim = running(lab, lab.nextId());
        Bundle bundle = lab.shellBundle("for words in 'state " + victim.id() + "' 'kill " + victim.id()
                + " KILL' 'list -q' 'delete --force "
                + victim.id() + "' 'create -b /bundle new'; do /bin/jrunc --engine unix:/engine/engine.sock --root "
                + lab.stateRoot() + " $words; done 2>&1; ls /caught");
        // Or the front, which is the container's own here, would refuse an engine that it takes for a container's.
        bundle.writable().withoutNamespace("pid").mount("bind", folder.toString(), "/engine", "bind");
        Files.copy(lab.runtime().path(), bundle.rootfs().resolve("bin/jrunc"), StandardCopyOption.COPY_ATTRIBUTES);
        bundle.process().putObject("user").put("uid", uid).put("gid", uid);
        bundle.directory("/caught");
        bundle.directory("/bundle/rootfs");
        bundle.file(
                "/bundle/config.json",
                "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"rootfs\"},\"process\":{\"cwd\":\"/\",\"args\":[\"/x\"]},"
                        + "\"mounts\":[{\"destination\":\"/x\",\"type\":\"bind\",\"source\":\"/\",\"options\":[\"rbind\"]}],"
                        + "\"linux\":{\"namespaces\":[{\"type\":\"mount\"}]}}");
        Result result = lab.run(bundle);

        String said = result.stdout() + result.stderr();
        if (uid == 0) {
            assertTrue(said.contains("container does not exist"), said);
            assertTrue(said.contains("EPERM") || said.contains("EROFS") || said.contains("EACCES"), said);
        } else {
            assertTrue(said.contains("it is neither root's nor the caller's own") || said.contains("declined"), said);
        }
        assertEquals("running", victim.status());
        engine.close();
    }

    /** Resident engine: root of a container that has the socket's folder listens there in the engine's place. */
    @Test
    @JruncOnly("the peers have no engine")
    void anEngineThatAContainerPretendsToBe(Lab lab) {
        Path folder = lab.newFolder("engine");
        Bundle bundle = lab.bundle().mount("bind", folder.toString(), "/engine", "bind");
        lab.create(bundle.payload("console-receive", "/engine/engine.sock"))
                .start()
                .awaitOutput("listening");
        lab.plainCall("list")
                .with("JRUNC_ENGINE", "unix:" + folder.resolve("engine.sock"))
                .now()
                .failedSaying("EPERM");
    }
}
