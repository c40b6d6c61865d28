// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of {@code update} that Intel RDT has: lines for the schemata file of a container's group in resctrl. */
final class RdtSchemata {

    private static final Origin ORIGIN = Origin.rule("Intel RDT");
    private static final String FILE_SYSTEM = " - resctrl ";
    private static final long MAX_MOUNTINFO_BYTES = 32L * 1024 * 1024;

    /** WRITE_FILE disposition of native/protocol.h: the file is the kernel's. */
    private static final long EXISTING = 0;

    /** Of /proc/self/mountinfo, proc_pid_mountinfo(5). */
    private static final int MOUNT_POINT = 4;

    private final Front front;
    private final UpdateOptions options;

    RdtSchemata(Front front, UpdateOptions options) {
        this.front = front;
        this.options = options;
    }

    /** @throws ContainerError where it is asked for and resctrl isn't mounted */
    List<Step<HostOperation>> writing(Spec spec, String id) {
        String cache = options.l3CacheSchema();
        String bandwidth = options.memBwSchema();
        if (cache == null && bandwidth == null) {
            return List.of();
        }
        String mount = mount();
        if (mount == null) {
            throw new ContainerError((cache != null
                            ? "--l3-cache-schema: Intel RDT/CAT: l3 cache schema is not enabled"
                            : "--mem-bw-schema: Intel RDT/MBA: memory bandwidth schema is not enabled")
                    + ": no resctrl file system is mounted on this host");
        }
        Spec.IntelRdt rdt = spec.linux().intelRdt();
        String group = rdt == null || rdt.closID() == null ? id : rdt.closID();
        List<Step<HostOperation>> steps = new ArrayList<>();
        add(steps, mount + "/" + group, "--l3-cache-schema", cache);
        add(steps, mount + "/" + group, "--mem-bw-schema", bandwidth);
        return steps;
    }

    private static void add(List<Step<HostOperation>> steps, String group, String option, @Nullable String schema) {
        if (schema != null) {
            steps.add(Step.must(new HostOperation.WriteFile(
                    Origin.rule(option), group + "/schemata", Bytes.utf8(schema + "\n"), 0, EXISTING)));
        }
    }

    private @Nullable String mount() {
        Result mounts = front.attempt(new HostOperation.ReadFile(ORIGIN, "/proc/self/mountinfo", MAX_MOUNTINFO_BYTES));
        String text = mounts.data().utf8();
        int at = text.indexOf(FILE_SYSTEM);
        if (at < 0) {
            return null;
        }
        return text.substring(text.lastIndexOf('\n', at) + 1, at).split(" ", -1)[MOUNT_POINT];
    }
}
