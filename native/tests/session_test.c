/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call from the start of the engine to its end. The engine is this program again, as lib/runtime/bin/java; the file
 * lib/scenario says what it does.
 */
#include "front_fixture.h"

#include "../files.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#define SCENARIO_END "/runtime/bin/java"

/* ---------------------------------------------------------------- the engine */

static void put_operation(struct buffer *list, uint16_t code, uint16_t flags, const struct buffer *fields)
{
    struct buffer body = {0};
    put_str(&body, "origin");
    buffer_append(&body, fields->data, fields->length);
    uint8_t head[4] = {(uint8_t)code, (uint8_t)(code >> 8), (uint8_t)flags, 0};
    buffer_append(list, head, sizeof head);
    put_u32(list, (uint32_t)body.length);
    buffer_append(list, body.data, body.length);
    buffer_free(&body);
}

static void put_read(struct buffer *list, const char *path, uint16_t flags)
{
    struct buffer fields = {0};
    put_str(&fields, path);
    put_u32(&fields, 100);
    put_operation(list, OP_READ_FILE, flags, &fields);
    buffer_free(&fields);
}

static void put_number_operation(struct buffer *list, uint16_t code, uint32_t number, uint16_t flags)
{
    struct buffer fields = {0};
    put_u32(&fields, number);
    put_operation(list, code, flags, &fields);
    buffer_free(&fields);
}

static void send_batch(struct buffer *list)
{
    struct buffer payload = {0};
    encode_msg_batch(&payload, &(struct msg_batch){.operations = {list->data, (uint32_t)list->length}});
    if (send_frame(0, FRAME_BATCH, &payload, NULL, 0) < 0)
        _exit(20);
    buffer_free(&payload);
    buffer_free(list);
}

static _Noreturn void exit_call(uint32_t status)
{
    struct buffer list = {0};
    put_number_operation(&list, OP_EXIT, status, 0);
    send_batch(&list);
    pause(); /* the front ends us */
    _exit(21);
}

/* The call fails with that status where something isn't as it should be. */
static void expect(bool holds, uint32_t status)
{
    if (!holds)
        exit_call(status);
}

static void expect_result(uint32_t index, uint32_t error, uint32_t status)
{
    struct frame frame;
    struct msg_result result;
    expect(receive_frame(0, &frame) == 0 && frame.code == FRAME_RESULT, status);
    expect(decode_msg_result(frame.payload, &result) && result.index == index && result.error == error, status);
    expect(error == 0 || result.data.length == 0, status);
    frame_free(&frame);
}

static void expect_done(uint32_t executed, uint32_t status)
{
    struct frame frame;
    struct msg_batch_done done;
    expect(receive_frame(0, &frame) == 0 && frame.code == FRAME_BATCH_DONE, status);
    expect(decode_msg_batch_done(frame.payload, &done) && done.executed == executed, status);
    frame_free(&frame);
}

/* JVM start: environment, session, folder, fds, signals. */
static void expect_clean_start(void)
{
    extern char **environ;
    char folder[8];
    sigset_t blocked;
    struct sigaction action;
    expect(environ[0] == NULL, 101);
    expect(getsid(0) == getpid(), 102);
    expect(getcwd(folder, sizeof folder) && strcmp(folder, "/") == 0, 103);
    for (int fd = 3; fd < 100; fd++)
        expect(fcntl(fd, F_GETFD) < 0, 104);
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    expect(!sigismember(&blocked, SIGTERM) && !sigismember(&blocked, SIGPIPE), 105);
    expect(sigaction(SIGHUP, NULL, &action) == 0 && action.sa_handler == SIG_DFL, 106);
}

static void expect_batches(void)
{
    struct buffer list = {0};
    put_read(&list, "/proc/self/stat", 0);
    put_read(&list, "/none", MAY_FAIL);
    put_read(&list, "/proc/version", MAY_FAIL);
    put_read(&list, "/none", 0);
    put_read(&list, "/proc/self/stat", 0);
    send_batch(&list);
    expect_result(0, EFBIG, 110);
    expect_done(1, 111);
    put_read(&list, "/proc/loadavg", 0);
    put_read(&list, "/none", MAY_FAIL);
    put_read(&list, "/none", 0);
    put_read(&list, "/proc/loadavg", 0);
    send_batch(&list);
    expect_result(0, 0, 112);
    expect_result(1, ENOENT, 113);
    expect_result(2, ENOENT, 114);
    expect_done(3, 115);
    send_batch(&list);
    expect_done(0, 116);
}

/* The front has a SIGTERM waiting: an operation that may fail goes on, the next one ends, and only that one. */
static void expect_interruption(void)
{
    struct buffer list = {0};
    send_batch(&list);
    expect_done(0, 119); /* it has read ACCEPT */
    kill(getppid(), SIGTERM);
    put_read(&list, "/proc/loadavg", MAY_FAIL);
    put_read(&list, "/proc/loadavg", 0);
    send_batch(&list);
    expect_result(0, 0, 120);
    expect_result(1, EINTR, 121);
    expect_done(2, 122);
    kill(getppid(), SIGTERM);
    put_read(&list, "/proc/loadavg", 0);
    send_batch(&list);
    expect_result(0, 0, 123);
    expect_done(1, 124);
}

/* One that came before ACCEPT, which it must not prevent. */
static void expect_kept_signal(void)
{
    struct buffer list = {0};
    put_read(&list, "/proc/loadavg", 0);
    send_batch(&list);
    expect_result(0, EINTR, 130);
    expect_done(1, 131);
}

static void decline(void)
{
    struct buffer payload = {0};
    encode_msg_decline(&payload, &(struct msg_decline){.reason = "of another build"});
    send_frame(0, FRAME_DECLINE, &payload, NULL, 0);
    _exit(0);
}

static void take_call(void)
{
    struct frame frame;
    struct msg_hello hello;
    struct msg_call call;
    if (receive_frame(0, &frame) < 0 || frame.code != FRAME_HELLO || !decode_msg_hello(frame.payload, &hello) ||
        hello.tableHash != table_hash())
        _exit(30);
    frame_free(&frame);
    if (receive_frame(0, &frame) < 0 || frame.code != FRAME_CALL || !decode_msg_call(frame.payload, &call) ||
        call.args.count != 2 || call.pid != (uint32_t)getppid())
        _exit(31);
    frame_free(&frame);
}

static int engine_main(const char *program)
{
    char path[PATH_MAX], scenario[32] = "";
    snprintf(path, sizeof path, "%.*s/scenario", (int)(strlen(program) - strlen(SCENARIO_END)), program);
    snprintf(scenario, sizeof scenario, "%.30s", file_content(path));
    take_call();
    if (strcmp(scenario, "decline") == 0)
        decline();
    if (strcmp(scenario, "die before") == 0) {
        fprintf(stderr, "Exception in thread \"main\" Early: no\n\tat x.y\n");
        return 1;
    }
    if (strcmp(scenario, "silence") == 0)
        pause();
    send_frame(0, FRAME_ACCEPT, NULL, NULL, 0);
    if (strcmp(scenario, "die after") == 0) {
        fprintf(stderr, "Late: no\n\tat x.y\n");
        return 1;
    }
    if (strcmp(scenario, "be killed") == 0)
        raise(SIGKILL);
    if (strcmp(scenario, "nonsense") == 0) {
        send_frame(0, FRAME_GO, NULL, NULL, 0);
        pause();
    }
    if (strcmp(scenario, "batches") == 0)
        expect_batches();
    if (strcmp(scenario, "interrupt") == 0)
        expect_interruption();
    if (strcmp(scenario, "kept signal") == 0)
        expect_kept_signal();
    expect_clean_start();
    exit_call(42);
}

/* ---------------------------------------------------------------- the tests */

static enum session_end run(struct fixture *fixture, const char *scenario, char error[1024])
{
    static char first[] = "state", second[] = "c1";
    char *args[] = {first, second, NULL};
    char *environment[] = {NULL};
    make_file(in_folder(fixture, "scenario"), scenario);
    snprintf(fixture->front.lib, sizeof fixture->front.lib, "%s", fixture->folder);
    fixture->front.environment = environment;
    fixture->front.exiting = false;
    enum session_end end = session_run(&fixture->front, args, error);
    CHECK(fixture->front.engine.pid == 0 && fixture->front.engine.channel == -1);
    CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
    return end;
}

static void begin(struct fixture *fixture)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    fixture_begin(fixture);
    self[length > 0 ? length : 0] = 0;
    CHECK(mkdir(in_folder(fixture, "runtime"), 0700) == 0 && mkdir(in_folder(fixture, "runtime/bin"), 0700) == 0);
    CHECK(symlink(self, in_folder(fixture, "runtime/bin/java")) == 0);
}

static void test_exit(void)
{
    struct fixture fixture;
    char error[1024];
    begin(&fixture);
    /* A stranger's fd, and an environment, that must not reach the engine. */
    int leaked = dup2(STDERR_FILENO, 50);
    setenv("JAVA_TOOL_OPTIONS", "-version", 1);
    CHECK(run(&fixture, "exit", error) == SESSION_EXIT && fixture.front.exit_status == 42);
    CHECK(run(&fixture, "batches", error) == SESSION_EXIT && fixture.front.exit_status == 42);
    CHECK(run(&fixture, "interrupt", error) == SESSION_EXIT && fixture.front.exit_status == 42);
    close(leaked);
    fixture_end(&fixture);
    sigset_t none;
    sigemptyset(&none);
    signal(SIGTERM, SIG_IGN);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGTERM, SIG_DFL);
}

static void test_failures(void)
{
    struct fixture fixture;
    char error[1024];
    begin(&fixture);
    CHECK(run(&fixture, "decline", error) == SESSION_REFUSED && strstr(error, "of another build"));
    CHECK(run(&fixture, "die before", error) == SESSION_REFUSED && strstr(error, "with status 1: \"Exception in"));
    CHECK(run(&fixture, "die after", error) == SESSION_VANISHED && strstr(error, "with status 1: \"Late: no"));
    CHECK(run(&fixture, "be killed", error) == SESSION_VANISHED && strstr(error, "was killed by SIGKILL"));
    CHECK(run(&fixture, "nonsense", error) == SESSION_VANISHED && strstr(error, "malformed"));
    CHECK(unlink(in_folder(&fixture, "runtime/bin/java")) == 0);
    CHECK(run(&fixture, "exit", error) == SESSION_REFUSED && strstr(error, "ENOENT"));
    fixture_end(&fixture);
}

static void test_not_java(void)
{
    struct fixture fixture;
    char error[1024];
    begin(&fixture);
    CHECK(unlink(in_folder(&fixture, "runtime/bin/java")) == 0);
    CHECK(symlink("/bin/cat", in_folder(&fixture, "runtime/bin/java")) == 0); /* complains of its options */
    CHECK(run(&fixture, "exit", error) == SESSION_REFUSED && strstr(error, "--help"));
    fixture_end(&fixture);
}

static void test_interrupted_before_accept(void)
{
    struct fixture fixture;
    char error[1024];
    begin(&fixture);
    CHECK(raise(SIGINT) == 0);
    CHECK(run(&fixture, "silence", error) == SESSION_REFUSED && strstr(error, "interrupted by SIGINT"));
    fixture_end(&fixture);
}

/* Of a container that has ended: nobody else would. */
static void test_taking_away_is_not_interrupted_before_accept(void)
{
    struct fixture fixture;
    char error[1024];
    begin(&fixture);
    fixture.front.finishing = true;
    CHECK(raise(SIGINT) == 0);
    CHECK(run(&fixture, "kept signal", error) == SESSION_EXIT && fixture.front.exit_status == 42);
    fixture_end(&fixture);
    /* Nor by one that had ended the wait before. */
    begin(&fixture);
    fixture.front.finishing = true;
    fixture.front.waits.interrupted_by = SIGINT;
    CHECK(run(&fixture, "exit", error) == SESSION_EXIT && fixture.front.exit_status == 42);
    fixture_end(&fixture);
}

int main(int argc, char **argv)
{
    const char *end = argc > 0 ? strstr(argv[0], SCENARIO_END) : NULL;
    if (end && strcmp(end, SCENARIO_END) == 0)
        return engine_main(argv[0]);
    alarm(60);
    test_exit();
    test_failures();
    test_not_java();
    test_interrupted_before_accept();
    test_taking_away_is_not_interrupted_before_accept();
    return test_end();
}
