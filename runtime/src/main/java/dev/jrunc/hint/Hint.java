// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

/**
 * All hints: what stands behind an error, and what helps. They are printed behind the kernel's word, and make a part of docs/errors.md.
 * {@value #OPEN} is a place for something of this host.
 */
public enum Hint {
    // The program
    SCRIPT_CRLF(
            "the script's lines end as on Windows, with a carriage return",
            "convert it (dos2unix), and let git keep it so (in .gitattributes: *.sh text eol=lf)"),
    MUSL_MISSING(
            "it was built for musl (Alpine Linux), and the image has another C library",
            "take a build for the image's own, or link it statically"),
    GLIBC_MISSING(
            "it was built for glibc, and the image has another C library (Alpine Linux has musl) or none",
            "take a build for the image's own, link it statically, or base the image on one with glibc"),
    INTERPRETER_MISSING(
            "the image has no such interpreter",
            "install it in the image, or name one that it has in the script's first line"),
    COMMAND_IN_ONE_ARGUMENT(
            "process.args/0 has a blank in it, and may be a whole command line",
            "give each word an argument of its own, or have a shell read the line: \"sh\", \"-c\", \"…\""),
    NOT_IN_PATH(
            "none of the folders of PATH ({}) has it in the image",
            "give its absolute path, set PATH in process.env, or install it in the image"),
    NO_PATH("process.env has no PATH", "add PATH=/usr/local/bin:/usr/bin:/bin, or give the program's absolute path"),
    HIDDEN_BY_MOUNT(
            "{} mounts something on {}, which hides what the image has there",
            "mount it elsewhere, or have the program in what is mounted"),
    PROGRAM_MISSING(
            "the root file system {} has no such file",
            "is it the right image, and the path as the image has it? Links in it must not lead out of it"),
    NOT_EXECUTABLE(
            "its mode lets nobody execute it",
            "chmod +x it where the image is made (COPY --chmod=755), or have its interpreter read it"),
    NOT_FOR_USER(
            "user {} may not execute it: it is another user's, or a folder above it is closed",
            "chmod o+rx the file and the folders above it, or run as its owner (process.user)"),
    MOUNTED_NOEXEC(
            "nothing on a file system that is mounted noexec can be executed",
            "take option noexec from the mount, or have the root file system on another one (findmnt -T DIR)"),
    OTHER_MACHINE(
            "the image is for another architecture than {}",
            "take the one for this machine (docker and podman: --platform), or install qemu-user-static, which executes others"),
    NO_SHEBANG(
            "the kernel doesn't know what should read it",
            "begin the script with a line #!/bin/sh, without anything before it, or give the shell: \"sh\", \"FILE\""),
    ARGUMENTS_TOO_LONG(
            "process.args and process.env together are longer than a quarter of the stack's limit, or one of them than 128 KiB",
            "give less, or a file; or raise RLIMIT_STACK"),
    PROGRAM_BEING_WRITTEN("somebody has the program open for writing", "let the copy come to its end first"),
    LABEL_FORBIDS(
            "the security module refuses the program under {}",
            "see what it noted (dmesg, ausearch -m AVC), and allow it there"),

    // Bundle and state
    NO_CONFIG("the bundle has no config.json", "give its folder with --bundle, or make one: jrunc spec --bundle DIR"),
    NO_BUNDLE(
            "there is no such bundle",
            "--bundle names the folder that has config.json; without it that is the working directory"),
    ROOTFS_MISSING(
            "root.path is read from the bundle's folder on, where it doesn't begin with a slash",
            "unpack the image there, or correct root.path"),
    STATE_FOLDER_FULL("the file system of {} is full", "df -h and df -i tell; end containers, or make it larger"),
    FOLDER_MISSING("the folder that it should be made in is missing", "make it first"),

    // Mounts
    SOURCE_MISSING(
            "this host has no {}, as the caller sees it",
            "make it, or correct source: a relative one is read from the bundle on"),
    FOLDER_ON_FILE(
            "only a folder can be mounted on a folder, and only a file on a file",
            "look at source on the host (docker makes a folder where it is missing), or mount it on another path"),
    BELOW_READ_ONLY_MOUNT(
            "the mount point has to be made in what {} mounts read-only",
            "make it there beforehand, or mount that without option ro"),
    READ_ONLY_ROOTFS(
            "the mount point has to be made in the root file system, which lies on a read-only mount ({})",
            "have it in the image, or the bundle on a writable file system (an overlay)"),
    NO_SPACE("the file system has no room, or no inodes, for another file", "df -h and df -i tell which"),
    MOUNT_LIMIT("there may be no more than {} mounts in a mount namespace", "raise sysctl fs.mount-max, or mount less"),
    FORGOTTEN_BIND(
            "the type \"{}\" is no file system, but {} is there on the host",
            "to show that in the container, add option bind (rbind: with what is mounted below it)"),
    UNKNOWN_FILE_SYSTEM(
            "this kernel knows no file system \"{}\"",
            "load its module (modprobe), or correct type; /proc/filesystems lists what it knows"),
    PROC_COVERED(
            "something is mounted over a part of the caller's own /proc ({}): then no user namespace gets a whole one",
            "the caller is in a container: run that with its /proc unmasked (podman --security-opt unmask=ALL,"
                    + " Kubernetes procMount: Unmasked), or bind /proc instead"),
    PROC_NEEDS_PID_NAMESPACE(
            "in a user namespace a new proc needs a pid namespace of its own",
            "add {\"type\":\"pid\"} to linux.namespaces, or bind /proc (options rbind)"),
    SYSFS_NEEDS_NETWORK(
            "in a user namespace sysfs needs a network namespace of its own",
            "add {\"type\":\"network\"} to linux.namespaces, or bind /sys (options rbind, ro)"),
    NOT_IN_USER_NAMESPACE("{} can't be mounted by a user namespace's root", "mount it on the host, and bind it"),
    LOCKED_FLAGS(
            "in a user namespace a mount keeps what its source is mounted with on the host ({})",
            "add these to the mount's options"),
    TARGET_IS_LINK(
            "the image has a link, or a loop of links, where it should be mounted",
            "give the path that the link means, or replace the link in the image"),
    CLOSED_FOLDER(
            "user {} may not search a folder above it",
            "chmod o+x the folders above it (namei -l tells which), or keep it where that user may"),
    NOT_SHARED(
            "the mount is not what such propagation needs",
            "mount --make-rshared (or rslave) what holds the source, on the host"),

    // Namespaces and ids
    NAMESPACE_LIMIT(
            "sysctl user.max_{}_namespaces is {}: so many there may be, and no more",
            "raise it, or end what holds namespaces (lsns)"),
    USER_NAMESPACES_DISABLED(
            "this host lets only root make user namespaces (sysctl kernel.unprivileged_userns_clone is 0)",
            "set it to 1, or call as root"),
    USER_NAMESPACES_BY_APPARMOR(
            "AppArmor lets only programs with a profile make user namespaces"
                    + " (sysctl kernel.apparmor_restrict_unprivileged_userns is 1)",
            "give the caller's program a profile with the rule userns, or set it to 0"),
    NEEDS_USER_NAMESPACE(
            "the caller ({}) has no {}, and the configuration no user namespace that would give it",
            "call as root, or add a user namespace (jrunc spec --rootless writes such a configuration)"),
    SUBORDINATE_IDS(
            "the range isn't the caller's in {}",
            "give it: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER, and map within it"),
    MAP_HELPERS_MISSING(
            "only newuidmap and newgidmap may map more than the caller's own id, and they are not installed",
            "install package uidmap (shadow-utils), or map one id: the caller's"),
    ID_NOT_MAPPED("{} maps no id {}", "map it, or take an id that is mapped"),
    NAMESPACE_GONE(
            "the process whose namespace it is has ended",
            "in a pod that is its sandbox: make that again, and then the container"),
    TOO_MANY_PROCESSES(
            "there may be no more processes: of this user (ulimit -u, pids.max) or on this host (sysctl kernel.pid_max)",
            "end some, or raise the limit"),
    KERNEL_TOO_OLD(
            "this kernel ({}) doesn't know the call, or a flag of it", "boot a newer one, or leave out what wants it"),

    // Cgroups
    CGROUPS_READ_ONLY(
            "the caller sees cgroups read-only (at {}): it is in a container itself",
            "run that with its cgroups writable (docker --privileged, or --cgroupns=private with a writable /sys/fs/cgroup)"),
    CGROUP_NOT_OURS(
            "user {} may make no cgroup there",
            "have it delegated (systemd: Delegate=yes, or loginctl enable-linger USER and --systemd-cgroup), or ask for no limits"),
    NO_INTERNAL_PROCESSES(
            "a cgroup of version 2 that has processes can't give controllers to those below it",
            "move them into one of its own below it first, or give linux.cgroupsPath elsewhere"),
    CGROUP_THREADED("the cgroup is a threaded one, or below one", "give linux.cgroupsPath elsewhere"),
    CONTROLLER_NOT_GIVEN(
            "the cgroup above doesn't give the controller to those below it",
            "enable it there (cgroup.subtree_control; systemd: Delegate=), as far up as it is missing"),
    TOO_MANY_CGROUPS(
            "there may be no more cgroups (65535 with memory, or cgroup.max.descendants above)",
            "remove left-over ones: /proc/cgroups counts them"),
    EMPTY_CPUSET(
            "its cpuset.cpus or cpuset.mems is empty",
            "write the CPUs and memory nodes that it may use into it, or into the one above"),
    NOT_IN_CPUSET("asked for is {}, and there is {}", "take a part of that; the cgroup above may allow less"),
    NO_SUCH_LIMIT(
            "this kernel has no such limit, or the cgroup not its controller",
            "leave it out; for swap, cgroup v1 wants swapaccount=1 on the kernel's command line"),
    LIMIT_INVALID("the kernel doesn't take the value", "{}"),
    LIMIT_IN_USE("more is in use than the limit allows", "give a higher one, or end processes first"),
    NO_BPF(
            "the caller may load no device program: it takes CAP_BPF or CAP_SYS_ADMIN, outside of a user namespace",
            "call as root, or leave linux.resources.devices out"),

    // The process
    HARD_LIMIT(
            "only CAP_SYS_RESOURCE raises a hard limit, and the caller has {}",
            "ask for no more than that (prlimit shows it; docker, podman: --ulimit), or raise the caller's"),
    OOM_SCORE("only CAP_SYS_RESOURCE lowers oom_score_adj below the caller's own ({})", "ask for at least that"),
    KEY_QUOTA(
            "the user may have no more keys (sysctl kernel.keys.maxkeys {}, maxbytes {}): each container takes one",
            "raise both, or give --no-new-keyring (podman: keyring=false)"),
    PROFILE_NOT_LOADED(
            "AppArmor has no profile of that name loaded",
            "load it (apparmor_parser -r FILE; aa-status lists them), or take \"unconfined\""),
    LABEL_INVALID("the security module doesn't take that label", "correct it; seinfo -t lists SELinux's types"),
    CAPABILITY_MISSING("the caller has no {}", "leave it out of process.capabilities, or give it to the caller"),
    GROUPS_DENIED(
            "in a user namespace that maps one group nobody may set groups",
            "map a range of groups, or leave additionalGids out"),
    CWD_CLOSED("user {} may not enter it", "chmod o+x the folder and those above it, or give another process.cwd"),
    CWD_NO_FOLDER("process.cwd is a file, or below one", "give a folder"),
    SYSCTL_MISSING(
            "this kernel has no such sysctl, or its module isn't loaded",
            "correct the name, or load the module on the host"),
    SYSCTL_READ_ONLY(
            "the namespace's owner may not set it",
            "set it on the host, or give the container the namespace that it belongs to"),
    SECCOMP_PRIVILEGE(
            "without no_new_privs the kernel wants CAP_SYS_ADMIN for a filter", "set process.noNewPrivileges"),
    SECCOMP_FLAGS("this kernel ({}) doesn't know a flag of the filter", "leave linux.seccomp.flags out"),
    REALTIME(
            "realtime priorities take CAP_SYS_NICE, or RLIMIT_RTPRIO, and bandwidth of the cgroup",
            "leave it out, or give these"),
    HOOK_MISSING(
            "the hook's program, or what its first line names, is not there",
            "hooks are found by absolute path, on the host or, for startContainer, in the container"),
    HOOK_NOT_EXECUTABLE("the hook's program can't be executed", "chmod +x it, and begin a script with #!"),
    HOOK_TIMEOUT("the hook took longer than its timeout", "see what it waits for, or raise timeout"),

    // Any operation
    CALLER_CAPABILITY("the caller ({}) has no {}", "call as root, or give it that capability"),
    CALLER_APPARMOR(
            "AppArmor confines the caller by its profile {}",
            "see what it noted (dmesg, journalctl -k), and allow it there"),
    CALLER_SELINUX("SELinux confines the caller ({})", "see what it noted (ausearch -m AVC), and allow it there"),
    CALLER_SECCOMP(
            "a seccomp filter holds the caller, so it may be in a container itself",
            "run that with a wider one (docker, podman: --security-opt seccomp=unconfined)"),
    CALLER_USER_NAMESPACE(
            "the caller is in a user namespace, whose root may not do that on the host", "do it from outside of it"),
    READ_ONLY_FILE_SYSTEM(
            "it is on a file system that is mounted read-only ({})", "give a path on another one, or remount it"),
    NO_MEMORY("the kernel has no memory for it", "free -m; a memory limit of the caller's own cgroup counts, too"),
    TOO_MANY_FILES("the caller, or this host, has too many files open", "ulimit -n, sysctl fs.file-max"),
    QUOTA("a quota is used up", "quota, repquota or the file system's own tool tell which"),
    NAME_TOO_LONG("a name has more than 255 bytes, or a path more than 4095", "give shorter ones"),
    LINK_LOOP("links lead in a circle", "readlink tells where they lead");

    /** Stands where the printed hint has something of this host. */
    static final String OPEN = "{}";

    private final String cause;
    private final String mend;

    Hint(String cause, String mend) {
        this.cause = cause;
        this.mend = mend;
    }

    /** What is so; {@value #OPEN} where it depends. */
    public String cause() {
        return cause;
    }

    /** What helps; {@value #OPEN} where it depends. */
    public String mend() {
        return mend;
    }
}
