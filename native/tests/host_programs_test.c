/* SPDX-License-Identifier: Apache-2.0 */
/* The programs that the front runs: RUN_PROGRAM and HOOK. */
#include "front_fixture.h"
#include "refused_call.h"

#include <string.h>
#include <sys/wait.h>

/* sh -c line */
static void run_line(struct fixture *fixture, struct result *result, const char *line)
{
    scope_buffer args = {0};
    put_str(&args, "sh");
    put_str(&args, "-c");
    put_str(&args, line);
    RUN(*fixture, *result, run_program, .args = buffer_strings(&args, 3), .maxBytes = 100, .timeoutMillis = 20000);
}

static void test_program(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    run_line(&fixture, &result, "echo hello; exit 3");
    CHECK(result.error == 0 && WEXITSTATUS((int)result.value) == 3);
    CHECK(result.data.length == 6 && memcmp(result.data.data, "hello\n", 6) == 0);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

/* For a filter of seccomp's, or with no fd left. */
static void test_no_pidfd(void)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        struct fixture fixture;
        struct result result = {0};
        fixture_begin(&fixture);
        refuse_call(SYS_pidfd_open, EPERM);
        run_line(&fixture, &result, "exec sleep 1000");
        bool right = result.error == EPERM && strcmp(result.message, "run sh") == 0 && waitpid(-1, NULL, 0) < 0;
        fixture_end(&fixture);
        _exit(right ? 0 : 1);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static void test_output_that_can_not_be_opened(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    const char *path = in_folder(&fixture, "missing/file");
    char expected[PATH_MAX];
    snprintf(expected, sizeof expected, "open %s for a hook's output", path);
    RUN(fixture, result, open_append, .path = path);
    CHECK(result.error == ENOENT);
    CHECK_TEXT(result.message, expected);
    RUN(fixture, result, hook, .path = "/bin/true", .folder = "/", .standardOutput = path, .standardError = "");
    CHECK(result.error == ENOENT);
    CHECK_TEXT(result.message, expected);
    RUN(fixture, result, hook, .path = "/bin/true", .folder = "/", .standardOutput = "", .standardError = path);
    CHECK(result.error == ENOENT);
    CHECK_TEXT(result.message, expected);
    fixture_end(&fixture);
}

int main(void)
{
    test_program();
    test_no_pidfd();
    test_output_that_can_not_be_opened();
    return test_end();
}
