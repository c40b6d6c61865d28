/* SPDX-License-Identifier: Apache-2.0 */
#include "programs.h"

#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stddef.h>
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

void fds_close_on_exec(int first)
{
    if (syscall(SYS_close_range, first, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    int limit = (int)sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd < limit; fd++) /* Linux 5.10 */
        fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* In the child, which has our memory: the errno that is left when it comes back. */
static int execute(const struct program *program)
{
    if (program->session && setsid() < 0)
        return errno;
    if (program->group && setpgid(0, 0) < 0)
        return errno;
    for (int fd = 0; fd <= 2; fd++) {
        if (dup2(program->fds[fd], fd) < 0)
            return errno;
    }
    close_fds(3);
    if (program->folder && chdir(program->folder) < 0)
        return errno;
    signals_default();
    if (program->search)
        execvpe(program->path, program->args, program->environment);
    else
        execve(program->path, program->args, program->environment);
    return errno;
}

static pid_t fork_and_execute(const struct program *program, volatile int *error)
{
    pid_t pid = vfork();
    if (pid == 0) {
        *error = execute(program);
        _exit(127);
    }
    if (pid < 0)
        *error = errno;
    return pid;
}

int program_start(const struct program *program, pid_t *pid)
{
    volatile int error = 0;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before); /* no handler may run in the child */
    pid_t child = fork_and_execute(program, &error);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (error && child > 0)
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            continue;
    *pid = error ? 0 : child;
    return -error;
}
