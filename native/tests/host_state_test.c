/* SPDX-License-Identifier: Apache-2.0 */
/* CVE row "state folder": what a user may have planted where the state is, and two commands on one container. */
#include "front_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void test_life_of_a_folder(void)
{
    struct fixture fixture;
    struct result result = {0};
    struct stat status;
    fixture_begin(&fixture);
    umask(077);
    const char *root = in_folder(&fixture, "run/jrunc");
    RUN(fixture, result, open_state, .root = root, .id = "c1", .create = false);
    CHECK(result.error == ENOENT);
    RUN(fixture, result, open_state, .root = root, .id = "c1", .create = true);
    CHECK(result.error == 0);
    umask(022);
    CHECK(stat(in_folder(&fixture, "run/jrunc/c1"), &status) == 0 && (status.st_mode & 07777) == 0711);
    RUN(fixture, result, lock_state, .timeoutMillis = 100);
    CHECK(result.error == 0);
    RUN(fixture, result, write_state, .name = "state.json", .content = text_bytes("{\"a\":1}"));
    CHECK(result.error == 0);
    CHECK(stat(in_folder(&fixture, "run/jrunc/c1/state.json"), &status) == 0 && (status.st_mode & 07777) == 0600);
    RUN(fixture, result, make_start_fifos);
    CHECK(result.error == 0);
    RUN(fixture, result, read_state, .name = "state.json", .maxBytes = 100);
    CHECK(result.error == 0 && result.data.length == 7);
    RUN(fixture, result, read_state, .name = "state.json", .maxBytes = 6);
    CHECK(result.error == EFBIG);
    RUN(fixture, result, open_state, .root = root, .id = "c1", .create = true);
    CHECK(result.error == EEXIST);
    RUN(fixture, result, open_state, .root = root, .id = "c1", .create = false);
    CHECK(mkdir(in_folder(&fixture, "run/jrunc/c1/inner"), 0700) == 0);
    make_file(in_folder(&fixture, "run/jrunc/c1/inner/x"), "x");
    RUN(fixture, result, remove_state);
    CHECK(result.error == 0);
    CHECK(access(in_folder(&fixture, "run/jrunc/c1"), F_OK) < 0);
    RUN(fixture, result, read_state, .name = "state.json", .maxBytes = 100);
    CHECK(result.error == EBADF);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_bad_names(void)
{
    static const char *const names[] = {"", ".", "..", "a/b", "../x", "/etc"};
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        RUN(fixture, result, open_state, .root = fixture.folder, .id = names[i], .create = true);
        CHECK(result.error == EINVAL);
    }
    RUN(fixture, result, open_state, .root = "relative", .id = "c1", .create = true);
    CHECK(result.error == EINVAL);
    RUN(fixture, result, open_state, .root = fixture.folder, .id = "c1", .create = true);
    CHECK(result.error == 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        RUN(fixture, result, read_state, .name = names[i], .maxBytes = 10);
        CHECK(result.error == EINVAL);
        RUN(fixture, result, write_state, .name = names[i], .content = text_bytes("x"));
        CHECK(result.error == EINVAL);
    }
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_planted_links(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    CHECK(mkdir(in_folder(&fixture, "root"), 0711) == 0 && mkdir(in_folder(&fixture, "victim"), 0700) == 0);
    make_file(in_folder(&fixture, "victim/secret"), "secret");
    /* <root> itself, also with a slash at its end, which would make the kernel follow it. */
    CHECK(symlink("root", in_folder(&fixture, "link")) == 0);
    RUN(fixture, result, open_state, .root = in_folder(&fixture, "link"), .id = "c1", .create = true);
    CHECK(result.error == ENOTDIR || result.error == ELOOP);
    RUN(fixture, result, open_state, .root = in_folder(&fixture, "link///"), .id = "c1", .create = true);
    CHECK(result.error == ENOTDIR || result.error == ELOOP);
    CHECK(access(in_folder(&fixture, "root/c1"), F_OK) < 0);
    /* <root>/<id> */
    CHECK(symlink("../victim", in_folder(&fixture, "root/c1")) == 0);
    RUN(fixture, result, open_state, .root = in_folder(&fixture, "root"), .id = "c1", .create = false);
    CHECK(result.error == ENOTDIR || result.error == ELOOP);
    RUN(fixture, result, open_state, .root = in_folder(&fixture, "root"), .id = "c1", .create = true);
    CHECK(result.error == EEXIST);
    RUN(fixture, result, write_state, .name = "state.json", .content = text_bytes("x"));
    CHECK(result.error == EBADF);
    /* Files in it. */
    RUN(fixture, result, open_state, .root = in_folder(&fixture, "root"), .id = "c2", .create = true);
    CHECK(symlink("../../victim/secret", in_folder(&fixture, "root/c2/state.json")) == 0);
    CHECK(symlink("../../victim/secret", in_folder(&fixture, "root/c2/lock")) == 0);
    CHECK(symlink("../../victim/fifo", in_folder(&fixture, "root/c2/start.fifo")) == 0);
    CHECK(symlink("../../victim", in_folder(&fixture, "root/c2/inner")) == 0);
    RUN(fixture, result, read_state, .name = "state.json", .maxBytes = 100);
    CHECK(result.error == ELOOP && result.data.length == 0);
    RUN(fixture, result, lock_state, .timeoutMillis = 10);
    CHECK(result.error == ELOOP);
    RUN(fixture, result, make_start_fifos);
    CHECK(result.error == EEXIST);
    RUN(fixture, result, write_state, .name = "state.json", .content = text_bytes("new"));
    CHECK(result.error == 0); /* in place of the link */
    CHECK_TEXT(file_content(in_folder(&fixture, "victim/secret")), "secret");
    CHECK_TEXT(file_content(in_folder(&fixture, "root/c2/state.json")), "new");
    CHECK(unlink(in_folder(&fixture, "root/c2/lock")) == 0);
    RUN(fixture, result, remove_state);
    CHECK(result.error == 0);
    CHECK_TEXT(file_content(in_folder(&fixture, "victim/secret")), "secret");
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_folders_that_others_may_change(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    const char *root = in_folder(&fixture, "root");
    CHECK(mkdir(root, 0755) == 0 && mkdir(in_folder(&fixture, "root/c1"), 0700) == 0);
    CHECK(chmod(root, 0777) == 0);
    RUN(fixture, result, open_state, .root = root, .id = "c1", .create = false);
    CHECK(result.error == EPERM && strstr(result.message, "0777"));
    CHECK(chmod(root, 01777) == 0);
    RUN(fixture, result, open_state, .root = root, .id = "c1", .create = false);
    CHECK(result.error == 0);
    CHECK(chmod(in_folder(&fixture, "root/c1"), 0720) == 0);
    RUN(fixture, result, open_state, .root = root, .id = "c1", .create = false);
    CHECK(result.error == EPERM);
    if (geteuid() == 0) {
        CHECK(chmod(in_folder(&fixture, "root/c1"), 0700) == 0);
        CHECK(chown(in_folder(&fixture, "root/c1"), 4321, 0) == 0);
        RUN(fixture, result, open_state, .root = root, .id = "c1", .create = false);
        CHECK(result.error == EPERM && strstr(result.message, "4321"));
    }
    buffer_free(&result.data);
    fixture_end(&fixture);
}

/* Has a lock until it is told to let go. */
struct holder {
    pid_t pid;
    int tell;
};

/* When it is told it waits as long as others need to begin to wait, and deletes the file where that is wanted. */
static struct holder lock_elsewhere(const char *path, bool deletes)
{
    int ready[2], go[2];
    char byte;
    if (pipe(ready) < 0 || pipe(go) < 0)
        abort();
    pid_t child = fork();
    if (child == 0) {
        int fd = open(path, O_RDWR | O_CREAT, 0600);
        if (fd < 0 || flock(fd, LOCK_EX) < 0 || write(ready[1], "", 1) != 1 || read(go[0], &byte, 1) != 1)
            _exit(1);
        usleep(50000);
        _exit(deletes && unlink(path) < 0 ? 1 : 0);
    }
    CHECK(read(ready[0], &byte, 1) == 1);
    close(ready[0]);
    close(ready[1]);
    close(go[0]);
    return (struct holder){.pid = child, .tell = go[1]};
}

static void let_go(struct holder holder)
{
    CHECK(write(holder.tell, "", 1) == 1);
    close(holder.tell);
}

static void check_end(struct holder holder)
{
    int status = -1;
    CHECK(waitpid(holder.pid, &status, 0) == holder.pid && status == 0);
}

static void test_lock(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    RUN(fixture, result, open_state, .root = fixture.folder, .id = "c1", .create = true);
    struct holder holder = lock_elsewhere(in_folder(&fixture, "c1/lock"), false);
    RUN(fixture, result, lock_state, .timeoutMillis = 50);
    CHECK(result.error == ETIMEDOUT);
    let_go(holder);
    RUN(fixture, result, lock_state, .timeoutMillis = 20000);
    CHECK(result.error == 0);
    check_end(holder);
    /* Deleted while we wait. */
    RUN(fixture, result, open_state, .root = fixture.folder, .id = "c1", .create = false);
    holder = lock_elsewhere(in_folder(&fixture, "c1/lock"), false);
    CHECK(unlink(in_folder(&fixture, "c1/lock")) == 0);
    int held = open(in_folder(&fixture, "c1/lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    CHECK(held >= 0);
    let_go(holder);
    RUN(fixture, result, lock_state, .timeoutMillis = 20000);
    CHECK(result.error == 0); /* the file that is there now */
    check_end(holder);
    close(held);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_lock_of_a_deleted_container(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    RUN(fixture, result, open_state, .root = fixture.folder, .id = "c1", .create = true);
    char lock[PATH_MAX];
    snprintf(lock, sizeof lock, "%s", in_folder(&fixture, "c1/lock"));
    struct holder holder = lock_elsewhere(lock, true);
    let_go(holder);
    RUN(fixture, result, lock_state, .timeoutMillis = 20000);
    CHECK(result.error == ENOENT);
    check_end(holder);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_interrupted_lock(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    RUN(fixture, result, open_state, .root = fixture.folder, .id = "c1", .create = true);
    struct holder holder = lock_elsewhere(in_folder(&fixture, "c1/lock"), false);
    CHECK(raise(SIGTERM) == 0);
    fixture.front.waits.interruptible = true;
    RUN(fixture, result, lock_state, .timeoutMillis = 20000);
    CHECK(result.error == EINTR && fixture.front.waits.interrupted_by == SIGTERM);
    /* Once: a second signal doesn't disturb the cleaning up. */
    CHECK(raise(SIGTERM) == 0);
    let_go(holder);
    RUN(fixture, result, lock_state, .timeoutMillis = 20000);
    CHECK(result.error == 0);
    check_end(holder);
    buffer_free(&result.data);
    fixture_end(&fixture);
    signal(SIGTERM, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGTERM, SIG_DFL);
}

/* A folder that somebody else made under the same name is not ours to remove. */
static void test_remove_only_ours(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    RUN(fixture, result, open_state, .root = fixture.folder, .id = "c1", .create = true);
    CHECK(rename(in_folder(&fixture, "c1"), in_folder(&fixture, "old")) == 0);
    CHECK(mkdir(in_folder(&fixture, "c1"), 0711) == 0);
    make_file(in_folder(&fixture, "c1/state.json"), "other");
    RUN(fixture, result, remove_state);
    CHECK(result.error == 0);
    CHECK_TEXT(file_content(in_folder(&fixture, "c1/state.json")), "other");
    buffer_free(&result.data);
    fixture_end(&fixture);
}

/* One that was made, and then couldn't be opened. */
static void test_nothing_stays_of_a_failure(void)
{
    struct fixture fixture;
    struct result result = {0};
    struct rlimit limit;
    fixture_begin(&fixture);
    int next = dup(STDIN_FILENO);
    close(next);
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    struct rlimit low = {.rlim_cur = (rlim_t)next + 1, .rlim_max = limit.rlim_max};
    CHECK(setrlimit(RLIMIT_NOFILE, &low) == 0);
    RUN(fixture, result, open_state, .root = fixture.folder, .id = "c1", .create = true);
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK(result.error == EMFILE);
    CHECK(strstr(result.message, "open state folder") != NULL);
    CHECK(access(in_folder(&fixture, "c1"), F_OK) < 0);
    fixture_end(&fixture);
}

int main(void)
{
    test_life_of_a_folder();
    test_bad_names();
    test_planted_links();
    test_folders_that_others_may_change();
    test_lock();
    test_lock_of_a_deleted_container();
    test_interrupted_lock();
    test_remove_only_ours();
    test_nothing_stays_of_a_failure();
    return test_end();
}
