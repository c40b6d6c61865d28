// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** config.md "Mounts": uidMappings, gidMappings, and the options idmap and ridmap. */
@IntegrationTest
@JruncOnly("runc has idmapped mounts from 1.2 on")
class IdmapIT {

    /** A folder of root's with a file of user 3 and group 4. */
    private static Path shared(Lab lab) throws Exception {
        Path folder = lab.newFolder("shared");
        Path file = Files.writeString(folder.resolve("file"), "x");
        Files.setAttribute(file, "unix:uid", 3);
        Files.setAttribute(file, "unix:gid", 4);
        return folder;
    }

    private static void map(Bundle bundle, int hostId) {
        ObjectNode mount = (ObjectNode) bundle.config().at(bundle.lastMount());
        for (String map : new String[] {"uidMappings", "gidMappings"}) {
            mount.putArray(map)
                    .addObject()
                    .put("containerID", 0)
                    .put("hostID", hostId)
                    .put("size", 100);
        }
    }

    private static String owner(Bundle bundle, Lab lab) {
        String line =
                lab.run(bundle.payload("stat", "/shared/file")).succeeded().stdout();
        return line.replaceAll("(?s).*uid[^0-9]*([0-9]+).*gid[^0-9]*([0-9]+).*", "$1:$2");
    }

    @Test
    void mapsOfTheMount(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        bundle.mount("bind", shared(lab).toString(), "/shared", "bind");
        map(bundle, 5000);

        assertEquals("5003:5004", owner(bundle, lab));
    }

    @Test
    void mapsOfTheContainer(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().userNamespace(200_000);
        bundle.mount("bind", shared(lab).toString(), "/shared", "rbind", "ridmap");

        assertEquals("3:4", owner(bundle, lab));
    }

    @Test
    void withoutThemTheHostsIdsShow(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().userNamespace(200_000);
        bundle.mount("bind", shared(lab).toString(), "/shared", "rbind");

        assertEquals("65534:65534", owner(bundle, lab));
    }

    @Test
    void aFileSystemThatCanNot(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.mount("bind", "/sys", "/shared", "bind");
        map(bundle, 5000);

        lab.failsToCreate(bundle)
                .oursSays(
                        bundle.lastMount(),
                        "map the ids of a mount: this kernel can't do that with this file system",
                        "EINVAL");
    }

    @Test
    void withoutMapsAndWithoutAUserNamespace(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.mount("bind", "/tmp", "/shared", "bind", "idmap");

        lab.failsToCreate(bundle)
                .oursSays(
                        "config.json: " + bundle.lastMount()
                                + "/uidMappings: is missing: an idmapped mount needs it, or a user namespace of the container's");
    }
}
