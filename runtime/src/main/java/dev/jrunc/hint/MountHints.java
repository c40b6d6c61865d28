// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.MountInfo;
import dev.jrunc.spec.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The root file system and what is mounted in it. */
final class MountHints {

    private static final String MAKE_MOUNT_POINT = "make the mount point";
    /** mount_namespaces(7): what a less privileged mount namespace may not take off. */
    private static final List<String> LOCKED = List.of("ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime");

    private MountHints() {}

    static @Nullable Advice of(OperationFailed failure, Errno errno, HostFacts facts) {
        Spec spec = facts.spec();
        int index = SpecPlaces.mountIndex(spec, failure.origin());
        if (spec == null || index < 0) {
            return ofRoot(failure, errno, facts);
        }
        Spec.Mount mount = spec.mounts().get(index);
        return switch (errno) {
            case ENOENT -> sourceMissing(mount);
            case ENOTDIR -> Advice.of(Hint.FOLDER_ON_FILE);
            case ENODEV -> unknown(mount, facts);
            case ELOOP -> Advice.of(Hint.TARGET_IS_LINK);
            case EROFS -> readOnly(spec, index, facts);
            case ENOSPC -> full(failure, facts);
            case EPERM -> refused(failure, spec, mount, facts);
            case EACCES -> closed(failure, spec, facts);
            case EINVAL -> failure.detail().contains("propagation") ? Advice.of(Hint.NOT_SHARED) : null;
            default -> null;
        };
    }

    /** An overlay's source is only a name: it misses a layer, which is in its options. */
    private static @Nullable Advice sourceMissing(Spec.Mount mount) {
        return mount.source() == null || "overlay".equals(mount.type())
                ? null
                : Advice.of(Hint.SOURCE_MISSING, mount.source());
    }

    private static @Nullable Advice ofRoot(OperationFailed failure, Errno errno, HostFacts facts) {
        boolean root = failure.origin().startsWith("/root");
        return switch (errno) {
            case ENOENT, ENOTDIR -> root ? Advice.of(Hint.ROOTFS_MISSING) : noBundle(failure);
            case EACCES -> root ? Advice.of(Hint.CLOSED_FOLDER, uid(facts.spec(), facts)) : null;
            case EROFS -> rootfsReadOnly(facts);
            case ENOSPC -> full(failure, facts);
            default -> null;
        };
    }

    /** What another option names is something else. */
    private static @Nullable Advice noBundle(OperationFailed failure) {
        boolean bundle =
                failure.operation().equals("REAL_PATH") && !failure.origin().startsWith("--");
        return bundle ? Advice.of(Hint.NO_BUNDLE) : null;
    }

    private static Advice unknown(Spec.Mount mount, HostFacts facts) {
        String type = mount.type() == null ? "" : mount.type();
        String source = mount.source();
        return source != null && source.startsWith("/") && facts.exists(source)
                ? Advice.of(Hint.FORGOTTEN_BIND, type, source)
                : Advice.of(Hint.UNKNOWN_FILE_SYSTEM, type);
    }

    private static @Nullable Advice readOnly(Spec spec, int index, HostFacts facts) {
        int hiding =
                SpecPlaces.hiding(spec.mounts(), index, spec.mounts().get(index).destination());
        return hiding >= 0 ? Advice.of(Hint.BELOW_READ_ONLY_MOUNT, "/mounts/" + hiding) : rootfsReadOnly(facts);
    }

    private static @Nullable Advice rootfsReadOnly(HostFacts facts) {
        MountInfo holding = facts.mounts().holding(facts.rootfs());
        return holding == null ? null : Advice.of(Hint.READ_ONLY_ROOTFS, holding.point());
    }

    /** The kernel gives ENOSPC for a mount too many as well. */
    private static Advice full(OperationFailed failure, HostFacts facts) {
        long maximum = facts.number("/proc/sys/fs/mount-max");
        boolean file =
                failure.detail().contains(MAKE_MOUNT_POINT) || failure.detail().startsWith("make ");
        int mounts = facts.mounts().size();
        Spec spec = facts.spec();
        int wanted = mounts + (spec == null ? 0 : spec.mounts().size());
        return !file && maximum >= 0 && wanted > maximum / 2
                ? Advice.of(Hint.MOUNT_LIMIT, Long.toString(maximum))
                : Advice.of(Hint.NO_SPACE);
    }

    private static @Nullable Advice refused(OperationFailed failure, Spec spec, Spec.Mount mount, HostFacts facts) {
        boolean nested = Hints.userNamespace(facts) != null || !facts.call().inInitialUserNamespace();
        if (!nested) {
            return null;
        }
        String type = mount.type() == null ? "" : mount.type();
        boolean bind = mount.options().contains("bind") || mount.options().contains("rbind");
        if (bind || failure.operation().equals("REMOUNT")) {
            return locked(mount, facts);
        }
        return switch (type) {
            case "proc" -> proc(spec, facts);
            case "sysfs" -> Advice.of(Hint.SYSFS_NEEDS_NETWORK);
            case "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "overlay" -> null;
            default -> Advice.of(Hint.NOT_IN_USER_NAMESPACE, type);
        };
    }

    private static @Nullable Advice proc(Spec spec, HostFacts facts) {
        if (SpecPlaces.namespace(spec, "pid") == null) {
            return Advice.of(Hint.PROC_NEEDS_PID_NAMESPACE);
        }
        MountInfo covering = facts.mounts().below("/proc");
        return covering == null ? null : Advice.of(Hint.PROC_COVERED, covering.point());
    }

    private static @Nullable Advice locked(Spec.Mount mount, HostFacts facts) {
        String source = mount.source();
        MountInfo holding = source == null ? null : facts.mounts().holding(source);
        if (holding == null) {
            return null;
        }
        StringBuilder flags = new StringBuilder();
        for (String flag : LOCKED) {
            if (holding.has(flag)) {
                flags.append(flags.isEmpty() ? "" : ",").append(flag);
            }
        }
        return flags.isEmpty() ? null : Advice.of(Hint.LOCKED_FLAGS, flags.toString());
    }

    private static @Nullable Advice closed(OperationFailed failure, Spec spec, HostFacts facts) {
        boolean host =
                failure.operation().equals("OPEN_TREE") || failure.detail().contains("open the source");
        return host ? Advice.of(Hint.CLOSED_FOLDER, uid(spec, facts)) : null;
    }

    /** Who looks: in a user namespace its root. */
    private static String uid(@Nullable Spec spec, HostFacts facts) {
        return spec != null && !spec.linux().uidMappings().isEmpty()
                ? Long.toString(spec.linux().uidMappings().getFirst().hostID())
                : Long.toString(facts.call().euid());
    }
}
