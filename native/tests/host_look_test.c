/* SPDX-License-Identifier: Apache-2.0 */
#include "front_fixture.h"

#include <sched.h>

/* The facts before the line feed, and what is behind it; both end with a zero byte. */
struct looked {
    char facts[256];
    char content[8192];
};

static struct looked split(const struct result *result)
{
    struct looked looked = {.facts = ""};
    const char *data = (const char *)result->data.data;
    const char *feed = data ? memchr(data, '\n', result->data.length) : NULL;
    if (!feed)
        return looked;
    snprintf(looked.facts, sizeof looked.facts, "%.*s", (int)(feed - data), data);
    size_t rest = result->data.length - (size_t)(feed + 1 - data);
    memcpy(looked.content, feed + 1, rest < sizeof looked.content ? rest : 0);
    return looked;
}

static unsigned long fact(const struct looked *looked, int index)
{
    const char *at = looked->facts;
    char *end;
    for (int i = 0; i < index; i++) {
        strtoul(at, &end, 10);
        at = end;
    }
    return strtoul(at, NULL, 10);
}

static void test_file(void)
{
    struct fixture fixture;
    struct result result = {0};
    struct stat status;
    fixture_begin(&fixture);
    make_file(in_folder(&fixture, "file"), "content");
    CHECK(chmod(in_folder(&fixture, "file"), 0750) == 0 && stat(in_folder(&fixture, "file"), &status) == 0);
    RUN(fixture, result, look_at, .folder = "", .path = in_folder(&fixture, "file"), .maxBytes = 4);
    CHECK(result.error == 0);
    struct looked looked = split(&result);
    CHECK_TEXT(looked.content, "cont");
    CHECK(fact(&looked, 0) == (S_IFREG | 0750) && fact(&looked, 1) == status.st_uid);
    CHECK(fact(&looked, 3) == status.st_dev && fact(&looked, 4) == status.st_ino);
    CHECK(fact(&looked, 8) == 0);
    RUN(fixture, result, look_at, .folder = "", .path = in_folder(&fixture, "file"), .maxBytes = 0);
    looked = split(&result);
    CHECK_TEXT(looked.content, "");
    RUN(fixture, result, look_at, .folder = "", .path = in_folder(&fixture, "none"));
    CHECK(result.error == ENOENT && strstr(result.message, "look at "));
    RUN(fixture, result, look_at, .folder = in_folder(&fixture, "none"), .path = "/");
    CHECK(result.error == ENOENT && strstr(result.message, "open "));
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_links(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    CHECK(mkdir(in_folder(&fixture, "root"), 0755) == 0);
    make_file(in_folder(&fixture, "root/inside"), "inside");
    make_file(in_folder(&fixture, "inside"), "outside");
    CHECK(symlink("/inside", in_folder(&fixture, "root/link")) == 0);
    CHECK(symlink("../inside", in_folder(&fixture, "root/up")) == 0);
    CHECK(symlink("/proc/self/exe", in_folder(&fixture, "root/magic")) == 0);
    RUN(fixture, result, look_at, .folder = in_folder(&fixture, "root"), .path = "/link", .maxBytes = 100);
    struct looked looked = split(&result);
    CHECK_TEXT(looked.content, "inside");
    RUN(fixture, result, look_at, .folder = in_folder(&fixture, "root"), .path = "/up", .maxBytes = 100);
    looked = split(&result);
    CHECK_TEXT(looked.content, "inside");
    RUN(fixture, result, look_at, .folder = in_folder(&fixture, "root"), .path = "/link", .link = true);
    looked = split(&result);
    CHECK(S_ISLNK(fact(&looked, 0)));
    CHECK_TEXT(looked.content, "/inside");
    RUN(fixture, result, look_at, .folder = in_folder(&fixture, "root"), .path = "/magic", .maxBytes = 100);
    CHECK(result.error == ENOENT);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

/* Neither is opened: a fifo would wait for its other side, a device may do something. */
static void test_no_file(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    CHECK(mkfifo(in_folder(&fixture, "fifo"), 0600) == 0);
    RUN(fixture, result, look_at, .folder = "", .path = in_folder(&fixture, "fifo"), .maxBytes = 100);
    struct looked looked = split(&result);
    CHECK(result.error == 0 && S_ISFIFO(fact(&looked, 0)));
    RUN(fixture, result, look_at, .folder = "", .path = "/dev/zero", .maxBytes = 100);
    looked = split(&result);
    CHECK(S_ISCHR(fact(&looked, 0)) && fact(&looked, 5) == 1 && fact(&looked, 6) == 5);
    CHECK_TEXT(looked.content, "");
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_namespace(void)
{
    struct fixture fixture;
    struct result result = {0};
    struct stat status;
    fixture_begin(&fixture);
    CHECK(stat("/proc/self/ns/uts", &status) == 0);
    RUN(fixture, result, look_at, .folder = "", .path = "/proc/self/ns/uts");
    struct looked looked = split(&result);
    CHECK(fact(&looked, 8) == CLONE_NEWUTS && fact(&looked, 4) == status.st_ino);
    RUN(fixture, result, look_at, .folder = "", .path = "/proc/self/ns/uts", .link = true);
    looked = split(&result);
    CHECK(S_ISLNK(fact(&looked, 0)) && fact(&looked, 8) == 0);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

int main(void)
{
    test_file();
    test_links();
    test_no_file();
    test_namespace();
    return test_end();
}
