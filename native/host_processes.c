/* SPDX-License-Identifier: Apache-2.0 */
/* Host operations on processes that are named by pid and start time, and hooks. */
#include "front.h"
#include "processes.h"
#include "scope.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* CVE row "forged state": init alone has start.fifo open, until its execve. What the container's program calls itself, and what it
 * runs from, is its own affair. 0, or -errno: -ENXIO when nobody waits. */
static int find_waiting(const struct state_folder *state)
{
    scope_fd fifo = state->folder_fd < 0 ? -ENXIO : state_open_fifo(state, "start.fifo", O_WRONLY | O_NONBLOCK);
    return fifo < 0 ? fifo : 0;
}

/* A container of which only the cgroup could tell is not paused when that is gone or not readable. */
static bool is_frozen(const char *file)
{
    char text[4] = "";
    scope_fd fd = *file ? open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : -1;
    return fd >= 0 && read(fd, text, sizeof text - 1) > 0 && text[0] == '1';
}

void host_process_status(struct front *front, const struct op_process_status *request, struct result *result)
{
    scope_process process = {.folder = -1};
    result->value = PROCESS_STOPPED;
    int error = request->pid ? process_open((pid_t)request->pid, &process) : -ESRCH;
    if (error == -ESRCH)
        return;
    if (error) {
        result_fail(result, -error, "look at process %u", request->pid);
        return;
    }
    if (process.start_time != request->startTime || process_ended(&process))
        return;
    int waiting = find_waiting(&front->state);
    if (waiting && waiting != -ENXIO && waiting != -ENOENT)
        result_fail(result, -waiting, "look whether process %u waits for start", request->pid);
    else if (is_frozen(request->frozen))
        result->value = PROCESS_PAUSED;
    else
        result->value = waiting ? PROCESS_RUNNING : PROCESS_CREATED;
}

void host_signal(struct front *front, const struct op_signal *request, struct result *result)
{
    (void)front;
    scope_fd pidfd = process_pidfd((pid_t)request->pid, request->startTime);
    int error = pidfd < 0 ? pidfd : pidfd_signal(pidfd, (int)request->signal);
    if (error)
        result_fail(result, -error, "send signal %u to process %u", request->signal, request->pid);
}

void host_wait_exit(struct front *front, const struct op_wait_exit *request, struct result *result)
{
    int64_t deadline = deadline_after(request->timeoutMillis);
    scope_fd pidfd = process_pidfd((pid_t)request->pid, request->startTime);
    int error = pidfd < 0 ? pidfd : wait_fd(&front->waits, pidfd, POLLIN, deadline);
    if (error && error != -ESRCH)
        result_fail(result, -error, "wait for the end of process %u", request->pid);
}
