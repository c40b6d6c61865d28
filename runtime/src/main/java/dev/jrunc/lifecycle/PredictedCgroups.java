// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.json.Prediction;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.NumberList;
import dev.jrunc.plan.Operation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of a plan's cgroups would fail here. New cgroups have the files that others of their hierarchy have. */
final class PredictedCgroups {

    private final Predictions predictions;
    private final List<HostOperation.CgroupCreate> created = new ArrayList<>();

    PredictedCgroups(Predictions predictions) {
        this.predictions = predictions;
    }

    void checkCreate(HostOperation.CgroupCreate create) {
        created.add(create);
        String folder = create.mount() + create.path();
        Result listed = predictions.front().attempt(new HostOperation.CgroupProcesses(create.origin(), folder));
        String processes = listed.ok() ? listed.data().utf8().strip() : "";
        if (!processes.isEmpty()) {
            predictions.add(new Prediction(
                    create.origin().text(),
                    Predictions.CREATE,
                    create.name(),
                    "",
                    "container's cgroup is not empty: there are processes in " + folder,
                    "give the container a cgroup of its own in linux.cgroupsPath, or end them"));
        }
    }

    /**
     * @param files of which the first that is there is written
     * @param content of the first
     */
    void checkWrite(Operation operation, List<String> files, String content) {
        HostOperation.CgroupCreate create = of(files.getFirst());
        if (create == null) {
            return;
        }
        String folder = create.mount() + create.path() + "/";
        String alike = alike(operation, create);
        if (alike != null && !isAny(operation, alike, files, folder)) {
            predictions.add(
                    operation,
                    Errno.ENOENT,
                    "this kernel's cgroups have no " + files.getLast().substring(folder.length()),
                    "take it out: the kernel is built without it, or the file is not the controller's on this host");
            return;
        }
        String name = files.getFirst().substring(folder.length());
        switch (name) {
            case "cpuset.cpus" -> checkSet(operation, content, "/sys/devices/system/cpu/possible", "CPU");
            case "cpuset.mems" -> checkSet(operation, content, "/sys/devices/system/node/possible", "memory node");
            case "net_prio.ifpriomap" ->
                checkDevice(operation, "/sys/class/net/" + firstWord(content), "network interface", firstWord(content));
            case "rdma.max" ->
                checkDevice(
                        operation, "/sys/class/infiniband/" + firstWord(content), "RDMA device", firstWord(content));
            default -> {
                if (isBlock(name)) {
                    checkDevice(operation, "/sys/dev/block/" + firstWord(content), "block device", firstWord(content));
                }
            }
        }
    }

    private static boolean isBlock(String file) {
        return file.startsWith("blkio.") && file.endsWith("_device") || file.equals("io.max");
    }

    private static String firstWord(String content) {
        int space = content.indexOf(' ');
        return space < 0 ? content : content.substring(0, space);
    }

    private void checkDevice(Operation operation, String path, String kind, String name) {
        if (!predictions.look(operation, path).found()) {
            predictions.add(
                    operation,
                    Errno.ENODEV,
                    "there is no " + kind + " " + name + " on this host",
                    "name one that there is, or take the limit out");
        }
    }

    private void checkSet(Operation operation, String content, String file, String kind) {
        List<Long> possible =
                NumberList.parse(predictions.read(operation, file).strip()).orElse(List.of());
        List<Long> asked = NumberList.parse(content.strip()).orElse(List.of());
        for (Long number : asked) {
            if (!possible.isEmpty() && !possible.contains(number)) {
                predictions.add(
                        operation,
                        Errno.ERANGE,
                        "this host has no " + kind + " " + number,
                        "name those in " + file + ": "
                                + predictions.read(operation, file).strip());
                return;
            }
        }
    }

    private boolean isAny(Operation operation, String alike, List<String> files, String folder) {
        for (String file : files) {
            if (predictions
                    .look(operation, alike + "/" + file.substring(folder.length()))
                    .found()) {
                return true;
            }
        }
        return false;
    }

    private HostOperation.@Nullable CgroupCreate of(String file) {
        for (HostOperation.CgroupCreate create : created) {
            if (file.startsWith(create.mount() + create.path() + "/")) {
                return create;
            }
        }
        return null;
    }

    /** A cgroup of version 1 that is there, but not the root, which lacks some files; null where there is none. */
    private @Nullable String alike(Operation operation, HostOperation.CgroupCreate create) {
        String path = create.path();
        for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
            String folder = create.mount() + path.substring(0, end);
            if (isVersionOne(operation, folder)) {
                return folder;
            }
        }
        Result names = predictions.front().attempt(new HostOperation.ReadDirectory(operation.origin(), create.mount()));
        for (String name : names.data().utf8().split("\0", -1)) {
            String folder = create.mount() + "/" + name;
            if (!name.isEmpty() && isVersionOne(operation, folder)) {
                return folder;
            }
        }
        return null;
    }

    /** In version 2 which files there are depends on what the cgroup above gives, which create sees to. */
    private boolean isVersionOne(Operation operation, String folder) {
        return predictions.look(operation, folder + "/tasks").found();
    }
}
