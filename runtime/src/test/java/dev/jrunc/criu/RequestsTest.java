// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.criu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.plan.CgroupFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What criu is asked for, as the files in {@code criu/} have it. After a change that is meant, {@code -Dgolden.update=true} writes them
 * again; then read the difference.
 */
class RequestsTest {

    private static final Path GOLDEN = Path.of("src/test/resources/criu");
    private static final boolean UPDATE = Boolean.getBoolean("golden.update");

    private static final CriuOptions NONE =
            new CriuOptions(null, null, false, false, false, false, null, false, false, false);
    private static final CriuOptions ALL =
            new CriuOptions("/images", "/work", true, true, true, true, "full", true, true, true);
    private static final Requests.Folders IMAGES = new Requests.Folders(7, -1, "");
    private static final Requests.Folders BOTH = new Requests.Folders(7, 8, "/etc/criu/jrunc.conf");

    private static final List<External> MOUNTS =
            List.of(new External("/data", "/srv/data"), new External("/etc/hosts", "/run/hosts"));

    /** No optimizer goes over the classes that are tested. */
    @SuppressWarnings("LiteProtoToString")
    private static void compare(String name, Rpc.Req request) throws IOException {
        String text = request.toString();
        // The first line has the object's address.
        String found = text.substring(text.indexOf('\n') + 1) + "\n";
        Path golden = GOLDEN.resolve(name + ".txt");
        if (UPDATE) {
            Files.writeString(golden, found);
        }

        assertEquals(Files.readString(golden), found, name);
    }

    private static Requests.Dump container(List<Requests.Namespace> namespaces) {
        return new Requests.Dump(
                4711, "/bundle/rootfs", "/sys/fs/cgroup/c1", MOUNTS, List.of("/proc/kcore", "/proc/keys"), namespaces);
    }

    @Test
    void aDumpWithoutOptions() throws IOException {
        DumpOptions options = new DumpOptions(NONE, null, false, false, false, -1, null, false);

        compare("dump", Requests.dump(options, IMAGES, container(List.of())));
    }

    @Test
    void aDumpWithAllOptionsOfAContainerInNamespacesOfOthers() throws IOException {
        DumpOptions options = new DumpOptions(
                ALL, "../before", true, true, true, 5, new DumpOptions.PageServer("10.0.0.1", 1234), false);

        compare(
                "dump-all",
                Requests.dump(
                        options,
                        BOTH,
                        container(List.of(
                                new Requests.Namespace("net", "4026532200", -1),
                                new Requests.Namespace("pid", "4026532201", -1)))));
    }

    @Test
    void aPreDumpIsOfMemoryAlone() throws IOException {
        DumpOptions options = new DumpOptions(NONE, "../before", false, false, false, -1, null, true);

        compare("pre-dump", Requests.dump(options, IMAGES, container(List.of())));
    }

    @Test
    void aRestoreWithoutOptionsOnVersion2() throws IOException {
        compare(
                "restore",
                Requests.restore(
                        NONE,
                        IMAGES,
                        new Requests.Restore(
                                "/run/jrunc/c1",
                                MOUNTS,
                                List.of(),
                                List.of(new Requests.Inherited("pipe:[4242]", 4)),
                                List.of(new CgroupFolder("/sys/fs/cgroup", "/c1", 2, List.of("memory"))),
                                null,
                                null)));
    }

    @Test
    void aRestoreWithAllOptionsOnVersion1() throws IOException {
        compare(
                "restore-all",
                Requests.restore(
                        ALL,
                        BOTH,
                        new Requests.Restore(
                                "/run/jrunc/c1",
                                List.of(),
                                List.of(new Requests.Namespace("net", "", 4), new Requests.Namespace("pid", "", 5)),
                                List.of(),
                                List.of(
                                        new CgroupFolder("/sys/fs/cgroup/cpu", "/c1", 1, List.of("cpu", "cpuacct")),
                                        new CgroupFolder("/sys/fs/cgroup/systemd", "/c1", 1, List.of("name=systemd"))),
                                "apparmor:restored",
                                "system_u:object_r:container_file_t:s0")));
    }
}
