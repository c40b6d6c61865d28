// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * A container's groups in the resctrl file system, which the kernel's Documentation/arch/x86/resctrl.rst tells of.
 *
 * @param folder the control group (class of service), absolute
 * @param made it was not there before the container
 * @param monitoring the container's own monitoring group, absolute; empty for none
 */
public record ResctrlGroup(String folder, boolean made, String monitoring) {

    private static final Origin ORIGIN = Origin.at("/linux/intelRdt");

    /** WRITE_FILE disposition of native/protocol.h: the file is the kernel's. */
    static final long EXISTING = 0;

    /** Puts a process, and what it will start, into them. A monitoring group takes only who is in its control group. */
    public List<Step<HostOperation>> attach(long pid) {
        List<Step<HostOperation>> steps = new ArrayList<>();
        steps.add(Step.must(writing(folder, pid)));
        if (!monitoring.isEmpty()) {
            steps.add(Step.must(writing(monitoring, pid)));
        }
        return steps;
    }

    private static HostOperation writing(String group, long pid) {
        return new HostOperation.WriteFile(ORIGIN, group + "/tasks", Bytes.utf8(Long.toString(pid)), 0, EXISTING);
    }
}
