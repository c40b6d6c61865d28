/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include "java_command.h"
#include "programs.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* CVE row "JVM start" (JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS, LD_*): the environment is empty. */
static int spawn_java(struct engine *engine, struct java_command *command, int channel, int output)
{
    char *environment[] = {NULL};
    return program_start(&(struct program){.path = command->program,
                                           .args = command->arguments,
                                           .environment = environment,
                                           .fds = {channel, output, output},
                                           .folder = "/",
                                           .session = true},
                         &engine->pid);
}

/* A frame that has begun must come to its end. */
int engine_limit_channel(int channel, int64_t millis)
{
    struct timeval limit = {.tv_sec = millis / 1000, .tv_usec = millis % 1000 * 1000};
    if (setsockopt(channel, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0 ||
        setsockopt(channel, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) < 0)
        return -errno;
    return 0;
}

int engine_start(struct engine *engine, const char *lib)
{
    *engine = NO_ENGINE;
    scope_free struct java_command *command = calloc(1, sizeof *command);
    if (!command)
        return -ENOMEM;
    int error = java_command_fill(command, lib, false);
    if (error)
        return error;
    int sockets[2], pipes[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
        return -errno;
    engine->channel = sockets[0];
    scope_fd engine_side = sockets[1];
    if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) < 0)
        return -errno;
    engine->output = pipes[0];
    scope_fd output = pipes[1];
    /* Only our end is non-blocking: the JVM waits when it prints much. */
    if (fcntl(output, F_SETFL, 0) < 0)
        return -errno;
    error = engine_limit_channel(engine->channel, ENGINE_TURN_MILLIS);
    return error ? error : spawn_java(engine, command, engine_side, output);
}

static void keep_output(struct engine *engine)
{
    char chunk[1024];
    ssize_t got;
    while ((got = read(engine->output, chunk, sizeof chunk)) > 0) {
        size_t length = (size_t)got;
        size_t room = sizeof engine->tail - 1 - engine->tail_length;
        if (length > room) {
            size_t drop = length - room;
            memmove(engine->tail, engine->tail + drop, engine->tail_length - drop);
            engine->tail_length -= drop;
        }
        memcpy(engine->tail + engine->tail_length, chunk, length);
        engine->tail_length += length;
    }
    if (got == 0) { /* closed: nothing more to poll for */
        close(engine->output);
        engine->output = -1;
    }
}

int engine_wait(struct engine *engine, struct waits *waits, int64_t deadline)
{
    for (;;) {
        struct pollfd fds[2] = {{.fd = engine->channel, .events = POLLIN}, {.fd = engine->output, .events = POLLIN}};
        int ready = wait_ready(waits, fds, 2, deadline);
        if (ready < 0)
            return ready;
        if (fds[1].revents)
            keep_output(engine);
        if (fds[0].revents)
            return 0;
    }
}

void engine_drain(struct engine *engine, int64_t millis)
{
    int64_t deadline = deadline_after(millis);
    scope_fd pidfd = engine->pid > 0 ? (int)syscall(SYS_pidfd_open, engine->pid, 0) : -1;
    bool ended = pidfd < 0;
    /* It closes its fds shortly before it has ended. */
    while (engine->output >= 0 || !ended) {
        struct pollfd fds[2] = {{.fd = engine->output, .events = POLLIN}, {.fd = ended ? -1 : pidfd, .events = POLLIN}};
        int64_t left = deadline - now_millis();
        if (left <= 0 || poll(fds, 2, (int)left) <= 0)
            return;
        if (fds[0].revents)
            keep_output(engine);
        if (fds[1].revents)
            ended = true;
    }
}

void engine_end(struct engine *engine)
{
    int status;
    if (engine->pid > 0 && waitpid(engine->pid, &status, WNOHANG) == engine->pid) {
        engine->status = status;
    } else if (engine->pid > 0) {
        kill(engine->pid, SIGKILL);
        while (waitpid(engine->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    if (engine->output >= 0)
        keep_output(engine);
    if (engine->output >= 0)
        close(engine->output);
    if (engine->channel >= 0)
        close(engine->channel);
    engine->pid = 0;
    engine->channel = -1;
    engine->output = -1;
}

/* Lines that java prints after the reason: a stack trace is indented. */
static bool says_why(const char *line)
{
    static const char *const empty_words[] = {"\t", " ", "Error: Could not create the Java Virtual Machine",
                                              "Error: A fatal exception has occurred"};
    for (size_t i = 0; i < sizeof empty_words / sizeof empty_words[0]; i++) {
        if (strncmp(line, empty_words[i], strlen(empty_words[i])) == 0)
            return false;
    }
    return *line != 0;
}

const char *engine_last_words(struct engine *engine)
{
    const char *found = "";
    engine->tail[engine->tail_length] = 0;
    char *rest = engine->tail;
    char *line;
    while ((line = strsep(&rest, "\r\n"))) {
        if (says_why(line) || (!*found && *line))
            found = line;
    }
    engine->tail_length = 0;
    return found;
}
