/* SPDX-License-Identifier: Apache-2.0 */
/* WATCH and READ_INPUT. Memory that runs out is for the integration tests. */
#include "../processes.h"
#include "front_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#define V1_MEMORY "/sys/fs/cgroup/memory"
#define HOUR_MILLIS 3600000

static pid_t sleeper(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        pause();
        _exit(0);
    }
    return pid;
}

static uint64_t start_time(pid_t pid)
{
    struct process process;
    if (process_open(pid, &process) < 0)
        abort();
    uint64_t start = process.start_time;
    process_close(&process);
    return start;
}

static struct op_watch watch_of(pid_t pid, uint64_t interval)
{
    return (struct op_watch){.pid = (uint32_t)pid,
                             .startTime = start_time(pid),
                             .memory = "",
                             .version = 1,
                             .intervalMillis = interval,
                             .engineMillis = HOUR_MILLIS};
}

static void forget(struct fixture *fixture)
{
    if (fixture->front.watch.pidfd >= 0)
        close(fixture->front.watch.pidfd);
    if (fixture->front.watch.oom >= 0)
        close(fixture->front.watch.oom);
    if (fixture->front.watch.folder >= 0)
        close(fixture->front.watch.folder);
}

static void test_beats_and_the_end(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    pid_t pid = sleeper();
    struct op_watch request = watch_of(pid, 40);
    int64_t began = now_millis();
    host_watch(&fixture.front, &request, &result);
    CHECK(result.error == 0 && result.value == WATCH_BEAT);
    int64_t first = fixture.front.watch.next_beat;
    host_watch(&fixture.front, &request, &result);
    CHECK(result.value == WATCH_BEAT && now_millis() - began >= 80);
    usleep(200 * 1000);
    int64_t late = now_millis();
    host_watch(&fixture.front, &request, &result); /* several were missed: one is told */
    CHECK(result.value == WATCH_BEAT);
    int64_t next = fixture.front.watch.next_beat;
    CHECK(next > late && (next - first) % 40 == 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    host_watch(&fixture.front, &request, &result);
    CHECK(result.error == 0 && result.value & WATCH_ENDED);
    forget(&fixture);
    fixture_end(&fixture);
}

static void test_one_that_has_ended(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    pid_t pid = sleeper();
    struct op_watch request = watch_of(pid, HOUR_MILLIS);
    request.startTime++; /* it is another one */
    host_watch(&fixture.front, &request, &result);
    CHECK(result.error == 0 && result.value == WATCH_ENDED);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    forget(&fixture);
    fixture_end(&fixture);
}

static void test_a_signal(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    pid_t pid = sleeper();
    struct op_watch request = watch_of(pid, HOUR_MILLIS);
    raise(SIGTERM); /* blocked, and read from the signalfd */
    host_watch(&fixture.front, &request, &result);
    CHECK(result.error == 0 && fixture.front.exiting && fixture.front.exit_status == 128 + SIGTERM);
    CHECK(!fixture.front.waits.interruptible);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    forget(&fixture);
    fixture_end(&fixture);
}

/* The next call gets the caller's arguments, and what happened. */
static void test_without_the_engine(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    pid_t pid = sleeper();
    struct op_watch request = watch_of(pid, 30);
    struct buffer encoded = {0};
    put_str(&encoded, "watched");
    request.continuation = buffer_strings(&encoded, 1);
    request.engineMillis = 0;
    host_watch(&fixture.front, &request, &result);
    CHECK(result.error == 0 && fixture.front.continuation_count == 2);
    struct strings strings = buffer_strings(&fixture.front.continuation, 2);
    char **args = strings_array(&strings);
    CHECK_TEXT(args[0], "watched");
    CHECK_TEXT(args[1], "1");
    free(args);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    buffer_free(&encoded);
    buffer_free(&fixture.front.continuation);
    buffer_free(&fixture.front.results);
    forget(&fixture);
    fixture_end(&fixture);
}

static void test_what_can_not_be_watched(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    pid_t pid = sleeper();
    struct op_watch request = watch_of(pid, UINT64_MAX);
    host_watch(&fixture.front, &request, &result);
    CHECK(result.error == EINVAL);
    request.intervalMillis = HOUR_MILLIS;
    request.memory = in_folder(&fixture, "missing");
    host_watch(&fixture.front, &request, &result);
    CHECK(result.error == ENOENT);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    forget(&fixture);
    fixture_end(&fixture);
}

/* What happens after the first one is told by the next, though it is only the next that waits. */
static void test_begins_without_waiting(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    pid_t pid = sleeper();
    struct op_watch request = watch_of(pid, 0);
    host_watch(&fixture.front, &request, &result);
    CHECK(result.error == 0 && result.value == 0 && fixture.front.watch.pidfd >= 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    request.intervalMillis = HOUR_MILLIS;
    host_watch(&fixture.front, &request, &result);
    CHECK(result.error == 0 && result.value == WATCH_ENDED);
    forget(&fixture);
    fixture_end(&fixture);
}

/* The end of a cgroup of version 1 counts on the eventfd as well: it is not told for memory that ran out. */
static void test_the_end_of_the_cgroup(void)
{
    struct fixture fixture;
    struct result result = {0};
    char folder[PATH_MAX];
    fixture_begin(&fixture);
    snprintf(folder, sizeof folder, V1_MEMORY "/jrunc-watch-test-%d", (int)getpid());
    if (mkdir(folder, 0755) < 0) {
        fixture_end(&fixture);
        SKIP("no memory hierarchy of cgroup v1 that we may use");
    }
    pid_t pid = sleeper();
    struct op_watch request = watch_of(pid, 50);
    request.memory = folder;
    host_watch(&fixture.front, &request, &result);
    CHECK(result.error == 0 && result.value == WATCH_BEAT && fixture.front.watch.oom >= 0);
    CHECK(rmdir(folder) == 0);
    host_watch(&fixture.front, &request, &result);
    CHECK(result.error == 0 && !(result.value & WATCH_OOM));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    forget(&fixture);
    fixture_end(&fixture);
}

static void test_read_input(void)
{
    struct fixture fixture;
    struct result result = {0};
    int pipe_fds[2];
    fixture_begin(&fixture);
    int saved = dup(STDIN_FILENO);
    if (pipe(pipe_fds) < 0 || dup2(pipe_fds[0], STDIN_FILENO) < 0)
        abort();
    close(pipe_fds[0]);
    CHECK(write(pipe_fds[1], "{\"a\":1}", 7) == 7);
    struct op_read_input request = {.path = "", .maxBytes = 7};
    pid_t writer = fork();
    if (writer == 0) { /* the pipe's end comes later */
        usleep(50 * 1000);
        _exit(0);
    }
    close(pipe_fds[1]);
    host_read_input(&fixture.front, &request, &result);
    CHECK(result.error == 0 && result.data.length == 7 && memcmp(result.data.data, "{\"a\":1}", 7) == 0);
    waitpid(writer, NULL, 0);
    buffer_free(&result.data);

    make_file(in_folder(&fixture, "long"), "12345678");
    int file = open(in_folder(&fixture, "long"), O_RDONLY | O_CLOEXEC);
    dup2(file, STDIN_FILENO);
    close(file);
    host_read_input(&fixture.front, &request, &result);
    CHECK(result.error == EFBIG);
    dup2(saved, STDIN_FILENO);
    close(saved);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

/* As a shell names what another command prints. */
static void test_read_a_pipe_by_its_name(void)
{
    struct fixture fixture;
    struct result result = {0};
    int pipe_fds[2];
    fixture_begin(&fixture);
    if (pipe(pipe_fds) < 0)
        abort();
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", pipe_fds[0]);
    struct op_read_input request = {.path = path, .maxBytes = 7};
    pid_t writer = fork();
    if (writer == 0) {
        usleep(50 * 1000);
        _exit(write(pipe_fds[1], "{\"a\":1}", 7) != 7);
    }
    close(pipe_fds[1]);
    host_read_input(&fixture.front, &request, &result);
    CHECK(result.error == 0 && result.data.length == 7 && memcmp(result.data.data, "{\"a\":1}", 7) == 0);
    waitpid(writer, NULL, 0);
    close(pipe_fds[0]);
    buffer_free(&result.data);

    request.path = in_folder(&fixture, "long");
    make_file(request.path, "12345678");
    host_read_input(&fixture.front, &request, &result);
    CHECK(result.error == EFBIG);
    request.path = fixture.folder;
    host_read_input(&fixture.front, &request, &result);
    CHECK(result.error == EISDIR && strstr(result.message, fixture.folder));
    request.path = in_folder(&fixture, "missing");
    host_read_input(&fixture.front, &request, &result);
    CHECK(result.error == ENOENT && strstr(result.message, "open "));
    buffer_free(&result.data);
    fixture_end(&fixture);
}

int main(void)
{
    test_beats_and_the_end();
    test_one_that_has_ended();
    test_a_signal();
    test_without_the_engine();
    test_begins_without_waiting();
    test_what_can_not_be_watched();
    test_the_end_of_the_cgroup();
    test_read_input();
    test_read_a_pipe_by_its_name();
    return test_end();
}
