// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.LocalUser;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code explain --errors}: what is predicted is what create then says, at the same place. */
@IntegrationTest
@JruncOnly("newer feature of jrunc")
class ExplainErrorsIT {

    private static final String NOWHERE = "/nowhere/at/all";

    /** Without these capabilities: whatever the caller of the tests has. */
    private static UnaryOperator<Call> without(String... capabilities) {
        String dropped = "-" + String.join(",-", capabilities);
        return call -> call.cold().through("setpriv", "--bounding-set", dropped);
    }

    private static Call errors(Lab lab, Bundle bundle, String id, String... options) {
        List<String> words = new ArrayList<>(List.of(
                "explain",
                "--errors",
                "--format",
                "json",
                "--bundle",
                bundle.write().folder().toString()));
        words.addAll(List.of(options));
        words.add(id);
        return lab.call(words.toArray(String[]::new));
    }

    /** One prediction, of this place and error; then create fails with both. */
    private static void predicted(Lab lab, Bundle bundle, String origin, String error, String... options) {
        predicted(lab, bundle, call -> call, origin, error, options);
    }

    private static void predicted(
            Lab lab, Bundle bundle, UnaryOperator<Call> caller, String origin, String error, String... options) {
        String id = lab.nextId();
        Census before = lab.census();
        Result prediction = caller.apply(errors(lab, bundle, id, options)).now().exited(1);
        lab.assertNothingSince(before, "by explain --errors");
        JsonNode errors = prediction.json().path("errors");

        assertEquals(1, errors.size(), errors::toPrettyString);
        assertEquals(origin, errors.at("/0/origin").asString(), errors::toPrettyString);
        assertTrue(errors.at("/0/error").asString().startsWith(error), errors::toPrettyString);
        assertEquals("create", errors.at("/0/command").asString());
        assertFalse(errors.at("/0/problem").asString().isBlank(), errors::toPrettyString);
        assertFalse(errors.at("/0/mend").asString().isBlank(), errors::toPrettyString);
        Result real = lab.fails(caller.apply(lab.createCall(bundle, id, options)), error);
        if (origin.startsWith("/")) {
            real.oursSays(origin);
        }
    }

    @Test
    void nothingWouldFail(Lab lab) {
        Bundle bundle = lab.shellBundle("true")
                .writable()
                .mount("tmpfs", "tmpfs", "/data", "size=1m")
                .mount("bind", "/etc/passwd", "/etc/passwd", "bind", "ro")
                .userNamespace(200_000);
        bundle.linux().set("sysctl", Json.quoted("{'net.ipv4.ip_forward':'1'}"));
        bundle.linux().set("resources", Json.quoted("{'memory':{'limit':33554432},'cpu':{'shares':512,'cpus':'0'}}"));
        bundle.process().set("rlimits", Json.quoted("[{'type':'RLIMIT_CORE','soft':0,'hard':0}]"));
        bundle.process().put("cwd", "/made/by/create");
        JsonNode none = errors(lab, bundle, "ID").now().succeeded().json();

        assertEquals("{\"possible\":true,\"errors\":[]}", none.toString());
        lab.create(bundle);
    }

    @Test
    void forPeople(Lab lab) {
        Bundle bundle =
                lab.bundle().mount("bind", NOWHERE + "\u001b", "/data", "bind").write();

        Result result = lab.call("explain", "--errors", "-b", bundle.folder().toString())
                .now()
                .exited(1);
        assertEquals(
                List.of(
                        bundle.lastMount() + ": create would fail: BIND: ENOENT (no such file or directory)",
                        "  there is no " + NOWHERE + "\\u001b to be mounted",
                        "  remedy: make it, or take the mount out"),
                result.lines());
    }

    @Test
    void severalAtOnce(Lab lab) {
        Bundle bundle = lab.bundle().mount("bind", NOWHERE, "/data", "bind").args("/no/program");
        bundle.linux().set("sysctl", Json.quoted("{'net.ipv4.nonsense':'1'}"));
        JsonNode errors = errors(lab, bundle, "ID").now().exited(1).json().path("errors");

        assertEquals(
                List.of(bundle.lastMount(), "/linux/sysctl/net.ipv4.nonsense", "/process/args/0"),
                errors.findValuesAsString("origin"));
    }

    @Test
    void theConfigurationItself(Lab lab) {
        predicted(lab, lab.bundle().addNamespace("galaxy"), "/linux/namespaces/5/type", "");
    }

    @Test
    void aMissingConfiguration(Lab lab) {
        lab.call("explain", "--errors", "-b", NOWHERE).now().failedSaying(NOWHERE, "ENOENT");
    }

    @Test
    void theRootFileSystem(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().withObject("/root").put("path", NOWHERE);

        predicted(lab, bundle, "/root/path", "ENOENT");
    }

    @Test
    void theSourceOfABind(Lab lab) {
        Bundle bundle = lab.bundle().mount("bind", NOWHERE, "/data", "bind");

        predicted(lab, bundle, bundle.lastMount(), "ENOENT");
    }

    @Test
    void theSourceOfABindWithAUserNamespace(Lab lab) {
        Bundle bundle = lab.bundle().userNamespace(200_000).mount("bind", NOWHERE, "/data", "bind");

        predicted(lab, bundle, bundle.lastMount(), "ENOENT");
    }

    @Test
    void aFolderOnAFile(Lab lab) {
        Bundle bundle = lab.bundle().mount("bind", "/tmp", "/payload", "bind");

        predicted(lab, bundle.args("/proc/self/exe"), bundle.lastMount(), "ENOTDIR");
    }

    @Test
    void aFileSystemOnAFile(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "tmpfs", "/payload");

        predicted(lab, bundle.args("/proc/self/exe"), bundle.lastMount(), "EINVAL");
    }

    @Test
    void aFileSystemThatTheKernelDoesNotHave(Lab lab) {
        Bundle bundle = lab.bundle().mount("nonsensefs", "none", "/data");

        predicted(lab, bundle, bundle.lastMount(), "ENODEV");
    }

    @Test
    void procOverALink(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.directory("/elsewhere");
        bundle.symlink("/proc", "elsewhere");

        predicted(lab, bundle, "/mounts/0", "ELOOP");
    }

    @Test
    void aFileSystemThatCanNotBeIdmapped(Lab lab) {
        Bundle bundle = lab.bundle().mount("bind", "/proc/sys", "/data", "bind");
        ObjectNode mount = (ObjectNode) bundle.config().at(bundle.lastMount());
        mount.set("uidMappings", Json.quoted("[{'containerID':0,'hostID':5000,'size':10}]"));
        mount.set("gidMappings", Json.quoted("[{'containerID':0,'hostID':5000,'size':10}]"));

        predicted(lab, bundle, bundle.lastMount(), "EINVAL");
    }

    @Test
    void aProgramThatIsNotThere(Lab lab) {
        predicted(lab, lab.bundle().args("/no/program"), "/process/args/0", "ENOENT");
    }

    @Test
    void aProgramThatIsNotInPath(Lab lab) {
        predicted(lab, lab.bundle().args("program").env("PATH=/bin:/sbin"), "/process/args/0", "ENOENT");
    }

    @Test
    void aProgramThatMayNotBeExecuted(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.file("/program", "text");

        predicted(lab, bundle.args("/program"), "/process/args/0", "EACCES");
    }

    @Test
    void aProgramOnAFileSystemWithoutPrograms(Lab lab) throws Exception {
        Path folder = lab.newFolder("programs");
        Files.copy(Path.of(lab.payload()), folder.resolve("payload"), StandardCopyOption.COPY_ATTRIBUTES);
        Bundle bundle = lab.bundle().mount("bind", folder.toString(), "/programs", "bind", "noexec");

        predicted(lab, bundle.args("/programs/payload"), "/process/args/0", "EACCES");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#!/no/interpreter\n", "#! /no/interpreter -x\n"})
    void anInterpreterThatIsNotThere(String text, Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.script("/program", text);

        predicted(lab, bundle.args("/program"), "/process/args/0", "ENOENT");
    }

    @Test
    void theInterpreterOfADynamicProgram(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        Files.copy(Path.of("/bin/ls"), bundle.rootfs().resolve("ls"), StandardCopyOption.COPY_ATTRIBUTES);

        predicted(lab, bundle.args("/ls"), "/process/args/0", "ENOENT");
    }

    /** It is not in the image, but in what is mounted over it, by way of a link of the image. */
    @Test
    void aProgramInAMountIsThere(Lab lab) throws Exception {
        Path folder = lab.newFolder("usr");
        Files.copy(Path.of(lab.payload()), folder.resolve("program"), StandardCopyOption.COPY_ATTRIBUTES);
        Bundle bundle = lab.bundle().mount("bind", folder.toString(), "/usr", "bind");
        bundle.directory("/usr");
        bundle.symlink("/bin", "usr");
        bundle.args("program").env("PATH=/nowhere:/bin");

        assertEquals(
                0,
                errors(lab, bundle, "ID")
                        .now()
                        .succeeded()
                        .json()
                        .path("errors")
                        .size());
        lab.create(bundle);
    }

    @Test
    void aWorkingDirectoryThatIsAFile(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().put("cwd", "/payload");

        predicted(lab, bundle, "/process/cwd", "ENOTDIR");
    }

    @Test
    void aWorkingDirectoryThatCanNotBeMade(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().put("cwd", "/made/by/create");

        predicted(lab, bundle, "/process/cwd", "ENOENT");
        assertEquals(
                0,
                errors(lab, bundle.writable(), "ID")
                        .now()
                        .succeeded()
                        .json()
                        .path("errors")
                        .size());
        lab.create(bundle);
    }

    @Test
    void aNamespaceThatIsNotThere(Lab lab) {
        predicted(lab, lab.bundle().join("uts", Path.of(NOWHERE)), "/linux/namespaces/4", "ENOENT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/proc/self/ns/ipc", "/etc/passwd"})
    void aNamespaceOfAnotherKind(String path, Lab lab) {
        predicted(lab, lab.bundle().join("uts", Path.of(path)), "/linux/namespaces/4", "EINVAL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "createContainer"})
    void aHookThatIsNotThere(String kind, Lab lab) {
        predicted(lab, lab.bundle().hook(kind, Map.of("path", NOWHERE)), "/hooks/" + kind + "/0", "ENOENT");
    }

    @Test
    void aHookThatMayNotBeExecuted(Lab lab) {
        predicted(
                lab,
                lab.bundle().hook("createRuntime", Map.of("path", "/etc/passwd")),
                "/hooks/createRuntime/0",
                "EACCES");
    }

    /** These fail later: of start; and delete warns. */
    @ParameterizedTest
    @CsvSource({"startContainer,start", "poststart,start", "poststop,poststop"})
    void aLaterHook(String kind, String command, Lab lab) {
        Bundle bundle = lab.bundle().hook(kind, Map.of("path", NOWHERE));
        JsonNode errors = errors(lab, bundle, "ID").now().exited(1).json().path("errors");

        assertEquals(1, errors.size(), errors::toPrettyString);
        assertEquals("/hooks/" + kind + "/0", errors.at("/0/origin").asString());
        assertEquals(command, errors.at("/0/command").asString());
        Container container = lab.create(bundle);
        if (command.equals("start")) {
            lab.call("start", container.id()).now().failedSaying(NOWHERE, "ENOENT");
        } else {
            Result deleted = lab.call("delete", "--force", container.id()).now().succeeded();
            assertTrue(deleted.log().toString().contains(NOWHERE), deleted::toString);
        }
    }

    @Test
    void aSysctlThatTheKernelDoesNotHave(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux().set("sysctl", Json.quoted("{'net.ipv4.nonsense':'1'}"));

        predicted(lab, bundle, "/linux/sysctl/net.ipv4.nonsense", "ENOENT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'blockIO':{'leafWeight':500}}|/blockIO/leafWeight|ENOENT",
                "{'cpu':{'cpus':'0-4000'}}|/cpu/cpus|ERANGE",
                "{'blockIO':{'throttleReadBpsDevice':[{'major':4000,'minor':7,'rate':1000}]}}"
                        + "|/blockIO/throttleReadBpsDevice/0|ENODEV",
            })
    void aResourceThatIsNotThere(String resources, String place, String error, Lab lab) {
        Machine.needsCgroupV1("cpuset");
        Machine.needsCgroupV1("blkio");
        // So that there is a cgroup that new ones are like.
        lab.create(lab.bundle());
        Bundle bundle = lab.bundle();
        bundle.linux().set("resources", Json.quoted(resources));

        predicted(lab, bundle, "/linux/resources" + place, error);
    }

    @Test
    void aControllerThatIsNotThere(Lab lab) {
        Machine.needsCgroupV1("memory");
        Bundle bundle = lab.bundle();
        bundle.linux().set("resources", Json.quoted("{'unified':{'memory.high':'1'}}"));

        predicted(lab, bundle, "/linux/resources/unified", "");
    }

    @Test
    void aCgroupWithProcesses(Lab lab) {
        Bundle first = lab.bundle();
        first.linux().put("cgroupsPath", "/" + lab.id("one"));
        lab.create(first);
        Bundle second = lab.bundle();
        second.linux().put("cgroupsPath", "/" + lab.id("one"));
        JsonNode errors =
                errors(lab, second, lab.nextId()).now().exited(1).json().path("errors");

        assertTrue(
                errors.at("/0/problem").asString().startsWith("container's cgroup is not empty"),
                errors::toPrettyString);
        assertEquals("/linux/cgroupsPath", errors.at("/0/origin").asString());
        lab.failsToCreate(second, "container's cgroup is not empty");
    }

    @Test
    void anIdThatIsInUse(Lab lab) {
        Bundle bundle = lab.bundle();
        Container container = lab.create(bundle);
        JsonNode errors =
                errors(lab, bundle, container.id()).now().exited(1).json().path("errors");

        assertTrue(
                errors.at("/0/problem").asString().startsWith("container with given ID already exists"),
                errors::toPrettyString);
        lab.fails(lab.createCall(bundle, container.id()), "container with given ID already exists");
    }

    @Test
    void aSecurityModuleThatIsNotThere(Lab lab) {
        Machine.needs("a host without SELinux", !Files.exists(Path.of("/sys/fs/selinux/enforce")));
        Bundle bundle = lab.bundle();
        bundle.process().put("selinuxLabel", "system_u:system_r:container_t:s0");

        predicted(lab, bundle, "/process/selinuxLabel", "");
    }

    @Test
    void aCapabilityThatTheCallerDoesNotHave(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().set("capabilities", Json.quoted("{'bounding':['CAP_NET_RAW'],'permitted':['CAP_NET_RAW']}"));

        predicted(lab, bundle, without("net_raw"), "/process/capabilities", "EPERM");
    }

    @Test
    void aLimitAboveTheHardOne(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().set("rlimits", Json.quoted("[{'type':'RLIMIT_CORE','soft':0,'hard':2048}]"));
        UnaryOperator<Call> limited = call -> without("sys_resource").apply(call.through("prlimit", "--core=0:1024"));

        predicted(lab, bundle, limited, "/process/rlimits/0", "EPERM");
    }

    @Test
    void moreFilesThanTheKernelHas(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().set("rlimits", Json.quoted("[{'type':'RLIMIT_NOFILE','soft':1024,'hard':4000000000}]"));

        predicted(lab, bundle, "/process/rlimits/0", "EPERM");
    }

    @Test
    void aBetterScoreThanTheCallers(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().put("oomScoreAdj", -900);

        predicted(lab, bundle, without("sys_resource"), "/process/oomScoreAdj", "EACCES");
    }

    @Test
    void aSchedulerThatTheCallerMayNotHave(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().set("scheduler", Json.quoted("{'policy':'SCHED_FIFO','priority':5}"));

        predicted(lab, bundle, without("sys_nice"), "/process/scheduler", "EPERM");
    }

    @Test
    void aUserThatIsNotMapped(Lab lab) {
        Bundle bundle = lab.bundle().userNamespace(200_000);
        bundle.process().set("user", Json.quoted("{'uid':70000,'gid':0}"));

        predicted(lab, bundle, "/process/user", "EINVAL");
    }

    @Test
    void aDeviceThatCanNotBeMade(Lab lab) {
        Bundle bundle = lab.bundle().userNamespace(200_000);
        bundle.linux().set("devices", Json.quoted("[{'path':'/dev/nonsense','type':'c','major':1,'minor':3}]"));

        predicted(lab, bundle, "/linux/devices/0", "ENOENT");
    }

    @Test
    void aDeviceWhereTheImageHasAnotherFile(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.file("/precious", "text");
        bundle.linux().set("devices", Json.quoted("[{'path':'/precious','type':'c','major':1,'minor':3}]"));

        predicted(lab, bundle, "/linux/devices/0", "EEXIST");
    }

    @Test
    void aDeviceThatIsAnotherOnTheHost(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux().set("devices", Json.quoted("[{'path':'/dev/null','type':'c','major':1,'minor':5}]"));

        predicted(lab, bundle, without("mknod"), "/linux/devices/0", "ENODEV");
    }

    @Test
    void aMemoryNodeThatIsNotThere(Lab lab) {
        Machine.needs("memory nodes", Files.exists(Path.of("/sys/devices/system/node/online")));
        Bundle bundle = lab.bundle();
        bundle.linux().set("memoryPolicy", Json.quoted("{'mode':'MPOL_BIND','nodes':'63'}"));

        predicted(lab, bundle, "/linux/memoryPolicy", "EINVAL");
    }

    @Test
    void aSyscallThatIsUnknownWhereThatIsAnError(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().withObject("/annotations").put("run.oci.seccomp_fail_unknown_syscall", "1");
        bundle.linux()
                .set(
                        "seccomp",
                        Json.quoted("{'defaultAction':'SCMP_ACT_ALLOW','syscalls':"
                                + "[{'names':['nonsense'],'action':'SCMP_ACT_ERRNO'}]}"));
        JsonNode errors = errors(lab, bundle, "ID").now().exited(1).json().path("errors");

        assertEquals(1, errors.size(), errors::toPrettyString);
        String origin = errors.at("/0/origin").asString();
        assertTrue(origin.startsWith("/linux/seccomp/syscalls/0"), origin);
        lab.failsToCreate(bundle, "nonsense").oursSays(origin);
    }

    @Test
    void aPidFileInNoFolder(Lab lab) {
        predicted(lab, lab.bundle(), "--pid-file", "ENOENT", "--pid-file", NOWHERE + "/pid");
    }

    @Test
    void aSocketThatNobodyListensAt(Lab lab) {
        predicted(lab, lab.bundle(), "--pidfd-socket", "ENOENT", "--pidfd-socket", NOWHERE + "/socket");
    }

    /** Limits of a user namespace count for what is made in it. */
    @Test
    void aHostThatAllowsNoMoreNamespaces(Lab lab) {
        UnaryOperator<Call> nested = call -> call.cold()
                .through(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "sh",
                        "-c",
                        "echo 0 >/proc/sys/user/max_uts_namespaces && exec \"$@\"",
                        "sh");
        Bundle bundle = lab.bundle().namespaces("mount", "pid", "uts");
        String id = lab.nextId();
        JsonNode errors =
                nested.apply(errors(lab, bundle, id)).now().exited(1).json().path("errors");

        assertEquals(List.of("/linux/namespaces/2"), errors.findValuesAsString("origin"), errors::toPrettyString);
        assertTrue(errors.at("/0/problem").asString().contains("max_uts_namespaces is 0"), errors::toPrettyString);
        lab.fails(nested.apply(lab.createCall(bundle, id)), "ENOSPC").oursSays("/linux/namespaces");
    }

    /** Of an ordinary user, whose maps newuidmap and newgidmap check. */
    @Test
    void idsThatAreNotTheCallers(Lab lab) throws Exception {
        try (LocalUser user = LocalUser.make(true)) {
            Bundle bundle = lab.bundle().userNamespace(200_000);
            bundle.linux().remove("cgroupsPath");
            bundle.linux().remove("resources");
            Path root = lab.newFolder("users");
            Files.setAttribute(root, "unix:uid", (int) user.uid());
            for (String map : List.of("uidMappings", "gidMappings")) {
                long own = map.equals("uidMappings") ? user.uid() : user.gid();
                bundle.linux()
                        .set(
                                map,
                                Json.quoted("[{'containerID':0,'hostID':" + own
                                        + ",'size':1},{'containerID':1,'hostID':4000000,'size':10}]"));
            }
            String folder = bundle.write().folder().toString();
            JsonNode errors = user.call(lab.plainCall(
                            "--root", root.toString(), "explain", "--errors", "-f", "json", "-b", folder, "ID"))
                    .now()
                    .exited(1)
                    .json()
                    .path("errors");

            assertEquals(
                    List.of("/linux/uidMappings", "/linux/gidMappings"),
                    errors.findValuesAsString("origin"),
                    errors::toPrettyString);
            assertTrue(errors.at("/0/problem").asString().contains("4000000 to 4000009"), errors::toPrettyString);
            lab.fails(
                            user.call(lab.plainCall("--root", root.toString(), "create", "-b", folder, lab.nextId())),
                            "EPERM")
                    .oursSays("/linux/uidMappings");
        }
    }
}
