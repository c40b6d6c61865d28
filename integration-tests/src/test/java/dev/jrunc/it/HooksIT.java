// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Namespaces;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** config.md, "POSIX-platform Hooks"; runtime.md, "Lifecycle". */
@IntegrationTest
@Peer(runc = PASS)
class HooksIT {
    private static final List<String> KINDS =
            List.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop");

    /** A bundle whose hooks write what they were given to the file "hooks", which is in /hooks of the container. */
    private static Bundle bundle(Lab lab) throws IOException {
        Files.createDirectories(folder(lab));
        return lab.bundle()
                .mount("bind", folder(lab).toString(), "/hooks", "bind")
                .payload("signal-exit");
    }

    private static Path folder(Lab lab) {
        return lab.folder().resolve("hooks");
    }

    private static Map<String, ?> hook(Lab lab, String kind, String... more) {
        boolean inside = kind.equals("startContainer");
        String file = inside ? "/hooks/hooks" : folder(lab).resolve("hooks").toString();
        List<String> arguments = new ArrayList<>(List.of("a-hook", "hook", kind, file));
        arguments.addAll(List.of(more));
        return Map.of(
                "path", inside ? "/payload" : lab.payload(), "args", arguments, "env", List.of("KIND=" + kind, "B=b"));
    }

    private static List<JsonNode> written(Lab lab) throws IOException {
        Path file = folder(lab).resolve("hooks");
        return Files.exists(file)
                ? Files.readAllLines(file).stream().map(Json::parse).toList()
                : List.of();
    }

    private static List<String> names(Lab lab) throws IOException {
        return written(lab).stream().map(line -> line.path("name").asString()).toList();
    }

    private static JsonNode hookOf(Lab lab, String kind) throws IOException {
        return written(lab).stream()
                .filter(line -> line.path("name").asString().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode stateOf(JsonNode hook) {
        return Json.parse(hook.path("state").asString());
    }

    private static Bundle withAllKinds(Lab lab) throws IOException {
        Bundle bundle = bundle(lab);
        KINDS.reversed().forEach(kind -> bundle.hook(kind, hook(lab, kind)));
        return bundle;
    }

    /** A hook that runs this line. */
    private static Map<String, ?> shell(Lab lab, String line) throws IOException {
        Path script = Files.writeString(lab.newFile("sh"), "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Map.of("path", script.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "poststart", "poststop"})
    void thoseOfTheRuntimeBeginInTheBundle(String kind, Lab lab) throws Exception {
        Path seen = lab.newFile("seen");
        Bundle bundle = lab.bundle();
        bundle.hook(kind, shell(lab, "pwd >" + seen));
        lab.run(bundle).succeeded();

        assertEquals(bundle.folder().toString(), Files.readString(seen).strip());
    }

    @Test
    void poststopRunsThoughTheBundleIsGone(Lab lab) throws Exception {
        Path seen = lab.newFile("seen");
        Bundle bundle = lab.bundle().payload("signal-exit");
        bundle.hook("poststop", shell(lab, "echo here >" + seen));
        Container container = lab.create(bundle).start().awaitOutput("ready");
        container.kill("TERM").awaitStatus("stopped");
        Host.run("rm", "-rf", bundle.folder().toString());
        container.delete();

        assertEquals("here", Files.readString(seen).strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "createContainer", "poststart", "poststop"})
    void theirUmaskIsTheCallers(String kind, Lab lab) throws Exception {
        Path seen = lab.newFile("seen");
        Bundle bundle = lab.bundle();
        bundle.hook(kind, shell(lab, "umask >" + seen)).write();
        lab.runCall(bundle, lab.nextId())
                .through("sh", "-c", "umask 027; exec \"$0\" \"$@\"")
                .now()
                .succeeded();

        assertEquals("0027", Files.readString(seen).strip());
    }

    @Test
    void createContainerHooksBeginInTheRootFileSystem(Lab lab) throws Exception {
        Path seen = lab.newFile("seen");
        Bundle bundle = lab.bundle().hook("createContainer", shell(lab, "pwd >" + seen));
        lab.run(bundle).succeeded();

        assertEquals(bundle.rootfs().toString(), Files.readString(seen).strip());
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config.md, poststart: after the user-specified process is started; runc runs it in create",
            failure = "[prestart, createRuntime, createContainer, poststart]")
    void theyRunInTheOrderOfTheLifecycle(Lab lab) throws Exception {
        Container container = lab.create(withAllKinds(lab));
        assertEquals(List.of("prestart", "createRuntime", "createContainer"), names(lab));

        container.start().awaitOutput("ready");
        assertEquals(KINDS.subList(0, 5), names(lab));

        container.kill("TERM").awaitStatus("stopped");
        assertEquals(KINDS.subList(0, 5), names(lab));

        container.delete();
        assertEquals(KINDS, names(lab));
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config.md, poststart: after the user-specified process is started; runc runs it in create",
            failure = "[prestart, createRuntime, createContainer, poststart, startContainer, poststop]")
    void aForegroundRunHasThemAllInOrder(Lab lab) throws Exception {
        lab.run(withAllKinds(lab).payload("exit", "3")).exited(3);

        assertEquals(KINDS, names(lab));
    }

    @Test
    void aForegroundRunHasThemAll(Lab lab) throws Exception {
        lab.run(withAllKinds(lab).payload("exit", "3")).exited(3);

        assertEquals(Set.copyOf(KINDS), Set.copyOf(names(lab)));
        assertEquals(KINDS.size(), names(lab).size());
    }

    @Test
    void allButPoststartRunInTheOrderOfTheLifecycle(Lab lab) throws Exception {
        Bundle bundle = withAllKinds(lab);
        bundle.config().withObject("/hooks").remove("poststart");
        Container container = lab.create(bundle);
        assertEquals(List.of("prestart", "createRuntime", "createContainer"), names(lab));

        container.start().awaitOutput("ready").kill("TERM").awaitStatus("stopped");
        assertEquals(List.of("prestart", "createRuntime", "createContainer", "startContainer"), names(lab));

        container.delete();
        assertEquals("poststop", names(lab).getLast());
    }

    @Test
    void severalOfAKindRunInTheirOrder(Lab lab) throws Exception {
        Bundle bundle = bundle(lab).payload("exit", "0");
        for (String name : List.of("first", "second", "third")) {
            bundle.hook("createRuntime", hook(lab, name));
        }
        lab.run(bundle).succeeded();

        assertEquals(List.of("first", "second", "third"), names(lab));
    }

    @Test
    void theStateIsOnStandardInput(Lab lab) throws Exception {
        Bundle bundle = withAllKinds(lab);
        bundle.config().set("annotations", Json.quoted("{'org.example.key':'a value'}"));
        Container container = lab.create(bundle);
        long pid = container.pid();
        container
                .start()
                .awaitOutput("ready")
                .kill("TERM")
                .awaitStatus("stopped")
                .delete();

        for (JsonNode hook : written(lab)) {
            JsonNode state = stateOf(hook);
            assertTrue(state.path("ociVersion").asString().startsWith("1."), hook::toString);
            assertEquals(container.id(), state.path("id").asString(), hook::toString);
            assertEquals(bundle.folder().toString(), state.path("bundle").asString(), hook::toString);
            assertEquals(
                    "a value", state.path("annotations").path("org.example.key").asString(), hook::toString);
        }
        for (String kind : List.of("prestart", "createRuntime", "poststart")) {
            assertEquals(pid, stateOf(hookOf(lab, kind)).path("pid").asLong(), kind);
        }
    }

    @Test
    void theStatusIsThatOfTheMoment(Lab lab) throws Exception {
        lab.run(withAllKinds(lab).payload("exit", "0")).succeeded();

        assertEquals("creating", stateOf(hookOf(lab, "prestart")).path("status").asString());
        assertEquals(
                "creating", stateOf(hookOf(lab, "createRuntime")).path("status").asString());
        assertEquals(
                "creating",
                stateOf(hookOf(lab, "createContainer")).path("status").asString());
        assertEquals(
                "created", stateOf(hookOf(lab, "startContainer")).path("status").asString());
        assertEquals("stopped", stateOf(hookOf(lab, "poststop")).path("status").asString());
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config.md, poststart: after the user-specified process is started; runc runs it in create",
            failure = "expected: <running>")
    void theStatusOfPoststartIsRunning(Lab lab) throws Exception {
        lab.run(withAllKinds(lab).payload("exit", "0")).succeeded();

        assertEquals("running", stateOf(hookOf(lab, "poststart")).path("status").asString());
    }

    @Test
    void argumentsAndEnvironmentAreExactlyThoseOfTheConfig(Lab lab) throws Exception {
        Bundle bundle = withAllKinds(lab).payload("exit", "0").write();
        lab.runCall(bundle, lab.nextId()).with("SECRET", "of the caller").now().succeeded();

        for (JsonNode hook : written(lab)) {
            assertEquals("a-hook", hook.path("argv").path(0).asString(), hook::toString);
            String kind = hook.path("name").asString();
            assertEquals("[\"KIND=" + kind + "\",\"B=b\"]", hook.path("env").toString(), kind);
        }
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config.md, hooks: env; runc gives a hook without env the caller's own",
            failure = "SECRET")
    void withoutEnvTheEnvironmentIsEmpty(Lab lab) throws Exception {
        Bundle bundle = bundle(lab).payload("exit", "0");
        bundle.hook(
                "createRuntime",
                Map.of(
                        "path",
                        lab.payload(),
                        "args",
                        List.of(
                                "x",
                                "hook",
                                "bare",
                                folder(lab).resolve("hooks").toString())));
        bundle.write();
        lab.runCall(bundle, lab.nextId()).with("SECRET", "of the caller").now().succeeded();

        assertEquals("[]", hookOf(lab, "bare").path("env").toString());
    }

    @Test
    void withoutArgsThePathIsTheOnlyArgument(Lab lab) throws Exception {
        Path script =
                Files.writeString(lab.newFile("sh"), "#!/bin/sh\necho \"$# $0\" >" + lab.folder() + "/arguments\n");
        assertTrue(script.toFile().setExecutable(true));
        lab.run(lab.bundle().payload("exit", "0").hook("createRuntime", Map.of("path", script.toString())))
                .succeeded();

        assertEquals(
                "0 " + script,
                Files.readString(lab.folder().resolve("arguments")).strip());
    }

    @Test
    void eachRunsInItsNamespaces(Lab lab) throws Exception {
        Container container = lab.create(withAllKinds(lab)).start().awaitOutput("ready");
        long containersMount = Namespaces.of(container.pid(), "mnt");
        long containersNetwork = Namespaces.of(container.pid(), "net");
        container.kill("TERM").awaitStatus("stopped").delete();

        for (String kind : List.of("prestart", "createRuntime", "poststart", "poststop")) {
            assertEquals(Namespaces.own("mnt"), hookOf(lab, kind).path("mnt").asLong(), kind);
            assertEquals(Namespaces.own("net"), hookOf(lab, kind).path("net").asLong(), kind);
        }
        for (String kind : List.of("createContainer", "startContainer")) {
            assertEquals(containersMount, hookOf(lab, kind).path("mnt").asLong(), kind);
            assertEquals(containersNetwork, hookOf(lab, kind).path("net").asLong(), kind);
        }
        assertEquals("no", hookOf(lab, "createContainer").path("payloadInRoot").asString(), "before pivot_root");
        assertEquals("yes", hookOf(lab, "startContainer").path("payloadInRoot").asString(), "after pivot_root");
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "CVE-2024-21626: a hook in the container gets the runtime's descriptors",
            failure = "3 is the hook's own")
    void theyInheritNoOtherDescriptors(Lab lab) throws Exception {
        lab.runCall(withAllKinds(lab).payload("exit", "0").write(), lab.nextId())
                .through("sh", "-c", "exec 3</dev/zero 7</dev/zero; exec \"$0\" \"$@\"")
                .now()
                .succeeded();

        for (JsonNode hook : written(lab)) {
            hook.path("fds").forEach(fd -> assertTrue(fd.asInt() <= 3, () -> "3 is the hook's own: " + hook));
        }
    }

    @Test
    void startContainerRunsAfterStartAndBeforeTheProgram(Lab lab) throws Exception {
        Bundle bundle =
                bundle(lab).hook("startContainer", hook(lab, "startContainer")).payload("cat", "/hooks/hooks");
        Container container = lab.create(bundle);
        assertEquals(List.of(), names(lab));
        container.start().awaitStatus("stopped");

        assertTrue(container.stdout().contains("startContainer"), container.stdout());
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config.md, poststart: after the user-specified process is started; runc runs it in create",
            failure = "expected: <[]> but was: <[poststart]>")
    void poststartRunsWhileTheProgramDoes(Lab lab) throws Exception {
        Container container = lab.create(bundle(lab).hook("poststart", hook(lab, "poststart")));
        assertEquals(List.of(), names(lab));
        container.start();

        assertEquals(List.of("poststart"), names(lab));
        container.awaitOutput("ready");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "createContainer"})
    void aHookOfCreateThatFailsStopsIt(String kind, Lab lab) throws Exception {
        Bundle bundle = bundle(lab).hook(kind, hook(lab, kind, ",", "complain", "what went wrong", ",", "exit", "3"));

        lab.failsToCreate(bundle, "exit status 3", "hook")
                .oursSays("/hooks/" + kind + "/0", lab.payload(), "what went wrong");
        assertEquals(List.of(kind), names(lab));
    }

    @Test
    void thePoststopHooksRunWhenCreateFails(Lab lab) throws Exception {
        Bundle bundle = bundle(lab).hook("createRuntime", hook(lab, "createRuntime", ",", "exit", "3"));
        bundle.hook("poststop", hook(lab, "poststop"));
        lab.failsToCreate(bundle, "exit status 3");

        assertEquals(List.of("createRuntime", "poststop"), names(lab));
    }

    @Test
    void theHooksAfterOneThatFailedDoNotRun(Lab lab) throws Exception {
        Bundle bundle = bundle(lab).hook("createRuntime", hook(lab, "createRuntime", ",", "exit", "3"));
        bundle.hook("createRuntime", hook(lab, "createRuntime")).hook("createContainer", hook(lab, "createContainer"));
        lab.failsToCreate(bundle, "exit status 3");

        assertEquals(List.of("createRuntime"), names(lab));
    }

    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "createContainer"})
    void aHookThatIsKilledByASignal(String kind, Lab lab) throws Exception {
        Bundle bundle = bundle(lab).hook(kind, hook(lab, kind, ",", "fault"));

        lab.failsToCreate(bundle, "hook").oursSays("/hooks/" + kind + "/0", "SIGSEGV");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "createContainer"})
    void aHookThatDoesNotExist(String kind, Lab lab) {
        Bundle bundle = lab.bundle().hook(kind, Map.of("path", "/missing/hook"));

        lab.failsToCreate(bundle, "/missing/hook", "no such file or directory")
                .oursSays("/hooks/" + kind + "/0", "ENOENT");
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "createContainer"})
    void aHookThatNeverReturnsIsKilledAtItsTimeout(String kind, Lab lab) {
        Bundle bundle = lab.bundle()
                .hook(kind, Map.of("path", lab.payload(), "args", List.of(lab.name(), "sleep", "600"), "timeout", 1));
        long began = System.nanoTime();
        lab.failsToCreate(bundle, "hook").oursSays("/hooks/" + kind + "/0", "timeout");

        long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
        assertTrue(millis > 900, () -> "took " + millis + " ms");
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "runtime.md, start: a failing startContainer hook is an error of start; runc loses it",
            failure = "exit status")
    void aStartContainerHookThatFailsIsAnErrorOfStart(Lab lab) throws Exception {
        Bundle bundle = bundle(lab).payload("print", "it ran");
        bundle.hook("startContainer", hook(lab, "startContainer", ",", "exit", "3"));
        Container container = lab.create(bundle);
        Result result = lab.call("start", container.id()).now().failedSaying("hook", "exit status 3");

        result.oursSays("/hooks/startContainer/0", "/payload");
        container.awaitStatus("stopped");
        assertFalse(container.stdout().contains("it ran"));
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config.md, poststart: after the user-specified process is started; runc runs it in create",
            failure = "runc create failed: error running hook")
    void aPoststartHookThatFailsIsAnErrorOfStartAndStopsTheContainer(Lab lab) throws Exception {
        Bundle bundle = bundle(lab).hook("poststart", hook(lab, "poststart", ",", "exit", "3"));
        Container container = lab.create(bundle);
        lab.call("start", container.id())
                .now()
                .failedSaying("hook", "exit status 3")
                .oursSays("/hooks/poststart/0");

        lab.call("delete", "--force", container.id()).now().succeeded();
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "runtime.md, lifecycle: if a poststop hook fails, the remaining ones run; runc stops",
            failure = "[poststop, poststop]")
    void aPoststopHookThatFailsIsAWarningAndTheRestStillRun(Lab lab) throws Exception {
        Bundle bundle = bundle(lab).hook("poststop", hook(lab, "poststop", ",", "exit", "3"));
        bundle.hook("poststop", hook(lab, "poststop"));
        Container container = lab.create(bundle);
        Result result = lab.call("delete", "--force", container.id()).now().succeeded();

        assertEquals(List.of("poststop", "poststop"), names(lab));
        assertTrue(
                result.log().stream().anyMatch(line -> line.contains("\"warning\"") && line.contains("exit status 3")),
                result::toString);
    }

    @Test
    void aRelativePathIsAnError(Lab lab) {
        lab.failsToCreate(lab.bundle().hook("createRuntime", Map.of("path", "bin/hook")))
                .oursSays("/hooks/createRuntime/0/path");
    }

    private static Map<String, ?> printing(Lab lab, String kind) {
        boolean inside = kind.equals("startContainer");
        return Map.of(
                "path",
                inside ? "/payload" : lab.payload(),
                "args",
                List.of("a-hook", "print", kind, ",", "complain", "no " + kind));
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "annotations of crun's", failure = "but was: <[before]>")
    void whatTheyPrintGoesToTheFilesOfTheAnnotations(Lab lab) throws Exception {
        Path output = lab.folder().resolve("hook-output");
        Bundle bundle = lab.bundle().payload("signal-exit");
        KINDS.forEach(kind -> bundle.hook(kind, printing(lab, kind)));
        bundle.config()
                .putObject("annotations")
                .put("run.oci.hooks.stdout", output.toString())
                .put("run.oci.hooks.stderr", "../hook-errors");
        Files.writeString(output, "before\n");
        Container container = lab.create(bundle).start().awaitOutput("ready");
        container.kill("TERM").awaitStatus("stopped").delete();

        List<String> expected = new ArrayList<>(List.of("before"));
        expected.addAll(KINDS);
        assertEquals(expected, Files.readAllLines(output));
        assertEquals(
                KINDS.stream().map(kind -> "no " + kind).toList(),
                Files.readAllLines(lab.folder().resolve("hook-errors")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"createRuntime", "createContainer"})
    @Peer(runc = UNSUPPORTED, why = "annotations of crun's", failure = "exit status")
    void aFileThatCanNotBeOpenedForTheirOutput(String kind, Lab lab) {
        Bundle bundle = lab.bundle().hook(kind, printing(lab, kind));
        bundle.config().putObject("annotations").put("run.oci.hooks.stdout", "/nowhere/output");

        lab.failsToCreate(bundle, "/nowhere/output")
                .oursSays("open /nowhere/output for a hook's output: ENOENT (no such file or directory)");
    }

    @Test
    void aCreateRuntimeHookGivesTheContainerItsNetwork(Lab lab) throws Exception {
        String outer = lab.interfacePrefix();
        Path script = Files.writeString(lab.newFile("network"), """
            #!/bin/sh
            set -e
            pid=$(sed 's/.*"pid": *\\([0-9]*\\).*/\\1/')
            ip link add %1$s type veth peer name eth0 netns "$pid"
            nsenter -t "$pid" -n ip addr add 198.51.100.2/24 dev eth0
            nsenter -t "$pid" -n ip link set eth0 up
            ip link set %1$s up
            """.formatted(outer));
        assertTrue(script.toFile().setExecutable(true));
        Bundle bundle = lab.bundle();
        bundle.hook(
                "createRuntime",
                Map.of("path", script.toString(), "env", List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin")));
        Report report = lab.report(bundle);

        assertTrue(report.flag("/interfaces/eth0/up"));
        assertEquals(List.of("198.51.100.2"), report.texts("/interfaces/eth0/addresses"));
        assertTrue(report.flag("/interfaces/lo/up"));
        assertNotEquals(Namespaces.own("net"), report.namespace("net"));
    }

    @Test
    void aPrestartHookSeesTheContainersNamespaces(Lab lab) throws Exception {
        Path script = Files.writeString(lab.newFile("look"), """
            #!/bin/sh
            pid=$(sed 's/.*"pid": *\\([0-9]*\\).*/\\1/')
            readlink /proc/$pid/ns/net >%s/seen
            """.formatted(lab.folder()));
        assertTrue(script.toFile().setExecutable(true));
        Bundle bundle =
                lab.bundle().hook("prestart", Map.of("path", script.toString(), "env", List.of("PATH=/usr/bin:/bin")));
        Report report = lab.report(bundle);

        assertEquals(
                "net:[" + report.namespace("net") + "]",
                Files.readString(lab.folder().resolve("seen")).strip());
    }

    @Test
    void anEmptyListOfHooks(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().set("hooks", Json.quoted("{'createRuntime':[],'poststop':[]}"));

        lab.run(bundle).succeeded();
    }
}
