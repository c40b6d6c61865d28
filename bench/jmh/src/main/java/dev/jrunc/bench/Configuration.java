// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.bench;

import dev.jrunc.cgroup.CgroupDriver;
import dev.jrunc.cgroup.CgroupLayout;
import dev.jrunc.cgroup.CgroupPlan;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.json.ConfigWriter;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.Plan;
import dev.jrunc.plan.PlanRequest;
import dev.jrunc.plan.Planner;
import dev.jrunc.plan.SeccompFilter;
import dev.jrunc.spec.DefaultSpec;
import dev.jrunc.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A config.json, and what each step makes of it for the next. */
@State(Scope.Benchmark)
public class Configuration {

    static final String DEFAULT = "default";
    static final String DOCKER = "docker";
    static final String FORTY_MOUNTS = "forty-mounts";

    /** Mounts of {@link #FORTY_MOUNTS}, the default ones included. */
    private static final int MOUNTS = 40;

    private static final List<String> CONTROLLERS =
            List.of("memory", "cpu", "cpuacct", "cpuset", "devices", "freezer", "blkio", "pids");
    private static final String MOUNTINFO;
    private static final String CGROUPS;

    static {
        StringBuilder mounts = new StringBuilder("22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n");
        StringBuilder cgroups = new StringBuilder();
        for (String controller : CONTROLLERS) {
            mounts.append("30 22 0:26 / /sys/fs/cgroup/").append(controller);
            mounts.append(" rw,relatime - cgroup cgroup rw,").append(controller).append('\n');
            cgroups.append("1:").append(controller).append(":/\n");
        }
        MOUNTINFO = mounts.toString();
        CGROUPS = cgroups.toString();
    }

    private static final SeccompFilter FILTER = new SeccompFilter(0, Bytes.of(new byte[300 * 8]));

    @Param({DEFAULT, DOCKER, FORTY_MOUNTS})
    public String name = DEFAULT;

    Bytes document = Bytes.EMPTY;
    Spec spec = DefaultSpec.rootful();
    Plan plan = plan(spec);

    @Setup
    public void prepare() throws IOException {
        document = switch (name) {
            case DEFAULT -> Bytes.utf8(ConfigWriter.write(DefaultSpec.rootful()));
            case DOCKER ->
                Bytes.of(Files.readAllBytes(
                        Path.of("runtime/src/test/resources/plans/fixture-docker-limits/config.json")));
            case FORTY_MOUNTS -> fortyMounts();
            default -> throw new IllegalArgumentException(name);
        };
        spec = ConfigReader.read(document);
        plan = plan(spec);
        if (name.equals(FORTY_MOUNTS) && spec.mounts().size() != MOUNTS) {
            throw new IllegalStateException(spec.mounts().size() + " mounts");
        }
    }

    /** Binds of a pod, with the options that engines write. */
    private static Bytes fortyMounts() {
        String text = ConfigWriter.write(DefaultSpec.rootful());
        StringBuilder more = new StringBuilder();
        for (int i = DefaultSpec.rootful().mounts().size(); i < MOUNTS; i++) {
            more.append("{\"destination\":\"/var/lib/volumes/volume-").append(i).append("/data\",\"type\":\"bind\",");
            more.append("\"source\":\"/var/lib/kubelet/pods/3c1f/volumes/volume-")
                    .append(i)
                    .append("\",\"options\":");
            more.append("[\"rbind\",\"rprivate\",\"")
                    .append(i % 2 == 0 ? "ro" : "rw")
                    .append("\",\"nosuid\",\"nodev\"]},");
        }
        return Bytes.utf8(text.replaceFirst("\"mounts\":\\s*\\[", "\"mounts\":[" + more));
    }

    /** Cgroups and all, as create does it on a host with v1 and a hierarchy for each controller. */
    static Plan plan(Spec spec) {
        CgroupLayout layout = CgroupLayout.parse(MOUNTINFO, CGROUPS);
        CgroupPlan cgroups = CgroupDriver.plan(layout, spec, "bench", true, false);
        return Planner.plan(new PlanRequest(
                "bench",
                "/var/lib/bundle",
                "/var/lib/bundle/rootfs",
                spec,
                true,
                true,
                cgroups.folders(),
                List.of(),
                cgroups.optional(),
                false,
                false,
                false,
                0,
                List.of(),
                spec.linux().seccomp() == null ? null : FILTER,
                false,
                Map.of(),
                false,
                false,
                "",
                Bytes.EMPTY,
                Bytes.EMPTY));
    }
}
