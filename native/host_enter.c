/* SPDX-License-Identifier: Apache-2.0 */
/* exec: an init in the namespaces of a container that runs already. */
#include "files.h"
#include "front.h"
#include "host_init.h"
#include "processes.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/stat.h>

/* The kernel refuses to join one's own. */
static bool own_user_namespace(const struct process *process)
{
    struct stat ours, theirs;
    return stat("/proc/self/ns/user", &ours) == 0 && fstatat(process->folder, "ns/user", &theirs, 0) == 0 &&
           same_file(&ours, &theirs);
}

/* 0, or -errno: -ESRCH when the process is gone. CVE row "pid reuse": all that is opened belongs to the process that has
 * that start time, and it lives after that was done. */
static int open_container(const struct op_enter *request, struct entered_container *container)
{
    scope_process process;
    int error = process_open((pid_t)request->pid, &process);
    if (error)
        return error;
    if (process.start_time != request->startTime || process_ended(&process))
        return -ESRCH;
    container->namespaces = request->namespaces;
    if (own_user_namespace(&process))
        container->namespaces &= ~(uint64_t)CLONE_NEWUSER;
    if (request->chroot) {
        container->root = openat(process.folder, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (container->root < 0)
            return -errno;
    }
    container->pidfd = process_pidfd((pid_t)request->pid, request->startTime);
    return container->pidfd < 0 ? container->pidfd : 0;
}

void host_enter(struct front *front, const struct op_enter *request, struct result *result)
{
    if (front->init.pid > 0) {
        result_fail(result, EBUSY, "init was spawned already");
        return;
    }
    struct entered_container container = {.pidfd = -1, .root = -1};
    int status = open_container(request, &container);
    scope_fd pidfd = container.pidfd, root = container.root;
    if (status) {
        result_fail(result, -status, "look at process %u of the container", request->pid);
        return;
    }
    struct spawn_error error = {0};
    front->entered = true;
    tell_spawned(front, spawn_into(&container, request, &front->init, &error), &error, result);
    (void)pidfd, (void)root;
}

/* Until init says something, or its program has closed the channel: then a signal of the caller's is for the program, and stays
 * pending until FOREGROUND hands it on. */
static int await_init(struct front *front)
{
    struct pollfd said = {.fd = front->init.channel, .events = POLLIN};
    front->waits.interruptible = true;
    int ready = wait_word(&front->waits, &said, 1);
    front->waits.interruptible = false;
    return ready < 0 ? ready : 0;
}

void host_await_program(struct front *front, const struct op_await_program *request, struct result *result)
{
    (void)request;
    if (front->init.pid <= 0) {
        result_fail(result, ESRCH, "no init was spawned");
        return;
    }
    scope_frame executing = {0}, last = {0};
    struct msg_sync sync;
    int error = await_init(front);
    if (error) {
        result_fail(result, -error, "wait for init");
        return;
    }
    if (!receive_from_init(front, FRAME_SYNC, &executing, result))
        return;
    if (!decode_msg_sync(executing.payload, &sync) || sync.point != SYNC_EXECUTING) {
        result_fail(result, EPROTO, "init is not about to execute its program");
        return;
    }
    error = await_init(front);
    if (!error)
        error = receive_frame(front->init.channel, &last);
    if (error == -ECONNRESET) /* execve closed it */
        return;
    if (error || last.code != FRAME_ERROR)
        result_fail(result, error ? -error : EPROTO, "wait for the program");
    else
        result_fail_remote(result, last.payload);
}

void host_cpu_affinity(struct front *front, const struct op_cpu_affinity *request, struct result *result)
{
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    for (uint32_t i = 0; i < request->cpus.count; i++) {
        uint32_t cpu = number_at(&request->cpus, i);
        if (cpu >= CPU_SETSIZE) {
            result_fail(result, EINVAL, "run init on CPU %u: there are no more than %d", cpu, CPU_SETSIZE);
            return;
        }
        CPU_SET(cpu, &cpus);
    }
    if (sched_setaffinity(front->init.pid > 0 ? front->init.pid : 0, sizeof cpus, &cpus) < 0)
        result_fail(result, errno, "set the CPUs of init");
}
