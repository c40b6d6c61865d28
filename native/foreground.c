/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FOREGROUND: the front between the caller and a running container. It copies both ways between the caller's fds 0 and 1
 * and the pty, forwards signals and window sizes, and waits for init. An engine that has waited long enough is let go.
 */
#include "front.h"
#include "host_init.h"
#include "names.h"
#include "processes.h"
#include "report.h"
#include "scope.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often a pty that no process has open is looked at again, and how long one may be silent at the end. */
#define IDLE_PTY_MILLIS 50

struct direction {
    char data[4096];
    size_t length;
    size_t written;
    bool ended; /* nothing more to read */
};

struct relay {
    struct front *front;
    struct terminal terminal;
    int signal_fd;
    int64_t engine_deadline;
    bool engine_released;
    bool init_ended;
    bool pty_idle;
    bool output_lost;     /* nobody reads it any more: dropped, so that the container doesn't wait for ever */
    struct direction in;  /* 0 to the pty */
    struct direction out; /* the pty to 1 */
};

enum { AT_SIGNALS, AT_INIT, AT_INPUT, AT_OUTPUT, AT_PTY, AT_COUNT };

/* Not those that a fault in the front itself raises, that no process sees, or that the terminal sends to stop the
 * background; and not those that the caller ignores. */
static int open_signals(void)
{
    static const int kept[] = {SIGKILL, SIGSTOP, SIGSEGV, SIGBUS,  SIGFPE, SIGILL,  SIGTRAP,
                               SIGABRT, SIGSYS,  SIGPIPE, SIGXFSZ, SIGURG, SIGTTIN, SIGTTOU};
    sigset_t forwarded;
    sigfillset(&forwarded);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        sigdelset(&forwarded, kept[i]);
    for (int signal = 1; signal <= SIGRTMAX; signal++) {
        struct sigaction action;
        if (sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            sigdelset(&forwarded, signal);
    }
    if (sigprocmask(SIG_BLOCK, &forwarded, NULL) < 0)
        return -errno;
    int fd = signalfd(-1, &forwarded, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

/* Of a container without a pid namespace, when we are its subreaper. Init and the engine are waited for elsewhere. */
static void reap_orphans(const struct front *front)
{
    siginfo_t info = {0};
    while (front->subreaper && waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0 &&
           info.si_pid != front->init.pid && info.si_pid != front->engine.pid) {
        waitpid(info.si_pid, NULL, 0);
        info.si_pid = 0;
    }
}

void host_become_subreaper(struct front *front, const struct op_become_subreaper *request, struct result *result)
{
    (void)request;
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
        result_fail(result, errno, "become the subreaper of the container's processes");
    else
        front->subreaper = true;
}

static void forward_signals(struct relay *relay)
{
    struct signalfd_siginfo info;
    while (read(relay->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        int signal = (int)info.ssi_signo;
        if (signal == SIGCHLD) {
            reap_orphans(relay->front);
            continue;
        }
        if (signal == SIGCONT)
            terminal_raw_again(&relay->terminal);
        if (signal == SIGWINCH || signal == SIGCONT)
            terminal_copy_size(&relay->terminal, relay->front->terminal);
        if (signal != SIGWINCH)
            pidfd_signal(relay->front->init.pidfd, signal);
    }
}

/* 1 when something was read, 0 when there is nothing now, -errno. */
static int fill(struct direction *direction, int fd)
{
    ssize_t got = read(fd, direction->data, sizeof direction->data);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    if (got == 0)
        direction->ended = true;
    direction->length = (size_t)got;
    direction->written = 0;
    return got > 0;
}

/* False when nobody takes it. */
static bool flush_to(struct direction *direction, int fd)
{
    ssize_t put = write(fd, direction->data + direction->written, direction->length - direction->written);
    bool lost = put < 0 && errno != EAGAIN && errno != EINTR;
    if (put > 0)
        direction->written += (size_t)put;
    if (lost || direction->written == direction->length)
        direction->length = 0;
    return !lost;
}

/* EIO: no process has the other side open, for now or for good. */
static void read_pty(struct relay *relay)
{
    relay->pty_idle = false;
    int got = fill(&relay->out, relay->front->terminal);
    if (got < 0)
        relay->pty_idle = true;
    if (got > 0 && relay->output_lost)
        relay->out.length = 0;
}

static void prepare_poll(const struct relay *relay, struct pollfd fds[AT_COUNT])
{
    int pty = relay->front->terminal;
    bool pty_wanted = relay->out.length == 0 && !relay->pty_idle;
    short pty_events = (short)((pty_wanted ? POLLIN : 0) | (relay->in.length > 0 ? POLLOUT : 0));
    bool in_wanted = pty >= 0 && relay->in.length == 0 && !relay->in.ended;
    fds[AT_SIGNALS] = (struct pollfd){.fd = relay->signal_fd, .events = POLLIN};
    fds[AT_INIT] = (struct pollfd){.fd = relay->init_ended ? -1 : relay->front->init.pidfd, .events = POLLIN};
    fds[AT_INPUT] = (struct pollfd){.fd = in_wanted ? STDIN_FILENO : -1, .events = POLLIN};
    fds[AT_OUTPUT] = (struct pollfd){.fd = relay->out.length > 0 ? STDOUT_FILENO : -1, .events = POLLOUT};
    fds[AT_PTY] = (struct pollfd){.fd = pty_events && !relay->pty_idle ? pty : -1, .events = pty_events};
}

static int poll_limit(const struct relay *relay)
{
    int64_t limit = INT64_MAX;
    if (relay->engine_deadline != NO_DEADLINE)
        limit = relay->engine_deadline - now_millis();
    if (relay->front->terminal >= 0 && (relay->pty_idle || relay->init_ended) && limit > IDLE_PTY_MILLIS)
        limit = IDLE_PTY_MILLIS;
    if (limit == INT64_MAX)
        return -1;
    return limit < 0 ? 0 : limit > INT32_MAX ? INT32_MAX : (int)limit;
}

/* One turn; false when nothing happened in the time that poll_limit() gave. */
static bool turn(struct relay *relay, int *error)
{
    struct pollfd fds[AT_COUNT];
    prepare_poll(relay, fds);
    int ready = poll(fds, AT_COUNT, poll_limit(relay));
    if (ready < 0) {
        *error = errno == EINTR ? 0 : -errno;
        return errno == EINTR;
    }
    if (ready == 0)
        return false;
    if (fds[AT_SIGNALS].revents && !relay->init_ended)
        forward_signals(relay);
    if (fds[AT_INIT].revents)
        relay->init_ended = true;
    if (fds[AT_PTY].revents & (POLLOUT | POLLHUP | POLLERR) && relay->in.length > 0)
        flush_to(&relay->in, relay->front->terminal);
    if (fds[AT_PTY].revents & (POLLIN | POLLHUP | POLLERR) && relay->out.length == 0)
        read_pty(relay);
    if (fds[AT_OUTPUT].revents && !flush_to(&relay->out, STDOUT_FILENO))
        relay->output_lost = true;
    if (fds[AT_INPUT].revents && fill(&relay->in, STDIN_FILENO) < 0)
        relay->in.ended = true;
    return true;
}

static void let_engine_go(struct relay *relay)
{
    relay->engine_deadline = NO_DEADLINE;
    relay->engine_released = true;
    session_release_engine(relay->front);
}

static int until_init_ends(struct relay *relay)
{
    int error = 0;
    while (!relay->init_ended && !error) {
        if (!turn(relay, &error))
            relay->pty_idle = false; /* look again */
        if (relay->engine_deadline != NO_DEADLINE && now_millis() >= relay->engine_deadline && !relay->init_ended)
            let_engine_go(relay);
    }
    return error;
}

/* What the pty still has. Without a pid namespace of its own, others may hold it open: silence is the end then. A
 * signal ends it too, as when nobody reads our output. */
static void drain_pty(struct relay *relay)
{
    int error = 0;
    relay->engine_deadline = NO_DEADLINE;
    relay->in.ended = true;
    relay->in.length = 0;
    relay->pty_idle = false;
    while (!error && (!relay->pty_idle || relay->out.length > 0)) {
        struct signalfd_siginfo info;
        if (read(relay->signal_fd, &info, sizeof info) == (ssize_t)sizeof info && info.ssi_signo != SIGCHLD)
            return;
        if (!turn(relay, &error) && relay->out.length == 0)
            return;
    }
}

/* What the engine doesn't do, if it was let go or vanishes. */
static void conclude(const struct relay *relay, const struct op_foreground *request, int exit_status)
{
    struct front *front = relay->front;
    if (request->continuation.count > 0) {
        session_continue_with(front, &request->continuation, exit_status);
        front->finishing = true;
    } else if (relay->engine_released) {
        front->exiting = true;
        front->exit_status = (uint32_t)exit_status;
    }
}

/* result has the error, which the engine hears of if it is there. */
static void conclude_failed(const struct relay *relay, const struct op_foreground *request, const struct result *result)
{
    if (!relay->engine_released)
        return;
    char text[sizeof result->message + 128];
    int error = (int)result->error;
    snprintf(text, sizeof text, "%s: %s (%s)", result->message, errno_name(error), errno_text(error));
    report_lost(relay->front, text);
    conclude(relay, request, 1);
}

static void conclude_ended(const struct relay *relay, const struct op_foreground *request, struct result *result)
{
    int status;
    int error = reap_init(relay->front, &status);
    if (error) {
        result_fail(result, -error, "wait for init");
        conclude_failed(relay, request, result);
        return;
    }
    result->value = status;
    conclude(relay, request, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static int relay_until_end(struct relay *relay)
{
    int pty = relay->front->terminal;
    if (pty >= 0) {
        int flags = fcntl(pty, F_GETFL);
        if (flags < 0 || fcntl(pty, F_SETFL, flags | O_NONBLOCK) < 0)
            return -errno;
        int error = terminal_raw(&relay->terminal);
        if (error)
            return error;
        terminal_copy_size(&relay->terminal, pty);
    }
    int error = until_init_ends(relay);
    if (!error && pty >= 0)
        drain_pty(relay);
    return error;
}

void host_foreground(struct front *front, const struct op_foreground *request, struct result *result)
{
    if (front->init.pid <= 0) {
        result_fail(result, ESRCH, "no init was spawned");
        return;
    }
    scope_free struct relay *relay = calloc(1, sizeof *relay);
    scope_fd signal_fd = open_signals();
    if (!relay || signal_fd < 0) {
        result_fail(result, relay ? -signal_fd : ENOMEM, "watch signals");
        return;
    }
    relay->front = front;
    relay->signal_fd = signal_fd;
    relay->terminal = (struct terminal){.fd = -1};
    relay->engine_deadline = deadline_after(request->engineMillis);
    int error = relay_until_end(relay);
    terminal_restore(&relay->terminal);
    if (front->terminal >= 0)
        close(front->terminal);
    front->terminal = -1;
    if (!error) {
        conclude_ended(relay, request, result);
    } else {
        result_fail(result, -error, "relay between the terminal and the container");
        conclude_failed(relay, request, result);
    }
}
