/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for criu where it can't work or must fail: `swrk FD`. FAKE_CRIU names a folder: each message that comes is kept there as
 * request.N, and answered by the message answer.N, as long as there is one; N goes on from process to process. fork.N: before that answer
 * is sent, a sleeping process is made as criu makes the first of a container, a child of who called in a mount namespace of its own, and its pid is put in place of
 * the number 0x0fffffff. other.N: one more is made, of which nobody is told. terminal.N: that answer comes with the master of a pty. wait.N: waiting.N is made, and that answer comes when
 * there is go.N.
 */
#include "payload.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_MESSAGE 65536

static const char *at(const char *name, int number)
{
    static char path[PATH_MAX];
    const char *folder = getenv("FAKE_CRIU");
    snprintf(path, sizeof path, "%s/%s.%d", folder ? folder : ".", name, number);
    return path;
}

static void keep(int number, const void *data, size_t length)
{
    int fd = open(at("request", number), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        exit(66);
    write_fully(fd, data, length);
    close(fd);
}

/* The number 0x0fffffff is four bytes long; so is the pid, in the longest form that a protobuf may have. */
static void put_pid(uint8_t *message, size_t length, long pid)
{
    static const uint8_t place[] = {0xff, 0xff, 0xff, 0x7f};
    for (size_t i = 0; i + sizeof place <= length; i++) {
        if (memcmp(message + i, place, sizeof place) != 0)
            continue;
        for (int byte = 0; byte < 4; byte++)
            message[i + (size_t)byte] = (uint8_t)((pid >> (7 * byte) & 0x7f) | (byte < 3 ? 0x80 : 0));
    }
}

static long make_process(void)
{
    long pid = syscall(SYS_clone, CLONE_PARENT | CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        syscall(SYS_close_range, 3, ~0u, 0);
        execl(program_arguments[0], program_arguments[0], "sleep", "3600", NULL);
        _exit(127);
    }
    return pid;
}

static long restored(void)
{
    static long pid;
    if (!pid)
        pid = make_process();
    return pid;
}

/* The master of a pty, whose other side has something to say and is open as long as we live. */
static int open_terminal(void)
{
    static const char words[] = "a restored terminal\n";
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || unlockpt(master) < 0)
        exit(69);
    int other = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (other < 0)
        exit(70);
    write_fully(other, words, sizeof words - 1);
    return master;
}

static void answer(int socket, int number)
{
    static uint8_t message[MAX_MESSAGE];
    if (access(at("other", number), F_OK) == 0)
        make_process();
    if (access(at("wait", number), F_OK) == 0) {
        close(open(at("waiting", number), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        while (access(at("go", number), F_OK) < 0)
            usleep(5000);
    }
    int file = open(at("answer", number), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        exit(0);
    ssize_t length = read(file, message, sizeof message);
    close(file);
    if (length < 0)
        exit(67);
    if (access(at("fork", number), F_OK) == 0)
        put_pid(message, (size_t)length, restored());
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {message, (size_t)length};
    struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1};
    if (access(at("terminal", number), F_OK) == 0) {
        int master = open_terminal();
        packet.msg_control = &control;
        packet.msg_controllen = sizeof control;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof master);
        memcpy(CMSG_DATA(&control.header), &master, sizeof master);
    }
    if (sendmsg(socket, &packet, MSG_NOSIGNAL) != length)
        exit(68);
}

int criu_command(const struct words *words)
{
    static uint8_t message[MAX_MESSAGE];
    int socket = (int)strtol(word_or(words, 1, NULL), NULL, 10);
    int number = 0;
    while (access(at("request", number), F_OK) == 0)
        number++;
    for (ssize_t length; (length = recv(socket, message, sizeof message, 0)) > 0; number++) {
        keep(number, message, (size_t)length);
        answer(socket, number);
    }
    return NEXT;
}
