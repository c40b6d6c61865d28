/* SPDX-License-Identifier: Apache-2.0 */
/* Host operations that make init and take it through the hand-shake of protocol.def. */
#include "host_init.h"

#include "cgroup_join.h"
#include "files.h"
#include "mount_calls.h"
#include "processes.h"
#include "scope.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often the end of a traced process is looked at again. */
#define TRACED_MILLIS 5
#define KILL_MILLIS 10000
/* Between the end of init's channel and its death. */
#define DEATH_MILLIS 5000
/* A frame that has begun must come to its end. */
#define FRAME_SECONDS 10
/* Mount trees that go with PLAN, beside the fifos. Few in the test build, whose bundles have to come to TREES as well. */
#ifdef JRUNC_FAULTS
#define MAX_PLAN_TREES 1
#else
#define MAX_PLAN_TREES (MAX_FRAME_FDS - 2)
#endif

/* Of front and init, opened after what is opened for init. */
#define OTHER_FILES 64

static bool spawned(const struct front *front, struct result *result)
{
    if (front->init.pid <= 0)
        result_fail(result, ESRCH, "no init was spawned");
    return front->init.pid > 0;
}

void tell_init(const struct front *front, struct result *result)
{
    char *text = NULL;
    int length = asprintf(&text, "%" PRIu64, front->init.start_time);
    if (length < 0) {
        result_fail(result, ENOMEM, "tell the start time of init");
        return;
    }
    result->value = front->init.pid;
    result->data = (struct buffer){.data = (uint8_t *)text, .length = (size_t)length};
}

void tell_spawned(struct front *front, int status, const struct spawn_error *error, struct result *result)
{
    if (status) {
        front->init = (struct spawned){.pidfd = -1, .channel = -1};
        result_fail(result, -status, "%s", error->message);
        snprintf(result->operation, sizeof result->operation, "%s", error->operation);
        snprintf(result->origin, sizeof result->origin, "%s", error->origin);
        return;
    }
    struct timeval limit = {.tv_sec = FRAME_SECONDS};
    setsockopt(front->init.channel, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(front->init.channel, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    tell_init(front, result);
}

void host_spawn(struct front *front, const struct op_spawn *request, struct result *result)
{
    if (front->init.pid > 0) {
        result_fail(result, EBUSY, "init was spawned already");
        return;
    }
    struct spawn_error error = {0};
    int status = spawn_init(request, &front->init, &error);
    if (!status) {
        front->made_pid = front->init.pid;
        front->made_start_time = front->init.start_time;
    }
    tell_spawned(front, status, &error, result);
}

static void fail_limit(struct result *result, int error, const char *name, const struct rlimit *limit)
{
    result_fail(result, error, "set %s of init to %" PRIu64 " (soft), %" PRIu64 " (hard)", name,
                (uint64_t)limit->rlim_cur, (uint64_t)limit->rlim_max);
}

/* pid 0: our own. The soft limit alone is not what it was. 0 or -errno. */
static int set_files(const struct front *front, pid_t pid, rlim_t soft)
{
    struct rlimit limit = {soft, front->callers_files.rlim_max};
    return syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, &limit, NULL) < 0 ? -errno : 0;
}

void allow_one_more_for_init(struct front *front)
{
    struct rlimit *limit = &front->callers_files;
    /* The lowest free number: below it are the caller's as well. */
    int last = front->tree_count ? front->trees[front->tree_count - 1] : 0;
    if (front->more_files || getrlimit(RLIMIT_NOFILE, limit) < 0 || limit->rlim_cur == limit->rlim_max ||
        (rlim_t)last + OTHER_FILES < limit->rlim_cur)
        return;
    front->more_files = set_files(front, 0, limit->rlim_max) == 0;
}

int64_t keep_for_init(struct front *front, int fd)
{
    if (fd < 0)
        return fd;
    int *trees = realloc(front->trees, (front->tree_count + 1) * sizeof *trees);
    if (!trees) {
        close(fd);
        return -ENOMEM;
    }
    front->trees = trees;
    trees[front->tree_count] = fd;
    return (int64_t)front->tree_count++;
}

void host_open_tree(struct front *front, const struct op_open_tree *request, struct result *result)
{
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (request->recursive ? AT_RECURSIVE : 0);
    allow_one_more_for_init(front);
    int fd = (int)syscall(SYS_open_tree, AT_FDCWD, request->path, flags);
    int64_t index = keep_for_init(front, fd < 0 ? -errno : fd);
    if (index < 0)
        result_fail(result, (int)-index, "copy the mount tree at %s", request->path);
    else
        result->value = index;
}

void host_cgroup_attach(struct front *front, const struct op_cgroup_attach *request, struct result *result)
{
    if (!spawned(front, result))
        return;
    struct cursor cursor = strings_cursor(&request->folders);
    for (uint32_t i = 0; i < request->folders.count; i++) {
        const char *folder = read_str(&cursor);
        int error = attach_to_cgroup(folder, front->init.pid);
        if (error) {
            result_fail(result, -error, "put init into cgroup %s", folder);
            return;
        }
    }
}

/* CVE-2025-52881: the file is checked to be procfs's. Init is our unreaped child: its pid can't be another's. */
void host_oom_score_adj(struct front *front, const struct op_oom_score_adj *request, struct result *result)
{
    if (!spawned(front, result))
        return;
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, request->score);
    scope_process process;
    int error = process_open(front->init.pid, &process);
    if (!error)
        error = process_write(&process, "oom_score_adj", text);
    if (error)
        result_fail(result, -error, "set oom_score_adj of init to %s", text);
}

/* A terminal stays the caller's, and the null device everybody's. */
void host_give_stdio(struct front *front, const struct op_give_stdio *request, struct result *result)
{
    (void)front;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        struct stat status;
        if (fstat(fd, &status) < 0 || S_ISCHR(status.st_mode) || status.st_uid == request->uid)
            continue;
        int error = give_stdio(fd, request->uid);
        if (error) {
            result_fail(result, -error, "give fd %d to user %u", fd, request->uid);
            return;
        }
    }
}

/* As many messages as it takes. 0 or -errno. */
static int send_plan(const struct front *front, struct bytes operations)
{
    const int *trees = front->trees;
    size_t left = front->tree_count;
    int error = 0;
    for (; !error && left > MAX_PLAN_TREES; trees += MAX_PLAN_TREES, left -= MAX_PLAN_TREES)
        error = send_frame(front->init.channel, FRAME_TREES, NULL, trees, MAX_PLAN_TREES);
    int fds[MAX_FRAME_FDS] = {front->state.start_fifo, front->state.answer_fifo};
    for (size_t i = 0; !error && i < left; i++)
        fds[2 + i] = trees[i];
    scope_buffer payload = {0};
    encode_msg_plan(&payload, &(struct msg_plan){.operations = operations});
    return error ? error : send_frame(front->init.channel, FRAME_PLAN, &payload, fds, front->entered ? 0 : 2 + left);
}

void host_send_plan(struct front *front, const struct op_send_plan *request, struct result *result)
{
    struct state_folder *state = &front->state;
    if (!spawned(front, result))
        return;
    if (!front->entered && state->start_fifo < 0) {
        result_fail(result, EBADF, "no start fifos were made");
        return;
    }
    if (front->more_files)
        set_files(front, front->init.pid, front->callers_files.rlim_max); /* one that was made before */
    int error = send_plan(front, request->operations);
    /* Init's own copies must be the only ones: the end of answer.fifo means that its program runs. */
    state_close_fifos(state);
    for (size_t i = 0; i < front->tree_count; i++)
        close(front->trees[i]);
    free(front->trees);
    front->trees = NULL;
    front->tree_count = 0;
    if (front->more_files)
        set_files(front, 0, front->callers_files.rlim_cur);
    scope_frame none = {0};
    /* It may have died before it could read: then that is what there is to tell. */
    if (error == -EPIPE || error == -ECONNRESET)
        receive_from_init(front, 0, &none, result);
    else if (error)
        result_fail(result, -error, "send init its plan");
}

int init_wait_status(const struct front *front, bool reap, int *status)
{
    siginfo_t info = {0};
    int options = WEXITED | WNOHANG | __WALL | (reap ? 0 : WNOWAIT);
    while (waitid(P_PIDFD, (id_t)front->init.pidfd, &info, options) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    if (info.si_pid == 0)
        return -EAGAIN;
    *status = info.si_code == CLD_EXITED ? (info.si_status & 0xff) << 8
                                         : (info.si_status & 0x7f) | (info.si_code == CLD_DUMPED ? 0x80 : 0);
    return 0;
}

int reap_init(struct front *front, int *status)
{
    int error;
    /* Who traces it gets to know first, and may never look: nobody but the caller can say that this is long enough. */
    while ((error = init_wait_status(front, true, status)) == -EAGAIN) {
        front->waits.interruptible = true;
        error = wait_millis(&front->waits, TRACED_MILLIS);
        if (error)
            break;
    }
    if (!error)
        forget_init(front);
    return error;
}

/* How init ended, and at which stage: it had no time to say so itself. */
static void describe_death(struct front *front, struct result *result)
{
    struct process process = {.folder = -1};
    int status;
    front->waits.interruptible = false;
    int error = wait_fd(&front->waits, front->init.pidfd, POLLIN, deadline_after(DEATH_MILLIS));
    if (!error)
        error = init_wait_status(front, false, &status);
    if (!error)
        process_open(front->init.pid, &process);
    const char *at = process_names_stage(&process) ? process.name : "jrunc:[init]";
    process_close(&process);
    char name[16];
    if (error)
        result_fail(result, ECONNRESET, "init closed its channel");
    else if (!WIFSIGNALED(status))
        result_fail(result, ECANCELED, "init (%s) exited with status %d and without a reason", at, WEXITSTATUS(status));
    else
        result_fail(result, ECANCELED, "init (%s) was killed by %s%s", at, signal_name(WTERMSIG(status), name),
                    WTERMSIG(status) == SIGKILL ? ": is the memory limit too low to start?" : "");
}

/* Was it a frame TIMES? */
static bool keep_times(struct front *front, const struct frame *frame)
{
    struct msg_times times;
    if (frame->code != FRAME_TIMES || !decode_msg_times(frame->payload, &times))
        return false;
    front->realtime_offset = times.realtimeOffset;
    buffer_append(&front->spans, times.spans.data, times.spans.length);
    return true;
}

bool receive_from_init(struct front *front, uint16_t code, struct frame *frame, struct result *result)
{
    *frame = (struct frame){0};
    int error;
    do {
        frame_free(frame);
        error = wait_fd(&front->waits, front->init.channel, POLLIN, NO_DEADLINE);
        if (!error)
            error = receive_frame(front->init.channel, frame);
    } while (!error && keep_times(front, frame));
    if (error == -ECONNRESET)
        describe_death(front, result);
    else if (error)
        result_fail(result, -error, "wait for init");
    else if (frame->code == FRAME_ERROR)
        result_fail_remote(result, frame->payload);
    else if (frame->code != code)
        result_fail(result, EPROTO, "init sent %s instead of %s", code_name(frame->code), code_name(code));
    else
        return true;
    return false;
}

/* Its mounts are made, and the limits that are the container's come next. */
static void restore_files(struct front *front, struct result *result)
{
    front->more_files = false;
    const struct rlimit *limit = &front->callers_files;
    int error = set_files(front, front->init.pid, limit->rlim_cur);
    if (error)
        fail_limit(result, -error, "RLIMIT_NOFILE", limit);
}

void host_await(struct front *front, const struct op_await *request, struct result *result)
{
    if (!spawned(front, result))
        return;
    scope_frame frame = {0};
    struct msg_sync sync;
    if (!receive_from_init(front, FRAME_SYNC, &frame, result))
        return;
    if (!decode_msg_sync(frame.payload, &sync) || sync.point != request->point)
        result_fail(result, EPROTO, "init has not come to synchronization point %u", request->point);
    else if (sync.point == SYNC_LIMITS && front->more_files)
        restore_files(front, result);
    result->value = front->realtime_offset;
    result->data = front->spans;
    front->spans = (struct buffer){0};
}

void host_go_on(struct front *front, const struct op_go_on *request, struct result *result)
{
    (void)request;
    if (!spawned(front, result))
        return;
    int error = send_frame(front->init.channel, FRAME_GO, NULL, NULL, 0);
    scope_frame none = {0};
    if (error == -EPIPE || error == -ECONNRESET)
        receive_from_init(front, 0, &none, result);
    else if (error)
        result_fail(result, -error, "let init go on");
}

void host_rlimit(struct front *front, const struct op_rlimit *request, struct result *result)
{
    if (!spawned(front, result))
        return;
    struct rlimit limit = {request->soft, request->hard};
    if (syscall(SYS_prlimit64, front->init.pid, request->resource, &limit, NULL) < 0)
        fail_limit(result, errno, request->name, &limit);
}

void forget_init(struct front *front)
{
    close(front->init.pidfd);
    if (front->init.channel >= 0)
        close(front->init.channel);
    front->init = (struct spawned){.pidfd = -1, .channel = -1};
}

int kill_spawned_init(struct front *front)
{
    if (front->init.pid <= 0)
        return 0;
    int error = pidfd_signal(front->init.pidfd, SIGKILL);
    if (error == -ESRCH) /* ended, and perhaps not yet reaped */
        error = 0;
    if (!error)
        error = wait_fd(&front->waits, front->init.pidfd, POLLIN, deadline_after(KILL_MILLIS));
    int status;
    if (!error)
        error = init_wait_status(front, true, &status);
    if (error == -EAGAIN) /* ended, and not reaped by whoever traces it */
        error = 0;
    if (!error)
        forget_init(front);
    return error;
}

void host_kill_init(struct front *front, const struct op_kill_init *request, struct result *result)
{
    (void)request;
    int error = kill_spawned_init(front);
    if (error)
        result_fail(result, -error, "kill init (process %d)", (int)front->init.pid);
}

void host_exit(struct front *front, const struct op_exit *request, struct result *result)
{
    (void)result;
    front->exiting = true;
    front->exit_status = request->status;
}
