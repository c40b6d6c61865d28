// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.json.Prediction;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Names;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.SpawnOrigin;
import dev.jrunc.spec.Spec;
import dev.jrunc.state.StateFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What of the front's part of a plan would fail here. */
final class PredictedHost {

    private static final int CAP_SYS_NICE = 23;
    private static final int CAP_SYS_RESOURCE = 24;

    /** sched(7). */
    private static final List<Long> REALTIME = List.of(1L, 2L, 6L);

    private static final long IOPRIO_CLASS_RT = 1;

    /** Where newuidmap and newgidmap are. */
    private static final String HELPERS = "/usr/bin/";

    private final Context context;
    private final Predictions predictions;
    private final PredictedCgroups cgroups;
    private final String id;
    private final Spec spec;
    private final Call call;
    private final Set<String> made;

    /** Each tree of the plan, to its index in the front; -1 for none. */
    private final List<Integer> opened = new ArrayList<>();

    private int missing;

    /** @param made folders that create makes */
    PredictedHost(Context context, Predictions predictions, String id, Spec spec, Set<String> made) {
        this.context = context;
        this.predictions = predictions;
        this.cgroups = new PredictedCgroups(predictions);
        this.id = id;
        this.spec = spec;
        this.call = context.front().call();
        this.made = made;
    }

    /** One that may not fail. */
    void check(HostOperation operation) {
        switch (operation) {
            case HostOperation.OpenState state -> checkId(state);
            case HostOperation.CgroupCreate create -> cgroups.checkCreate(create);
            case HostOperation.WriteFile write
            when write.origin().text().startsWith("--") -> predictions.needFolder(write, write.path());
            case HostOperation.WriteFile write ->
                cgroups.checkWrite(write, List.of(write.path()), write.content().utf8());
            case HostOperation.WriteFirst write ->
                cgroups.checkWrite(write, write.paths(), write.contents().getFirst());
            case HostOperation.Spawn spawn -> checkSpawn(spawn);
            case HostOperation.OpenTree tree -> checkTree(tree);
            case HostOperation.IdmapTree idmap -> checkIdmap(idmap);
            case HostOperation.OpenAppend append -> predictions.needFolder(append, append.path());
            case HostOperation.Hook hook -> predictions.needProgram(hook, Predictions.CREATE, hook.path());
            case HostOperation.Rlimit rlimit -> checkRlimit(rlimit);
            case HostOperation.Scheduler scheduler -> checkScheduler(scheduler);
            case HostOperation.IoPriority priority -> checkIoPriority(priority);
            case HostOperation.OomScoreAdj score -> checkOomScoreAdj(score);
            case HostOperation.ConnectConsole console -> predictions.needSocket(console, console.path());
            case HostOperation.SendPidfd pidfd -> predictions.needSocket(pidfd, pidfd.path());
            case HostOperation.SendSeccompListener listener -> predictions.needSocket(listener, listener.path());
            default -> {
                // Planning has looked already, or nothing of it depends on the host.
            }
        }
    }

    /** One that a killed create has left is no obstacle. */
    private void checkId(HostOperation.OpenState operation) {
        Result read =
                context.front().execute(StateFolder.peek(context.root(), id)).getLast();
        if (read.ok() && StateFolder.parse(context.root(), id, read.data()).complete()) {
            predictions.add(new Prediction(
                    operation.origin().text(),
                    Predictions.CREATE,
                    operation.name(),
                    "",
                    "container with given ID already exists: " + context.root() + "/" + id,
                    "take another id, or delete that container"));
        }
    }

    private void checkSpawn(HostOperation.Spawn spawn) {
        for (int i = 0; i < spawn.joinPaths().size(); i++) {
            checkJoined(spawn, spawn.joinPaths().get(i), spawn.joinKinds().get(i));
        }
        boolean user = (spawn.newNamespaces() & Names.namespace("user").orElseThrow()) != 0;
        if (!call.hasSysAdmin() && spawn.newNamespaces() != 0) {
            checkUnprivileged(spawn, user);
        }
        if (spawn.mapHelpers()) {
            checkMap(spawn, "uid", spawn.uidMap());
            checkMap(spawn, "gid", spawn.gidMap());
        }
    }

    private void checkJoined(HostOperation.Spawn spawn, String path, long kind) {
        String type = type(kind);
        Look look = predictions.look(spawn, path);
        String failure = "join the " + type + " namespace " + path;
        Origin origin = SpawnOrigin.of(spec, 0, failure);
        if (!look.found()) {
            predictions.add(
                    spawn,
                    origin,
                    look.error(),
                    path + " can't be looked at",
                    "name a namespace that there is, /proc/PID/ns/… of a process that runs");
        } else if (look.namespaceKind() != kind) {
            String found =
                    look.namespaceKind() == 0 ? "no namespace" : "a " + type(look.namespaceKind()) + " namespace";
            predictions.add(
                    spawn,
                    origin,
                    Errno.EINVAL.number(),
                    path + " is " + found + ", and no " + type + " namespace",
                    "name a namespace of the kind that is asked for");
        }
    }

    private static String type(long kind) {
        for (Map.Entry<String, Long> type : Names.NAMESPACES.entrySet()) {
            if (type.getValue() == kind) {
                return type.getKey();
            }
        }
        return "unknown";
    }

    private void checkUnprivileged(HostOperation.Spawn spawn, boolean user) {
        if (!user && spawn.joinPaths().isEmpty()) {
            predictions.add(
                    spawn,
                    Errno.EPERM,
                    "new namespaces take CAP_SYS_ADMIN, which the caller doesn't have",
                    "add a user namespace with maps (jrunc spec --rootless), or call as root");
        } else if (user
                && predictions
                        .read(spawn, "/proc/sys/kernel/unprivileged_userns_clone")
                        .startsWith("0")) {
            predictions.add(
                    spawn,
                    Errno.EPERM,
                    "this host lets only root make user namespaces: kernel.unprivileged_userns_clone is 0",
                    "sysctl kernel.unprivileged_userns_clone=1, or call as root");
        }
    }

    /** newuidmap(1), newgidmap(1), subuid(5), subgid(5). */
    private void checkMap(HostOperation.Spawn spawn, String kind, List<Long> map) {
        Origin origin = Origin.at("/linux/" + kind + "Mappings");
        String helper = HELPERS + "new" + kind + "map";
        if (!predictions.look(spawn, helper).found()) {
            predictions.add(
                    spawn,
                    origin,
                    Errno.ENOENT.number(),
                    helper + " is missing",
                    "install it (Debian: package uidmap)");
            return;
        }
        String file = "/etc/sub" + kind;
        SubordinateIds ids =
                SubordinateIds.of(predictions.read(spawn, file), predictions.read(spawn, "/etc/passwd"), call.euid());
        long own = kind.equals("uid") ? call.euid() : call.egid();
        for (int i = 0; i + 2 < map.size(); i += 3) {
            long first = map.get(i + 1);
            long size = map.get(i + 2);
            if (!(first == own && size == 1) && !ids.contain(first, size)) {
                predictions.add(
                        spawn,
                        origin,
                        Errno.EPERM.number(),
                        "ids " + first + " to " + (first + size - 1) + " are not the caller's: " + file + " gives "
                                + ids,
                        "map ids that " + file + " gives, or add them there (usermod --add-sub" + kind + "s)");
            }
        }
    }

    private void checkRlimit(HostOperation.Rlimit rlimit) {
        String name = Names.RLIMITS.get((int) rlimit.resource());
        if (name.equals("RLIMIT_NOFILE")) {
            String most = predictions.read(rlimit, "/proc/sys/fs/nr_open").strip();
            if (!most.isEmpty() && Long.compareUnsigned(rlimit.hard(), Long.parseLong(most)) > 0) {
                predictions.add(
                        rlimit,
                        Errno.EPERM,
                        "the hard limit " + Long.toUnsignedString(rlimit.hard()) + " is above fs.nr_open, which is "
                                + most,
                        "ask for " + most + " at most, or raise fs.nr_open");
                return;
            }
        }
        long own = HardLimits.of(predictions.read(rlimit, "/proc/self/limits"), name);
        if (!predictions.has(CAP_SYS_RESOURCE) && Long.compareUnsigned(rlimit.hard(), own) > 0) {
            predictions.add(
                    rlimit,
                    Errno.EPERM,
                    "the hard limit " + shown(rlimit.hard()) + " is above the caller's, " + shown(own)
                            + ", and it has no CAP_SYS_RESOURCE",
                    "ask for " + shown(own) + " at most, or raise the caller's hard limit");
        }
    }

    private static String shown(long limit) {
        return limit == -1 ? "unlimited" : Long.toUnsignedString(limit);
    }

    private void checkScheduler(HostOperation.Scheduler scheduler) {
        if (!predictions.has(CAP_SYS_NICE) && (REALTIME.contains(scheduler.policy()) || scheduler.nice() < 0)) {
            predictions.add(
                    scheduler,
                    Errno.EPERM,
                    scheduler.policyName() + " with nice " + scheduler.nice()
                            + " takes CAP_SYS_NICE, which the caller doesn't have",
                    "ask for less, or call as root");
        }
    }

    private void checkIoPriority(HostOperation.IoPriority priority) {
        if (priority.ioClass() == IOPRIO_CLASS_RT && !predictions.has(CAP_SYS_NICE) && !call.hasSysAdmin()) {
            predictions.add(
                    priority,
                    Errno.EPERM,
                    priority.className() + " takes CAP_SYS_NICE, which the caller doesn't have",
                    "ask for IOPRIO_CLASS_BE, or call as root");
        }
    }

    /** Below what somebody with the right to has set, which can't be read, and is mostly what it is now. */
    private void checkOomScoreAdj(HostOperation.OomScoreAdj score) {
        String own = predictions.read(score, "/proc/self/oom_score_adj").strip();
        if (!own.isEmpty() && score.score() < Long.parseLong(own) && !predictions.has(CAP_SYS_RESOURCE)) {
            predictions.add(
                    score,
                    Errno.EACCES,
                    score.score() + " is below the caller's own, " + own + ", and it has no CAP_SYS_RESOURCE",
                    "ask for " + own + " or more");
        }
    }

    /**
     * Trees are copied, and their ids mapped, as create does: nobody but this call sees them, and they end with it. It is the only
     * way to know which file systems can be idmapped.
     */
    private void checkTree(HostOperation.OpenTree tree) {
        boolean isThere =
                !made.contains(tree.path()) && succeeds(tree, "make what is to be mounted, or name another path");
        opened.add(isThere ? opened.size() - missing : -1);
        missing += isThere ? 0 : 1;
    }

    /** The front knows only those that could be opened. */
    private void checkIdmap(HostOperation.IdmapTree idmap) {
        long index = opened.get((int) idmap.tree());
        if (index >= 0) {
            succeeds(
                    new HostOperation.IdmapTree(
                            idmap.origin(),
                            index,
                            idmap.recursive(),
                            idmap.uidMap(),
                            idmap.gidMap(),
                            idmap.userNamespace()),
                    "take the idmap out, or use a file system that can be idmapped (Linux 5.12: ext4, xfs; later btrfs,"
                            + " overlayfs, tmpfs)");
        }
    }

    private boolean succeeds(HostOperation tree, String mend) {
        Result result = context.front().attempt(tree);
        if (!result.ok()) {
            predictions.add(tree, tree.origin(), (int) result.error(), result.message(), mend);
        }
        return result.ok();
    }

    /** Start runs the first; of the others delete only warns. */
    void checkLaterHooks() {
        checkHooks("start", "poststart", spec.hooks().poststart());
        checkHooks("poststop", "poststop", spec.hooks().poststop());
    }

    private void checkHooks(String command, String kind, List<Spec.Hook> hooks) {
        for (int i = 0; i < hooks.size(); i++) {

            Operation hook = new HostOperation.Hook(
                    Origin.at("/hooks/" + kind + "/" + i),
                    hooks.get(i).path(),
                    "",
                    hooks.get(i).args(),
                    hooks.get(i).env(),
                    Bytes.EMPTY,
                    0,
                    "",
                    "");
            predictions.needProgram(hook, command, hooks.get(i).path());
        }
    }
}
