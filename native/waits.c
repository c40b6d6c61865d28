/* SPDX-License-Identifier: Apache-2.0 */
#include "waits.h"

#include "names.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define MAX_WAIT_FDS 8

static const int interruptions[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static bool ignored(int signal)
{
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int waits_begin(struct waits *waits)
{
    *waits = (struct waits){.signal_fd = -1};
    /* A caller that ignores SIGCHLD would make the kernel reap for us, and hide how init ended. */
    signal(SIGCHLD, SIG_DFL);
    sigset_t watched, blocked;
    sigemptyset(&watched);
    for (size_t i = 0; i < sizeof interruptions / sizeof interruptions[0]; i++) {
        if (!ignored(interruptions[i])) /* nohup, and shells for background jobs */
            sigaddset(&watched, interruptions[i]);
    }
    blocked = watched;
    sigaddset(&blocked, SIGPIPE);
    sigaddset(&blocked, SIGXFSZ); /* a caller with a small RLIMIT_FSIZE: EFBIG, and what was made is undone */
    if (sigprocmask(SIG_SETMASK, &blocked, NULL) < 0)
        return -errno;
    waits->signal_fd = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    return waits->signal_fd < 0 ? -errno : 0;
}

int64_t now_millis(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t clock_nanos(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

uint64_t now_nanos(void)
{
    return (uint64_t)clock_nanos(CLOCK_MONOTONIC);
}

int64_t realtime_offset(void)
{
    return clock_nanos(CLOCK_REALTIME) - clock_nanos(CLOCK_MONOTONIC);
}

int64_t deadline_after(int64_t timeout_millis)
{
    return now_millis() + timeout_millis;
}

bool waits_listen(const struct waits *waits)
{
    return waits->interruptible && waits->interrupted_by == 0 && !waits->undisturbed;
}

int wait_check(struct waits *waits)
{
    struct signalfd_siginfo info;
    if (!waits_listen(waits) || read(waits->signal_fd, &info, sizeof info) != (ssize_t)sizeof info)
        return 0;
    waits->interrupted_by = (int)info.ssi_signo;
    return -EINTR;
}

static int poll_timeout(int64_t deadline)
{
    if (deadline == NO_DEADLINE)
        return -1;
    int64_t left = deadline - now_millis();
    if (left < 0)
        return 0;
    return left > INT32_MAX ? INT32_MAX : (int)left;
}

int wait_ready(struct waits *waits, struct pollfd *fds, nfds_t count, int64_t deadline)
{
    if (count > MAX_WAIT_FDS)
        return -EINVAL;
    struct pollfd all[MAX_WAIT_FDS + 1];
    for (;;) {
        if (count > 0)
            memcpy(all, fds, count * sizeof *fds);
        bool listen = waits_listen(waits);
        all[count] = (struct pollfd){.fd = listen ? waits->signal_fd : -1, .events = POLLIN};
        int timeout = poll_timeout(deadline);
        int ready = poll(all, count + 1, timeout);
        if (ready < 0 && errno != EINTR)
            return -errno;
        int error = wait_check(waits);
        if (error)
            return error;
        for (nfds_t i = 0; i < count; i++)
            fds[i].revents = (short)(ready > 0 ? all[i].revents : 0);
        if (ready > 0)
            return ready;
        if (ready == 0 && (timeout == 0 || now_millis() >= deadline))
            return -ETIMEDOUT;
    }
}

int wait_fd(struct waits *waits, int fd, short events, int64_t deadline)
{
    struct pollfd one = {.fd = fd, .events = events};
    int ready = wait_ready(waits, &one, 1, deadline);
    return ready < 0 ? ready : 0;
}

int wait_word(struct waits *waits, struct pollfd *fds, nfds_t count)
{
    int ready = poll(fds, count, 0);
    if (ready <= 0)
        ready = wait_ready(waits, fds, count, NO_DEADLINE);
    if (ready != -EINTR || poll(fds, count, 0) <= 0)
        return ready;
    kill(getpid(), waits->interrupted_by); /* both came at once */
    waits->interrupted_by = 0;
    return poll(fds, count, 0);
}

int wait_millis(struct waits *waits, int64_t millis)
{
    int error = wait_ready(waits, NULL, 0, deadline_after(millis));
    return error == -ETIMEDOUT ? 0 : error;
}

const char *signal_name(int signal, char buffer[16])
{
    const char *abbreviation = signal_abbreviation(signal);
    if (abbreviation)
        snprintf(buffer, 16, "SIG%s", abbreviation);
    else
        snprintf(buffer, 16, "signal %d", signal & 0xff);
    return buffer;
}
