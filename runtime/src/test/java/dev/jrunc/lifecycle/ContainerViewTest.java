// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.engine.AnsweringFront;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Paths through links and mounts, on a host of a few files. */
class ContainerViewTest {

    private static final Origin HERE = Origin.at("/here");

    /** Absolute paths of the host, to {@code folder}, {@code file}, or where a link leads. */
    private final Map<String, String> host = new TreeMap<>();

    private final ContainerView view = new ContainerView(new Files(), "/rootfs");

    private final class Files extends AnsweringFront {

        @Override
        protected Result answer(int index, HostOperation operation) {
            HostOperation.LookAt look = (HostOperation.LookAt) operation;
            String kind = host.get((look.folder() + look.path()).replaceAll("(.)/$", "$1"));
            String mode = kind == null ? "" : kind.equals("folder") ? "16877" : kind.equals("file") ? "33261" : "41471";
            String content = kind != null && kind.startsWith("/") || "..".equals(kind) ? kind : "";
            return kind == null
                    ? new Result(index, Errno.ENOENT.number(), 0, Bytes.EMPTY, "", "", "")
                    : new Result(index, 0, 0, Bytes.utf8(mode + " 0 0 1 2 0 0 0 0\n" + content), "", "", "");
        }
    }

    @BeforeEach
    void image() {
        for (String folder :
                List.of("/rootfs", "/rootfs/usr", "/rootfs/usr/bin", "/rootfs/data", "/host", "/host/bin")) {
            host.put(folder, "folder");
        }
        host.put("/rootfs/usr/bin/program", "file");
        host.put("/rootfs/bin", "/usr/bin");
        host.put("/host/bin/other", "file");
        host.put("/file", "file");
    }

    /** Where it is found, or how it isn't. */
    private String see(String path) {
        ContainerView.Seen seen = view.see(HERE, path);
        return !seen.isKnown()
                ? "unknown"
                : seen.look().found() ? seen.path() : Errno.describe(seen.look().error());
    }

    @Test
    void throughLinksOfTheImage() {
        assertEquals("/usr/bin/program", see("/bin/program"));
        assertEquals("/usr/bin/program", see("//bin/./program"));
        assertEquals("ENOENT (no such file or directory)", see("/bin/none"));
        assertEquals("ENOTDIR (not a directory)", see("/bin/program/x"));
    }

    @Test
    void neverOutOfTheRoot() {
        assertEquals("/usr", see("/../../usr"));
        host.put("/rootfs/up", "..");
        assertEquals("/usr", see("/up/usr"));
        assertEquals("/", see("/"));
        assertEquals("/", see("/up"));
        assertEquals(0040755, view.see(HERE, "/up").look().mode());
    }

    @Test
    void linksInACircle() {
        host.put("/rootfs/one", "/two");
        host.put("/rootfs/two", "/one");

        assertEquals("ELOOP (too many levels of symbolic links)", see("/one"));
    }

    @Test
    void aBindCoversWhatTheImageHas() {
        view.mount(HERE, "/usr", "/host", 0);

        assertEquals("/usr/bin/other", see("/bin/other"));
        assertEquals("ENOENT (no such file or directory)", see("/bin/program"));
    }

    @Test
    void aBindOnWhereALinkLeads() {
        view.mount(HERE, "/bin", "/host/bin", 0);

        assertEquals("/usr/bin/other", see("/usr/bin/other"));
    }

    @Test
    void aFileOnAFile() {
        host.remove("/rootfs/usr/bin/program");
        view.mount(HERE, "/usr/bin/program", "/file", 0);

        assertEquals("/usr/bin/program", see("/bin/program"));
    }

    @Test
    void whatIsNotMountedYetIsNotKnown() {
        view.mount(HERE, "/data", "", 0);

        assertEquals("unknown", see("/data/x"));
        assertEquals("/usr", see("/usr"));
    }

    @Test
    void theLastMountCounts() {
        view.mount(HERE, "/usr/bin", "/host/bin", 0);
        assertEquals("/usr/bin/other", see("/usr/bin/other"));
        view.mount(HERE, "/usr", "", 0);
        assertEquals("unknown", see("/usr/bin/other"));
    }

    /** The folder above it is made before it is mounted. */
    @Test
    void aTargetThatTheImageDoesNotHave() {
        view.mount(HERE, "/made/bin", "/host/bin", 0);

        assertEquals("/made/bin/other", see("/made/bin/other"));
    }
}
