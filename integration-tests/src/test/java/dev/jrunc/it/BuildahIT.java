// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.EngineChoice;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.OciRuntime;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Podman;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** buildah bud --isolation oci: each RUN is a container; buildah itself is its monitor, and reads {@code state}. */
@IntegrationTest
@Tag("client")
@Peer(runc = PASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BuildahIT {
    private final Podman storage;
    private final String runtime;

    BuildahIT(OciRuntime runtime, EngineChoice engine) throws Exception {
        this.runtime = runtime.path().toString();
        storage = Podman.ofRoot(runtime, engine);
    }

    @AfterAll
    void stop() {
        storage.close();
    }

    private Result build(Lab lab, String name, String instructions) throws Exception {
        Path folder = lab.newFolder("context");
        Files.writeString(folder.resolve("Dockerfile"), "FROM " + Podman.IMAGE + "\n" + instructions);
        return storage.buildah(
                        lab,
                        "bud",
                        "--runtime",
                        runtime,
                        "--isolation",
                        "oci",
                        "--network",
                        "none",
                        "--ulimit",
                        "nofile=1024:4096",
                        "-t",
                        name,
                        folder.toString())
                .now();
    }

    @Test
    void anImageIsBuilt(Lab lab) throws Exception {
        String name = "localhost/" + lab.nextId();
        Result built = build(lab, name, """
                USER 7:8
                RUN echo $(id -u) $(id -g)
                USER 0
                RUN touch /made; echo to stderr >&2
                CMD ["ls", "/made"]
                """).succeeded();
        lab.atEnd(() -> storage.buildah(lab, "rmi", "-f", name).now().succeeded());

        built.printed("7 8");
        assertTrue(built.stderr().contains("to stderr"), built::toString);
        storage.call(lab, "run", "--rm", "--network", "none", name)
                .now()
                .succeeded()
                .printed("/made");
    }

    @Test
    void aStepThatFailsEndsIt(Lab lab) throws Exception {
        Result failed = build(lab, "localhost/" + lab.nextId(), "RUN exit 3\n").exited(3);
        Result missing = build(lab, "localhost/" + lab.nextId(), "RUN [\"no-such-tool\"]\n");

        assertTrue(failed.stderr().contains("exit status 3"), failed::toString);
        assertTrue(missing.exit() != 0, missing::toString);
        assertTrue(missing.stderr().contains("no-such-tool"), missing::toString);
        assertTrue(missing.stderr().contains("executable file not found in $PATH"), missing::toString);
        assertEquals(
                List.of(),
                storage.buildah(lab, "containers", "-q").now().succeeded().lines());
    }
}
