/* SPDX-License-Identifier: Apache-2.0 */
/* Idmapped mounts, mount_setattr(2): the kernel takes the maps from a user namespace, which nobody else needs. */
#include "front.h"
#include "mount_calls.h"
#include "scope.h"
#include "spawn_maps.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAMESPACE_MILLIS 10000

/* A child that does nothing in a new user namespace: the fd of its namespace, which it sends, outlives it. No exit signal: it is
 * waited for here and nowhere else. */
static pid_t sleep_in_user_namespace(int channel)
{
    pid_t child = (pid_t)syscall(SYS_clone, CLONE_NEWUSER, NULL, NULL, NULL, NULL);
    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int fd = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || send_frame(channel, FRAME_SPAWNED, NULL, &fd, 1) < 0)
        _exit(1);
    for (;;)
        pause();
}

static void end_child(pid_t child)
{
    kill(child, SIGKILL);
    while (waitpid(child, NULL, __WALL) < 0 && errno == EINTR)
        ;
}

/* Another process's needs the right to trace it, which not every root has. */
static int receive_namespace(int channel)
{
    scope_frame frame = {0};
    int error = receive_frame(channel, &frame);
    if (!error && frame.fd_count != 1)
        error = -EPROTO;
    return error ? error : release_fd(&frame.fds[0]);
}

/* An fd, or -errno with what failed. */
static int make_user_namespace(const struct op_idmap_tree *request, char *message, size_t size)
{
    int channel[2];
    snprintf(message, size, "make a user namespace for the maps");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) < 0)
        return -errno;
    scope_fd ours = channel[0], theirs = channel[1];
    if (engine_limit_channel(ours, NAMESPACE_MILLIS) < 0)
        return -errno;
    pid_t child = sleep_in_user_namespace(theirs);
    if (child < 0)
        return -errno;
    close(release_fd(&theirs)); /* so that its end is seen */
    scope_fd namespace = receive_namespace(ours);
    int error = namespace < 0 ? namespace : 0;
    struct op_spawn maps = {.uidMap = request->uidMap, .gidMap = request->gidMap};
    if (!error)
        error = write_maps(&maps, child, message, size);
    end_child(child);
    return error ? error : release_fd(&namespace);
}

static int open_user_namespace(const struct op_idmap_tree *request, char *message, size_t size)
{
    if (!*request->userNamespace)
        return make_user_namespace(request, message, size);
    int fd = open(request->userNamespace, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fd = -errno;
        snprintf(message, size, "open %s", request->userNamespace);
    }
    return fd;
}

static const char *hint(int error)
{
    switch (error) {
    case ENOSYS:
        return ": it needs Linux 5.12";
    case EINVAL:
        return ": this kernel can't do that with this file system (tmpfs from Linux 6.3 on, overlay from 5.19 on), or "
               "it is "
               "idmapped already";
    case EPERM:
        return ": only who has CAP_SYS_ADMIN where the file system was mounted may map its ids";
    default:
        return "";
    }
}

void host_idmap_tree(struct front *front, const struct op_idmap_tree *request, struct result *result)
{
    char message[256] = "";
    if (request->tree < 0 || (uint64_t)request->tree >= front->tree_count) {
        result_fail(result, EBADF, "map the ids of mount tree %d", (int)request->tree);
        return;
    }
    scope_fd namespace = open_user_namespace(request, message, sizeof message);
    if (namespace < 0) {
        result_fail(result, -namespace, "map the ids of a mount: %s", message);
        return;
    }
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (unsigned)namespace};
    unsigned flags = AT_EMPTY_PATH | (request->recursive ? AT_RECURSIVE : 0);
    if (syscall(SYS_mount_setattr, front->trees[request->tree], "", flags, &attributes, sizeof attributes) < 0)
        result_fail(result, errno, "map the ids of a mount%s", hint(errno));
}
