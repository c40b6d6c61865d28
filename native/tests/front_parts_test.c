/* SPDX-License-Identifier: Apache-2.0 */
/* The little that the front understands of a command line, and the error line that it can write by itself. */
#include "../engine.h"
#include "../global_options.h"
#include "../processes.h"
#include "../report.h"

#include "test.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#define PARSE(options, ...)                                          \
    char *options##_argv[] = {(char[]){"jrunc"}, __VA_ARGS__, NULL}; \
    struct global_options options;                                   \
    global_options_read(&options, (int)(sizeof options##_argv / sizeof *options##_argv) - 1, options##_argv)

#define ARG(text) ((char[]){text})

static void test_options(void)
{
    PARSE(spaces, ARG("--root"), ARG("/r"), ARG("--log"), ARG("/l"), ARG("--log-format"), ARG("json"), ARG("create"));
    CHECK_TEXT(spaces.log, "/l");
    CHECK_TEXT(spaces.log_format, "json");
    CHECK(spaces.engine == NULL && spaces.command == 7);
    PARSE(equals, ARG("-debug"), ARG("-log=/l=x"), ARG("--engine="), ARG("state"), ARG("--log"), ARG("/other"));
    CHECK_TEXT(equals.log, "/l=x");
    CHECK_TEXT(equals.engine, "");
    CHECK(equals.command == 4 && equals.debug && !spaces.debug);
    PARSE(off, ARG("--debug"), ARG("--debug=false"), ARG("state"));
    CHECK(off.command == 3 && !off.debug);
    for (const char *const *word = (const char *const[]){"0", "f", "F", "False", "FALSE", NULL}; *word; word++) {
        char argument[32];
        snprintf(argument, sizeof argument, "--debug=%s", *word);
        PARSE(also_off, argument, ARG("state"));
        CHECK(also_off.command == 2 && !also_off.debug);
    }
    PARSE(on, ARG("--debug=false"), ARG("--debug=1"), ARG("state"));
    CHECK(on.debug);
    PARSE(empty, ARG("--log-format="), ARG("state"));
    CHECK(empty.log_format == NULL && empty.command == 2);
    PARSE(none, ARG("-v"));
    CHECK(none.log == NULL && none.command == 2);
    PARSE(unknown, ARG("--unknown"), ARG("--log"), ARG("/l"), ARG("--"), ARG("--log"), ARG("/m"));
    CHECK_TEXT(unknown.log, "/l");
    CHECK(unknown.command == 4);
    PARSE(ends, ARG("--log"));
    CHECK(ends.log == NULL && ends.command == 2);
    PARSE(dash, ARG("-"));
    CHECK(dash.command == 1);
    const char *value;
    CHECK(global_option_at(7, spaces_argv, 1, "root", &value) == 2 && strcmp(value, "/r") == 0);
    CHECK(global_option_at(7, spaces_argv, 3, "root", &value) == 0);
}

static void check_line(const char *format, const char *message, const char *wanted)
{
    char *line = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&line, &length);
    if (!stream)
        abort();
    log_line(stream, format, "2025-01-02T03:04:05Z", message);
    fclose(stream);
    CHECK_TEXT(line, wanted);
    free(line);
}

static void test_times(void)
{
    for (time_t seconds = 0; seconds < 8000000000; seconds += 12345678 + seconds / 1000) {
        char found[64], wanted[64];
        struct tm broken;
        strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &broken));
        format_time(seconds, found);
        CHECK_TEXT(found, wanted);
    }
    char leap_day[64];
    format_time(1709251199, leap_day);
    CHECK_TEXT(leap_day, "2024-02-29T23:59:59Z");
}

static void test_log_lines(void)
{
    check_line(NULL, "plain", "time=\"2025-01-02T03:04:05Z\" level=error msg=\"plain\"\n");
    check_line("text", "a \"b\"\n", "time=\"2025-01-02T03:04:05Z\" level=error msg=\"a \\\"b\\\"\\n\"\n");
    check_line("json", "a \"b\" \\ \x01\xff",
               "{\"level\":\"error\",\"msg\":\"a \\\"b\\\" \\\\ \\u0001?\",\"time\":\"2025-01-02T03:04:05Z\"}\n");
}

static void check_last_words(const char *printed, const char *wanted)
{
    struct engine engine = NO_ENGINE;
    engine.tail_length = strlen(printed);
    memcpy(engine.tail, printed, engine.tail_length);
    CHECK_TEXT(engine_last_words(&engine), wanted);
}

static void test_last_words(void)
{
    check_last_words("", "");
    check_last_words("one\ntwo\n\n", "two");
    check_last_words("Unrecognized VM option 'x'\nError: Could not create the Java Virtual Machine.\n"
                     "Error: A fatal exception has occurred. Program will exit.\n",
                     "Unrecognized VM option 'x'");
    check_last_words("Exception in thread \"main\" A: b\n\tat c.d(E.java:1)\nCaused by: F: g\n\t... 3 more\n",
                     "Caused by: F: g");
    check_last_words("Error: Could not create the Java Virtual Machine.\n",
                     "Error: Could not create the Java Virtual Machine.");
}

static void test_process_stat(void)
{
    struct process process;
    CHECK(process_parse_stat("7 (a) b (c)) Z 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 98765 0 0", &process));
    CHECK_TEXT(process.name, "a) b (c)");
    CHECK(process.state == 'Z' && process.start_time == 98765 && process_ended(&process));
    CHECK(process_parse_stat("7 (x) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 18446744073709551615", &process));
    CHECK(process.start_time == UINT64_MAX && !process_ended(&process));
    CHECK(!process_parse_stat("", &process) && !process_parse_stat("7 (x", &process));
    CHECK(!process_parse_stat("7 (x)", &process) && !process_parse_stat("7 (x) S 1 2", &process));
    CHECK(!process_parse_stat(")(", &process));
}

static void *say_tid(void *tid)
{
    *(_Atomic pid_t *)tid = gettid();
    pause();
    return NULL;
}

/* What is no process, or is just being reaped, is gone. */
static void test_pidfd(void)
{
    pthread_t thread;
    _Atomic pid_t tid = 0;
    if (pthread_create(&thread, NULL, say_tid, &tid) != 0)
        abort();
    while (tid == 0)
        usleep(1000);
    CHECK(process_pidfd(tid, 1) == -ESRCH);
    CHECK(process_pidfd(INT_MAX, 1) == -ESRCH);
    CHECK(process_pidfd(getpid(), 1) == -ESRCH);
    pthread_cancel(thread);
    pthread_join(thread, NULL);
}

/* CVE-2025-52881: another file lies on the one that is written to. In a mount namespace of its own. */
static void write_to_covered_file(void)
{
    char file[] = "/tmp/jrunc-test-XXXXXX", text[8] = "";
    int fd = mkstemp(file);
    scope_process process;
    if (fd < 0 || unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        abort();
    CHECK(process_open(getpid(), &process) == 0);
    CHECK(process_write(&process, "oom_score_adj", "1") == 0);
    CHECK(process_write(&process, "../sys/kernel/ostype", "1") == -EXDEV);
    CHECK(process_write(&process, "cwd/x", "1") == -ELOOP);
    CHECK(process_write(&process, "no-such-file", "1") == -ENOENT);
    if (mount(file, "/proc/self/oom_score_adj", NULL, MS_BIND, NULL) < 0)
        abort();
    CHECK(process_write(&process, "oom_score_adj", "2") == -EXDEV);
    CHECK(pread(fd, text, sizeof text, 0) == 0);
    close(fd);
    unlink(file);
}

static void test_covered_files(void)
{
    if (geteuid() != 0)
        SKIP("only root may mount");
    fflush(stdout);
    pid_t child = fork();
    int status;
    if (child == 0) {
        write_to_covered_file();
        exit(test_end());
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void test_signal_names(void)
{
    char name[16];
    CHECK_TEXT(signal_name(SIGTERM, name), "SIGTERM");
    CHECK_TEXT(signal_name(40, name), "signal 40");
}

int main(void)
{
    test_options();
    test_times();
    test_log_lines();
    test_last_words();
    test_process_stat();
    test_pidfd();
    test_covered_files();
    test_signal_names();
    return test_end();
}
