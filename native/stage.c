/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stage. Our job is to join namespaces, and to make init in them as a child of the front. We run from the sealed copy,
 * and hold nothing that init must not have.
 */
#include "cgroup_join.h"
#include "fail.h"
#include "faults.h"
#include "operations.h"
#include "procfs.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MAX_JOINS 8

static const struct {
    uint32_t kind;
    const char *name;
} kinds[] = {
    {CLONE_NEWNS, "mount"},  {CLONE_NEWCGROUP, "cgroup"}, {CLONE_NEWUTS, "uts"},     {CLONE_NEWIPC, "ipc"},
    {CLONE_NEWUSER, "user"}, {CLONE_NEWPID, "pid"},       {CLONE_NEWNET, "network"}, {CLONE_NEWTIME, "time"},
};

static const char *kind_name(uint32_t kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].kind == kind)
            return kinds[i].name;
    }
    return "unknown";
}

struct joining {
    const char *path;
    uint32_t kind;
    int fd;
    bool joined;
};

/* CVE row "joining": a path that isn't a namespace of the asked kind is refused before anything is joined. */
static void open_joins(const struct msg_joins *message, struct joining joins[MAX_JOINS])
{
    if (message->joinPaths.count > MAX_JOINS || message->joinPaths.count != message->joinKinds.count)
        fail_with(EINVAL, "join %u namespaces", message->joinPaths.count);
    struct cursor paths = strings_cursor(&message->joinPaths);
    for (uint32_t i = 0; i < message->joinPaths.count; i++) {
        struct joining *join = &joins[i];
        *join = (struct joining){.path = read_str(&paths), .kind = number_at(&message->joinKinds, i)};
        join->fd = open(join->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (join->fd < 0)
            fail("join the %s namespace %s", kind_name(join->kind), join->path);
        struct statfs file_system;
        int kind = -1;
        if (fstatfs(join->fd, &file_system) == 0 && file_system.f_type == NSFS_MAGIC)
            kind = ioctl(join->fd, NS_GET_NSTYPE);
        if (kind < 0)
            fail_with(EINVAL, "join the %s namespace %s: this is no namespace", kind_name(join->kind), join->path);
        if ((uint32_t)kind != join->kind)
            fail_with(EINVAL, "join the %s namespace %s: this is a %s namespace", kind_name(join->kind), join->path,
                      kind_name((uint32_t)kind));
    }
}

static void join(struct joining *join, bool last_try)
{
    if (join->joined)
        return;
    if (setns(join->fd, (int)join->kind) == 0)
        join->joined = true;
    else if (errno != EPERM || last_try)
        fail("join the %s namespace %s", kind_name(join->kind), join->path);
}

/* Everything but the user namespace with the caller's rights, then that, then what only it gives the right to join. A
 * mount namespace comes last of its round: paths mean something else in it. */
static void join_all(struct joining joins[MAX_JOINS], uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (joins[i].kind != CLONE_NEWUSER && joins[i].kind != CLONE_NEWNS)
            join(&joins[i], false);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (joins[i].kind == CLONE_NEWNS)
            join(&joins[i], false);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (joins[i].kind == CLONE_NEWUSER) {
            join(&joins[i], true);
            become_root();
        }
    }
    for (uint32_t i = 0; i < count; i++)
        join(&joins[i], true);
    for (uint32_t i = 0; i < count; i++)
        close(joins[i].fd);
}

/*
 * exec. CVE-2016-9962: a process of the container that sees us in its namespaces could look for what we bring along. We
 * can't be looked at or traced from before we join, and have nothing but the channel and what the program gets: neither an fd
 * nor the working directory, the environment or the executable is the host's.
 */
static void enter_container(const struct msg_joins *message, int *fds, size_t count)
{
    int joined = (int)message->containerNamespaces;
    int pidfd = fds[0];
    /* Only in its user namespace a rootless caller may join the others. */
    bool user_first = joined && setns(pidfd, joined) < 0;
    if (user_first && (errno != EPERM || !(joined & CLONE_NEWUSER)))
        fail("join the namespaces of the container");
    if (user_first && (setns(pidfd, CLONE_NEWUSER) < 0 || setns(pidfd, joined & ~CLONE_NEWUSER) < 0))
        fail("join the namespaces of the container");
    if (joined & CLONE_NEWUSER)
        become_root();
    if (count > 1 && (fchdir(fds[1]) < 0 || chroot(".") < 0))
        fail("change to the root of the container");
    if (chdir("/") < 0)
        fail("change to / of the container");
    for (size_t i = 0; i < count; i++)
        close(release_fd(&fds[i]));
}

static void make_user_namespace(int channel, bool by_root)
{
    arm_process(!by_root); /* so that an unprivileged front may write our maps */
    if (unshare(CLONE_NEWUSER) < 0)
        fail("make a new user namespace");
    send_sync(channel, SYNC_USER_NAMESPACE);
    await_go(channel);
    become_root();
}

/* While we are dumpable and who we were: afterwards the file is not ours, and the kernel asks for the rights of who opened
 * it. -1 where no offsets are wanted. */
static int open_time_offsets(const struct msg_joins *message)
{
    if (!(message->newNamespaces & CLONE_NEWTIME) || !*message->timeOffsets)
        return -1;
    scope_fd procfs = procfs_of_host();
    int file = openat(procfs, "self/timens_offsets", O_WRONLY | O_CLOEXEC);
    if (file < 0)
        fail("open the offsets of a new time namespace");
    return file;
}

/* With clone3 it would be too late: offsets are written before the first process is in it. */
static void make_time_namespace(int offsets_file, const char *offsets)
{
    if (unshare(CLONE_NEWTIME) < 0)
        fail("make a new time namespace");
    if (offsets_file < 0)
        return;
    size_t length = strlen(offsets);
    if (write(offsets_file, offsets, length) != (ssize_t)length)
        fail("write the offsets of the new time namespace");
    close(offsets_file);
}

static pid_t clone_init(uint64_t flags, int *pidfd)
{
    /* CLONE_PARENT with a signal of one's own is EINVAL: the front waits by its pidfd. */
    struct clone_args args = {.flags = flags | CLONE_PARENT | CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)pidfd};
    long pid = syscall(SYS_clone3, &args, sizeof args);
    if (pid < 0 && errno == ENOSYS)
        pid = syscall(SYS_clone, flags | CLONE_PARENT | CLONE_PIDFD, NULL, pidfd, NULL, NULL);
    return (pid_t)pid;
}

_Noreturn int stage_main(int channel)
{
    fcntl(channel, F_SETFD, FD_CLOEXEC);
    fault_process("stage");
    fail_to_channel(channel);
    fail_stage("jrunc:[stage]");
    bool by_root = geteuid() == 0;
    scope_frame frame = {0};
    struct msg_joins message;
    int error = receive_frame(channel, &frame);
    if (error || frame.code != FRAME_JOINS || !decode_msg_joins(frame.payload, &message) ||
        frame.fd_count < message.cgroups.count)
        fail_with(error ? -error : EPROTO, "read what to join");
    size_t container_fds = frame.fd_count - message.cgroups.count;
    cgroup_tasks_join(frame.fds + container_fds, &message.cgroups, message.cgroupsMayFail);
    int offsets_file = open_time_offsets(&message);
    arm_process(false);
    struct joining joins[MAX_JOINS];
    if (container_fds > 0)
        enter_container(&message, frame.fds, container_fds);
    open_joins(&message, joins);
    join_all(joins, message.joinPaths.count);
    if (message.newNamespaces & CLONE_NEWUSER)
        make_user_namespace(channel, by_root);
    if (message.newNamespaces & CLONE_NEWTIME)
        make_time_namespace(offsets_file, message.timeOffsets);
    uint64_t flags = message.newNamespaces & ~(uint64_t)(CLONE_NEWCGROUP | CLONE_NEWTIME | CLONE_NEWUSER);
    int pidfd = -1;
    pid_t pid = clone_init(flags, &pidfd);
    if (pid < 0)
        fail("clone init with new namespaces");
    if (pid == 0) {
        frame_free(&frame);
        init_run(channel);
    }
    scope_buffer payload = {0};
    encode_msg_spawned(&payload, &(struct msg_spawned){.pid = (uint32_t)pid});
    error = send_frame(channel, FRAME_SPAWNED, &payload, &pidfd, 1);
    _exit(error ? 1 : 0);
}
