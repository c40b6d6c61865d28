/* SPDX-License-Identifier: Apache-2.0 */
/* SPAWN with real namespaces: new ones, joined ones, user and time, what is refused, and that nothing is left. */
#include "init_fixture.h"

#include "../fail.h"
#include "../mount_calls.h"

#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#define LINKS "for n in pid mnt uts ipc net user cgroup time; do readlink /proc/self/ns/$n; done"

static const char *namespace_link(const char *name)
{
    static char links[2][64];
    static unsigned next;
    char path[64], *link = links[next++ % 2];
    snprintf(path, sizeof path, "/proc/self/ns/%s", name);
    ssize_t length = readlink(path, link, sizeof links[0] - 1);
    link[length < 0 ? 0 : length] = 0;
    return link;
}

static size_t open_fds(void)
{
    size_t count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static bool no_children(void)
{
    return waitpid(-1, NULL, __WALL | WNOHANG) < 0 && errno == ECHILD;
}

static void test_new_namespaces(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    size_t fds = open_fds();
    run_script(&container, &lab, "echo pid $$; echo home $HOME; " LINKS "; ls /proc/self/fd | wc -l");
    CHECK(container.error == 0 && container.started && container.status == 0);
    CHECK(printed(&container, "pid 1\nhome /\n"));
    CHECK(!strstr(container.output, namespace_link("pid")) && !strstr(container.output, namespace_link("net")) &&
          !strstr(container.output, namespace_link("mnt")));
    CHECK(strstr(container.output, namespace_link("user")) && strstr(container.output, namespace_link("time")));
    CHECK(strstr(container.output, "\n4\n")); /* 0 to 2, and that of ls */
    CHECK(container.points == 1u << SYNC_READY);
    CHECK(open_fds() == fds && no_children());
    lab_end(&lab);
}

/* Until start, what is in the container is the sealed copy: nobody can write to it, or look into it. */
static void look_at_created(struct container *container, uint32_t point)
{
    char path[64], target[64] = "";
    if (point != SYNC_READY)
        return;
    snprintf(path, sizeof path, "/proc/%d/exe", (int)container->spawned.pid);
    CHECK(readlink(path, target, sizeof target - 1) > 0);
    CHECK_TEXT(target, "/memfd:jrunc-init (deleted)");
    scope_fd exe = open(path, O_RDONLY | O_CLOEXEC); /* CVE-2019-5736 */
    CHECK(fcntl(exe, F_GET_SEALS) == (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
    CHECK(open(path, O_WRONLY | O_CLOEXEC) < 0 && errno == ETXTBSY);
    snprintf(path, sizeof path, "/proc/%d/environ", (int)container->spawned.pid);
    struct stat status;
    CHECK(stat(path, &status) == 0 && status.st_size == 0);
    scope_fd environment = open(path, O_RDONLY | O_CLOEXEC);
    char byte;
    CHECK(read(environment, &byte, 1) == 0); /* none of the caller's */
}

static void test_created(void)
{
    struct lab lab;
    struct container container = {.at_sync = look_at_created, .keep_waiting = true};
    lab_begin(&lab);
    run_script(&container, &lab, "true");
    CHECK(container.error == 0 && WIFSIGNALED(container.status) && WTERMSIG(container.status) == SIGKILL);
    CHECK(no_children());
    lab_end(&lab);
}

static void test_user_namespace(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("chown -R 100000:100000 %s", lab.rootfs);
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    add_program(&container, "cat /proc/self/uid_map /proc/self/gid_map; id -u; id -G; grep CapEff /proc/self/status;"
                            "touch /made; ls -n /made");
    struct op_spawn request = {.newNamespaces = USUAL_NAMESPACES | CLONE_NEWUSER,
                               .uidMap = U32S(0, 100000, 10, 10, 300000, 5),
                               .gidMap = U32S(0, 100000, 10)};
    run_container(&container, &request);
    CHECK(printed(&container, "         0     100000         10\n        10     300000          5\n"));
    CHECK(printed(&container, "0\n0\nCapEff:\t000001ffffffffff\n"));
    struct stat status;
    CHECK(stat(in_lab(&lab, "rootfs/made"), &status) == 0 && status.st_uid == 100000);
    lab_end(&lab);
}

static void test_user_namespace_refused(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    struct op_spawn overlapping = {.newNamespaces = CLONE_NEWUSER | CLONE_NEWNS,
                                   .uidMap = U32S(0, 100000, 10, 5, 200000, 10),
                                   .gidMap = U32S(0, 100000, 10)};
    run_container(&container, &overlapping);
    CHECK(failed_with(&container, EINVAL, "", "write uid_map of the new user namespace"));
    container = (struct container){0};
    struct op_spawn without_root = {
        .newNamespaces = CLONE_NEWUSER, .uidMap = U32S(5, 100000, 10), .gidMap = U32S(0, 100000, 10)};
    run_container(&container, &without_root);
    CHECK(failed_with(&container, EINVAL, "", "become user 0 of the user namespace"));
    CHECK(no_children());
    lab_end(&lab);
}

/* ---------------------------------------------------------------- joining */

/* A process with new namespaces that waits to be killed. */
static pid_t hold_namespaces(int flags)
{
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) < 0)
        abort();
    pid_t pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ready[0]);
        if (write(ready[1], "r", 1) == 1)
            for (;;)
                pause();
        _exit(1);
    }
    char byte;
    close(ready[1]);
    if (pid < 0 || read(ready[0], &byte, 1) != 1)
        abort();
    close(ready[0]);
    return pid;
}

static void release_namespaces(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static const char *link_of(pid_t pid, const char *name)
{
    static char link[64];
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, name);
    ssize_t length = readlink(path, link, sizeof link - 1);
    link[length < 0 ? 0 : length] = 0;
    return link;
}

static const char *path_of(pid_t pid, const char *name)
{
    char path[64];
    int length = snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, name);
    return arena_keep(path, (size_t)length + 1);
}

static void test_joins(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    pid_t holder = hold_namespaces(CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS);
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    add_program(&container, "echo pid $$; " LINKS);
    struct op_spawn request = {.newNamespaces = CLONE_NEWNS,
                               .joinPaths = STRS(path_of(holder, "pid"), path_of(holder, "net"), path_of(holder, "ipc"),
                                                 path_of(holder, "uts")),
                               .joinKinds = U32S(CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS)};
    run_container(&container, &request);
    CHECK(printed(&container, "pid 2\n"));
    CHECK(printed(&container, link_of(holder, "pid")));
    CHECK(printed(&container, link_of(holder, "net")));
    CHECK(printed(&container, link_of(holder, "ipc")));
    CHECK(printed(&container, link_of(holder, "uts")));
    CHECK(container.started && container.status == 0);
    release_namespaces(holder);
    CHECK(no_children());
    lab_end(&lab);
}

static void map_holder(pid_t pid)
{
    shell("echo '0 100000 10' >/proc/%d/uid_map && echo '0 100000 10' >/proc/%d/gid_map", (int)pid, (int)pid);
}

/* User and network of another, the rest new: owned by the joined user namespace. */
static void test_joins_user_namespace(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("chown -R 100000:100000 %s", lab.rootfs);
    pid_t holder = hold_namespaces(CLONE_NEWUSER | CLONE_NEWNET);
    map_holder(holder);
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    ADD(&container.plan, HOSTNAME, hostname, .name = "joined");
    add_program(&container, "id -u; hostname; cat /proc/self/uid_map; " LINKS);
    struct op_spawn request = {.newNamespaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS,
                               .joinPaths = STRS(path_of(holder, "net"), path_of(holder, "user")),
                               .joinKinds = U32S(CLONE_NEWNET, CLONE_NEWUSER)};
    run_container(&container, &request);
    CHECK(printed(&container, "0\njoined\n         0     100000         10\n"));
    CHECK(printed(&container, link_of(holder, "user")));
    CHECK(printed(&container, link_of(holder, "net")));
    release_namespaces(holder);
    lab_end(&lab);
}

/* A new user namespace beside a joined network: the stage makes the one after it joined the other. */
static void test_joins_with_new_user_namespace(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("chown -R 100000:100000 %s", lab.rootfs);
    pid_t holder = hold_namespaces(CLONE_NEWNET);
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    add_program(&container, "echo pid $$; cat /proc/self/uid_map; " LINKS);
    struct op_spawn request = {.newNamespaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUSER,
                               .uidMap = U32S(0, 100000, 10),
                               .gidMap = U32S(0, 100000, 10),
                               .joinPaths = STRS(path_of(holder, "net")),
                               .joinKinds = U32S(CLONE_NEWNET)};
    run_container(&container, &request);
    CHECK(printed(&container, "pid 1\n         0     100000         10\n"));
    CHECK(printed(&container, link_of(holder, "net")));
    release_namespaces(holder);
    CHECK(no_children());
    lab_end(&lab);
}

static void check_join(const struct lab *lab, const char *path, uint32_t kind, int error, const char *words)
{
    struct container container = {0};
    size_t fds = open_fds();
    add_root(&container, lab);
    run_container(&container,
                  &(struct op_spawn){.newNamespaces = CLONE_NEWNS, .joinPaths = STRS(path), .joinKinds = U32S(kind)});
    CHECK(failed_with(&container, error, "", words));
    CHECK(open_fds() == fds && no_children());
}

static void test_joins_refused(void)
{
    struct lab lab;
    lab_begin(&lab);
    check_join(&lab, "/proc/self/ns/uts", CLONE_NEWNET, EINVAL,
               "join the network namespace /proc/self/ns/uts: this is a uts namespace");
    check_join(&lab, "/etc/passwd", CLONE_NEWNET, EINVAL,
               "join the network namespace /etc/passwd: this is no namespace");
    check_join(&lab, "/dev/null", CLONE_NEWIPC, EINVAL, "this is no namespace");
    check_join(&lab, "/", CLONE_NEWPID, EINVAL, "join the pid namespace /: this is no namespace");
    check_join(&lab, "/nonexistent", CLONE_NEWNS, ENOENT, "join the mount namespace /nonexistent");
    shell("mkfifo %s", in_lab(&lab, "fifo"));
    check_join(&lab, in_lab(&lab, "fifo"), CLONE_NEWNET, EINVAL, "this is no namespace");
    lab_end(&lab);
}

/* ---------------------------------------------------------------- time */

static void test_time_namespace(bool user)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    if (access("/proc/self/timens_offsets", F_OK) < 0) {
        lab_end(&lab);
        SKIP("the kernel has no time namespaces");
    }
    if (user)
        shell("chown -R 100000:100000 %s", lab.rootfs);
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    add_program(&container, "echo pid $$; cat /proc/self/timens_offsets; cut -d. -f1 /proc/uptime");
    struct op_spawn request = {.newNamespaces = USUAL_NAMESPACES | CLONE_NEWTIME | (user ? CLONE_NEWUSER : 0u),
                               .timeOffsets = "monotonic 86400 0\nboottime 604800 5\n"};
    if (user) {
        request.uidMap = U32S(0, 100000, 10);
        request.gidMap = U32S(0, 100000, 10);
    }
    run_container(&container, &request);
    CHECK(printed(&container, "pid 1\nmonotonic"));
    const char *uptime = strstr(container.output, "boottime");
    uptime = uptime ? strchr(uptime, '\n') : NULL;
    CHECK(uptime && atol(uptime) > 604800);
    CHECK(strstr(container.output, "86400         0") && strstr(container.output, "604800         5"));
    CHECK(no_children());
    lab_end(&lab);
}

static void test_time_offsets_refused(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    add_root(&container, &lab);
    run_container(&container,
                  &(struct op_spawn){.newNamespaces = CLONE_NEWTIME, .timeOffsets = "monotonic -99999999 0\n"});
    CHECK(failed_with(&container, ERANGE, "", "write the offsets of the new time namespace"));
    lab_end(&lab);
}

/* ---------------------------------------------------------------- old kernels, other refusals */

/* In a child, since a filter stays: this system call gives this error, where one of these bits is in its second argument. */
static void forbid_bits(uint32_t number, uint32_t bits, uint32_t error)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    /* Whatever its arguments are. */
    if (bits == 0)
        filter[2] = filter[3] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, 0);
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
        abort();
}

static void forbid(uint32_t number, uint32_t error)
{
    forbid_bits(number, 0, error);
}

static void in_child(void (*run)(void))
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        test_passed = test_failed = 0;
        run();
        fflush(stdout);
        _exit(test_failed ? 1 : test_passed ? 0 : 2);
    }
    int status = 1;
    waitpid(pid, &status, 0);
    CHECK(status == 0);
}

/* The ends of the channel: ours fills the first hole in the numbers, and the other comes behind. */
static void stage_cannot_send(void)
{
    int first = fcntl(0, F_DUPFD_CLOEXEC, 3);
    close(first);
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmsg, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)first + 3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
        abort();
}

/* Nobody has told its pid: it is reaped all the same. */
static void without_word_of_init(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    pid_t holder = hold_namespaces(CLONE_NEWNET);
    add_root(&container, &lab);
    struct op_spawn request = {.newNamespaces = CLONE_NEWNS | CLONE_NEWPID,
                               .joinPaths = STRS(path_of(holder, "net")),
                               .joinKinds = U32S(CLONE_NEWNET)};
    size_t fds = open_fds();
    stage_cannot_send();
    run_container(&container, &request);
    CHECK(failed_with(&container, ECONNRESET, "", "the new process died before it was in its namespaces"));
    release_namespaces(holder);
    CHECK(open_fds() == fds);
    CHECK(no_children());
    lab_end(&lab);
}

static void without_clone3(void)
{
    forbid(SYS_clone3, ENOSYS);
    test_new_namespaces();
    test_user_namespace();
    test_joins();
    test_time_namespace(false);
}

static void without_mount_setattr(void)
{
    forbid(SYS_mount_setattr, ENOSYS);
    test_new_namespaces();
}

static void without_close_range(void)
{
    forbid(SYS_close_range, ENOSYS);
    test_new_namespaces();
}

/* vm.memfd_noexec is 2: the copy is a file that nobody can write to, nor get at but by /proc/PID/exe. */
static void look_at_created_on_tmpfs(struct container *container, uint32_t point)
{
    char path[64], target[64] = "";
    if (point != SYNC_READY)
        return;
    snprintf(path, sizeof path, "/proc/%d/exe", (int)container->spawned.pid);
    CHECK(readlink(path, target, sizeof target - 1) > 0);
    CHECK_TEXT(target, "/memfd:jrunc-init");
    struct statfs file_system;
    CHECK(statfs(path, &file_system) == 0 && file_system.f_type == TMPFS_MAGIC && (file_system.f_flags & ST_RDONLY));
    CHECK(open(path, O_WRONLY | O_CLOEXEC) < 0 && errno == EROFS); /* CVE-2019-5736 */
    CHECK(chmod(path, 0777) < 0 && errno == EROFS);
    CHECK(mount(NULL, path, NULL, MS_REMOUNT, NULL) < 0 && errno == EINVAL);
    CHECK(open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC) < 0);
    snprintf(path, sizeof path, "/proc/%d/exe/..", (int)container->spawned.pid);
    CHECK(open(path, O_PATH | O_CLOEXEC) < 0 && errno == ENOTDIR);
}

static void without_executable_memfds(void)
{
    forbid_bits(SYS_memfd_create, 0x10 /* MFD_EXEC */, EACCES);
    struct lab lab;
    struct container container = {.at_sync = look_at_created_on_tmpfs};
    lab_begin(&lab);
    size_t fds = open_fds();
    run_script(&container, &lab, "echo runs");
    CHECK(container.started && container.status == 0);
    CHECK_TEXT(container.output, "runs\n");
    CHECK(open_fds() == fds && no_children());
    lab_end(&lab);
    test_user_namespace();
    test_joins();
}

static void without_a_place_for_the_copy(void)
{
    struct container container = {0};
    forbid_bits(SYS_memfd_create, 0x10 /* MFD_EXEC */, EACCES);
    forbid(SYS_fsopen, EPERM);
    run_container(&container, &(struct op_spawn){.newNamespaces = CLONE_NEWNS});
    CHECK(failed_with(&container, EPERM, "", "memfds may not be executed here (sysctl vm.memfd_noexec)"));
}

/* It can't be waited for: that is known at once, and no time limit that has passed. */
static void without_pidfd_of_the_helper(void)
{
    struct container container = {0};
    if (access("/usr/bin/newuidmap", X_OK) < 0)
        SKIP("no newuidmap (package uidmap)");
    forbid(SYS_pidfd_open, EMFILE);
    struct op_spawn request = {.newNamespaces = CLONE_NEWNS | CLONE_NEWUSER,
                               .uidMap = U32S(0, 100000, 10),
                               .gidMap = U32S(0, 100000, 10),
                               .mapHelpers = true};
    run_container(&container, &request);
    CHECK(failed_with(&container, EMFILE, "", "write uid_map of the new user namespace by newuidmap and newgidmap"));
    CHECK(no_children());
}

static void without_channel(void)
{
    struct container container = {0};
    size_t fds = open_fds();
    forbid(SYS_socketpair, EMFILE);
    run_container(&container, &(struct op_spawn){.newNamespaces = CLONE_NEWNS});
    CHECK(failed_with(&container, EMFILE, "", "make a channel to the new process"));
    CHECK(open_fds() == fds && no_children());
}

static void without_clone(void)
{
    struct container container = {0};
    forbid(SYS_clone3, EPERM);
    run_container(&container, &(struct op_spawn){.newNamespaces = CLONE_NEWNS});
    CHECK(failed_with(&container, EPERM, "", "clone a process with new namespaces"));
}

/* ---------------------------------------------------------------- fds */

/* CVE-2024-21626: fds of the caller's that were marked to be kept reach the program, and no others. */
static void test_preserved_fds(bool stage)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    int given[2], host = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (pipe2(given, O_CLOEXEC) < 0)
        abort();
    CHECK(given[0] == 4 && host == 3); /* the first ones that are free */
    pid_t holder = hold_namespaces(CLONE_NEWUTS);
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    ADD(&container.plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
    ADD(&container.plan, RESOLVE_PROGRAM, resolve_program, .file = "/bin/sh", .home = true);
    ADD(&container.plan, DETACH, detach, .preserveFds = 2);
    ADD(&container.plan, WAIT_START, wait_start);
    ADD(&container.plan, EXECVE, execve,
        .args = STRS("sh", "-c", "ls /proc/self/fd | tr '\\n' ' '; readlink /proc/$$/fd/4"),
        .environment = STRS("PATH=/bin"));
    struct op_spawn request = {.newNamespaces = USUAL_NAMESPACES, .preserveFds = 2};
    if (stage) {
        request.newNamespaces &= ~(uint64_t)CLONE_NEWUTS;
        request.joinPaths = STRS(path_of(holder, "uts"));
        request.joinKinds = U32S(CLONE_NEWUTS);
    }
    run_container(&container, &request);
    CHECK(printed(&container, "0 1 2 3 4 5 pipe:"));
    CHECK((fcntl(given[0], F_GETFD) & FD_CLOEXEC) != 0); /* ours stay as they were */
    close(host);
    close(given[0]);
    close(given[1]);
    release_namespaces(holder);
    lab_end(&lab);
}

/* The status of a process that arms itself, whose front lives or died before it could. */
static int arm(bool front_lives)
{
    int ends[2], status = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        abort();
    if (!front_lives)
        close(release_fd(&ends[0]));
    pid_t child = fork();
    if (child == 0) {
        if (ends[0] >= 0)
            close(ends[0]);
        fail_to_channel(ends[1]);
        arm_process(false);
        _exit(7);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (ends[0] >= 0)
        close(ends[0]);
    close(ends[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_dead_front(void)
{
    CHECK(arm(true) == 7);
    CHECK(arm(false) == 1);
}

/* Without a stage it is init that joins them, else the stage; what the caller has no right to is left out. */
static void test_missing_cgroup(bool staged, bool may_fail)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    add_root(&container, &lab);
    add_program(&container, "true");
    struct op_spawn request = {.newNamespaces = USUAL_NAMESPACES,
                               .cgroups = STRS("/proc/self/fdinfo"),
                               .unifiedCgroup = "/proc/no-cgroup",
                               .cgroupsMayFail = may_fail};
    if (staged) {
        request.joinPaths = STRS("/proc/self/ns/uts");
        request.joinKinds = U32S(CLONE_NEWUTS);
        request.newNamespaces &= ~(uint64_t)CLONE_NEWUTS;
    }
    run_container(&container, &request);
    CHECK(container.error == (may_fail ? 0 : ENOENT));
    CHECK_TEXT(container.message, may_fail ? "" : "put init into cgroup /proc/no-cgroup");
    CHECK(no_children());
    lab_end(&lab);
}

int main(int argc, char **argv)
{
    init_test_enter(argc, argv);
    const char *reason = no_containers();
    if (reason)
        return test_skip_all(reason);
    test_preserved_fds(false);
    test_preserved_fds(true);
    test_new_namespaces();
    test_created();
    test_user_namespace();
    test_user_namespace_refused();
    test_joins();
    test_joins_user_namespace();
    test_joins_with_new_user_namespace();
    test_joins_refused();
    test_time_namespace(false);
    test_time_namespace(true);
    test_time_offsets_refused();
    test_dead_front();
    for (int i = 0; i < 4; i++)
        test_missing_cgroup(i & 1, i & 2);
    in_child(without_word_of_init);
    in_child(without_clone3);
    in_child(without_mount_setattr);
    in_child(without_close_range);
    in_child(without_channel);
    in_child(without_pidfd_of_the_helper);
    in_child(without_clone);
    in_child(without_executable_memfds);
    in_child(without_a_place_for_the_copy);
    return test_end();
}
