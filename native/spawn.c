/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPAWN. Our job is a process in new namespaces that runs the sealed copy of this program and waits for its plan. The front
 * never changes its own namespaces: what has to be joined is joined by a stage.
 */
#include "spawn.h"

#include "fail.h"
#include "operations.h"
#include "processes.h"
#include "scope.h"
#include "sealed.h"
#include "signals.h"
#include "spawn_maps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* A stage or a clone that says nothing for so long is stuck. */
#define SPAWN_SECONDS 30

#define SAY(error, ...) snprintf((error)->message, sizeof(error)->message, __VA_ARGS__)

static void forward_fds(int channel, uint32_t preserve_fds)
{
    fcntl(channel, F_SETFD, 0);
    for (uint32_t i = 0; i < preserve_fds; i++)
        fcntl((int)(3 + i), F_SETFD, 0);
}

/* The child's own life, up to the sealed copy. */
static _Noreturn void run_child(const struct op_spawn *request, const char *name, int channel, int sealed, bool maps)
{
    fail_to_channel(channel);
    fail_stage("jrunc:[clone]");
    signals_default();
    arm_process(maps);
    if (maps) {
        /* execve would take the capabilities of a user that isn't mapped yet. */
        send_sync(channel, SYNC_USER_NAMESPACE);
        await_go(channel);
        become_root();
    }
    forward_fds(channel, request->preserveFds);
    char number[16];
    snprintf(number, sizeof number, "%d", channel);
    char *arguments[] = {(char *)(uintptr_t)name, number, NULL};
    char *environment[] = {NULL};
    syscall(SYS_execveat, sealed, "", arguments, environment, AT_EMPTY_PATH);
    fail("execute the sealed copy of jrunc%s",
         errno == EACCES ? ": memfds may not be executed here (sysctl vm.memfd_noexec)" : "");
}

/* clone3(2), or where it is refused as unknown (old kernels, nested containers) clone(2). */
static pid_t clone_process(uint64_t flags, int *pidfd)
{
    struct clone_args args = {
        .flags = flags | CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)pidfd, .exit_signal = SIGCHLD};
    long pid = syscall(SYS_clone3, &args, sizeof args);
    if (pid < 0 && errno == ENOSYS)
        pid = syscall(SYS_clone, flags | CLONE_PIDFD | SIGCHLD, NULL, pidfd, NULL, NULL);
    return (pid_t)pid;
}

static void take_error(const struct frame *frame, struct spawn_error *error, int *result)
{
    struct msg_error message;
    if (!decode_msg_error(frame->payload, &message)) {
        SAY(error, "the stage sent a malformed error");
        *result = -EPROTO;
        return;
    }
    snprintf(error->operation, sizeof error->operation, "%s", message.operation);
    snprintf(error->origin, sizeof error->origin, "%s", message.origin);
    SAY(error, "%s", message.message);
    *result = message.error ? -(int)message.error : -ECANCELED;
}

/* One frame from stage or clone; ERROR is a failure. */
static int receive(int channel, struct frame *frame, struct spawn_error *error)
{
    int result = receive_frame(channel, frame);
    if (result == 0 && frame->code == FRAME_ERROR)
        take_error(frame, error, &result);
    else if (result == -ECONNRESET)
        SAY(error, "the new process died before it was in its namespaces");
    else if (result)
        SAY(error, "wait for the new process");
    return result;
}

static int settle_maps(const struct op_spawn *request, pid_t pid, int channel, struct spawn_error *error)
{
    int result = write_maps(request, pid, error->message, sizeof error->message);
    if (result)
        return result;
    result = send_frame(channel, FRAME_GO, NULL, NULL, 0);
    if (result)
        SAY(error, "let the new process go on");
    return result;
}

static int expect_maps(const struct op_spawn *request, pid_t pid, int channel, struct spawn_error *error)
{
    scope_frame frame = {0};
    struct msg_sync sync;
    int result = receive(channel, &frame, error);
    if (result)
        return result;
    if (frame.code != FRAME_SYNC || !decode_msg_sync(frame.payload, &sync) || sync.point != SYNC_USER_NAMESPACE) {
        SAY(error, "the new process sent %s", code_name(frame.code));
        return -EPROTO;
    }
    return settle_maps(request, pid, channel, error);
}

/* Joins in a process of its own, which then makes init our child. */
static int attend_stage(const struct op_spawn *request, const struct entered_container *container, pid_t stage,
                        int channel, struct spawned *spawned, struct spawn_error *error)
{
    scope_buffer payload = {0};
    const int fds[2] = {container ? container->pidfd : -1, container ? container->root : -1};
    bool rooted = container && container->root >= 0;
    encode_msg_joins(&payload, &(struct msg_joins){.newNamespaces = request->newNamespaces,
                                                   .joinPaths = request->joinPaths,
                                                   .joinKinds = request->joinKinds,
                                                   .timeOffsets = request->timeOffsets,
                                                   .containerNamespaces = container ? container->namespaces : 0});
    int result = send_frame(channel, FRAME_JOINS, &payload, fds, container ? 1 + (size_t)rooted : 0);
    if (result) {
        SAY(error, "tell the stage what to join");
        return result;
    }
    if (request->newNamespaces & CLONE_NEWUSER)
        result = expect_maps(request, stage, channel, error);
    if (result)
        return result;
    scope_frame frame = {0};
    struct msg_spawned message;
    result = receive(channel, &frame, error);
    if (result)
        return result;
    if (frame.code != FRAME_SPAWNED || frame.fd_count != 1 || !decode_msg_spawned(frame.payload, &message)) {
        SAY(error, "the stage sent %s", code_name(frame.code));
        return -EPROTO;
    }
    spawned->pid = (pid_t)message.pid;
    spawned->pidfd = release_fd(&frame.fds[0]);
    return 0;
}

static void end_process(pid_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
        continue;
}

static int learn_start_time(struct spawned *spawned, struct spawn_error *error)
{
    scope_process process;
    int result = process_open(spawned->pid, &process);
    if (result)
        SAY(error, "look at the new process %d", (int)spawned->pid);
    else
        spawned->start_time = process.start_time;
    return result;
}

static int attend(const struct op_spawn *request, const struct entered_container *container, bool stage, pid_t child,
                  int *pidfd, struct spawned *spawned, struct spawn_error *error)
{
    int result = 0;
    if (stage) {
        result = attend_stage(request, container, child, spawned->channel, spawned, error);
        if (result)
            end_process(child);
        else
            while (waitpid(child, NULL, 0) < 0 && errno == EINTR) /* it exits by itself */
                continue;
    } else {
        spawned->pid = child;
        spawned->pidfd = release_fd(pidfd);
        if (request->newNamespaces & CLONE_NEWUSER)
            result = expect_maps(request, child, spawned->channel, error);
    }
    if (!result)
        result = learn_start_time(spawned, error);
    return result;
}

static int make_channel(struct spawned *spawned, int *theirs)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
        return -errno;
    struct timeval limit = {.tv_sec = SPAWN_SECONDS};
    setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    spawned->channel = sockets[0];
    *theirs = sockets[1];
    return 0;
}

static void undo(struct spawned *spawned)
{
    if (spawned->pid > 0)
        end_process(spawned->pid);
    if (spawned->pidfd >= 0)
        close(spawned->pidfd);
    if (spawned->channel >= 0)
        close(spawned->channel);
    *spawned = (struct spawned){.pidfd = -1, .channel = -1};
}

static int spawn(const struct op_spawn *request, const struct entered_container *container, struct spawned *spawned,
                 struct spawn_error *error)
{
    *spawned = (struct spawned){.pidfd = -1, .channel = -1};
    *error = (struct spawn_error){0};
    bool stage = container || request->joinPaths.count > 0 || (request->newNamespaces & CLONE_NEWTIME);
    /* Cgroup: init unshares it after every hierarchy was attached. Time: the stage does, and writes the offsets. */
    uint64_t flags = stage ? 0 : request->newNamespaces & ~(uint64_t)(CLONE_NEWCGROUP | CLONE_NEWTIME);
    scope_fd theirs = -1, pidfd = -1;
    scope_fd sealed = sealed_copy();
    int result = sealed < 0 ? sealed : make_channel(spawned, &theirs);
    if (result) {
        SAY(error, "make a sealed copy of jrunc%s",
            result == -EPERM ? ": memfds may not be executed here (sysctl vm.memfd_noexec)" : "");
        return result;
    }
    pid_t child = clone_process(flags, &pidfd);
    if (child == 0) {
        close(spawned->channel); /* so that the front's end is seen, too */
        run_child(request, stage ? "jrunc-stage" : "jrunc-init", theirs, sealed,
                  !stage && (request->newNamespaces & CLONE_NEWUSER));
    }
    if (child < 0) {
        result = -errno;
        SAY(error, "clone a process with new namespaces");
    } else {
        close(release_fd(&theirs)); /* so that its end is seen */
        result = attend(request, container, stage, child, &pidfd, spawned, error);
    }
    if (result)
        undo(spawned);
    return result;
}

int spawn_init(const struct op_spawn *request, struct spawned *spawned, struct spawn_error *error)
{
    return spawn(request, NULL, spawned, error);
}

int spawn_into(const struct entered_container *container, uint32_t preserve_fds, struct spawned *spawned,
               struct spawn_error *error)
{
    struct op_spawn request = {.timeOffsets = "", .preserveFds = preserve_fds};
    return spawn(&request, container, spawned, error);
}
