/* SPDX-License-Identifier: Apache-2.0 */
/* Host operations that hand the pty's master, init's pidfd, or its seccomp filter's listener to the caller. */
#include "front.h"
#include "host_init.h"
#include "scope.h"
#include "sockets.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

void host_connect_console(struct front *front, const struct op_connect_console *request, struct result *result)
{
    bool given = !request->path[0];
    int fd = given ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                   : connect_stream(&front->waits, request->path, false);
    if (given && fd < 0)
        fd = -errno;
    if (fd < 0) {
        result_fail(result, -fd, "connect to console socket %s%s", request->path, connect_words(fd));
        return;
    }
    if (front->console_socket >= 0)
        close(front->console_socket);
    front->console_socket = fd;
}

static void send_master(struct front *front, int master, struct result *result)
{
    int number;
    char name[32];
    if (ioctl(master, TIOCGPTN, &number) < 0) {
        result_fail(result, errno, "what init sent is no pty");
        return;
    }
    snprintf(name, sizeof name, "/dev/pts/%d", number);
    int error = send_fd(front->console_socket, master, name, strlen(name));
    if (error)
        result_fail(result, -error, "send the terminal to the console socket");
    close(front->console_socket);
    front->console_socket = -1;
}

/* To the console socket, or it is kept for FOREGROUND. */
static void take_master(struct front *front, int *master, struct result *result)
{
    if (front->console_socket >= 0) {
        send_master(front, *master, result);
        return;
    }
    if (front->terminal >= 0)
        close(front->terminal);
    front->terminal = release_fd(master);
}

void host_receive_console(struct front *front, const struct op_receive_console *request, struct result *result)
{
    (void)request;
    scope_frame frame = {0};
    if (front->init.pid <= 0) {
        result_fail(result, ESRCH, "no init was spawned");
        return;
    }
    if (!receive_from_init(front, FRAME_CONSOLE_MASTER, &frame, result))
        return;
    if (frame.fd_count != 1) {
        result_fail(result, EPROTO, "init sent %zu fds as its terminal", frame.fd_count);
        return;
    }
    take_master(front, &frame.fds[0], result);
    if (front->terminal >= 0)
        terminal_plain_lines(front->terminal); /* before the program writes its first */
}

/* One that is restored has its settings again. */
void host_criu_console(struct front *front, const struct op_criu_console *request, struct result *result)
{
    (void)request;
    if (front->relayed_fd < 0)
        result_fail(result, EBADF, "criu sent no terminal");
    else
        take_master(front, &front->relayed_fd, result);
}

void host_send_pidfd(struct front *front, const struct op_send_pidfd *request, struct result *result)
{
    static const char name[] = "pidfd";
    if (front->init.pid <= 0) {
        result_fail(result, ESRCH, "no init was spawned");
        return;
    }
    scope_fd fd = connect_stream(&front->waits, request->path, false);
    int error = fd < 0 ? fd : send_fd(fd, front->init.pidfd, name, sizeof name - 1);
    if (error)
        result_fail(result, -error, "send init's pidfd to %s%s", request->path, connect_words(error));
}

void host_send_seccomp_listener(struct front *front, const struct op_send_seccomp_listener *request,
                                struct result *result)
{
    scope_frame frame = {0};
    if (front->init.pid <= 0) {
        result_fail(result, ESRCH, "no init was spawned");
        return;
    }
    if (!receive_from_init(front, FRAME_SECCOMP_LISTENER, &frame, result))
        return;
    if (frame.fd_count != 1) {
        result_fail(result, EPROTO, "init sent %zu fds as its seccomp listener", frame.fd_count);
        return;
    }
    scope_fd fd = connect_stream(&front->waits, request->path, false);
    if (fd < 0) {
        result_fail(result, -fd, "connect to the seccomp listener %s%s", request->path, connect_words(fd));
        return;
    }
    int error = send_fd(fd, frame.fds[0], request->content.data, request->content.length);
    if (error)
        result_fail(result, -error, "send the seccomp notifications' fd to %s", request->path);
}
