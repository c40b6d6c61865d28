// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.cgroup.CgroupLayout;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.error.Unsupported;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.IntelRdtPlan;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.ResctrlGroup;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A container's resctrl groups: what is there of them, their making, and their end. */
final class Resctrl {

    private static final Origin ORIGIN = Origin.at("/linux/intelRdt");
    private static final long MAX_FILE_BYTES = 1024L * 1024;

    private Resctrl() {}

    /**
     * @param mountinfo the text of /proc/self/mountinfo
     * @return null where nothing is asked for
     * @throws Unsupported where resctrl is not mounted
     */
    static @Nullable IntelRdtPlan plan(Front front, String id, Spec spec, String mountinfo) {
        Spec.IntelRdt rdt = spec.linux().intelRdt();
        if (rdt == null) {
            return null;
        }
        String mount = CgroupLayout.resctrl(mountinfo)
                .orElseThrow(() -> new Unsupported(
                        ORIGIN.text(),
                        "no resctrl file system is mounted on this host: mount -t resctrl resctrl /sys/fs/resctrl, which"
                                + " takes a processor and a kernel with RDT"));
        String folder = IntelRdtPlan.folder(mount, id, rdt);
        boolean exists =
                front.attempt(new HostOperation.RealPath(ORIGIN, folder)).ok();
        return IntelRdtPlan.plan(
                id,
                rdt,
                new IntelRdtPlan.Facts(
                        mount,
                        exists,
                        exists ? read(front, folder + "/schemata") : "",
                        exists && rdt.closID() == null && isBusy(front, folder)));
    }

    private static String read(Front front, String path) {
        return front.execute(new HostOperation.ReadFile(ORIGIN, path, MAX_FILE_BYTES))
                .data()
                .utf8();
    }

    private static boolean isBusy(Front front, String folder) {
        Result tasks = front.attempt(new HostOperation.ReadFile(ORIGIN, folder + "/tasks", MAX_FILE_BYTES));
        return tasks.ok() && !tasks.data().utf8().isBlank();
    }

    /** What the kernel says of schemata that it refuses is more than an errno. */
    static OperationFailed explained(Front front, @Nullable IntelRdtPlan plan, OperationFailed failed) {
        if (plan == null || !failed.origin().startsWith(ORIGIN.text())) {
            return failed;
        }
        String said = lastStatus(front, plan.group());
        return said.isEmpty() ? failed : failed.saying(said);
    }

    private static String lastStatus(Front front, ResctrlGroup group) {
        int slash = group.folder().lastIndexOf('/');
        for (String mount : List.of(group.folder(), group.folder().substring(0, slash))) {
            Result status =
                    front.attempt(new HostOperation.ReadFile(ORIGIN, mount + "/info/last_cmd_status", MAX_FILE_BYTES));
            String text = status.ok() ? status.data().utf8().strip() : "";
            if (!text.isEmpty() && !text.equals("ok")) {
                return text.replace('\n', ' ');
            }
        }
        return "";
    }

    /**
     * Takes away what the container has made, once its processes have ended; not a control group that others have come to use, or
     * that is not there.
     */
    static List<HostOperation> removal(Front front, @Nullable ResctrlGroup group) {
        List<HostOperation> operations = new ArrayList<>();
        if (group == null) {
            return operations;
        }
        if (!group.monitoring().isEmpty()) {
            operations.add(new HostOperation.RemoveFolder(ORIGIN, group.monitoring()));
        }
        if (group.made() && !isBusy(front, group.folder())) {
            operations.add(new HostOperation.RemoveFolder(ORIGIN, group.folder()));
        }
        return operations;
    }
}
