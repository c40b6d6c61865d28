/* SPDX-License-Identifier: Apache-2.0 */
/* One hook process: status, output, input, environment, arguments, fds, limits. The hooks are lines for sh. */
#include "test.h"

#include "../hooks.h"
#include "../protocol.h"
#include "../scope.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>

static struct hook_outcome outcome;

static struct bytes text(const char *string)
{
    return (struct bytes){(const uint8_t *)string, (uint32_t)strlen(string)};
}

/* sh -c line, with an environment of one variable. */
static int run_with(const char *line, struct bytes input, uint32_t seconds, int interrupt_fd)
{
    scope_buffer args = {0}, environment = {0};
    put_str(&args, "a name of its own");
    put_str(&args, "-c");
    put_str(&args, line);
    put_str(&environment, "ONLY=this one");
    struct hook hook = {.path = "/bin/sh",
                        .args = buffer_strings(&args, 3),
                        .environment = buffer_strings(&environment, 1),
                        .input = input,
                        .timeout_seconds = seconds};
    return hook_run(&hook, interrupt_fd, &outcome);
}

static int run(const char *line)
{
    return run_with(line, text("{}"), 0, -1);
}

static int64_t millis(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void test_status(void)
{
    CHECK(run("exit 0") == 0 && outcome.status == 0 && outcome.output_length == 0);
    CHECK(run("echo out; echo err >&2; exit 3") == 0 && WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 3);
    CHECK_TEXT(outcome.output, "out\nerr\n");
    CHECK(run("kill -TERM $$") == 0 && WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGTERM);
}

static void test_output_into_files(void)
{
    char path[] = "/tmp/jrunc-hook-XXXXXX";
    scope_fd file = mkostemp(path, O_APPEND | O_CLOEXEC);
    struct hook hook = {.path = "/bin/sh", .standard_error = file};
    scope_buffer args = {0};
    put_str(&args, "sh");
    put_str(&args, "-c");
    put_str(&args, "echo out; echo err >&2; exit 3");
    hook.args = buffer_strings(&args, 3);
    CHECK(hook_run(&hook, -1, &outcome) == 0 && WEXITSTATUS(outcome.status) == 3);
    CHECK_TEXT(outcome.output, "out\n");
    hook.standard_output = file;
    CHECK(hook_run(&hook, -1, &outcome) == 0 && outcome.output_length == 0);
    char content[64] = "";
    CHECK(pread(file, content, sizeof content - 1, 0) == 12);
    CHECK_TEXT(content, "err\nout\nerr\n");
    unlink(path);
}

static void test_exact_environment(void)
{
    CHECK(run("/usr/bin/env; echo \"$0\"") == 0);
    CHECK(strstr(outcome.output, "ONLY=this one\n") && !strstr(outcome.output, "HOME=") &&
          !strstr(outcome.output, "FROM_CALLER"));
    CHECK(strstr(outcome.output, "a name of its own\n"));
}

static void test_input(void)
{
    CHECK(run_with("cat", text("{\"ociVersion\":\"1.3.0\"}"), 0, -1) == 0);
    CHECK_TEXT(outcome.output, "{\"ociVersion\":\"1.3.0\"}");
    /* More than a pipe holds, and somebody who doesn't read it. */
    static uint8_t large[1 << 20];
    memset(large, 'x', sizeof large);
    struct bytes input = {large, sizeof large};
    CHECK(run_with("wc -c", input, 0, -1) == 0 && atol(outcome.output) == (long)sizeof large);
    CHECK(run_with("exec <&-; sleep 0.2; echo done", input, 0, -1) == 0 && outcome.status == 0);
    CHECK_TEXT(outcome.output, "done\n");
    CHECK(run_with("exit 0", input, 0, -1) == 0 && outcome.status == 0);
}

/* Of much output the end is kept. */
static void test_output_tail(void)
{
    CHECK(run("i=0; while [ $i -lt 3000 ]; do echo \"line $i\"; i=$((i+1)); done") == 0);
    CHECK(outcome.output_length == HOOK_OUTPUT_BYTES);
    CHECK(strlen(outcome.output) == HOOK_OUTPUT_BYTES);
    CHECK_TEXT(outcome.output + HOOK_OUTPUT_BYTES - 10, "line 2999\n");
    CHECK(run("head -c 100000 /dev/zero | tr '\\0' z; printf end") == 0);
    CHECK_TEXT(outcome.output + HOOK_OUTPUT_BYTES - 4, "zend");
    /* Exactly the limit, and one more. */
    CHECK(run("head -c 4096 /dev/zero | tr '\\0' y") == 0 && outcome.output_length == 4096);
    CHECK(run("printf a; sleep 0.1; head -c 4096 /dev/zero | tr '\\0' y") == 0);
    CHECK(outcome.output_length == 4096 && outcome.output[0] == 'y');
}

static void test_timeout(void)
{
    int64_t begun = millis();
    CHECK(run_with("echo before; sleep 60 & sleep 60", text(""), 1, -1) == -ETIMEDOUT);
    CHECK(millis() - begun >= 1000 && millis() - begun < 30000);
    CHECK_TEXT(outcome.output, "before\n");
    CHECK(run_with("sleep 0.1; exit 4", text(""), 10, -1) == 0 && WEXITSTATUS(outcome.status) == 4);
    /* Closed outputs are no end. */
    begun = millis();
    CHECK(run_with("exec >&- 2>&- <&-; sleep 60", text(""), 1, -1) == -ETIMEDOUT);
    CHECK(millis() - begun < 30000);
}

/* What the hook started goes with it when it is killed. */
static void test_kills_its_group(void)
{
    CHECK(run_with("sleep 60 & echo $!; wait", text(""), 1, -1) == -ETIMEDOUT);
    pid_t child = (pid_t)atoi(outcome.output);
    bool gone = false;
    for (int i = 0; !gone && i < 1000; i++) {
        char path[32], state[256] = "";
        snprintf(path, sizeof path, "/proc/%d/stat", (int)child);
        scope_fd file = open(path, O_RDONLY | O_CLOEXEC);
        gone = file < 0 || read(file, state, sizeof state - 1) <= 0 || strstr(state, ") Z ");
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    CHECK(child > 0 && gone);
}

/* One who stays in the background with the output in his hands doesn't keep us. */
static void test_background(void)
{
    int64_t begun = millis();
    CHECK(run("sleep 60 & echo $!; exit 0") == 0 && outcome.status == 0);
    CHECK(millis() - begun < 30000);
    CHECK(atoi(outcome.output) > 0 && kill(atoi(outcome.output), SIGKILL) == 0);
}

static void test_interrupt(void)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        abort();
    CHECK(run_with("exit 0", text(""), 0, ends[0]) == 0);
    CHECK(write(ends[1], "!", 1) == 1);
    int64_t begun = millis();
    CHECK(run_with("sleep 60", text(""), 0, ends[0]) == -EINTR);
    CHECK(millis() - begun < 30000 && WIFSIGNALED(outcome.status));
    close(ends[0]);
    close(ends[1]);
}

static void test_refused(void)
{
    scope_buffer args = {0};
    put_str(&args, "hook");
    struct hook hook = {.path = "/nonexistent/hook", .args = buffer_strings(&args, 1)};
    CHECK(hook_run(&hook, -1, &outcome) == -ENOENT);
    hook.path = "/etc/passwd";
    CHECK(hook_run(&hook, -1, &outcome) == -EACCES);
    hook.path = "/etc";
    CHECK(hook_run(&hook, -1, &outcome) == -EACCES);
}

/* Only 0 to 2, with signals as they are by default. */
static void test_nothing_inherited(void)
{
    int leak = open("/", O_RDONLY | O_DIRECTORY); /* not close-on-exec */
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    CHECK(run("ls /proc/self/fd | tr '\\n' ' '; grep -E 'Sig(Blk|Ign)' /proc/self/status") == 0);
    CHECK(strncmp(outcome.output, "0 1 2 3 ", 8) == 0); /* 3 is ls's own */
    CHECK(strstr(outcome.output, "SigBlk:\t0000000000000000"));
    const char *ignored = strstr(outcome.output, "SigIgn:\t");
    CHECK(ignored && strtoull(ignored + 8, NULL, 16) == 0); /* not even 32 and 33, which glibc keeps for itself */
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(leak);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    setenv("FROM_CALLER", "yes", 1);
    test_status();
    test_output_into_files();
    test_exact_environment();
    test_input();
    test_output_tail();
    test_timeout();
    test_kills_its_group();
    test_background();
    test_interrupt();
    test_refused();
    test_nothing_inherited();
    return test_end();
}
