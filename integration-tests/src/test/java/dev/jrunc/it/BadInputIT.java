// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What users get wrong: each has its own line, exit status 1, and leaves nothing behind. */
@IntegrationTest
@Peer(runc = PASS)
class BadInputIT {
    @Test
    void aBundleThatDoesNotExist(Lab lab) {
        lab.fails(
                        lab.call("create", "--bundle", "/missing/bundle", lab.nextId()),
                        "/missing/bundle",
                        "no such file or directory")
                .oursSays("ENOENT");
    }

    @Test
    void aBundleThatIsAFile(Lab lab) throws Exception {
        Path file = Files.createFile(lab.newFile("bundle"));

        lab.fails(lab.call("create", "--bundle", file.toString(), lab.nextId()), "not a directory")
                .oursSays(file.toString());
    }

    @Test
    void aBundleThatMayNotBeEntered(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().write();
        Files.setPosixFilePermissions(bundle.folder(), PosixFilePermissions.fromString("rwx------"));
        Path root = lab.newFolder("root-of-4242");
        Host.run("chown", "4242", root.toString());
        Call call = lab.plainCall("create", "--bundle", bundle.folder().toString(), lab.nextId())
                .globally("--root", root.toString())
                .cold()
                .through("setpriv", "--reuid=4242", "--regid=4242", "--clear-groups", "--inh-caps=-all");

        lab.fails(call, "permission denied").oursSays(bundle.folder().toString(), "EACCES");
    }

    @Test
    void noConfig(Lab lab) {
        lab.failsToCreate(lab.bundle().withoutConfig(), "config.json")
                .oursSays("config.json", lab.folder().toString());
    }

    @Test
    void aConfigThatIsAFolder(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().withoutConfig();
        Files.createDirectory(bundle.folder().resolve("config.json"));

        lab.failsToCreate(bundle, "config.json", "is a directory").oursSays("EISDIR");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{|line 1",
                "{'ociVersion':'1.0.2',}|line 1",
                "'text'|config.json",
                "[]|config.json",
                "`{\n\n  'ociVersion' 1\n}`|line 3"
            })
    void aConfigThatIsNotJson(String text, String place, Lab lab) {
        lab.failsToCreate(lab.bundle().rawConfig(text.replace('\'', '"'))).oursSays("config.json", place);
    }

    @Test
    void anEmptyConfig(Lab lab) {
        lab.failsToCreate(lab.bundle().rawConfig("")).oursSays("config.json");
    }

    @Test
    void lineAndColumnOfASyntaxError(Lab lab) {
        lab.failsToCreate(lab.bundle().rawConfig("{\n  \"ociVersion\": \"1.0.2\",\n  \"root\": nonsense\n}"))
                .oursSays("config.json", "line 3", "column ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/process/args|'sh'|array",
                "/process/args/0|7|string",
                "/process/env|{}|array",
                "/process/user/uid|'root'|integer",
                "/process/user|'root'|object",
                "/process/terminal|'yes'|boolean",
                "/process/rlimits/0/soft|'many'|integer",
                "/root|'rootfs'|object",
                "/root/readonly|1|boolean",
                "/mounts|{}|array",
                "/mounts/1/options|'ro'|array",
                "/mounts/2/destination|5|string",
                "/hostname|5|string",
                "/linux/namespaces/0|'pid'|object",
                "/linux/maskedPaths|'/proc'|array",
                "/hooks|[]|object"
            })
    void aValueOfTheWrongType(String pointer, String value, String expected, Lab lab) {
        Bundle bundle = lab.bundle();
        set(bundle, pointer, value);

        lab.failsToCreate(bundle).oursSays(pointer, expected);
    }

    /** What only this kernel, this host or init can know: the message as a whole. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/process/cwd|'/payload'|/process/cwd: chdir to cwd (\"/payload\"): ENOTDIR (not a directory):"
                        + " process.cwd is a file, or below one: give a folder",
                "/process/args|['/nowhere']|/process/args/0: exec: \"/nowhere\": stat /nowhere: no such file or"
                        + " directory: ENOENT (no such file or directory): the root file system BUNDLE/rootfs has no such file: is it"
                        + " the right image, and the path as the image has it? Links in it must not lead out of it",
                "/process/rlimits|[{'type':'RLIMIT_NOFILE','soft':20,'hard':10}]|/process/rlimits/0: set RLIMIT_NOFILE of init"
                        + " to 20 (soft), 10 (hard): EINVAL (invalid argument)",
                "/process/scheduler|{'policy':'SCHED_DEADLINE','runtime':1,'deadline':1,'period':1}|/process/scheduler: set the"
                        + " scheduler of init to SCHED_DEADLINE, nice 0, priority 0: EINVAL (invalid argument)",
                "/process/execCPUAffinity|{'initial':'9-1'}|config.json: /process/execCPUAffinity/initial: expected a list of"
                        + " CPUs from 0 to 1023 such as 0-3,7, found \"9-1\"",
                "/process/selinuxLabel|'x'|config.json: /process/selinuxLabel: SELinux is not enabled on this host",
                "/process/apparmorProfile|'x'|config.json: /process/apparmorProfile: AppArmor is not enabled on this host",
                "/process/user/umask|4096|config.json: /process/user/umask: expected 0 to 511 (octal 777), found 4096",
                "/hostname|'h\\u0000'|config.json: /hostname: a string with a zero character can't be given to the kernel",
                "/domainname|'0123456789012345678901234567890123456789012345678901234567890123456789'|/domainname: set the domain"
                        + " name to 0123456789012345678901234567890123456789012345678901234567890123456789: EINVAL (invalid argument)",
                "/mounts/0|{'destination':'/x','type':'tmpfss'}|/mounts/0: mount tmpfss on /x: the kernel has no such file"
                        + " system: ENODEV (no such device): this kernel knows no file system \"tmpfss\": load its module"
                        + " (modprobe), or correct type; /proc/filesystems lists what it knows",
                "/mounts/0|{'destination':'/x','type':'tmpfs','options':['sizee=1']}|/mounts/0: mount tmpfs on /x: option"
                        + " \"sizee=1\": tmpfs: Unknown parameter 'sizee': EINVAL (invalid argument)",
                "/mounts/0|{'destination':'/x','source':'/nowhere','options':['bind']}|/mounts/0: bind /nowhere on /x: open the"
                        + " source: ENOENT (no such file or directory): this host has no /nowhere, as the caller sees it: make it, or"
                        + " correct source: a relative one is read from the bundle on",
                "/linux/devices|[{'type':'c','path':'/dev/x','major':1,'minor':-3}]|config.json: /linux/devices/0/minor: expected"
                        + " an unsigned 32-bit integer, found -3",
                "/linux/sysctl|{'net.ipv4.nope':'1'}|/linux/sysctl/net.ipv4.nope: write \"1\" to /proc/sys/net/ipv4/nope: ENOENT"
                        + " (no such file or directory): this kernel has no such sysctl, or its module isn't loaded: correct the name,"
                        + " or load the module on the host",
                "/linux/sysctl|{'net.ipv4.ip_forward':'x'}|/linux/sysctl/net.ipv4.ip_forward: write \"x\" to"
                        + " /proc/sys/net/ipv4/ip_forward: EINVAL (invalid argument)",
                "/linux/readonlyPaths|['x']|config.json: /linux/readonlyPaths/0: expected an absolute path, found \"x\"",
                "/linux/memoryPolicy|{'mode':'MPOL_BIND','nodes':'1023'}|/linux/memoryPolicy: set memory policy MPOL_BIND (does"
                        + " this machine have these nodes, and is the cgroup allowed to use them?): EINVAL (invalid argument)"
            })
    @JruncOnly("it is about our words")
    void aValueThatThisHostCanNotTake(String pointer, String value, String message, Lab lab) {
        Bundle bundle = lab.bundle();
        set(bundle, pointer, value);
        String id = lab.nextId();
        Result result = lab.fails(lab.createCall(bundle, id));

        assertEquals(
                "jrunc: create failed: container " + id + ": " + message,
                result.stderr().strip().replace(bundle.folder().toString(), "BUNDLE"));
    }

    private static void set(Bundle bundle, String pointer, String value) {
        int slash = pointer.lastIndexOf('/');
        var parent = bundle.config().at(pointer.substring(0, slash));
        String last = pointer.substring(slash + 1);
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(last), Json.quoted(value));
        } else {
            ((ObjectNode) parent).set(last, Json.quoted(value));
        }
    }

    /** Create stops at the first; the schema tells the others, and names that may have been meant. */
    @Test
    void allThatIsWrongIsSaidAtOnce(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().set("args", Json.quoted("'sh'"));
        bundle.process().set("rlimit", Json.quoted("[]"));
        bundle.config().withObject("/root").put("readonly", 1);

        lab.failsToCreate(bundle)
                .oursSays(
                        "create failed: container ",
                        ": config.json: /root/readonly: expected a boolean, found 1 (Whether it can't be written); also"
                                + " /process/args: expected an array, found string \"sh\" (The program, looked up in PATH of"
                                + " env, and its arguments)",
                        "; /process/rlimit: unknown property, ignored; did you mean \"rlimits\"?");
    }

    @Test
    void moreThanALineHasRoomFor(Lab lab) {
        Bundle bundle = lab.bundle();
        for (int i = 0; i < 9; i++) {
            bundle.mounts().addObject().put("destination", i);
        }

        lab.failsToCreate(bundle).oursSays("; and 3 more, which jrunc validate tells");
    }

    @Test
    void aNameThatIsAlmostThatOfWhatIsMissing(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().set("arg", bundle.process().remove("args"));

        lab.failsToCreate(bundle)
                .oursSays(
                        "config.json: /process/args: is missing or empty: there is no program to run; also /process/arg: unknown"
                                + " property, ignored; did you mean \"args\"?");
    }

    @Test
    @Peer(runc = WRONG, why = "config.md, ociVersion is REQUIRED", failure = "exit status")
    void noVersion(Lab lab) {
        Bundle bundle = lab.bundle().edit(config -> config.remove("ociVersion"));

        lab.failsToCreate(bundle, "ociVersion").oursSays("/ociVersion");
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "config.md, ociVersion: an incompatible version MUST be an error",
            failure = "exit status")
    void aVersionOfTheFuture(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().put("ociVersion", "2.0.0");

        lab.failsToCreate(bundle, "2.0.0").oursSays("/ociVersion");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0", "1.0.2-dev", "1.1.0", "1.2.1", "1.3.0"})
    void allVersionsOfOneAreTaken(String version, Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().put("ociVersion", version);

        lab.report(bundle);
    }

    @Test
    void unknownPropertiesAreIgnored(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().put("notInTheSpecification", 1);
        bundle.process().set("nor", Json.quoted("{'this':[1,2]}"));
        bundle.linux().put("northis", true);

        lab.report(bundle);
    }

    @Test
    void noRoot(Lab lab) {
        lab.failsToCreate(lab.bundle().edit(config -> config.remove("root")), "root")
                .oursSays("/root");
    }

    @Test
    void aRootThatDoesNotExist(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().withObject("/root").put("path", "nowhere");

        lab.failsToCreate(bundle, "nowhere")
                .oursSays(
                        "/root/path",
                        "ENOENT",
                        bundle.folder().resolve("nowhere").toString());
    }

    @Test
    void aRootThatIsAFile(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().withObject("/root").put("path", "rootfs/payload");

        lab.failsToCreate(bundle, "not a directory").oursSays("/root/path", "ENOTDIR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "semi;colon", "sl/ash", "../up", "..", ".", "a\u00e4", "*"})
    void anInvalidId(String id, Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux().put("cgroupsPath", lab.cgroup("c"));

        lab.fails(lab.createCall(bundle, id), "invalid container ID format").oursSays(id);
    }

    @Test
    void anEmptyId(Lab lab) {
        Result result = lab.createCall(lab.bundle(), "").now().exited(1);

        assertTrue(result.stderr().contains("ID") || result.stderr().contains("id"), result::toString);
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "contract: at most 255 bytes; runc 1.1 fails later, of the path",
            failure = "invalid container ID format")
    void anIdThatIsTooLong(Lab lab) {
        lab.fails(lab.createCall(lab.bundle(), "x".repeat(256)), "invalid container ID format");
    }

    @Test
    void everyValidCharacterOfAnId(Lab lab) {
        String id = lab.id("Az09_+.-");
        lab.runCall(lab.bundle(), id).now().succeeded();
    }

    @Test
    void aRootFolderThatCannotBeMade(Lab lab) {
        Bundle bundle = lab.bundle().write();
        Call call = lab.plainCall("create", "-b", bundle.folder().toString(), lab.nextId())
                .globally("--root", lab.payload() + "/root");

        lab.fails(call, "not a directory").oursSays(lab.payload() + "/root", "ENOTDIR");
    }

    @Test
    void aRootFolderThatIsReadonly(Lab lab) {
        Bundle bundle = lab.bundle().write();
        Path root = lab.newFolder("readonly");
        Host.run("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", root.toString());
        lab.atEnd(() -> Host.run("umount", root.toString()));
        Census before = lab.census();
        Call call = lab.plainCall("create", "-b", bundle.folder().toString(), lab.nextId())
                .globally("--root", root.toString());
        call.now().failedSaying("read-only file system").oursSays(root.toString(), "EROFS");

        lab.assertNothingSince(before, "after a readonly root folder");
    }

    @Test
    @Peer(
            runc = WRONG,
            why = "contract: the error names what went wrong; runc loses it",
            failure = "no space left on device")
    void aDiskThatIsFull(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        bundle.config().set("annotations", Json.of(Map.of("big", "x".repeat(100_000))));
        bundle.write();
        Path root = lab.newFolder("small");
        Host.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", root.toString());
        lab.atEnd(() -> Host.run("umount", root.toString()));
        Census before = lab.census();
        Call call = lab.plainCall("create", "-b", bundle.folder().toString(), lab.nextId())
                .globally("--root", root.toString());
        call.now().failedSaying("no space left on device").oursSays(root.toString(), "ENOSPC");

        lab.assertNothingSince(before, "after a full disk");
        try (var left = Files.list(root)) {
            assertFalse(left.findAny().isPresent());
        }
    }

    @Test
    void aDiskWithoutInodes(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().write();
        Path root = lab.newFolder("small");
        Host.run("mount", "-t", "tmpfs", "-o", "nr_inodes=2", "tmpfs", root.toString());
        lab.atEnd(() -> Host.run("umount", root.toString()));
        Census before = lab.census();
        Call call = lab.plainCall("create", "-b", bundle.folder().toString(), lab.nextId())
                .globally("--root", root.toString());
        call.now().failedSaying("no space left on device").oursSays("ENOSPC");

        lab.assertNothingSince(before, "after a disk without inodes");
        try (var left = Files.list(root)) {
            assertFalse(left.findAny().isPresent());
        }
    }

    /** Each hook is told all annotations. */
    @Test
    @JruncOnly("contract: named limits with clear errors")
    void hooksAndAnnotationsThatMakeAPlanTooLarge(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().set("annotations", Json.of(Map.of("big", "x".repeat(8 << 20))));
        for (int i = 0; i < 9; i++) {
            bundle.hook("createContainer", Map.of("path", "/bin/true"));
        }

        lab.failsToCreate(bundle, "/hooks/createContainer/").oursSays("the plan is larger than 64 MiB");
    }

    @Test
    void aTargetThatCannotBeMadeInTheRoot(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "tmpfs", "/file/inside");
        bundle.file("/file", "not a folder");

        lab.failsToCreate(bundle, "not a directory").oursSays(bundle.lastMount(), "/file/inside", "ENOTDIR");
    }
}
