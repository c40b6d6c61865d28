// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.LocalUser;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.OciRuntime;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Result;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What people report to runtimes most, docs/errors.md, "The most common failures". The whole message that is printed stands in that
 * page's source, with names in capitals for what differs from call to call.
 */
@IntegrationTest
@Peer(runc = PASS)
class CommonFailuresIT {
    private static final Path CASES = Path.of("../runtime/src/test/resources/errors/common.txt");
    private static final String EXECUTED_EARLY =
            "contract: program and interpreter are resolved in create, or start says why";

    /** The message of that case of the page. */
    private static String message(String name) {
        boolean found = false;
        for (String line : Host.read(CASES).lines().toList()) {
            found = line.startsWith("# ") ? line.equals("# " + name) : found;
            if (found && line.startsWith("prints: ")) {
                return line.substring("prints: ".length());
            }
        }
        throw new AssertionError(CASES + " has no case " + name);
    }

    /** Asserts the whole of standard error, and of the log's last error. */
    private static void prints(Lab lab, Result result, String name, Map<String, String> names) {
        if (lab.runtime().kind() != OciRuntime.Kind.JRUNC) {
            return;
        }
        String said = result.stderr().strip();
        assertEquals("jrunc: " + result.lastError(), said);
        for (Map.Entry<String, String> entry : names.entrySet()) {
            said = said.replace(entry.getValue(), entry.getKey());
        }
        // Newer kernels say why in the log of the mount.
        said = said.replace(": VFS: Mount too revealing", "");
        said = said.replaceAll(lab.name() + "-c\\d+", "ID")
                .replace(lab.folder().toString(), "LAB")
                .replace(lab.name(), "LAB");
        assertEquals(message(name), said);
    }

    private static void prints(Lab lab, Result result, Bundle bundle, String name) {
        prints(lab, result, name, Map.of("BUNDLE", bundle.folder().toString()));
    }

    private static void createPrints(Lab lab, Bundle bundle, String name, String... words) {
        prints(lab, lab.failsToCreate(bundle, words), bundle, name);
    }

    private static void startPrints(Lab lab, Bundle bundle, String name, String... words) {
        Container container = lab.create(bundle);
        prints(lab, lab.call("start", container.id()).now().failedSaying(words), bundle, name);
        container.awaitStatus("stopped");
    }

    @Test
    void aProgramThatIsNotInPath(Lab lab) {
        Bundle bundle = lab.bundle().args("npm", "start").env("PATH=/usr/local/bin:/bin");
        createPrints(lab, bundle, "aProgramThatIsNotInPath", "executable file not found in $PATH");
    }

    @Test
    void aCommandLineInOneArgument(Lab lab) {
        createPrints(
                lab,
                lab.bundle().args("npm start").env("PATH=/bin"),
                "aCommandLineInOneArgument",
                "executable file not found in $PATH");
    }

    @Test
    void aProgramThatAMountHides(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().args("/app/run.sh");
        bundle.script("/app/run.sh", "#!/payload\n");
        bundle.mount("bind", lab.newFolder("code").toString(), "/app", "rbind");
        createPrints(lab, bundle, "aProgramThatAMountHides", "/app/run.sh", "no such file or directory");
    }

    @Test
    void aScriptThatMayNotBeExecuted(Lab lab) {
        Bundle bundle = lab.bundle().args("/entrypoint.sh");
        bundle.file("/entrypoint.sh", "#!/payload\n");
        createPrints(lab, bundle, "aScriptThatMayNotBeExecuted", "/entrypoint.sh", "permission denied");
    }

    @Test
    @Peer(runc = WRONG, why = EXECUTED_EARLY, failure = "exit status")
    void aScriptWithWindowsLineEnds(Lab lab) {
        Bundle bundle = lab.bundle().args("/entrypoint.sh");
        bundle.script("/entrypoint.sh", "#!/payload\r\nprint\r\n");
        createPrints(lab, bundle, "aScriptWithWindowsLineEnds", "/entrypoint.sh", "no such file or directory");
    }

    @Test
    @Peer(runc = WRONG, why = EXECUTED_EARLY, failure = "exit status")
    void aScriptWithoutItsFirstLine(Lab lab) {
        Bundle bundle = lab.bundle().args("/entrypoint.sh");
        bundle.script("/entrypoint.sh", "\nexec /app\n");
        startPrints(lab, bundle, "aScriptWithoutItsFirstLine", "exec format error");
    }

    @Test
    @Peer(runc = WRONG, why = EXECUTED_EARLY, failure = "exit status")
    void anImageForAnotherMachine(Lab lab) throws Exception {
        Machine.needs(
                "x86-64, for an ELF file of aarch64",
                System.getProperty("os.arch").equals("amd64"));
        Bundle bundle = lab.bundle().args("/app");
        Path program = bundle.script("/app", "");
        Files.copy(Path.of(lab.payload()), program, StandardCopyOption.REPLACE_EXISTING);
        try (RandomAccessFile elf = new RandomAccessFile(program.toFile(), "rw")) {
            elf.seek(18); // e_machine
            elf.write(183);
            elf.write(0);
        }
        startPrints(lab, bundle, "anImageForAnotherMachine", "exec format error");
    }

    @Test
    @Peer(runc = WRONG, why = EXECUTED_EARLY, failure = "exit status")
    void aProgramForAnotherLibrary(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().args("/app");
        Files.copy(Path.of("/usr/bin/env"), bundle.rootfs().resolve("app"));
        createPrints(lab, bundle, "aProgramForAnotherLibrary", "/app", "no such file or directory");
    }

    @Test
    @Peer(runc = WRONG, why = EXECUTED_EARLY, failure = "exit status")
    void aRootFileSystemThatIsMountedNoexec(Lab lab) {
        Bundle bundle = lab.bundle();
        Host.run(
                "mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", bundle.rootfs().toString());
        lab.atEnd(() -> Host.run("umount", bundle.rootfs().toString()));
        Host.run("cp", lab.payload(), bundle.rootfs().resolve("payload").toString());
        createPrints(lab, bundle, "aRootFileSystemThatIsMountedNoexec", "permission denied");
    }

    @Test
    void aFolderOnAFile(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.file("/etc/app.conf", "");
        bundle.mount("bind", lab.newFolder("app.conf").toString(), "/etc/app.conf", "rbind");
        createPrints(lab, bundle, "aFolderOnAFile", "not a directory");
    }

    @Test
    void aSourceThatDoesNotExist(Lab lab) {
        Bundle bundle = lab.bundle().mount("bind", "/srv/no/data", "/data", "rbind");
        createPrints(lab, bundle, "aSourceThatDoesNotExist", "/srv/no/data", "no such file or directory");
    }

    @Test
    void aMountPointInAReadOnlyMount(Lab lab) {
        Bundle bundle = lab.bundle()
                .mount("bind", lab.newFolder("code").toString(), "/app", "rbind", "ro")
                .mount("tmpfs", "tmpfs", "/app/cache");
        createPrints(lab, bundle, "aMountPointInAReadOnlyMount", "read-only file system");
    }

    @Test
    void aBindMountWithoutItsOption(Lab lab) {
        Bundle bundle = lab.bundle().mount("none", "/srv", "/data");
        createPrints(lab, bundle, "aBindMountWithoutItsOption", "no such device");
    }

    @Test
    void aFileSystemWithoutRoom(Lab lab) {
        Bundle bundle = lab.bundle();
        Host.run(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "nr_inodes=4",
                "tmpfs",
                bundle.rootfs().toString());
        lab.atEnd(() -> Host.run("umount", bundle.rootfs().toString()));
        Host.run("cp", lab.payload(), bundle.rootfs().resolve("payload").toString());
        createPrints(lab, bundle, "aFileSystemWithoutRoom", "no space left on device");
    }

    @Test
    void cpusThatThisHostHasNot(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux().withObject("/resources").putObject("cpu").put("cpus", "0-1023");
        Result result = lab.failsToCreate(bundle, "cpuset.cpus");
        String online = Host.read(Path.of("/sys/devices/system/cpu/online")).strip();
        prints(
                lab,
                result,
                "cpusThatThisHostHasNot",
                Map.of("there is ONLINE", "there is " + online, "CGROUP", "/sys/fs/cgroup/cpuset"));
    }

    @Test
    void aPathThatSystemdDoesNotTake(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux().put("cgroupsPath", "/kubepods/pod1/x");
        Call call = lab.createCall(bundle, lab.nextId()).globally("--systemd-cgroup");
        prints(lab, lab.fails(call), bundle, "aPathThatSystemdDoesNotTake");
    }

    @Test
    void cgroupsThatAreNotMounted(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.linux().withObject("/resources").putObject("memory").put("limit", 64 << 20);
        Call call = lab.createCall(bundle, lab.nextId())
                .through("unshare", "-m", "sh", "-c", "umount /sys/fs/cgroup/memory && exec \"$@\"", "sh");
        prints(lab, lab.fails(call, "cgroup"), bundle, "cgroupsThatAreNotMounted");
    }

    @Test
    void cgroupsThatAreReadOnly(Lab lab) {
        Bundle bundle = lab.bundle();
        Call call = lab.createCall(bundle, lab.nextId())
                .through(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        "for m in /sys/fs/cgroup/*; do mountpoint -q $m && mount -o remount,bind,ro $m; done; exec \"$@\"",
                        "sh");
        Result result = lab.fails(call, "read-only file system");
        prints(lab, result, "cgroupsThatAreReadOnly", Map.of("CGROUP", "/sys/fs/cgroup/systemd"));
    }

    @Test
    void aProfileThatThisHostCannotHave(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().put("apparmorProfile", "docker-default");
        createPrints(lab, bundle, "aProfileThatThisHostCannotHave", "apparmor");
    }

    @Test
    void aHigherLimitThanTheCallers(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.process().set("rlimits", Json.quoted("[{'type':'RLIMIT_NOFILE','soft':5000,'hard':5000}]"));
        Call call = lab.createCall(bundle, lab.nextId())
                .cold()
                .through("setpriv", "--bounding-set", "-sys_resource", "prlimit", "--nofile=2000:2000");
        prints(lab, lab.fails(call, "operation not permitted"), bundle, "aHigherLimitThanTheCallers");
    }

    @Test
    void aHookThatFails(Lab lab) {
        Bundle bundle = lab.bundle()
                .hook(
                        "prestart",
                        Map.of(
                                "path",
                                "/bin/sh",
                                "args",
                                List.of("sh", "-c", "echo driver error: no GPU >&2; exit 1")));
        createPrints(lab, bundle, "aHookThatFails", "driver error: no GPU");
    }

    @Test
    void aNamespaceThatHasGone(Lab lab) {
        Bundle bundle = lab.bundle().join("ipc", Path.of("/proc/4194304/ns/ipc"));
        createPrints(lab, bundle, "aNamespaceThatHasGone", "/proc/4194304/ns/ipc", "no such file or directory");
    }

    @Test
    void aWorkingDirectoryThatIsClosed(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().userNamespace(100000);
        bundle.process().put("cwd", "/srv");
        Path folder = bundle.directory("/srv");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Call call = lab.createCall(bundle, lab.nextId());
        Host.run("chown", "0:0", folder.toString());
        prints(lab, lab.fails(call, "/srv", "permission denied"), bundle, "aWorkingDirectoryThatIsClosed");
    }

    /** What create, which fails, says to a user whose bundle it is. */
    private static String saysTo(Lab lab, LocalUser user, Bundle bundle) {
        bundle.write();
        Host.run("chown", "-R", user.uid() + ":" + user.gid(), bundle.folder().toString());
        Call create = lab.plainCall(
                "--root",
                user.runtimeFolder().resolve("r").toString(),
                "create",
                "--bundle",
                bundle.folder().toString(),
                lab.nextId());
        Result result = user.call(create).now().failedSaying();
        return result.stderr().strip().replaceAll(lab.name() + "-c\\d+", "ID");
    }

    @Test
    void anOrdinaryUserWithoutAUserNamespace(Lab lab) throws Exception {
        try (LocalUser user = LocalUser.make(false)) {
            String said = saysTo(lab, user, lab.bundle());
            if (lab.runtime().kind() == OciRuntime.Kind.JRUNC) {
                assertEquals(
                        message("anOrdinaryUserWithoutAUserNamespace"), said.replace("user " + user.uid(), "user UID"));
            }
        }
    }

    @Test
    void aUserWithoutSubordinateIds(Lab lab) throws Exception {
        try (LocalUser user = LocalUser.make(false)) {
            Bundle bundle = lab.bundle();
            bundle.addNamespace("user");
            for (String map : List.of("uidMappings", "gidMappings")) {
                bundle.linux().set(map, Json.quoted("[{'containerID':0,'hostID':100000,'size':65536}]"));
            }
            String said = saysTo(lab, user, bundle);
            if (lab.runtime().kind() == OciRuntime.Kind.JRUNC) {
                assertEquals(message("aUserWithoutSubordinateIds"), said.replaceAll("range \\[\\S+\\)", "range RANGE"));
            }
        }
    }

    @Test
    void noMoreUserNamespaces(Lab lab) {
        Bundle bundle = lab.bundle().userNamespace(0);
        bundle.linux().set("uidMappings", Json.quoted("[{'containerID':0,'hostID':0,'size':1}]"));
        bundle.linux().set("gidMappings", Json.quoted("[{'containerID':0,'hostID':0,'size':1}]"));
        Call call = lab.createCall(bundle, lab.nextId())
                .cold()
                .through(
                        "unshare",
                        "-U",
                        "-m",
                        "--map-root-user",
                        "sh",
                        "-c",
                        "echo 0 >/proc/sys/user/max_user_namespaces && exec \"$@\"",
                        "sh");
        prints(lab, lab.fails(call), bundle, "noMoreUserNamespaces");
    }

    @Test
    void aProcThatIsCovered(Lab lab) {
        Bundle bundle = lab.bundle().unmount("/sys").unmount("/sys/fs/cgroup");
        bundle.addNamespace("user");
        bundle.linux().set("uidMappings", Json.quoted("[{'containerID':0,'hostID':0,'size':1}]"));
        bundle.linux().set("gidMappings", Json.quoted("[{'containerID':0,'hostID':0,'size':1}]"));
        Call call = lab.createCall(bundle, lab.nextId())
                .cold()
                .through(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        "mount -t tmpfs tmpfs /proc/sys/fs && exec unshare -U -m --map-root-user \"$@\"",
                        "sh");
        prints(lab, lab.fails(call, "operation not permitted"), bundle, "aProcThatIsCovered");
    }
}
