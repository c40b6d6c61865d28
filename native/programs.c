/* SPDX-License-Identifier: Apache-2.0 */
#include "programs.h"

#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void close_fds(int first)
{
    if (syscall(SYS_close_range, first, ~0u, 0) == 0)
        return;
    int limit = (int)sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd < limit; fd++)
        close(fd);
}

void close_other_fds(int first, int kept)
{
    for (int fd = first; fd < kept; fd++)
        close(fd);
    close_fds(kept + 1);
}

void fds_close_on_exec(int first)
{
    if (syscall(SYS_close_range, first, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    int limit = (int)sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd < limit; fd++) /* Linux 5.10 */
        fcntl(fd, F_SETFD, FD_CLOEXEC);
}

#define STACK_BYTES (64ul * 1024)

/* What runs in the child, on a stack that ASan knows nothing of. */
#define IN_CHILD __attribute__((no_sanitize_address))

/* None may take the place of another that has not been placed yet. */
IN_CHILD static int place_fds(const struct program *program)
{
    int above[MAX_MORE_FDS];
    if (program->more_count > MAX_MORE_FDS)
        return E2BIG;
    for (int i = 0; i < program->more_count; i++) {
        above[i] = fcntl(program->more[i], F_DUPFD_CLOEXEC, 3 + MAX_MORE_FDS);
        if (above[i] < 0)
            return errno;
    }
    for (int fd = 0; fd <= 2; fd++) {
        if (dup2(program->fds[fd], fd) < 0)
            return errno;
    }
    for (int i = 0; i < program->more_count; i++) {
        if (dup2(above[i], 3 + i) < 0)
            return errno;
    }
    return 0;
}

/* In the child, which has our memory: the errno that is left when it comes back. */
IN_CHILD static int execute(const struct program *program)
{
    if (program->session && setsid() < 0)
        return errno;
    if (program->group && setpgid(0, 0) < 0)
        return errno;
    int error = program->prepare ? program->prepare(program->context) : 0;
    if (!error)
        error = place_fds(program);
    if (error)
        return error;
    close_fds(3 + program->more_count);
    if (program->folder && chdir(program->folder) < 0)
        return errno;
    signals_default();
    if (program->search)
        execvpe(program->path, program->args, program->environment);
    else
        execve(program->path, program->args, program->environment);
    return errno;
}

struct execution {
    const struct program *program;
    int error;
};

IN_CHILD static int child_main(void *context)
{
    struct execution *execution = context;
    execution->error = execute(execution->program);
    return 127;
}

/* As vfork(2), which is fork(2) with musl on some machines; on a stack of its own. */
static pid_t start_child(struct execution *execution)
{
    uint8_t *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED)
        return -1;
    pid_t pid = clone(child_main, stack + STACK_BYTES, CLONE_VM | CLONE_VFORK | SIGCHLD, execution);
    int error = errno;
    munmap(stack, STACK_BYTES);
    errno = error;
    return pid;
}

int program_start(const struct program *program, pid_t *pid)
{
    struct execution execution = {.program = program};
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before); /* no handler may run in the child */
    pid_t child = start_child(&execution);
    if (child < 0)
        execution.error = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (execution.error && child > 0)
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            continue;
    *pid = execution.error ? 0 : child;
    return -execution.error;
}
