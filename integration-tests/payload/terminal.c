/* SPDX-License-Identifier: Apache-2.0 */
/* Terminals, seen from inside; hooks; and what a test needs on the host: a terminal's master side, leaked fds. */
#include "payload.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#define RESIZED_ROWS 50
#define RESIZED_COLUMNS 132
#define RELAY_POLL_MILLIS 20
#define LEAKED_FDS 3
#define LEAK_WAIT_MILLIS 5000

static int print_size(void)
{
    struct winsize size = {0};
    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) != 0)
        print_outcome("term-size", "stdin", errno);
    else
        printf("term-size %dx%d\n", size.ws_row, size.ws_col);
    fflush(stdout);
    return size.ws_row;
}

int term_size_command(const struct words *words)
{
    (void)words;
    print_size();
    return NEXT;
}

/* await-size ROWS: looks at the size until it has that many rows, for fifteen seconds at most, and prints it. */
int await_size_command(const struct words *words)
{
    struct winsize size = {0};
    for (int i = 0; i < 1500; i++) {
        if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row == number_or(words, 0, RESIZED_ROWS))
            break;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    print_size();
    return NEXT;
}

/* window-change ROWS: says "ready", prints the size at each SIGWINCH, until it has that many rows. */
int window_change_command(const struct words *words)
{
    long rows = number_or(words, 0, RESIZED_ROWS);
    sigset_t change;
    int number;
    sigemptyset(&change);
    sigaddset(&change, SIGWINCH);
    sigprocmask(SIG_BLOCK, &change, NULL);
    printf("ready\n");
    fflush(stdout);
    do {
        sigwait(&change, &number);
    } while (print_size() != rows);
    return NEXT;
}

/* Writes to a path in /dev, as programs do that log to /dev/stdout or /dev/console. */
int terminal_write_command(const struct words *words)
{
    const char *path = word_or(words, 0, NULL);
    const char *text = word_or(words, 1, NULL);
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    int error = fd < 0 || write(fd, text, strlen(text)) < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    print_outcome("terminal-write", path, error);
    return NEXT;
}

static long long namespace_inode(const char *kind)
{
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/self/ns/%s", kind);
    return stat(path, &status) == 0 ? (long long)status.st_ino : 0;
}

static void print_hook(const char *name, char *state)
{
    extern char **environ;
    char cwd[4096];
    json_open(NULL, '{');
    json_string("name", name);
    json_string("state", state);
    json_string("cwd", getcwd(cwd, sizeof cwd));
    json_number("pid", getpid());
    json_number("session", getsid(0));
    json_number("mnt", namespace_inode("mnt"));
    json_number("net", namespace_inode("net"));
    json_number("uts", namespace_inode("uts"));
    json_number("pidNamespace", namespace_inode("pid"));
    json_string("payloadInRoot", access("/payload", F_OK) == 0 ? "yes" : "no");
    json_open("fds", '[');
    for (int fd = 0; fd < 256; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            json_number(NULL, fd);
    }
    json_close(']');
    json_open("env", '[');
    for (char **variable = environ; *variable != NULL; variable++)
        json_string(NULL, *variable);
    json_close(']');
    json_open("argv", '[');
    for (char **argument = program_arguments; *argument != NULL; argument++)
        json_string(NULL, *argument);
    json_close(']');
    json_close('}');
    json_finish();
}

/* hook NAME FILE: appends what a hook was given, as one line of JSON, to FILE. */
int hook_command(const struct words *words)
{
    const char *name = word_or(words, 0, NULL);
    const char *file = word_or(words, 1, NULL);
    char *state = read_fully(STDIN_FILENO);
    int saved = dup(STDOUT_FILENO);
    int fd = open(file, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (fd < 0) {
        fprintf(stderr, "hook %s: %s: %s\n", name, file, strerrorname_np(errno));
        return STOP + 66;
    }
    fflush(stdout);
    dup2(fd, STDOUT_FILENO);
    close(fd);
    print_hook(name, state);
    if (saved >= 0) {
        dup2(saved, STDOUT_FILENO);
        close(saved);
    } else {
        close(STDOUT_FILENO);
    }
    free(state);
    return NEXT;
}

static ssize_t copy_once(int from, int to)
{
    char buffer[4096];
    ssize_t got = read(from, buffer, sizeof buffer);
    if (got > 0)
        write_fully(to, buffer, (size_t)got);
    return got;
}

/* Copies both ways until the terminal hangs up or, where there is a child, until that ended; returns its status. */
static int relay(int master, pid_t child)
{
    struct pollfd polled[2] = {{.fd = master, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    int status = 0, ended = 0;
    for (;;) {
        ended = ended || (child > 0 && waitpid(child, &status, WNOHANG) > 0);
        if (poll(polled, 2, RELAY_POLL_MILLIS) < 0)
            continue;
        if (polled[0].revents != 0 && copy_once(master, STDOUT_FILENO) <= 0)
            return status;
        if (polled[1].revents != 0 && copy_once(STDIN_FILENO, master) <= 0)
            polled[1].fd = -1;
        if (ended && polled[0].revents == 0)
            return status;
    }
}

int receive_fd(int connection, char *name, size_t size)
{
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec data = {name, size - 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t got = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *header = got < 0 ? NULL : CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_type != SCM_RIGHTS)
        return -1;
    name[got] = '\0';
    int fd;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

int listen_at(const char *path, int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int listener = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        (type == SOCK_STREAM && listen(listener, 1) != 0)) {
        print_outcome("listen", path, errno);
        exit(67);
    }
    printf("listening\n");
    fflush(stdout);
    return listener;
}

/* pidfd-receive SOCKET: what a caller with --pidfd-socket does; says "listening", "received the pidfd of PID". */
int pidfd_receive_command(const struct words *words)
{
    char name[4096], path[64];
    int connection = accept4(listen_at(word_or(words, 0, NULL), SOCK_STREAM), NULL, NULL, SOCK_CLOEXEC);
    int pidfd = receive_fd(connection, name, sizeof name);
    if (pidfd < 0) {
        printf("received no fd\n");
        return STOP + 68;
    }
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
    char *info = read_path(path);
    char *pid = info == NULL ? NULL : strstr(info, "\nPid:");
    printf("received the pidfd of %ld\n", pid == NULL ? 0 : strtol(pid + 5, NULL, 10));
    free(info);
    fflush(stdout);
    return NEXT;
}

/* notify-receive SOCKET: a supervisor that waits for one message of sd_notify(3). */
int notify_receive_command(const struct words *words)
{
    char message[4096];
    ssize_t got = recv(listen_at(word_or(words, 0, NULL), SOCK_DGRAM), message, sizeof message - 1, 0);
    message[got < 0 ? 0 : got] = '\0';
    printf("received %s\n", message);
    fflush(stdout);
    return NEXT;
}

/* notify MESSAGE: sends it to $NOTIFY_SOCKET. */
int notify_command(const struct words *words)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("NOTIFY_SOCKET");
    const char *message = word_or(words, 0, NULL);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path == NULL ? "" : path);
    int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ssize_t sent = sendto(sender, message, strlen(message), 0, (struct sockaddr *)&address, sizeof address);
    print_outcome("notify", message, sent < 0 ? errno : 0);
    close(sender);
    return NEXT;
}

/* console-receive SOCKET: what a caller with --console-socket does; says "listening", "received NAME", relays. */
int console_receive_command(const struct words *words)
{
    char name[4096];
    int listener = listen_at(word_or(words, 0, NULL), SOCK_STREAM);
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    int master = receive_fd(connection, name, sizeof name);
    if (master < 0) {
        printf("received no fd\n");
        return STOP + 68;
    }
    printf("received %s %s\n", name, isatty(master) ? "terminal" : "something else");
    fflush(stdout);
    relay(master, 0);
    printf("hung up\n");
    return NEXT;
}

static int resized_master = -1;

static void resize(int number)
{
    (void)number;
    struct winsize size = {.ws_row = RESIZED_ROWS, .ws_col = RESIZED_COLUMNS};
    ioctl(resized_master, TIOCSWINSZ, &size);
}

static int same_settings(const struct termios *one, const struct termios *other)
{
    return one->c_iflag == other->c_iflag && one->c_oflag == other->c_oflag && one->c_cflag == other->c_cflag &&
           one->c_lflag == other->c_lflag && memcmp(one->c_cc, other->c_cc, sizeof one->c_cc) == 0;
}

/*
 * pty ROWS COLUMNS PROGRAM WORD...: runs a program in a terminal of its own, as a user at a terminal would.
 * SIGUSR1 changes the size. At the end stderr says the status and whether the terminal's settings are what they were.
 */
int pty_command(const struct words *words)
{
    struct winsize size = {.ws_row = (unsigned short)number_or(words, 0, 24),
                           .ws_col = (unsigned short)number_or(words, 1, 80)};
    struct termios before, after;
    int slave;
    word_or(words, 2, NULL);
    if (openpty(&resized_master, &slave, NULL, NULL, &size) != 0)
        return STOP + 69;
    fcntl(resized_master, F_SETFD, FD_CLOEXEC);
    tcgetattr(slave, &before);
    pid_t child = fork();
    if (child == 0) {
        if (login_tty(slave) != 0)
            _exit(70);
        execvp(words->word[2], words->word + 2);
        _exit(71);
    }
    struct sigaction action = {.sa_handler = resize, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &action, NULL);
    int status = relay(resized_master, child);
    tcgetattr(slave, &after);
    fprintf(stderr, "pty: status %d, settings %s\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            same_settings(&before, &after) ? "restored" : "changed");
    return NEXT;
}

/*
 * leak PROGRAM WORD...: runs a program that inherits the write ends of pipes as fds 3 to 5, and says whether
 * they are all closed soon after it ended, though what it started may still run.
 */
int leak_command(const struct words *words)
{
    int reading[LEAKED_FDS], writing[LEAKED_FDS];
    word_or(words, 0, NULL);
    for (int i = 0; i < LEAKED_FDS; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0)
            return STOP + 72;
        reading[i] = fcntl(ends[0], F_DUPFD_CLOEXEC, 100);
        writing[i] = fcntl(ends[1], F_DUPFD_CLOEXEC, 100);
        close(ends[0]);
        close(ends[1]);
    }
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < LEAKED_FDS; i++)
            dup2(writing[i], 3 + i);
        execvp(words->word[0], words->word);
        _exit(71);
    }
    struct pollfd ends[LEAKED_FDS];
    for (int i = 0; i < LEAKED_FDS; i++) {
        close(writing[i]);
        ends[i] = (struct pollfd){.fd = reading[i]};
    }
    int status = 0;
    waitpid(child, &status, 0);
    int closed = 0;
    for (int i = 0; i < LEAKED_FDS; i++)
        closed += poll(&ends[i], 1, LEAK_WAIT_MILLIS) == 1;
    fprintf(stderr, "leak: status %d, %d of %d closed\n",
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), closed, LEAKED_FDS);
    return NEXT;
}

/* subreaper PROGRAM WORD...: runs a program, then prints the children that were left to this process, and reaps. */
int subreaper_command(const struct words *words)
{
    word_or(words, 0, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    pid_t child = fork();
    if (child == 0) {
        execvp(words->word[0], words->word);
        _exit(71);
    }
    int status = 0;
    waitpid(child, &status, 0);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    char *children = read_path(path);
    fprintf(stderr, "subreaper: status %d, children %s\n", WIFEXITED(status) ? WEXITSTATUS(status) : 255,
            children == NULL ? "?" : children);
    free(children);
    fflush(stderr);
    while (wait(&status) > 0)
        fprintf(stderr, "subreaper: reaped, status %d\n",
                WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return NEXT;
}
