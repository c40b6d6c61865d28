/* SPDX-License-Identifier: Apache-2.0 */
/* Host operations on processes that are named by pid and start time, and hooks. */
#include "front.h"
#include "hooks.h"
#include "processes.h"
#include "scope.h"
#include "sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Does it run the sealed copy of this program, as init does until its execve? */
static int runs_sealed_copy(const struct process *process)
{
    char target[64];
    ssize_t length = readlinkat(process->folder, "exe", target, sizeof target - 1);
    /* Init is not dumpable: without privilege only its name is to be seen. */
    if (length < 0 && (errno == EACCES || errno == EPERM))
        return process_names_stage(process);
    if (length < 0)
        return errno == ENOENT || errno == ESRCH ? 0 : -errno;
    target[length] = 0;
    return strncmp(target, "/" SEALED_FILE, sizeof "/" SEALED_FILE - 1) == 0;
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
    (void)front;
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
    int sealed = runs_sealed_copy(&process);
    if (sealed < 0)
        result_fail(result, -sealed, "find the program of process %u", request->pid);
    else if (is_frozen(request->frozen))
        result->value = PROCESS_PAUSED;
    else
        result->value = sealed ? PROCESS_CREATED : PROCESS_RUNNING;
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
