/* SPDX-License-Identifier: Apache-2.0 */
/* The front's side of the hand-shake, start and the foreground, against a forked child in the place of init. */
#include "front_fixture.h"

#include "../host_init.h"
#include "../processes.h"
#include "../terminal.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>

typedef int fake_init(int channel);

static uint64_t start_time(pid_t pid)
{
    struct process process;
    CHECK(process_open(pid, &process) == 0);
    process_close(&process);
    return process.start_time;
}

/* As host_spawn() leaves it: a child with a channel and a pidfd. */
static void spawn_fake(struct fixture *fixture, fake_init *run)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
        abort();
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGALRM, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        alarm(20);
        close(sockets[0]);
        _exit(run(sockets[1]));
    }
    close(sockets[1]);
    fixture->front.init = (struct spawned){.pid = pid,
                                           .pidfd = (int)syscall(SYS_pidfd_open, pid, 0),
                                           .channel = sockets[0],
                                           .start_time = start_time(pid)};
}

static void unblock_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* ---------------------------------------------------------------- hand-shake */

static void send_sync(int channel, uint32_t point)
{
    struct buffer payload = {0};
    encode_msg_sync(&payload, &(struct msg_sync){.point = point});
    send_frame(channel, FRAME_SYNC, &payload, NULL, 0);
    buffer_free(&payload);
}

static int init_that_syncs(int channel)
{
    struct frame frame;
    if (receive_frame(channel, &frame) < 0 || frame.code != FRAME_PLAN || frame.fd_count != 3)
        return 1;
    struct stat status;
    if (fstat(frame.fds[0], &status) < 0 || !S_ISFIFO(status.st_mode) || fstat(frame.fds[2], &status) < 0 ||
        !S_ISDIR(status.st_mode))
        return 2;
    frame_free(&frame);
    send_sync(channel, SYNC_LIMITS);
    if (receive_frame(channel, &frame) < 0 || frame.code != FRAME_GO)
        return 3;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    send_sync(channel, limit.rlim_cur == 77 ? SYNC_READY : SYNC_LIMITS);
    pause();
    return 4;
}

static void check_status(struct fixture *fixture)
{
    struct result result = {0};
    const struct spawned *init = &fixture->front.init;
    const char *file = in_folder(fixture, "frozen");
    RUN(*fixture, result, process_status, .pid = (uint32_t)init->pid, .startTime = init->start_time, .frozen = "");
    CHECK(result.error == 0 && result.value == PROCESS_RUNNING);
    RUN(*fixture, result, process_status, .pid = (uint32_t)init->pid, .startTime = init->start_time, .frozen = file);
    CHECK(result.error == 0 && result.value == PROCESS_RUNNING);
    make_file(file, "1\n");
    RUN(*fixture, result, process_status, .pid = (uint32_t)init->pid, .startTime = init->start_time, .frozen = file);
    CHECK(result.error == 0 && result.value == PROCESS_PAUSED);
    make_file(file, "0\n");
    RUN(*fixture, result, process_status, .pid = (uint32_t)init->pid, .startTime = init->start_time, .frozen = file);
    CHECK(result.error == 0 && result.value == PROCESS_RUNNING);
}

static void test_hand_shake(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    RUN(fixture, result, await, .point = SYNC_LIMITS);
    CHECK(result.error == ESRCH);
    spawn_fake(&fixture, init_that_syncs);
    RUN(fixture, result, send_plan, .operations = {0});
    CHECK(result.error == EBADF); /* no fifos */
    RUN(fixture, result, open_state, .root = fixture.folder, .id = "c1", .create = true);
    RUN(fixture, result, make_start_fifos);
    RUN(fixture, result, open_tree, .path = fixture.folder, .recursive = true);
    bool trees = result.error != EPERM;
    CHECK(!trees || (result.error == 0 && result.value == 0));
    if (!trees) /* without root: any folder will do */
        CHECK(keep_for_init(&fixture.front, open("/", O_PATH | O_CLOEXEC)) == 0);
    RUN(fixture, result, open_tree, .path = in_folder(&fixture, "none"));
    CHECK(result.error == ENOENT || result.error == EPERM);
    RUN(fixture, result, send_plan, .operations = {0});
    CHECK(result.error == 0 && fixture.front.state.answer_fifo == -1 && fixture.front.tree_count == 0);
    RUN(fixture, result, await, .point = SYNC_LIMITS);
    CHECK(result.error == 0);
    RUN(fixture, result, rlimit, .name = "RLIMIT_NOFILE", .resource = RLIMIT_NOFILE, .soft = 77, .hard = 78);
    CHECK(result.error == 0);
    RUN(fixture, result, go_on);
    CHECK(result.error == 0);
    RUN(fixture, result, await, .point = SYNC_READY);
    CHECK(result.error == 0);
    RUN(fixture, result, oom_score_adj, .score = 500);
    CHECK(result.error == 0);
    RUN(fixture, result, oom_score_adj, .score = 5000);
    CHECK(result.error == EINVAL && strstr(result.message, "5000"));
    check_status(&fixture);
    uint32_t pid = (uint32_t)fixture.front.init.pid;
    uint64_t started = fixture.front.init.start_time;
    RUN(fixture, result, wait_exit, .pid = pid, .startTime = started, .timeoutMillis = 10);
    CHECK(result.error == ETIMEDOUT);
    RUN(fixture, result, signal, .pid = pid, .startTime = started + 1, .signal = SIGKILL);
    CHECK(result.error == ESRCH); /* CVE row "pid reuse" */
    RUN(fixture, result, signal, .pid = pid, .startTime = started, .signal = SIGCONT);
    CHECK(result.error == 0);
    RUN(fixture, result, kill_init);
    CHECK(result.error == 0 && fixture.front.init.pid == 0);
    RUN(fixture, result, kill_init);
    CHECK(result.error == 0);
    RUN(fixture, result, process_status, .pid = pid, .startTime = started, .frozen = "");
    CHECK(result.error == 0 && result.value == PROCESS_STOPPED);
    RUN(fixture, result, wait_exit, .pid = pid, .startTime = started, .timeoutMillis = 10);
    CHECK(result.error == 0);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

/* The frames that it gets, in decimal with spaces between: how many fds go with each, and how large the last file is. */
static int init_that_counts(int channel)
{
    struct buffer payload = {0};
    char counts[64] = "";
    size_t length = 0;
    struct stat last = {0};
    uint16_t code = FRAME_TREES;
    while (code == FRAME_TREES) {
        struct frame frame;
        if (receive_frame(channel, &frame) < 0)
            return 1;
        code = frame.code;
        length += (size_t)snprintf(counts + length, sizeof counts - length, "%zu ", frame.fd_count);
        if (frame.fd_count > 0)
            fstat(frame.fds[frame.fd_count - 1], &last);
        frame_free(&frame);
    }
    snprintf(counts + length, sizeof counts - length, "%lld", (long long)last.st_size);
    encode_msg_error(&payload, &(struct msg_error){
                                   .stage = "", .operation = "", .origin = "", .error = ECANCELED, .message = counts});
    send_frame(channel, FRAME_ERROR, &payload, NULL, 0);
    buffer_free(&payload);
    return 0;
}

/* What init counts, where these many files are opened for it: the last has a size of 5, all others are empty. */
static void check_counts(int64_t files, const char *wanted)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    spawn_fake(&fixture, init_that_counts);
    RUN(fixture, result, open_state, .root = fixture.folder, .id = "c1", .create = true);
    RUN(fixture, result, make_start_fifos);
    make_file(in_folder(&fixture, "last"), "five\n");
    for (int64_t i = 0; i < files; i++) {
        RUN(fixture, result, open_append, .path = in_folder(&fixture, i == files - 1 ? "last" : "file"));
        if (result.error != 0 || result.value != i)
            break;
    }
    CHECK(result.error == 0 && result.value == files - 1);
    RUN(fixture, result, send_plan, .operations = {0});
    CHECK(result.error == 0 && fixture.front.tree_count == 0 && fixture.front.trees == NULL);
    RUN(fixture, result, await, .point = SYNC_READY);
    CHECK(result.error == ECANCELED);
    CHECK_TEXT(result.message, wanted);
    RUN(fixture, result, kill_init);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

/* MAX_FRAME_FDS go with a message, and two of them are fifos. */
static void test_more_trees_than_go_with_the_plan(void)
{
    check_counts(248, "250 5");
    check_counts(249, "248 3 5");
    check_counts(496, "248 250 5");
    check_counts(497, "248 248 3 5");
}

/* More trees than the caller's soft limit allows beside the files that it has open: both processes are allowed more, for that time alone. */
static void test_more_trees_than_open_files(void)
{
    struct rlimit before, now;
    int callers[90];
    for (size_t i = 0; i < sizeof callers / sizeof callers[0]; i++)
        CHECK((callers[i] = open("/", O_PATH)) >= 0);
    CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0 && before.rlim_max >= 500);
    CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){200, before.rlim_max}) == 0);
    check_counts(300, "248 54 5");
    CHECK(getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur == 200 && now.rlim_max == before.rlim_max);
    for (size_t i = 0; i < sizeof callers / sizeof callers[0]; i++)
        close(callers[i]);
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
}

static int init_that_fails(int channel)
{
    struct buffer payload = {0};
    encode_msg_error(&payload, &(struct msg_error){.stage = "jrunc:[mounts]",
                                                   .operation = "MOUNT",
                                                   .origin = "/mounts/3",
                                                   .error = EINVAL,
                                                   .message = "mount tmpfs on /data"});
    send_frame(channel, FRAME_ERROR, &payload, NULL, 0);
    return 1;
}

static int init_that_is_killed(int channel)
{
    (void)channel;
    prctl(PR_SET_NAME, "jrunc:[mounts]");
    return raise(SIGKILL);
}

static int init_that_exits(int channel)
{
    (void)channel;
    return 3;
}

static int init_that_talks_nonsense(int channel)
{
    send_frame(channel, FRAME_GO, NULL, NULL, 0);
    pause();
    return 0;
}

static void test_death(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    spawn_fake(&fixture, init_that_fails);
    RUN(fixture, result, await, .point = SYNC_READY);
    CHECK(result.error == EINVAL);
    CHECK_TEXT(result.operation, "MOUNT");
    CHECK_TEXT(result.origin, "/mounts/3");
    CHECK_TEXT(result.message, "mount tmpfs on /data");
    RUN(fixture, result, kill_init);
    spawn_fake(&fixture, init_that_is_killed);
    RUN(fixture, result, await, .point = SYNC_READY);
    CHECK(result.error == ECANCELED);
    CHECK_TEXT(result.message, "init (jrunc:[mounts]) was killed by SIGKILL: is the memory limit too low to start?");
    RUN(fixture, result, go_on);
    CHECK(result.error == ECANCELED && strstr(result.message, "SIGKILL"));
    RUN(fixture, result, kill_init);
    CHECK(result.error == 0);
    spawn_fake(&fixture, init_that_exits);
    RUN(fixture, result, receive_console);
    CHECK(result.error == ECANCELED && strstr(result.message, "exited with status 3"));
    RUN(fixture, result, kill_init);
    spawn_fake(&fixture, init_that_talks_nonsense);
    RUN(fixture, result, await, .point = SYNC_READY);
    CHECK(result.error == EPROTO);
    fixture.front.waits.interruptible = true;
    CHECK(raise(SIGINT) == 0);
    RUN(fixture, result, await, .point = SYNC_READY);
    CHECK(result.error == EINTR);
    RUN(fixture, result, kill_init);
    CHECK(result.error == 0);
    buffer_free(&result.data);
    fixture_end(&fixture);
    unblock_signals();
}

/* ---------------------------------------------------------------- start */

static int fifos[2];

static void answer(const void *data, size_t length)
{
    if (write(fifos[1], data, length) != (ssize_t)length)
        _exit(9);
}

static bool start_requested(void)
{
    char byte;
    return read(fifos[0], &byte, 1) == 1 && byte == START_REQUEST;
}

static void run_for_a_while(void)
{
    close(fifos[0]);
    close(fifos[1]);
    pause();
}

static int init_that_starts(int channel)
{
    (void)channel;
    if (!start_requested())
        return 1;
    answer((char[]){START_EXECUTING}, 1);
    run_for_a_while();
    return 0;
}

static int init_that_cannot_execute(int channel)
{
    (void)channel;
    struct buffer payload = {0};
    if (!start_requested())
        return 1;
    answer((char[]){START_EXECUTING}, 1);
    encode_msg_error(&payload, &(struct msg_error){.stage = "",
                                                   .operation = "EXECVE",
                                                   .origin = "/process/args",
                                                   .error = ENOENT,
                                                   .message = "exec: \"/gone\""});
    uint8_t head[1 + FRAME_HEADER_BYTES] = {START_FAILED, (uint8_t)payload.length, 0, 0, 0, FRAME_ERROR};
    answer(head, sizeof head);
    answer(payload.data, payload.length);
    return 1;
}

static int init_that_dies_at_start(int channel)
{
    (void)channel;
    return start_requested() ? raise(SIGKILL) : 1;
}

static int init_that_answers_nonsense(int channel)
{
    (void)channel;
    if (!start_requested())
        return 1;
    answer("F12345678901234", 12);
    return 1;
}

static void start_fake(struct fixture *fixture, fake_init *run, struct result *result)
{
    struct state_folder *state = &fixture->front.state;
    RUN(*fixture, *result, open_state, .root = fixture->folder, .id = "c1", .create = true);
    RUN(*fixture, *result, make_start_fifos);
    fifos[0] = state->start_fifo;
    fifos[1] = state->answer_fifo;
    spawn_fake(fixture, run);
    state_close_fifos(state);
    RUN(*fixture, *result, start, .pid = (uint32_t)fixture->front.init.pid,
        .startTime = fixture->front.init.start_time);
}

static void end_fake(struct fixture *fixture)
{
    struct result result = {0};
    RUN(*fixture, result, kill_init);
    CHECK(result.error == 0);
    RUN(*fixture, result, remove_state);
    CHECK(result.error == 0);
    buffer_free(&result.data);
}

static void test_start(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    start_fake(&fixture, init_that_starts, &result);
    CHECK(result.error == 0);
    RUN(fixture, result, start, .pid = (uint32_t)fixture.front.init.pid, .startTime = fixture.front.init.start_time);
    CHECK(result.error == ENXIO); /* nobody waits any more */
    end_fake(&fixture);
    start_fake(&fixture, init_that_cannot_execute, &result);
    CHECK(result.error == ENOENT);
    CHECK_TEXT(result.operation, "EXECVE");
    CHECK_TEXT(result.message, "exec: \"/gone\"");
    end_fake(&fixture);
    start_fake(&fixture, init_that_dies_at_start, &result);
    CHECK(result.error == ECANCELED && strstr(result.message, "SIGKILL"));
    RUN(fixture, result, start, .pid = 0x3fffff, .startTime = 1);
    CHECK(result.error == ESRCH);
    end_fake(&fixture);
    start_fake(&fixture, init_that_answers_nonsense, &result);
    CHECK(result.error == EPROTO);
    end_fake(&fixture);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

/* ---------------------------------------------------------------- console */

static int pty_slave = -1;

static int open_pty(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    char name[64];
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 || ptsname_r(master, name, sizeof name) != 0)
        abort();
    pty_slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pty_slave < 0)
        abort();
    return master;
}

static int init_with_console(int channel)
{
    int master = open_pty();
    send_frame(channel, FRAME_CONSOLE_MASTER, NULL, &master, 1);
    pause();
    return 0;
}

static int receive_fd(int listener, char *message, size_t size)
{
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {message, size - 1};
    struct msghdr packet = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(connection, &packet, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    close(connection);
    message[length > 0 ? length : 0] = 0;
    int fd = -1;
    if (length > 0 && packet.msg_controllen > 0)
        memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
    return fd;
}

static void test_console_socket(void)
{
    struct fixture fixture;
    struct result result = {0};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char message[64];
    fixture_begin(&fixture);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/s", fixture.folder);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 1) == 0);
    RUN(fixture, result, connect_console, .path = in_folder(&fixture, "none"));
    CHECK(result.error == ENOENT);
    RUN(fixture, result, connect_console, .path = address.sun_path);
    CHECK(result.error == 0);
    spawn_fake(&fixture, init_with_console);
    RUN(fixture, result, receive_console);
    CHECK(result.error == 0 && fixture.front.console_socket == -1 && fixture.front.terminal == -1);
    int master = receive_fd(listener, message, sizeof message);
    CHECK(isatty(master) && strncmp(message, "/dev/pts/", 9) == 0);
    close(master);
    RUN(fixture, result, send_pidfd, .path = address.sun_path);
    CHECK(result.error == 0);
    int pidfd = receive_fd(listener, message, sizeof message);
    CHECK(pidfd_signal(pidfd, SIGKILL) == 0);
    close(pidfd);
    RUN(fixture, result, kill_init);
    close(listener);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

/* ---------------------------------------------------------------- foreground */

static volatile sig_atomic_t caught;

static void catch_signal(int signal)
{
    caught = signal;
}

static int init_that_waits_for_usr1(int channel)
{
    (void)channel;
    while (caught == 0)
        usleep(1000);
    return caught == SIGUSR1 ? 41 : 42;
}

/* Sends the front a signal while it relays. */
static pid_t signal_soon(int signal)
{
    pid_t front = getpid();
    pid_t child = fork();
    if (child == 0) {
        usleep(100000);
        kill(front, signal);
        _exit(0);
    }
    return child;
}

static void test_forwarded_signals(void)
{
    static const int signals[] = {SIGUSR1, SIGTERM};
    for (size_t i = 0; i < 2; i++) {
        struct fixture fixture;
        struct result result = {0};
        fixture_begin(&fixture);
        /* It inherits them: a signal may come as soon as there is somebody to hear it. */
        signal(SIGUSR1, catch_signal);
        signal(SIGTERM, catch_signal);
        spawn_fake(&fixture, init_that_waits_for_usr1);
        signal(SIGUSR1, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        pid_t sender = signal_soon(signals[i]);
        fixture.front.waits.interruptible = true;
        RUN(fixture, result, foreground, .engineMillis = 10000);
        CHECK(result.error == 0);
        CHECK(WIFEXITED((int)result.value) && WEXITSTATUS((int)result.value) == 41 + (int)i);
        CHECK(fixture.front.init.pid == 0);
        CHECK(waitpid(sender, NULL, 0) == sender);
        buffer_free(&result.data);
        fixture_end(&fixture);
        unblock_signals();
    }
}

/* Traces init, and never looks how it ends. 0 where this user may not. */
static pid_t trace_init(pid_t init)
{
    int pipes[2];
    char traces = 0;
    if (pipe(pipes) < 0)
        abort();
    pid_t tracer = fork();
    if (tracer == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        traces = ptrace(PTRACE_SEIZE, init, NULL, NULL) == 0;
        if (write(pipes[1], &traces, 1) == 1)
            pause();
        _exit(0);
    }
    CHECK(tracer > 0 && read(pipes[0], &traces, 1) == 1);
    close(pipes[0]);
    close(pipes[1]);
    if (!traces)
        waitpid(tracer, NULL, 0);
    return traces ? tracer : 0;
}

/* Kills init when the engine was let go; then a signal for the front again and again, until it is killed. */
static pid_t kill_init_and_interrupt(pid_t init, int engine)
{
    pid_t front = getpid();
    pid_t child = fork();
    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct frame frame;
    if (engine >= 0 && receive_frame(engine, &frame) == 0)
        frame_free(&frame);
    kill(init, SIGKILL);
    for (;;) {
        kill(front, SIGTERM);
        usleep(20000);
    }
}

static void end_child(pid_t child)
{
    CHECK(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
}

/* Who traces init gets to know of its end first: where it never looks, a signal of the caller ends the wait. */
static void test_init_whose_tracer_never_looks(bool engine_released)
{
    struct fixture fixture;
    struct result result = {0};
    struct buffer continuation = {0};
    int sockets[2];
    fixture_begin(&fixture);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
        abort();
    fixture.front.engine.channel = sockets[0];
    spawn_fake(&fixture, init_that_waits_for_usr1);
    pid_t init = fixture.front.init.pid, tracer = trace_init(init);
    if (!tracer) {
        kill_spawned_init(&fixture.front);
        fixture_end(&fixture);
        SKIP("may not trace");
    }
    put_str(&continuation, "finish");
    pid_t sender = kill_init_and_interrupt(init, engine_released ? sockets[1] : -1);
    RUN(fixture, result, foreground, .engineMillis = engine_released ? 0 : 60000,
        .continuation = buffer_strings(&continuation, 1));
    end_child(sender);
    CHECK(result.error == EINTR && fixture.front.waits.interrupted_by == SIGTERM);
    CHECK((fixture.front.engine.channel < 0) == engine_released);
    /* Else the engine hears of it, and takes the container away. */
    CHECK(fixture.front.continuation_count == (engine_released ? 2 : 0) && fixture.front.finishing == engine_released);
    CHECK(kill_spawned_init(&fixture.front) == 0 && fixture.front.init.pid == 0);
    end_child(tracer);
    CHECK(waitpid(init, NULL, 0) == init);
    engine_end(&fixture.front.engine);
    close(sockets[1]);
    buffer_free(&fixture.front.continuation);
    buffer_free(&continuation);
    fixture_end(&fixture);
    unblock_signals();
}

/* Kills init when the engine was let go. */
static pid_t kill_when_released(pid_t init, int engine)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    struct pollfd released = {.fd = engine, .events = POLLIN};
    _exit(poll(&released, 1, 20000) == 1 && kill(init, SIGKILL) == 0 ? 0 : 1);
}

static void test_engine_is_let_go(void)
{
    struct fixture fixture;
    struct result result = {0};
    struct buffer continuation = {0};
    struct frame frame;
    struct msg_result message;
    int sockets[2];
    fixture_begin(&fixture);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
        abort();
    fixture.front.engine.channel = sockets[0];
    fixture.front.operation_index = 5;
    spawn_fake(&fixture, init_that_waits_for_usr1);
    int status = -1;
    pid_t killer = kill_when_released(fixture.front.init.pid, sockets[1]);
    put_str(&continuation, "finish");
    put_str(&continuation, "c1");
    RUN(fixture, result, foreground, .engineMillis = 50, .continuation = buffer_strings(&continuation, 2));
    CHECK(waitpid(killer, &status, 0) == killer && status == 0);
    CHECK(fixture.front.engine.channel == -1);
    CHECK(receive_frame(sockets[1], &frame) == 0 && frame.code == FRAME_RESULT);
    CHECK(decode_msg_result(frame.payload, &message) && message.error == EINPROGRESS && message.index == 5);
    frame_free(&frame);
    CHECK(receive_frame(sockets[1], &frame) == -ECONNRESET);
    buffer_free(&continuation);
    struct strings strings = buffer_strings(&fixture.front.continuation, fixture.front.continuation_count);
    char *args[4];
    if (CHECK(strings.count == 3)) {
        strings_fill(&strings, args);
        CHECK_TEXT(args[0], "finish");
        CHECK_TEXT(args[1], "c1");
        CHECK_TEXT(args[2], "137");
    }
    buffer_free(&fixture.front.continuation);
    close(sockets[1]);
    buffer_free(&result.data);
    fixture_end(&fixture);
    unblock_signals();
}

static int init_with_pty(int channel)
{
    (void)channel;
    struct winsize size = {0};
    char line[64];
    FILE *terminal = fdopen(pty_slave, "r+");
    if (!terminal || !fgets(line, sizeof line, terminal))
        return 1;
    ioctl(pty_slave, TIOCGWINSZ, &size);
    for (int i = 0; i < 20000; i++)
        fprintf(terminal, "line %d\n", i);
    fprintf(terminal, "%ux%u got %s", size.ws_row, size.ws_col, line);
    fflush(terminal);
    return 7;
}

/* Reads what the front writes to its standard output, to the end. */
static pid_t reader(int fd, int other_end, const char *wanted_end)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    close(other_end);
    close(STDOUT_FILENO);
    static char text[1024 * 1024];
    size_t length = 0;
    ssize_t got;
    while ((got = read(fd, text + length, sizeof text - length - 1)) > 0)
        length += (size_t)got;
    size_t end = strlen(wanted_end);
    _exit(length > 100000 && length >= end && strcmp(text + length - end, wanted_end) == 0 ? 0 : 1);
}

static void test_terminal(void)
{
    struct fixture fixture;
    struct result result = {0};
    struct termios before, after;
    int output[2], status;
    fixture_begin(&fixture);
    /* The caller's terminal is fd 0: a pty too. Output goes to a pipe. */
    int callers_master = open_pty();
    int callers_terminal = pty_slave;
    struct winsize size = {.ws_row = 33, .ws_col = 99};
    CHECK(ioctl(callers_master, TIOCSWINSZ, &size) == 0 && tcgetattr(callers_terminal, &before) == 0);
    int saved_input = dup(STDIN_FILENO), saved_output = dup(STDOUT_FILENO);
    fflush(stdout);
    if (pipe2(output, O_CLOEXEC) < 0)
        abort();
    fixture.front.terminal = open_pty();
    dup2(callers_terminal, STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    close(output[1]);
    pid_t child = reader(output[0], callers_master, "line 19999\n33x99 got hello\n");
    close(output[0]);
    terminal_plain_lines(fixture.front.terminal); /* as RECEIVE_CONSOLE does */
    spawn_fake(&fixture, init_with_pty);
    close(pty_slave);
    CHECK(write(callers_master, "hello\r", 6) == 6); /* raw: the container's pty makes CR a newline */
    RUN(fixture, result, foreground, .engineMillis = 10000);
    CHECK(result.error == 0 && WIFEXITED((int)result.value) && WEXITSTATUS((int)result.value) == 7);
    CHECK(tcgetattr(callers_terminal, &after) == 0);
    CHECK(after.c_lflag == before.c_lflag && after.c_oflag == before.c_oflag && after.c_iflag == before.c_iflag);
    dup2(saved_output, STDOUT_FILENO);
    dup2(saved_input, STDIN_FILENO);
    close(saved_output);
    close(saved_input);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(callers_master);
    close(callers_terminal);
    buffer_free(&result.data);
    fixture_end(&fixture);
    unblock_signals();
}

int main(void)
{
    alarm(60);
    test_hand_shake();
    test_more_trees_than_go_with_the_plan();
    test_more_trees_than_open_files();
    test_death();
    test_start();
    test_console_socket();
    test_forwarded_signals();
    test_init_whose_tracer_never_looks(false);
    test_init_whose_tracer_never_looks(true);
    test_engine_is_let_go();
    test_terminal();
    return test_end();
}
