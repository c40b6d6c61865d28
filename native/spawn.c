/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPAWN. Our job is a process in new namespaces that runs the sealed copy of this program and waits for its plan. The front
 * never changes its own namespaces: what has to be joined is joined by a stage.
 */
#include "spawn.h"

#include "cgroup_join.h"
#include "fail.h"
#include "faults.h"
#include "operations.h"
#include "processes.h"
#include "scope.h"
#include "sealed.h"
#include "signals.h"
#include "spawn_maps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
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
#define END_MILLIS 10000

#define SAY(error, ...) snprintf((error)->message, sizeof(error)->message, __VA_ARGS__)

static void forward_fds(int channel, uint32_t preserve_fds)
{
    fcntl(channel, F_SETFD, 0);
    for (uint32_t i = 0; i < preserve_fds; i++)
        fcntl((int)(3 + i), F_SETFD, 0);
}

/* What is made, of whom, and where. */
struct spawning {
    const struct op_spawn *request;
    const struct entered_container *container; /* exec, else NULL */
    struct cgroup_tasks tasks;
    int unified; /* the folder of a cgroup of version 2, or -1 */
    bool stage;
    bool by_root;
    bool in_unified; /* the process was made there */
};

/* The child's own life, up to the sealed copy. */
static _Noreturn void run_child(struct spawning *spawning, int channel, int sealed)
{
    const struct op_spawn *request = spawning->request;
    bool maps = !spawning->stage && (request->newNamespaces & CLONE_NEWUSER);
    if (spawning->stage)
        setpgid(0, 0);
    fault_process("clone");
    fail_to_channel(channel);
    fail_stage("jrunc:[clone]");
    signals_default();
    arm_process(maps && !spawning->by_root);
    if (maps) {
        /* execve would take the capabilities of a user that isn't mapped yet. */
        send_sync(channel, SYNC_USER_NAMESPACE);
        await_go(channel);
        become_root();
        /* Only now: whoever makes it owns what mqueue shows. */
        if ((request->newNamespaces & CLONE_NEWIPC) && unshare(CLONE_NEWIPC) < 0)
            fail("make a new ipc namespace");
    }
    forward_fds(channel, request->preserveFds);
    fault_forward();
    char number[16];
    snprintf(number, sizeof number, "%d", channel);
    char stage[] = "jrunc-stage", init[] = "jrunc-init";
    char *arguments[] = {spawning->stage ? stage : init, number, NULL};
    char *environment[] = {fault_variable(),
                           NULL}; /* CVE row "caller's environment": none, but in builds with faults */
    syscall(SYS_execveat, sealed, "", arguments, environment, AT_EMPTY_PATH);
    fail("execute the sealed copy of jrunc");
}

/* clone3(2), or where it is refused as unknown (old kernels, nested containers) clone(2). cgroup: -1, or of version 2. */
static pid_t clone_process(uint64_t flags, int cgroup, int *pidfd)
{
    struct clone_args args = {
        .flags = flags | CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)pidfd, .exit_signal = SIGCHLD};
    if (cgroup >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (unsigned)cgroup;
    }
    long pid = syscall(SYS_clone3, &args, sizeof args);
    if (pid < 0 && errno == ENOSYS && cgroup < 0)
        pid = syscall(SYS_clone, flags | CLONE_PIDFD | SIGCHLD, NULL, pidfd, NULL, NULL);
    return (pid_t)pid;
}

/* In its cgroup of version 2, where that is possible: not with old kernels, nor out of the cgroups of some namespaces. */
static pid_t clone_into_cgroup(struct spawning *spawning, uint64_t flags, int *pidfd)
{
    pid_t pid = spawning->unified < 0 ? -1 : clone_process(flags, spawning->unified, pidfd);
    spawning->in_unified = pid >= 0;
    return pid >= 0 ? pid : clone_process(flags, -1, pidfd);
}

static int attach_unified(const struct spawning *spawning, pid_t pid, struct spawn_error *error)
{
    const char *folder = spawning->request->unifiedCgroup;
    if (spawning->unified < 0 || spawning->in_unified)
        return 0;
    int result = attach_to_cgroup(folder, pid);
    if (result && spawning->request->cgroupsMayFail)
        return 0;
    if (result)
        SAY(error, "put init into cgroup %s", folder);
    return result;
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
    *result = message.error && message.error <= MAX_ERRNO ? -(int)message.error : -ECANCELED;
}

/* What came of waiting for a frame, in words; ERROR is a failure. */
static int received(int result, const struct frame *frame, struct spawn_error *error)
{
    if (result == 0 && frame->code == FRAME_ERROR)
        take_error(frame, error, &result);
    else if (result == -EAGAIN) { /* the limit of the channel */
        SAY(error, "the new process doesn't answer");
        result = -ETIMEDOUT;
    } else if (result == -ECONNRESET)
        SAY(error, "the new process died before it was in its namespaces");
    else if (result)
        SAY(error, "wait for the new process");
    return result;
}

/* One frame from stage or clone. */
static int receive(int channel, struct frame *frame, struct spawn_error *error)
{
    return received(receive_frame(channel, frame), frame, error);
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

/* To the stage; or to init, which has no more to join than cgroups. */
static int send_joins(const struct spawning *spawning, int channel, struct spawn_error *error)
{
    const struct op_spawn *request = spawning->request;
    const struct entered_container *container = spawning->container;
    const struct cgroup_tasks *tasks = &spawning->tasks;
    int fds[2 + MAX_CGROUPS];
    size_t count = 0;
    if (container)
        fds[count++] = container->pidfd;
    if (container && container->root >= 0)
        fds[count++] = container->root;
    memcpy(fds + count, tasks->fds, tasks->count * sizeof *fds);
    scope_buffer payload = {0};
    encode_msg_joins(&payload, &(struct msg_joins){.newNamespaces = request->newNamespaces,
                                                   .joinPaths = request->joinPaths,
                                                   .joinKinds = request->joinKinds,
                                                   .timeOffsets = request->timeOffsets,
                                                   .containerNamespaces = container ? container->namespaces : 0,
                                                   .cgroups = buffer_strings(&tasks->names, (uint32_t)tasks->count),
                                                   .cgroupsMayFail = tasks->may_fail});
    int result = send_frame(channel, FRAME_JOINS, &payload, fds, count + tasks->count);
    scope_frame last = {0};
    if (result == -EPIPE || result == -ECONNRESET) /* it may have said why */
        return receive(channel, &last, error) ?: -EPROTO;
    if (result)
        SAY(error, "tell the new process what to join");
    return result;
}

/* The stage's word for init. When it dies behind its clone its end of the channel stays open: that is init's as well. */
static int receive_spawned(int channel, int stage_pidfd, struct frame *frame, struct spawn_error *error)
{
    struct pollfd both[] = {{.fd = channel, .events = POLLIN}, {.fd = stage_pidfd, .events = POLLIN}};
    int ready;
    while ((ready = poll(both, 2, SPAWN_SECONDS * 1000)) < 0 && errno == EINTR)
        continue;
    if (ready == 0)
        return received(-EAGAIN, frame, error);
    if (both[1].revents && poll(both, 1, 0) == 0) /* looked at once more: it may just have said it, and ended */
        return received(-ECONNRESET, frame, error);
    return receive(channel, frame, error);
}

/* Joins in a process of its own, which then makes init our child. */
static int attend_stage(const struct spawning *spawning, pid_t stage, int stage_pidfd, struct spawned *spawned,
                        struct spawn_error *error)
{
    int channel = spawned->channel;
    const struct op_spawn *request = spawning->request;
    int result = send_joins(spawning, channel, error);
    if (result)
        return result;
    if (request->newNamespaces & CLONE_NEWUSER)
        result = expect_maps(request, stage, channel, error);
    if (result)
        return result;
    scope_frame frame = {0};
    struct msg_spawned message;
    result = receive_spawned(channel, stage_pidfd, &frame, error);
    if (result)
        return result;
    if (frame.code != FRAME_SPAWNED || frame.fd_count != 1 || !decode_msg_spawned(frame.payload, &message) ||
        message.pid <= 1 || message.pid > INT32_MAX) {
        SAY(error, "the stage sent %s", code_name(frame.code));
        return -EPROTO;
    }
    spawned->pid = (pid_t)message.pid;
    spawned->pidfd = release_fd(&frame.fds[0]);
    return 0;
}

/* With a limit: in a frozen cgroup of version 1 it doesn't even die. pidfd: where there is one, -1 for our own child. */
static void end_process(pid_t pid, int pidfd)
{
    if (pidfd < 0)
        kill(pid, SIGKILL);
    else
        pidfd_signal(pidfd, SIGKILL);
    for (int waited = 0; waited < END_MILLIS && waitpid(pid, NULL, __WALL | WNOHANG) == 0; waited++)
        poll(NULL, 0, 1);
}

/* One that failed, and with it the init that it may have made and told nobody of, which is in its process group. */
static void end_stage(pid_t stage)
{
    pid_t reaped;
    kill(-stage, SIGKILL);
    for (int waited = 0; waited < END_MILLIS && (reaped = waitpid(-stage, NULL, __WALL | WNOHANG)) >= 0; waited++) {
        if (reaped == 0)
            poll(NULL, 0, 1);
    }
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

static int attend(const struct spawning *spawning, pid_t child, int *pidfd, struct spawned *spawned,
                  struct spawn_error *error)
{
    int result = 0;
    if (spawning->stage) {
        result = attend_stage(spawning, child, *pidfd, spawned, error);
        if (result)
            end_stage(child);
        else
            while (waitpid(child, NULL, 0) < 0 && errno == EINTR) /* it exits by itself */
                continue;
    } else {
        spawned->pid = child;
        spawned->pidfd = release_fd(pidfd);
        if (spawning->request->newNamespaces & CLONE_NEWUSER)
            result = expect_maps(spawning->request, child, spawned->channel, error);
        if (!result && spawning->tasks.count > 0)
            result = send_joins(spawning, spawned->channel, error);
    }
    if (!result)
        result = attach_unified(spawning, spawned->pid, error);
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
        end_process(spawned->pid, spawned->pidfd);
    if (spawned->pidfd >= 0)
        close(spawned->pidfd);
    if (spawned->channel >= 0)
        close(spawned->channel);
    *spawned = (struct spawned){.pidfd = -1, .channel = -1};
}

static int open_cgroups(struct spawning *spawning, struct spawn_error *error)
{
    const struct op_spawn *request = spawning->request;
    const char *folder = request->unifiedCgroup;
    int result = 0;
    if (*folder) {
        spawning->unified = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
        result = spawning->unified < 0 && !request->cgroupsMayFail ? -errno : 0;
    }
    if (!result)
        result = cgroup_tasks_open(&request->cgroups, request->cgroupsMayFail, &spawning->tasks, &folder);
    if (result)
        SAY(error, "put init into cgroup %s", folder);
    return result;
}

static int clone_and_attend(struct spawning *spawning, int sealed, int *theirs, struct spawned *spawned,
                            struct spawn_error *error)
{
    /* Cgroup: init unshares it after every hierarchy was joined. Time: the stage does, and writes the offsets. */
    uint64_t flags = spawning->request->newNamespaces & ~(uint64_t)(CLONE_NEWCGROUP | CLONE_NEWTIME);
    if (flags & CLONE_NEWUSER)
        flags &= ~(uint64_t)CLONE_NEWIPC; /* by the child, once it is root there */
    scope_fd pidfd = -1;
    pid_t child = clone_into_cgroup(spawning, spawning->stage ? 0 : flags, &pidfd);
    if (child == 0) {
        close(spawned->channel); /* so that the front's end is seen, too */
        run_child(spawning, *theirs, sealed);
    }
    if (child < 0) {
        SAY(error, "clone a process with new namespaces");
        return -errno;
    }
    if (spawning->stage) /* by both: whichever comes first */
        setpgid(child, child);
    close(release_fd(theirs)); /* so that its end is seen */
    return attend(spawning, child, &pidfd, spawned, error);
}

static int spawn(const struct op_spawn *request, const struct entered_container *container, struct spawned *spawned,
                 struct spawn_error *error)
{
    *spawned = (struct spawned){.pidfd = -1, .channel = -1};
    *error = (struct spawn_error){0};
    struct spawning spawning = {.request = request,
                                .container = container,
                                .unified = -1,
                                .by_root = geteuid() == 0,
                                .stage = container || request->joinPaths.count > 0 ||
                                         (request->newNamespaces & CLONE_NEWTIME)};
    scope_fd theirs = -1;
    bool forbidden = false;
    scope_fd sealed = sealed_copy(&forbidden);
    int result = sealed < 0 ? sealed : 0;
    if (result)
        SAY(error, "make a sealed copy of jrunc%s",
            forbidden ? " on a tmpfs: memfds may not be executed here (sysctl vm.memfd_noexec)" : "");
    if (!result && (result = make_channel(spawned, &theirs)))
        SAY(error, "make a channel to the new process");
    if (!result)
        result = open_cgroups(&spawning, error);
    if (!result)
        result = clone_and_attend(&spawning, sealed, &theirs, spawned, error);
    cgroup_tasks_close(&spawning.tasks);
    if (spawning.unified >= 0)
        close(spawning.unified);
    if (result)
        undo(spawned);
    return result;
}

int spawn_init(const struct op_spawn *request, struct spawned *spawned, struct spawn_error *error)
{
    return spawn(request, NULL, spawned, error);
}

int spawn_into(const struct entered_container *container, const struct op_enter *request, struct spawned *spawned,
               struct spawn_error *error)
{
    struct op_spawn spawning = {.timeOffsets = "",
                                .unifiedCgroup = request->unifiedCgroup,
                                .preserveFds = request->preserveFds,
                                .cgroups = request->cgroups,
                                .cgroupsMayFail = request->cgroupsMayFail};
    return spawn(&spawning, container, spawned, error);
}
