/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel can: as it is, and with a filter that knows a call less. */
#include "front_fixture.h"
#include "refused_call.h"

#include <string.h>
#include <sys/wait.h>

static const char *const names[] = {"openat2",   "clone3", "pidfd_open", "close_range",    "mount_setattr",
                                    "open_tree", "fsopen", "memfd_exec", "seccomp_filter", "user_namespace"};
#define COUNT (sizeof names / sizeof names[0])

/* A line for each name. */
static const char *probed(const char *const *wanted, size_t count, char text[256])
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    scope_buffer list = {0};
    for (size_t i = 0; i < count; i++)
        put_str(&list, wanted[i]);
    RUN(fixture, result, probe, .names = buffer_strings(&list, (uint32_t)count));
    snprintf(text, 256, "%.*s", (int)result.data.length, result.error ? "" : (const char *)result.data.data);
    buffer_free(&result.data);
    fixture_end(&fixture);
    return text;
}

static void test_all(void)
{
    char text[256];
    CHECK_TEXT(probed(names, COUNT, text), "0\n0\n0\n0\n0\n0\n0\n0\n0\n0\n");
    CHECK_TEXT(probed((const char *const[]){"openat2", "nothing"}, 2, text), "0\n22\n");
}

static const struct {
    const char *name;
    long number;
} calls[] = {
    {"openat2", SYS_openat2},         {"clone3", SYS_clone3},          {"pidfd_open", SYS_pidfd_open},
    {"close_range", SYS_close_range}, {"open_tree", SYS_open_tree},    {"fsopen", SYS_fsopen},
    {"memfd_exec", SYS_memfd_create}, {"user_namespace", SYS_unshare}, {"mount_setattr", SYS_mount_setattr},
};

/* In a process of its own each. */
static void test_each_missing(void)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        pid_t child = fork();
        int status = -1;
        if (child == 0) {
            char text[256];
            refuse_call(calls[i].number, ENOSYS);
            _exit(strcmp(probed(&calls[i].name, 1, text), "38\n") == 0 ? 0 : 1);
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    }
}

int main(void)
{
    test_all();
    test_each_missing();
    return test_end();
}
