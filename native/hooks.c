/* SPDX-License-Identifier: Apache-2.0 */
#include "hooks.h"

#include "programs.h"
#include "scope.h"
#include "waits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct running {
    pid_t pid;
    int pidfd;
    int input;  /* our end of its standard input; -1 when all was written */
    int output; /* our end of its standard output and error; -1 at its end */
    struct bytes left;
    int64_t deadline; /* milliseconds of CLOCK_MONOTONIC, or NO_DEADLINE */
};

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A process group of its own, so that a limit ends what the hook has started, too. */
static int spawn_hook(const struct hook *hook, int input, int output, pid_t *pid)
{
    scope_free char **args = strings_array(&hook->args);
    scope_free char **environment = strings_array(&hook->environment);
    if (!args || !environment)
        return -ENOMEM;
    return program_start(&(struct program){.path = hook->path,
                                           .folder = hook->folder,
                                           .args = args,
                                           .environment = environment,
                                           .fds = {input, hook->standard_output > 0 ? hook->standard_output : output,
                                                   hook->standard_error > 0 ? hook->standard_error : output},
                                           .group = true},
                         pid);
}

static int start(const struct hook *hook, struct running *running)
{
    int input[2], output[2];
    if (pipe2(input, O_CLOEXEC) < 0)
        return -errno;
    scope_fd input_theirs = input[0];
    running->input = input[1];
    if (pipe2(output, O_CLOEXEC) < 0)
        return -errno;
    running->output = output[0];
    scope_fd output_theirs = output[1];
    /* Only our ends: a hook doesn't expect it. */
    if (fcntl(running->input, F_SETFL, O_NONBLOCK) < 0 || fcntl(running->output, F_SETFL, O_NONBLOCK) < 0)
        return -errno;
    int error = spawn_hook(hook, input_theirs, output_theirs, &running->pid);
    if (error)
        return error;
    running->pidfd = (int)syscall(SYS_pidfd_open, running->pid, 0);
    return running->pidfd < 0 ? -errno : 0;
}

/* A hook need not read what it is told. SIGPIPE is blocked or ignored where hooks are run. */
static void feed(struct running *running)
{
    ssize_t written = write(running->input, running->left.data, running->left.length);
    if (written < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (written > 0) {
        running->left.data += written;
        running->left.length -= (uint32_t)written;
    }
    if (written <= 0 || running->left.length == 0)
        close_end(&running->input);
}

/* False when there is nothing more for now. */
static bool keep_output(struct running *running, struct hook_outcome *outcome)
{
    char chunk[1024];
    ssize_t got = read(running->output, chunk, sizeof chunk);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            close_end(&running->output);
        return false;
    }
    size_t length = (size_t)got;
    if (length > HOOK_OUTPUT_BYTES - outcome->output_length) {
        size_t drop = length - (HOOK_OUTPUT_BYTES - outcome->output_length);
        memmove(outcome->output, outcome->output + drop, outcome->output_length - drop);
        outcome->output_length -= drop;
    }
    memcpy(outcome->output + outcome->output_length, chunk, length);
    outcome->output_length += length;
    return true;
}

/* 0 when the hook has ended. What it left running in the background doesn't keep us. */
static int attend(struct running *running, int interrupt_fd, struct hook_outcome *outcome)
{
    for (;;) {
        struct pollfd fds[4] = {{.fd = running->pidfd, .events = POLLIN},
                                {.fd = running->input, .events = POLLOUT},
                                {.fd = running->output, .events = POLLIN},
                                {.fd = interrupt_fd, .events = POLLIN}};
        int timeout = -1;
        if (running->deadline != NO_DEADLINE) {
            int64_t left = running->deadline - now_millis();
            if (left <= 0)
                return -ETIMEDOUT;
            timeout = left > INT32_MAX ? INT32_MAX : (int)left;
        }
        int ready = poll(fds, 4, timeout);
        if (ready < 0 && errno != EINTR)
            return -errno;
        if (ready <= 0)
            continue;
        if (fds[3].revents)
            return -EINTR;
        if (fds[1].revents)
            feed(running);
        if (fds[2].revents)
            keep_output(running, outcome);
        if (fds[0].revents)
            return 0;
    }
}

static int end(struct running *running, int error, struct hook_outcome *outcome)
{
    if (error) {
        kill(-running->pid, SIGKILL);
        kill(running->pid, SIGKILL);
    }
    while (waitpid(running->pid, &outcome->status, 0) < 0) {
        if (errno != EINTR)
            return error ? error : -errno;
    }
    while (running->output >= 0 && keep_output(running, outcome))
        continue;
    return error;
}

int hook_run(const struct hook *hook, int interrupt_fd, struct hook_outcome *outcome)
{
    *outcome = (struct hook_outcome){0};
    struct running running = {.pid = 0, .pidfd = -1, .input = -1, .output = -1, .left = hook->input};
    running.deadline = hook->timeout_seconds ? now_millis() + (int64_t)hook->timeout_seconds * 1000 : NO_DEADLINE;
    int error = start(hook, &running);
    if (!error)
        error = attend(&running, interrupt_fd, outcome);
    if (running.pid > 0)
        error = end(&running, error, outcome);
    close_end(&running.input);
    close_end(&running.output);
    close_end(&running.pidfd);
    outcome->output[outcome->output_length] = 0;
    return error;
}
