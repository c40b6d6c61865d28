// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.hint.CgroupHints;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import java.util.List;

/** Why the kernel refused a limit, and what helps. */
final class UpdateFailure {

    private static final Origin ORIGIN = Origin.rule("update");
    private static final long MAX_NUMBER_BYTES = 4096;
    private static final String RESOURCES = "/linux/resources";

    private final Front front;
    private final UpdateOptions options;
    private final List<CgroupFolder> cgroups;

    UpdateFailure(Front front, UpdateOptions options, List<CgroupFolder> cgroups) {
        this.front = front;
        this.options = options;
        this.cgroups = cgroups;
    }

    /** With the place as the caller wrote it, the errno, and a hint where there is one; asked before anything is undone. */
    ContainerError explain(OperationFailed failure) {
        String hint = hint(failure);
        return new ContainerError(options.place(failure.origin()) + ": " + failure.detail() + ": "
                + Errno.describe(failure.errno()) + (hint.isEmpty() ? "" : ": " + hint));
    }

    private String hint(OperationFailed failure) {
        String place = failure.origin();
        if (!place.startsWith(RESOURCES)) {
            return "";
        }
        String limit = place.substring(RESOURCES.length());
        if (failure.errno() == Errno.ENOENT.number()) {
            return "this kernel, or this cgroup, has no such limit";
        }
        if (failure.errno() == Errno.EBUSY.number()) {
            return limit.startsWith("/memory/") ? usage(limit) : "it is in use: processes or cgroups below need more";
        }
        if (failure.errno() == Errno.EINVAL.number()) {
            return invalid(limit);
        }
        return limit.equals("/cpu/cpus") || limit.equals("/cpu/mems")
                ? "expected a list such as 0-3,7 of what this host, and the cgroup above, has"
                : "";
    }

    /** The kernel gave back what it could, and this is left. */
    private String usage(String limit) {
        String files = limit.equals("/memory/swap") ? "memory.memsw." : "memory.";
        return "unable to set memory limit: it is below what the container uses (current usage: "
                + read(files + "usage_in_bytes") + ", peak usage: " + read(files + "max_usage_in_bytes")
                + "): choose a higher one, or end processes first";
    }

    private String invalid(String limit) {
        return switch (limit) {
            case "/memory/limit" ->
                "memory can't be allowed more than memory and swap together, which is limited to "
                        + read("memory.memsw.limit_in_bytes") + " now: set --memory-swap (memory/swap) as well";
            case "/memory/swap" ->
                "memory and swap together can't be allowed less than memory alone, which is limited to "
                        + read("memory.limit_in_bytes") + " now: set --memory (memory/limit) as well";
            case "/cpu/shares" -> "an idle cgroup (cpu.idle) takes none: set --cpu-idle 0 (cpu/idle) as well";
            case "/cpu/cpus", "/cpu/mems" ->
                "expected a list such as 0-3,7 of what this host, and the cgroup above, has";
            default -> CgroupHints.expected(limit);
        };
    }

    private String read(String file) {
        for (CgroupFolder cgroup : cgroups) {
            if (cgroup.controllers().contains("memory")) {
                Result result = front.attempt(
                        new HostOperation.ReadFile(ORIGIN, cgroup.folder() + "/" + file, MAX_NUMBER_BYTES));
                return result.ok() ? result.data().utf8().strip() : "unknown";
            }
        }
        return "unknown";
    }
}
