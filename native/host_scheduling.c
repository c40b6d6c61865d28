/* SPDX-License-Identifier: Apache-2.0 */
/* Host operations that say how the kernel schedules init: with the caller's rights, which mapped root lacks. */
#include "host_init.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/syscall.h>
#include <unistd.h>

#define IOPRIO_WHO_PROCESS 1
#define IOPRIO_CLASS_SHIFT 13

/* sched_setattr(2); the C library has it from 2.41 on. */
struct scheduling {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
};

void host_scheduler(struct front *front, const struct op_scheduler *request, struct result *result)
{
    struct scheduling scheduling = {
        .size = sizeof scheduling,
        .policy = request->policy,
        .flags = request->flags,
        .nice = (int32_t)request->nice,
        .priority = request->priority,
        .runtime = request->runtime,
        .deadline = request->deadline,
        .period = request->period,
    };
    if (front->init.pid <= 0)
        result_fail(result, ESRCH, "no init was spawned");
    else if (syscall(SYS_sched_setattr, front->init.pid, &scheduling, 0) < 0)
        result_fail(result, errno, "set the scheduler of init to %s, nice %" PRId64 ", priority %u%s",
                    request->policyName, request->nice, request->priority,
                    errno == EPERM ? " (no right to; or its cgroup has no realtimeRuntime)" : "");
}

void host_io_priority(struct front *front, const struct op_io_priority *request, struct result *result)
{
    unsigned value = request->ioClass << IOPRIO_CLASS_SHIFT | request->priority;
    if (front->init.pid <= 0)
        result_fail(result, ESRCH, "no init was spawned");
    else if (syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, front->init.pid, value) < 0)
        result_fail(result, errno, "set the I/O priority of init to %s, %u", request->className, request->priority);
}
