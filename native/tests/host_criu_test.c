/* SPDX-License-Identifier: Apache-2.0 */
/* CRIU_*: a script in criu's place; its fds, its end, and the child that becomes init. */
#include "../sockets.h"
#include "front_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

static struct numbers numbers_of(struct buffer *buffer, uint32_t value)
{
    put_u32(buffer, value);
    return buffer_numbers(buffer);
}

/* A program of that name, found first in PATH. */
static void be_criu(struct fixture *fixture, const char *script)
{
    char path[PATH_MAX];
    make_file(in_folder(fixture, "criu"), script);
    CHECK(chmod(in_folder(fixture, "criu"), 0755) == 0);
    snprintf(path, sizeof path, "%s:/usr/bin:/bin", fixture->folder);
    setenv("PATH", path, 1);
    fixture->front.environment = environ;
}

static void start(struct fixture *fixture, struct result *result, struct numbers fds)
{
    RUN(*fixture, *result, criu_start, .root = "", .mountpoint = "", .keyring = "", .fds = fds);
}

static void test_fds_and_output(struct fixture *fixture)
{
    be_criu(fixture,
            "#!/bin/sh\necho $*; ls -l /proc/self/fd/3 | grep -o socket; cat <&4; read line <&0 || echo nothing; "
            "test -e /proc/$$/fd/5 || echo no more; exit 7\n");
    make_file(in_folder(fixture, "given"), "what it is given\n");
    struct result opened = {0}, started = {0}, ended = {0};
    RUN(*fixture, opened, criu_open, .path = in_folder(fixture, "given"));
    CHECK(opened.error == 0 && opened.value > 2);
    scope_buffer fds = {0};
    start(fixture, &started, numbers_of(&fds, (uint32_t)opened.value));
    CHECK(started.error == 0 && started.value == fixture->front.criu.pid && fixture->front.criu.pid > 0);
    struct result twice = {0};
    start(fixture, &twice, (struct numbers){0});
    CHECK(twice.error == EBUSY);
    RUN(*fixture, ended, criu_end, .timeoutMillis = 10000);
    CHECK(ended.error == 0 && WEXITSTATUS(ended.value) == 7);
    char text[256] = "";
    memcpy(text, ended.data.data, ended.data.length < 255 ? ended.data.length : 255);
    CHECK_TEXT(text, "swrk 3\nsocket\nwhat it is given\nnothing\nno more\n");
    CHECK(fixture->front.criu.pid == 0 && fixture->front.criu.pidfd == -1 && fixture->front.criu.output == -1);
    buffer_free(&ended.data);
    close((int)opened.value);
}

static void test_ends(struct fixture *fixture)
{
    struct result started = {0}, ended = {0}, none = {0};
    be_criu(fixture, "#!/bin/sh\nexec sleep 100\n");
    start(fixture, &started, (struct numbers){0});
    RUN(*fixture, ended, criu_end, .timeoutMillis = 0);
    CHECK(ended.error == 0 && WIFSIGNALED(ended.value) && WTERMSIG(ended.value) == SIGKILL);
    RUN(*fixture, none, criu_end, .timeoutMillis = 0);
    CHECK(none.error == 0 && none.value == 0);
    RUN(*fixture, none, criu_relay, );
    CHECK(none.error == ENOTCONN);
    setenv("PATH", "/nonexistent", 1);
    start(fixture, &started, (struct numbers){0});
    CHECK(started.error == ENOENT && fixture->front.criu.pid == 0);
    setenv("PATH", "/usr/bin:/bin", 1);
}

/* criu's end is pair[1]. */
static void begin_relay(struct fixture *fixture, int pair[2])
{
    struct result got = {0};
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0 && fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0);
    fixture->front.criu = (struct criu){.pid = 0, .pidfd = -1, .channel = pair[0], .output = -1};
    RUN(*fixture, got, criu_relay, );
    CHECK(got.error == 0);
}

/* Messages stay apart, one that is too long is none, and an fd comes with the one that it was sent with. */
static void test_messages(struct fixture *fixture)
{
    int pair[2];
    struct result got = {0}, closed = {0};
    begin_relay(fixture, pair);
    CHECK(fixture->front.relay == pair[0] && fixture->front.criu.channel == -1);
    CHECK(send_fd(pair[1], pair[1], "one", 3) == 0 && send(pair[1], "two", 3, 0) == 3 &&
          send(pair[1], "three", 5, 0) == 5);
    RUN(*fixture, got, relay_receive, .maxBytes = 4, .timeoutMillis = 1000);
    CHECK(got.error == 0 && got.data.length == 3 && fixture->front.relayed_fd > 2);
    RUN(*fixture, got, relay_receive, .maxBytes = 4, .timeoutMillis = 1000);
    CHECK(got.error == 0 && got.data.length == 3 && fixture->front.relayed_fd == -1);
    RUN(*fixture, got, relay_receive, .maxBytes = 4, .timeoutMillis = 1000);
    CHECK(got.error == EMSGSIZE);
    RUN(*fixture, got, criu_console, );
    CHECK(got.error == EBADF);
    RUN(*fixture, closed, relay_close, );
    close(pair[1]);
    buffer_free(&got.data);
}

static int count_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;
    while (folder && readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void send_two_fds(int socket)
{
    union {
        struct cmsghdr header;
        uint8_t space[CMSG_SPACE(2 * sizeof(int))];
    } control = {0};
    char text[] = "two";
    struct iovec part = {text, 3};
    struct msghdr packet = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(2 * sizeof(int));
    memcpy(CMSG_DATA(&control.header), (int[]){socket, socket}, 2 * sizeof(int));
    CHECK(sendmsg(socket, &packet, 0) == 3);
}

static void test_more_fds_than_one(struct fixture *fixture)
{
    int pair[2];
    struct result got = {0}, closed = {0};
    begin_relay(fixture, pair);
    send_two_fds(pair[1]);
    int before = count_fds();
    RUN(*fixture, got, relay_receive, .maxBytes = 4, .timeoutMillis = 1000);
    CHECK(got.error == 0 && got.data.length == 3 && fixture->front.relayed_fd == -1);
    CHECK(count_fds() == before);
    RUN(*fixture, closed, relay_close, );
    close(pair[1]);
    buffer_free(&got.data);
}

/* In place of the C library's: what criu does after the fds were looked at that come before its pidfd. */
static int criu_says, criu_ends;

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    struct timespec limit = {.tv_sec = timeout / 1000, .tv_nsec = timeout % 1000 * 1000000L};
    if (criu_says > 0 && timeout > 0) {
        CHECK(send(criu_says, "last", 4, 0) == 4 && close(criu_ends) == 0);
        criu_says = 0;
        fds[0].revents = 0;
        return poll(fds + 1, count - 1, timeout);
    }
    return (int)syscall(SYS_ppoll, fds, count, timeout < 0 ? NULL : &limit, NULL, 0);
}

/* It may end between receive and poll, with what it said last. */
static void test_last_words(struct fixture *fixture)
{
    int pair[2], pipes[2];
    struct result got = {0}, none = {0}, closed = {0};
    begin_relay(fixture, pair);
    CHECK(pipe(pipes) == 0);
    fixture->front.criu.pidfd = pipes[0];
    criu_says = pair[1];
    criu_ends = pipes[1];
    RUN(*fixture, got, relay_receive, .maxBytes = 8, .timeoutMillis = 1000);
    CHECK(criu_says == 0 && got.error == 0 && got.data.length == 4);
    RUN(*fixture, none, relay_receive, .maxBytes = 8, .timeoutMillis = 1000);
    CHECK(none.error == 0 && none.data.length == 0);
    RUN(*fixture, closed, relay_close, );
    fixture->front.criu.pidfd = -1;
    close(pair[1]);
    close(pipes[0]);
    buffer_free(&got.data);
}

static void test_adopt(struct fixture *fixture)
{
    struct result adopted = {0}, stranger = {0}, killed = {0}, link = {0};
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    RUN(*fixture, stranger, criu_adopt, .pid = (uint32_t)getppid());
    CHECK(stranger.error == ECHILD && fixture->front.init.pid == 0);
    RUN(*fixture, adopted, criu_adopt, .pid = (uint32_t)child);
    CHECK(adopted.error == 0 && adopted.value == child && fixture->front.init.pid == child);
    uint64_t start_time = fixture->front.init.start_time;
    RUN(*fixture, link, process_link, .pid = (uint32_t)child, .startTime = start_time, .name = "fd/0");
    CHECK(link.error == 0 && link.data.length > 0);
    RUN(*fixture, link, process_link, .pid = (uint32_t)child, .startTime = start_time + 1, .name = "fd/0");
    CHECK(link.error == ESRCH);
    RUN(*fixture, killed, kill_init, );
    CHECK(killed.error == 0 && fixture->front.init.pid <= 0 && waitpid(child, NULL, WNOHANG) < 0);
    buffer_free(&adopted.data);
    buffer_free(&link.data);
}

static void test_mountpoints(struct fixture *fixture)
{
    struct result made = {0};
    struct stat status;
    CHECK(symlink("/", in_folder(fixture, "out")) == 0);
    RUN(*fixture, made, make_mountpoint, .root = fixture->folder, .path = "/out/a/folder");
    CHECK(made.error == 0 && stat(in_folder(fixture, "a/folder"), &status) == 0 && S_ISDIR(status.st_mode));
    RUN(*fixture, made, make_mountpoint, .root = fixture->folder, .path = "/a/file", .file = true);
    CHECK(made.error == 0 && stat(in_folder(fixture, "a/file"), &status) == 0 && S_ISREG(status.st_mode));
    RUN(*fixture, made, make_mountpoint, .root = fixture->folder, .path = "/a/file", .file = true);
    CHECK(made.error == 0);
    RUN(*fixture, made, make_mountpoint, .root = "/no/such/root", .path = "/a", .file = false);
    CHECK(made.error == ENOENT);
}

int main(void)
{
    struct fixture fixture;
    fixture_begin(&fixture);
    test_fds_and_output(&fixture);
    test_ends(&fixture);
    test_messages(&fixture);
    test_more_fds_than_one(&fixture);
    test_last_words(&fixture);
    test_adopt(&fixture);
    test_mountpoints(&fixture);
    fixture_end(&fixture);
    return test_end();
}
