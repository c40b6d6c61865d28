// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.criu;

import dev.jrunc.plan.CgroupFolder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What criu is asked for. Names that get into images, and so have to be the same at both ends, are those of runc: what one has
 * dumped the other can restore. Pure.
 */
public final class Requests {

    /** Log files, in the work folder. */
    public static final String DUMP_LOG = "dump.log";

    public static final String RESTORE_LOG = "restore.log";

    /** The host's, which lies on a file that is masked. */
    public static final String DEV_NULL = "/dev/null";

    private static final int LOG_LEVEL = 4;

    /** CLONE_NEWNET. */
    private static final int NETWORK = 0x4000_0000;

    private Requests() {}

    /**
     * Folders, as the front has opened them.
     *
     * @param images number of its fd
     * @param work number of its fd; -1: images
     * @param configFile of criu's options; or empty
     */
    public record Folders(int images, int work, String configFile) {}

    /**
     * A namespace that isn't the container's own.
     *
     * @param type net or pid
     * @param inode of the namespace, where it is dumped
     * @param fd of criu's, where it is restored
     */
    public record Namespace(String type, String inode, int fd) {

        String key() {
            return "extRoot" + Character.toUpperCase(type.charAt(0)) + type.substring(1) + "NS";
        }
    }

    /**
     * A container that is to be dumped.
     *
     * @param freezer its cgroup; or empty
     * @param mounts those of the host's
     * @param masked files that the host's /dev/null lies on
     */
    public record Dump(
            long pid,
            String rootfs,
            String freezer,
            List<External> mounts,
            List<String> masked,
            List<Namespace> namespaces) {

        public Dump {
            mounts = List.copyOf(mounts);
            masked = List.copyOf(masked);
            namespaces = List.copyOf(namespaces);
        }
    }

    /** An fd of the container's that was the host's, and criu's number of what it becomes. */
    public record Inherited(String key, int fd) {}

    /**
     * A container that is to be restored.
     *
     * @param root where its root file system is mounted
     * @param cgroups where it goes in each hierarchy
     */
    public record Restore(
            String root,
            List<External> mounts,
            List<Namespace> namespaces,
            List<Inherited> inherited,
            List<CgroupFolder> cgroups,
            @Nullable String lsmProfile,
            @Nullable String lsmMountContext) {

        public Restore {
            mounts = List.copyOf(mounts);
            namespaces = List.copyOf(namespaces);
            inherited = List.copyOf(inherited);
            cgroups = List.copyOf(cgroups);
        }
    }

    private static Rpc.Opts.Builder common(CriuOptions options, Folders folders, String log) {
        Rpc.Opts.Builder opts = Rpc.Opts.newBuilder()
                .setImagesDirFd(folders.images)
                .setLogLevel(LOG_LEVEL)
                .setLogFile(log)
                .setNotifyScripts(true)
                .setManageCgroups(true)
                .setOrphanPtsMaster(true)
                .setTcpEstablished(options.tcpEstablished())
                .setExtUnixSk(options.extUnixSk())
                .setShellJob(options.shellJob())
                .setFileLocks(options.fileLocks())
                .setAutoDedup(options.autoDedup())
                .setLazyPages(options.lazyPages());
        if (folders.work >= 0) {
            opts.setWorkDirFd(folders.work);
        }
        if (!folders.configFile.isEmpty()) {
            opts.setConfigFile(folders.configFile);
        }
        if (options.emptyNetwork()) {
            opts.setEmptyNs(NETWORK);
        }
        String mode = options.manageCgroupsMode();
        if (mode != null) {
            opts.setManageCgroupsMode(mode(mode));
        }
        return opts;
    }

    private static Rpc.CgroupMode mode(String word) {
        return switch (word) {
            case "soft" -> Rpc.CgroupMode.SOFT;
            case "full" -> Rpc.CgroupMode.FULL;
            case "strict" -> Rpc.CgroupMode.STRICT;
            case "ignore" -> Rpc.CgroupMode.IGNORE;
            default -> throw new IllegalArgumentException(word);
        };
    }

    /** DUMP, or PRE_DUMP. */
    public static Rpc.Req dump(DumpOptions options, Folders folders, Dump dump) {
        Rpc.Opts.Builder opts = common(options.common(), folders, DUMP_LOG)
                .setPid((int) dump.pid)
                .setRoot(dump.rootfs)
                .setLeaveRunning(options.leaveRunning())
                .setTcpSkipInFlight(options.tcpSkipInFlight())
                .setLinkRemap(options.linkRemap());
        if (!dump.freezer.isEmpty()) {
            opts.setFreezeCgroup(dump.freezer);
        }
        String parent = options.parentPath();
        if (parent != null) {
            opts.setParentImg(parent);
        }
        if (parent != null || options.preDump()) {
            opts.setTrackMem(true);
        }
        if (options.statusFd() >= 0) {
            opts.setStatusFd((int) options.statusFd());
        }
        DumpOptions.PageServer server = options.pageServer();
        if (server != null) {
            opts.setPs(
                    Rpc.PageServerInfo.newBuilder().setAddress(server.address()).setPort(server.port()));
        }
        for (Namespace namespace : dump.namespaces) {
            opts.addExternal(namespace.type + "[" + namespace.inode + "]:" + namespace.key());
        }
        if (!options.preDump()) {
            for (External mount : dump.mounts) {
                opts.addExtMnt(mount(mount.target(), mount.target()));
            }
            for (String path : dump.masked) {
                opts.addExtMnt(mount(path, DEV_NULL));
            }
        }
        return Rpc.Req.newBuilder()
                .setType(options.preDump() ? Rpc.ReqType.PRE_DUMP : Rpc.ReqType.DUMP)
                .setOpts(opts)
                .build();
    }

    /** RESTORE. */
    public static Rpc.Req restore(CriuOptions options, Folders folders, Restore restore) {
        Rpc.Opts.Builder opts = common(options, folders, RESTORE_LOG)
                .setRoot(restore.root)
                .setRstSibling(true)
                .setEvasiveDevices(true);
        boolean unified =
                restore.cgroups.size() == 1 && restore.cgroups.getFirst().version() == 2;
        for (CgroupFolder cgroup : restore.cgroups) {
            if (unified) {
                opts.addCgRoot(Rpc.CgroupRoot.newBuilder().setPath(cgroup.path()));
            }
            for (String controller : cgroup.version() == 2 ? List.<String>of() : cgroup.controllers()) {
                opts.addCgRoot(Rpc.CgroupRoot.newBuilder().setCtrl(controller).setPath(cgroup.path()));
            }
        }
        for (Namespace namespace : restore.namespaces) {
            opts.addInheritFd(inherit(namespace.key(), namespace.fd));
        }
        for (Inherited inherited : restore.inherited) {
            opts.addInheritFd(inherit(inherited.key(), inherited.fd()));
        }
        for (External mount : restore.mounts) {
            opts.addExtMnt(mount(mount.target(), mount.source()));
        }
        opts.addExtMnt(mount(DEV_NULL, DEV_NULL));
        if (restore.lsmProfile != null) {
            opts.setLsmProfile(Objects.requireNonNull(restore.lsmProfile));
        }
        if (restore.lsmMountContext != null) {
            opts.setLsmMountContext(Objects.requireNonNull(restore.lsmMountContext));
        }
        return Rpc.Req.newBuilder().setType(Rpc.ReqType.RESTORE).setOpts(opts).build();
    }

    private static Rpc.ExtMountMap mount(String key, String value) {
        return Rpc.ExtMountMap.newBuilder().setKey(key).setVal(value).build();
    }

    private static Rpc.InheritFd inherit(String key, int fd) {
        return Rpc.InheritFd.newBuilder().setKey(key).setFd(fd).build();
    }
}
