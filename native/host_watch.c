/* SPDX-License-Identifier: Apache-2.0 */
/* WATCH: a clock, a cgroup's memory and a process, whichever has something to tell first. The engine needn't wait as well. */
#include "cgroups.h"
#include "files.h"
#include "front.h"
#include "processes.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIGNAL_BASE 128

enum { AT_PROCESS, AT_OOM, AT_ENGINE, AT_COUNT };

/* The kernel counts on an eventfd how often memory has run out: Documentation/admin-guide/cgroup-v1/memory.rst, section 10. */
static int watch_v1(struct watch *watch)
{
    scope_fd control = openat(watch->folder, "memory.oom_control", O_RDONLY | O_CLOEXEC);
    if (control < 0)
        return -errno;
    watch->oom = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (watch->oom < 0)
        return -errno;
    char text[32];
    snprintf(text, sizeof text, "%d %d", watch->oom, control);
    return write_text(watch->folder, "cgroup.event_control", text);
}

/* The line oom_kill of memory.events; reading it also makes the next change a POLLPRI. False when the cgroup is gone. */
static bool read_oom_kills(const struct watch *watch, uint64_t *kills)
{
    static const char line[] = "\noom_kill ";
    char text[512] = "\n";
    ssize_t length = pread(watch->oom, text + 1, sizeof text - 2, 0);
    if (length < 0)
        return false;
    text[length + 1] = 0;
    const char *at = strstr(text, line);
    *kills = at ? strtoull(at + sizeof line - 1, NULL, 10) : 0;
    return true;
}

static int watch_v2(struct watch *watch)
{
    watch->oom = openat(watch->folder, "memory.events", O_RDONLY | O_CLOEXEC);
    if (watch->oom < 0)
        return -errno;
    return read_oom_kills(watch, &watch->oom_kills) ? 0 : -errno;
}

/* A container that has ended meanwhile is no error: it is what the first turn tells. */
static int begin(struct watch *watch, const struct op_watch *request)
{
    *watch = (struct watch){.begun = true, .folder = -1, .oom = -1, .unified = request->version == 2};
    watch->pidfd = process_pidfd((pid_t)request->pid, request->startTime);
    if (watch->pidfd < 0)
        return watch->pidfd == -ESRCH ? 0 : watch->pidfd;
    if (!*request->memory)
        return 0;
    watch->folder = open_cgroup(AT_FDCWD, request->memory);
    if (watch->folder < 0)
        return watch->folder;
    return watch->unified ? watch_v2(watch) : watch_v1(watch);
}

/* Has memory run out since it was asked last? The end of a cgroup of version 1 counts on the eventfd, too. */
static bool ran_out(struct watch *watch)
{
    uint64_t count;
    if (watch->oom < 0)
        return false;
    if (watch->unified) {
        bool more = read_oom_kills(watch, &count) && count > watch->oom_kills;
        watch->oom_kills = more ? count : watch->oom_kills;
        return more;
    }
    struct stat status;
    return read(watch->oom, &count, sizeof count) == (ssize_t)sizeof count &&
           fstatat(watch->folder, "memory.oom_control", &status, 0) == 0;
}

/* Those that were missed are not made up for. */
static bool has_beat(struct watch *watch, int64_t interval)
{
    int64_t late = now_millis() - watch->next_beat;
    if (late < 0)
        return false;
    watch->next_beat += interval * (1 + late / interval);
    return true;
}

/* WATCH_* bits, none when the deadline has come first; or -errno. */
static int turn(struct front *front, int64_t interval, int64_t engine_deadline)
{
    struct watch *watch = &front->watch;
    bool inherited = front->resident.choice == ENGINE_INHERITED;
    struct pollfd fds[AT_COUNT] = {
        [AT_PROCESS] = {.fd = watch->pidfd, .events = POLLIN},
        [AT_OOM] = {.fd = watch->oom, .events = watch->unified ? POLLPRI : POLLIN},
        [AT_ENGINE] = {.fd = inherited ? front->engine.channel : -1, .events = 0},
    };
    bool ended = watch->pidfd < 0;
    int64_t deadline = ended ? 0 : engine_deadline < watch->next_beat ? engine_deadline : watch->next_beat;
    int ready = wait_ready(&front->waits, fds, AT_COUNT, deadline);
    if (ready < 0 && ready != -ETIMEDOUT)
        return ready;
    if (fds[AT_ENGINE].revents) /* nobody else would tell whom it was for */
        return -ECONNRESET;
    ended = ended || fds[AT_PROCESS].revents;
    return (ran_out(watch) ? WATCH_OOM : 0) | (has_beat(watch, interval) ? WATCH_BEAT : 0) | (ended ? WATCH_ENDED : 0);
}

/* It is how a watch usually ends. */
static void end_by_signal(struct front *front)
{
    if (front->engine.channel >= 0)
        session_release_engine(front);
    front->exiting = true;
    front->exit_status = (uint32_t)(SIGNAL_BASE + front->waits.interrupted_by);
}

void host_watch(struct front *front, const struct op_watch *request, struct result *result)
{
    if (request->intervalMillis > INT32_MAX * INT64_C(1000)) {
        result_fail(result, EINVAL, "watch every %" PRIu64 " ms", request->intervalMillis);
        return;
    }
    int error = front->watch.begun ? 0 : begin(&front->watch, request);
    if (error) {
        result_fail(result, -error, "watch the memory of cgroup %s", request->memory);
        return;
    }
    if (request->intervalMillis == 0)
        return;
    if (!front->watch.next_beat)
        front->watch.next_beat = deadline_after((int64_t)request->intervalMillis);
    int64_t engine_deadline = deadline_after(request->engineMillis);
    int happened = 0;
    front->waits.interruptible = true;
    while (happened == 0) {
        happened = turn(front, (int64_t)request->intervalMillis, engine_deadline);
        if (happened == 0 && now_millis() >= engine_deadline) {
            engine_deadline = NO_DEADLINE;
            session_release_engine(front);
        }
    }
    front->waits.interruptible = false;
    if (happened == -EINTR)
        end_by_signal(front);
    else if (happened < 0)
        result_fail(result, -happened, "watch a container");
    else if (engine_deadline == NO_DEADLINE)
        session_continue_with(front, &request->continuation, happened);
    else
        result->value = happened;
}
